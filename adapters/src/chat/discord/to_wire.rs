//! Cards as Discord draws them: components within its limits, or an embed where it
//! refuses those. Who is called is always listed by id.
//! <https://discord.com/developers/docs/components/reference>

mod classic;
mod form;
mod markdown;
mod parts;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};
use serenity::builder::{CreateActionRow, CreateButton, CreateSelectMenu, CreateSelectMenuKind};
use serenity::builder::{CreateAllowedMentions, CreateSelectMenuOption};
use serenity::model::application::ButtonStyle as Style;
use serenity::model::id::UserId as Account;

pub(super) use form::{TICKS, modal};

use super::mark::{MODERN, Make, Mark};
use crate::chat::card::{ButtonStyle, Pill};
use crate::chat::{Block, Button, Card, Span, Text, Tone, cut};

/// The flag of a message only one person sees.
const PRIVATE: u64 = 1 << 6;

/// The most characters on a button, of an option, and of what a button carries.
const LABEL: usize = 80;
const OPTION: usize = 100;
const CARRIED: usize = 100;

/// How many buttons stand abreast; the others go into the menu.
const ABREAST: usize = 3;

/// The most options of a menu.
const MENU: usize = 25;

/// The most people a message can call.
const CALLED: usize = 100;

/// What the menu behind the buttons is called.
pub(super) const MENU_ID: &str = "~menu";

/// A message for everybody, under its mark.
pub(super) fn message(card: &Card, make: Make, mark: Option<Mark>) -> Value {
    let mut body = match make {
        Make::Modern => json!({ "flags": MODERN, "components": [parts::container(card, mark)] }),
        Make::Classic => classic::body(card, mark),
    };
    body["allowed_mentions"] = mentions(card);
    body
}

/// A message for one person alone.
pub(super) fn private(card: &Card, make: Make) -> Value {
    let mut body = message(card, make, None);
    let flags = body["flags"].as_u64().unwrap_or_default();
    body["flags"] = json!(flags | PRIVATE);
    body
}

/// The flag alone, for a message whose words come later.
pub(super) fn private_later() -> Value {
    json!({ "flags": PRIVATE })
}

/// Exactly the people a card calls; nobody else, whatever stands in it.
fn mentions(card: &Card) -> Value {
    let mut called: Vec<u64> = texts(card)
        .flat_map(|it| &it.0)
        .filter_map(|it| match it {
            Span::Mention { user, .. } => user.0.parse().ok(),
            Span::Plain(_)
            | Span::Strong(_)
            | Span::Code(_)
            | Span::Link { .. }
            | Span::Time { .. } => None,
        })
        .filter(|it| *it != 0)
        .collect();
    called.sort_unstable();
    called.dedup();
    called.truncate(CALLED);
    let allowed = CreateAllowedMentions::new().users(called.into_iter().map(Account::new));
    serde_json::to_value(allowed).unwrap_or_else(|_| json!({ "parse": [] }))
}

/// Every marked-up text of a card.
fn texts(card: &Card) -> impl Iterator<Item = &Text> {
    let inside = card.blocks.iter().flat_map(|it| match it {
        Block::Text(text) | Block::Context(text) => vec![text],
        Block::Fields(fields) => fields.iter().flat_map(|it| &it.lines).collect(),
        Block::Steps(_) | Block::Code { .. } | Block::Evidence { .. } | Block::Table { .. } => {
            Vec::new()
        }
    });
    card.title.iter().chain(inside)
}

/// A state in words, with a sign that supports them.
fn state(pill: &Pill) -> String {
    let sign = match pill.tone {
        Tone::Idle => "·",
        Tone::Running => "▸",
        Tone::Good => "✓",
        Tone::Waiting => "○",
        Tone::Bad => "✕",
    };
    format!("**{sign} {}**", markdown::literal(&pill.words))
}

/// The colour at a message's edge; it never says anything alone.
fn colour(card: &Card) -> Option<u32> {
    card.pill.as_ref().map(|it| match it.tone {
        Tone::Idle => 0x6b_7280,
        Tone::Running => 0x2f_5bda,
        Tone::Good => 0x2f_8132,
        Tone::Waiting => 0xb2_6a00,
        Tone::Bad => 0xb3_261e,
    })
}

/// The buttons side by side, and the menu behind them.
fn rows(card: &Card) -> Vec<Value> {
    let (first, rest) = card.buttons.split_at(card.buttons.len().min(ABREAST));
    let mut first: Vec<&Button> = first.iter().collect();
    let mut menu: Vec<&Button> = rest.iter().chain(&card.menu).collect();
    if menu.len() == 1 {
        // A menu of one is a button.
        first.append(&mut menu);
    }
    // Discord refuses a message in which two buttons carry the same.
    let mut carried = Vec::new();
    first.retain(|it| {
        let fits = it.action.len() <= CARRIED && !carried.contains(&it.action.as_str());
        carried.push(&it.action);
        fits
    });
    let mut rows = Vec::new();
    if !first.is_empty() {
        rows.push(CreateActionRow::Buttons(
            first.into_iter().map(button).collect(),
        ));
    }
    carried.clear();
    menu.retain(|it| {
        let fits = it.action.len() <= CARRIED && !carried.contains(&it.action.as_str());
        carried.push(&it.action);
        fits
    });
    if !menu.is_empty() {
        rows.push(CreateActionRow::SelectMenu(more(&menu)));
    }
    rows.iter()
        .filter_map(|it| serde_json::to_value(it).ok())
        .collect()
}

fn button(it: &Button) -> CreateButton {
    let style = match it.style {
        ButtonStyle::Plain => Style::Secondary,
        ButtonStyle::Primary => Style::Primary,
        ButtonStyle::Danger => Style::Danger,
    };
    CreateButton::new(&it.action)
        .label(filled(&cut::line(&it.label, LABEL)))
        .style(style)
}

fn more(menu: &[&Button]) -> CreateSelectMenu {
    let options = menu.iter().take(MENU).map(|it| {
        let label = filled(&cut::line(&it.label, OPTION));
        CreateSelectMenuOption::new(label, &it.action)
    });
    let options = options.collect();
    CreateSelectMenu::new(MENU_ID, CreateSelectMenuKind::String { options }).placeholder("More")
}

/// Discord refuses a text with nothing in it.
fn filled(words: &str) -> String {
    if words.trim().is_empty() {
        "–".to_owned()
    } else {
        words.to_owned()
    }
}
