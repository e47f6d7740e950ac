//! News about the bot itself: its records, its clock.

use shipbell_adapters::chat::card::{Block, Card, Text};
use shipbell_domain::calendar::Length;
use shipbell_domain::history::{Checkpoint, Loss, LossKind};
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
    let by = by.map_or_else(|| "Whoever runs me".to_owned(), |it| voice.name(it).clone());
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

pub(super) fn clock_jumped(told: &Told<'_>, seconds: i64) -> Card {
    let by = Length::of_seconds(seconds.unsigned_abs())
        .map_or_else(|| "a long time".to_owned(), |it| it.to_string());
    let where_to = if seconds < 0 { "back" } else { "ahead" };
    let mut card = told.card(format!(
        "My clock was set {where_to} by {by}. I waited until it went on steadily."
    ));
    let next = "Windows, reminders and escalations follow this clock. Whoever runs me should see \
                that the time on my machine is right.";
    card.blocks.push(Block::Context(Text::plain(next)));
    card
}

/// The note is shown letter by letter: people copy it from here to compare.
pub(super) fn checkpointed(told: &Told<'_>, checkpoint: &Checkpoint) -> Card {
    let over = (told.notice.release).map_or_else(String::new, |it| format!("{it} is over. "));
    let mut card = told.card(format!(
        "{over}My record is signed up to here: with these lines anybody can tell later whether \
         something before them was changed."
    ));
    for (caption, text) in [("Signed", &checkpoint.note), ("Key", &checkpoint.key)] {
        card.blocks.push(Block::Code {
            caption: caption.to_owned(),
            text: text.trim_end().to_owned(),
        });
    }
    card
}
