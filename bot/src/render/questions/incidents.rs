//! Open incidents.

use shipbell_adapters::chat::card::{Block, Card, Text};

use super::{Sight, table};
use crate::render::words::{bound, card, counted, sentence, severity};

pub(super) fn draw(sight: &Sight<'_>) -> Card {
    const MOST: usize = 20;
    let voice = sight.voice();
    let open: Vec<_> = sight.scene.vocabulary.open_incidents().collect();
    if open.is_empty() {
        return sentence("No incident is open.");
    }
    let rows: Vec<Vec<String>> = open
        .iter()
        .take(MOST)
        .map(|it| {
            let place = it
                .environment
                .as_ref()
                .map_or_else(|| "not said".to_owned(), ToString::to_string);
            let lead = it.acknowledged.as_ref().map(|(by, _)| voice.name(by));
            vec![
                it.id.to_string(),
                severity(it.severity).to_owned(),
                place,
                bound(&it.what, 80),
                voice.time(it.opened_at),
                lead.unwrap_or_else(|| "nobody yet".to_owned()),
            ]
        })
        .collect();
    let first = rows.first().cloned().unwrap_or_default().join(", ");
    let mut card = card(format!(
        "{} open: {first}.",
        counted(open.len(), "incident")
    ));
    card.blocks.push(table(
        &["Incident", "Severity", "Where", "What", "Opened", "Lead"],
        rows,
    ));
    let more = open.len().saturating_sub(MOST);
    let more = if more == 0 {
        String::new()
    } else {
        format!("And {more} more. ")
    };
    card.blocks.push(Block::Context(Text::plain(format!(
        "{more}Times in {}.",
        voice.zone()
    ))));
    card
}
