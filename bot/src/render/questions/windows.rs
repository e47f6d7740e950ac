//! Windows and freezes to come.

use shipbell_adapters::chat::card::{Block, Card, Text};
use shipbell_domain::ids::EnvId;

use super::{Sight, table};
use crate::render::cards::window_words;
use crate::render::words::{bound, card, counted};

/// How many of each kind are shown.
const MOST: usize = 30;

pub(super) fn draw(sight: &Sight<'_>) -> Card {
    let (voice, vocabulary) = (sight.voice(), sight.scene.vocabulary);
    let agenda = &vocabulary.agenda;
    let regular = vocabulary.places().take(MOST).map(|id| {
        let words = sight.on(&id.app, |_, view| window_words(view, &id));
        let written = written(&id, sight);
        let words = words.unwrap_or_else(|| "always open".to_owned());
        vec![id.app.to_string(), id.env.to_string(), words, written]
    });
    let mut rows: Vec<Vec<String>> = regular.collect();
    for (id, it) in agenda.windows.iter().take(MOST) {
        let place = &it.environment;
        let once = format!("{id}, once, by {}", voice.name(&it.by));
        rows.push(vec![
            place.app.to_string(),
            place.env.to_string(),
            voice.hours(&it.span),
            once,
        ]);
    }
    let freezes = freezes(sight);
    let (windows, frozen) = (
        counted(agenda.windows.len(), "one-off window"),
        counted(freezes.len(), "freeze"),
    );
    let mut card = card(format!("{windows} and {frozen} to come."));
    card.blocks.push(table(
        &["Application", "Environment", "Now", "Windows"],
        rows,
    ));
    if freezes.is_empty() {
        card.blocks
            .push(Block::Text(Text::plain("No freeze stands or comes.")));
    } else {
        card.blocks.push(Block::Evidence {
            title: "Freezes".to_owned(),
            lines: freezes,
        });
    }
    card.blocks.push(Block::Context(Text::plain(format!(
        "Times in {}.",
        voice.zone()
    ))));
    card
}

/// Freezes set by hand, then configured ones.
fn freezes(sight: &Sight<'_>) -> Vec<String> {
    let (voice, vocabulary) = (sight.voice(), sight.scene.vocabulary);
    let agenda = &vocabulary.agenda;
    let mut freezes: Vec<String> = Vec::new();
    for (id, it) in agenda.freezes.iter().take(MOST) {
        let app = it
            .app
            .as_ref()
            .map_or_else(|| "every application".to_owned(), |it| voice.title(it));
        let to = it
            .to
            .map_or_else(|| "somebody lifts it".to_owned(), |to| voice.whole_time(to));
        let (from, by) = (voice.whole_time(it.from), voice.name(&it.by));
        freezes.push(format!(
            "{id}, {app}: {from} until {to}, by {by}: {}",
            bound(&it.reason, 200)
        ));
    }
    for it in vocabulary
        .settings
        .freezes
        .iter()
        .filter(|it| it.to.is_none_or(|to| to > voice.now))
    {
        let to = it
            .to
            .map_or_else(|| "it is taken out".to_owned(), |to| voice.whole_time(to));
        let from = voice.whole_time(it.from);
        freezes.push(format!(
            "configured: {from} until {to}: {}",
            bound(&it.reason, 200)
        ));
    }
    freezes.truncate(MOST);
    freezes
}

/// The windows as the configuration writes them.
fn written(id: &EnvId, sight: &Sight<'_>) -> String {
    let hours = sight.scene.vocabulary.settings.hours.get(id);
    let windows: Vec<String> = hours
        .into_iter()
        .flat_map(|it| &it.windows)
        .map(ToString::to_string)
        .collect();
    if windows.is_empty() {
        "none configured".to_owned()
    } else {
        windows.join("; ")
    }
}
