//! A card as text and an embed: what Discord always took.

use serde_json::{Value, json};
use serenity::builder::CreateEmbed;

use super::{colour, markdown, parts, rows, texts};
use crate::chat::discord::mark::Mark;
use crate::chat::{Card, Span, cut};

/// The most characters of the text, and of an embed with everything in it.
const CONTENT: usize = 1900;
const EMBED: usize = 4000;

/// The most parts that are put together.
const PARTS: usize = 60;

pub(super) fn body(card: &Card, mark: Option<Mark>) -> Value {
    let said = parts::within(parts::texts(card), PARTS, EMBED);
    let mut embed = CreateEmbed::new().description(said.join("\n\n"));
    if let Some(colour) = colour(card) {
        embed = embed.colour(colour);
    }
    if let Some(mark) = mark {
        embed = embed.url(mark.address());
    }
    // Nobody is called from within an embed.
    let called = texts(card).flat_map(|it| &it.0).filter_map(|it| match it {
        Span::Mention { user, .. } => Some(format!("<@{user}> ")),
        Span::Plain(_)
        | Span::Strong(_)
        | Span::Code(_)
        | Span::Link { .. }
        | Span::Time { .. } => None,
    });
    let called: String = called.take(20).collect();
    let summary = markdown::literal(&cut::text(&card.summary, CONTENT / 2));
    json!({
        "content": cut::text(&format!("{called}{summary}"), CONTENT),
        "embeds": [embed],
        "components": rows(card),
    })
}
