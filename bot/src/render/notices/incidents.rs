//! News about incidents.

use chrono::TimeDelta;
use shipbell_adapters::chat::card::{Block, ButtonStyle, Card, Text};
use shipbell_domain::calendar::how_long;
use shipbell_domain::notice::News;

use super::Told;
use crate::chatops::buttons::Press;
use crate::render::words::{TYPED, bound, button, role_words, severity};

pub(super) fn page(told: &Told<'_>) -> Card {
    let News::Page {
        incident,
        severity: how_bad,
        what,
        level,
        next,
    } = &told.notice.news
    else {
        return told.card("An incident calls people.");
    };
    let called = match level {
        0 => String::new(),
        level => format!(" (call {})", level + 1),
    };
    let what = bound(what, TYPED);
    let app = told
        .notice
        .app
        .as_ref()
        .map(|it| format!("{}: ", told.voice.title(it)));
    let app = app.unwrap_or_default();
    let words = format!(
        "{} {incident}{called}. {app}{what}. Nobody is on it yet.",
        severity(*how_bad)
    );
    let mut card = told.card(words);
    if let Some((role, at)) = next {
        let (role, at) = (role_words(role), told.voice.whole_time(*at));
        let next = format!("Unless somebody is on it, {role} is called {at}.");
        card.blocks.push(Block::Context(Text::plain(next)));
    }
    card.buttons = vec![
        button("I am on it", &Press::OnIt(*incident), ButtonStyle::Primary),
        button(
            "Escalate now",
            &Press::Escalate(*incident),
            ButtonStyle::Plain,
        ),
    ];
    card
}

pub(super) fn resolved(told: &Told<'_>) -> Card {
    let News::Resolved {
        incident,
        what,
        text,
        seconds,
        by,
    } = &told.notice.news
    else {
        return told.card("An incident is resolved.");
    };
    let (what, text) = (bound(what, TYPED), bound(text, TYPED));
    let by = told.voice.name(by);
    let length = how_long(TimeDelta::seconds(*seconds));
    let text = if text.is_empty() {
        String::new()
    } else {
        format!(" {text}")
    };
    told.card(format!(
        "{incident} is resolved after {length} by {by}: {what}.{text}"
    ))
}
