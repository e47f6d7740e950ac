//! The bot's own page on a platform: what waits for somebody, and how things stand.

use shipbell_adapters::chat::card::{Block, ButtonStyle, Card, Text, Tone};
use shipbell_domain::ask::Ask;

use super::{Sight, incidents, status, windows};
use crate::chatops::buttons::Press;
use crate::render::words::{button, capital, card, counted, pill, strong};

/// How many asks have a line and a button.
const MOST: usize = 10;

pub(super) fn draw(sight: &Sight<'_>) -> Card {
    let vocabulary = sight.scene.vocabulary;
    let asks = vocabulary.asks_to(sight.scene.by);
    let waiting: Vec<&Ask> = asks
        .filter(|it| !it.votes.contains_key(sight.scene.by))
        .collect();
    let mut page = card(match waiting.len() {
        0 => "Nothing waits for you.".to_owned(),
        1 => "1 answer waits for you.".to_owned(),
        count => format!("{} wait for you.", counted(count, "answer")),
    });
    page.title = Some(Text::plain("Releases"));
    page.pill = Some(if waiting.is_empty() {
        pill(Tone::Good, "Nothing waits for you")
    } else {
        pill(Tone::Waiting, page.summary.trim_end_matches('.'))
    });
    for ask in waiting.iter().take(MOST) {
        let version = vocabulary.release(ask.id.release);
        let version = version.map_or_else(String::new, |it| it.version.to_string());
        let label = format!("Answer for {version} in {}", ask.id.env);
        let press = Press::Asks(ask.id.release);
        let buttons = if page.buttons.len() < 3 {
            &mut page.buttons
        } else {
            &mut page.menu
        };
        buttons.push(button(label, &press, ButtonStyle::Primary));
    }
    section(&mut page, "environments", status::draw(None, None, sight));
    if vocabulary.open_incidents().next().is_some() {
        section(&mut page, "incidents", incidents::draw(sight));
    }
    section(&mut page, "windows", windows::draw(sight));
    page
}

/// Another answer, under a heading of its own.
fn section(page: &mut Card, heading: &str, part: Card) {
    page.blocks.push(Block::Text(strong(capital(heading))));
    page.blocks.extend(part.blocks);
}
