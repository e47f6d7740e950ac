//! News about the record itself.

use shipbell_adapters::chat::card::{Block, Card, Text};
use shipbell_domain::history::{Loss, LossKind};
use shipbell_domain::ids::Person;

use super::Told;
use crate::render::words::said;

pub(super) fn loss_accepted(told: &Told<'_>, loss: &Loss, by: Option<&Person>) -> Card {
    let voice = &told.voice;
    let (seen, found) = (loss.seen.seq, loss.found.seq);
    let what = match loss.kind() {
        LossKind::Behind(1) => format!(
            "An older copy of my records was restored: they end at event {found}, and event \
             {seen} is gone."
        ),
        LossKind::Behind(_) => format!(
            "An older copy of my records was restored: they end at event {found}, and events {} \
             to {seen} are gone.",
            found + 1
        ),
        LossKind::Changed => format!(
            "My records were replaced: up to event {seen} they say something else than before."
        ),
        LossKind::Other => format!(
            "My records were replaced by others: the {seen} events there were are not in them."
        ),
    };
    let by = by.map_or_else(
        || "Whoever runs me".to_owned(),
        |it| voice.name(it).clone(),
    );
    let mut card = told.card(format!("{what} {by} accepted that, and I go on."));
    card.blocks.push(Block::Context(Text(vec![
        said(
            "What was said and done in that time counts no longer: sign-offs, deploys, \
             incidents, reminders. Before the next deploy compare what really runs with ",
        ),
        voice.command("status"),
    ])));
    card
}
