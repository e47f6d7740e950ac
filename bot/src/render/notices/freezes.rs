//! News about times without deploys.

use chrono::{DateTime, Utc};
use shipbell_adapters::chat::card::{Block, Card, Text};
use shipbell_domain::ids::{FreezeId, Person};
use shipbell_domain::policy::Action;

use super::Told;
use crate::render::words::{TYPED, bound, said};

pub(super) fn frozen(
    told: &Told<'_>,
    freeze: FreezeId,
    reason: &str,
    (from, to, by): (DateTime<Utc>, Option<DateTime<Utc>>, &Person),
) -> Card {
    let voice = &told.voice;
    let (from, by, reason) = (voice.whole_time(from), voice.name(by), bound(reason, TYPED));
    let to = to.map_or_else(
        || "until somebody lifts it".to_owned(),
        |to| format!("until {}", voice.whole_time(to)),
    );
    let app = told.app();
    let words = format!("{app}: deploys are frozen from {from} {to}, by {by}: {reason}.");
    let mut card = told.card(words);
    card.blocks.push(Block::Context(Text(vec![
        said(format!(
            "Rollbacks stay possible. {} lift it: ",
            voice.who_may(Action::Freeze)
        )),
        voice.command(&format!("unfreeze {freeze}")),
    ])));
    card
}

pub(super) fn unfrozen(told: &Told<'_>, freeze: FreezeId, by: &Person) -> Card {
    let (app, by) = (told.app(), told.voice.name(by));
    told.card(format!(
        "{app}: the freeze {freeze} was lifted by {by}. Deploys go on."
    ))
}
