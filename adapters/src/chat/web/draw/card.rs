//! A card as HTML.

use askama::Template;

use super::{Draw, Hidden};
use crate::chat::card::ButtonStyle;
use crate::chat::card::StepState;
use crate::chat::{Block, Button, Card, Span, Text, Tone, UserId};

/// A card, ready for its template.
#[derive(Template)]
#[template(path = "web/card.html")]
pub(super) struct CardView<'a> {
    card: &'a Card,
    /// The id of the message it is in.
    dom: &'a str,
    /// Whether it has a box of its own.
    boxed: bool,
    buttons: Vec<ButtonView<'a>>,
    menu: Vec<ButtonView<'a>>,
    hidden: Hidden,
    viewer: &'a UserId,
}

/// How many buttons stand beside each other; the others go into the menu.
const ABREAST: usize = 3;

struct ButtonView<'a> {
    button: &'a Button,
    class: &'static str,
    request: String,
}

#[derive(Template)]
#[template(path = "web/words.html")]
pub(super) struct WordsView<'a> {
    text: &'a Text,
    viewer: &'a UserId,
}

#[derive(Template)]
#[template(path = "web/sign.html")]
struct SignView {
    state: StepState,
}

impl<'a> CardView<'a> {
    pub(super) fn of(
        draw: &'a Draw<'_>,
        card: &'a Card,
        (dom, channel): (&'a str, &str),
        boxed: bool,
    ) -> Self {
        let view = |button: &'a Button| ButtonView {
            button,
            class: match button.style {
                ButtonStyle::Plain => "",
                ButtonStyle::Primary => "p",
                ButtonStyle::Danger => "d",
            },
            request: draw.mint(),
        };
        let abreast = card.buttons.len().min(ABREAST);
        let (first, rest) = card.buttons.split_at(abreast);
        Self {
            card,
            dom,
            boxed,
            buttons: first.iter().map(view).collect(),
            menu: rest.iter().chain(&card.menu).map(view).collect(),
            hidden: draw.hidden(channel),
            viewer: &draw.viewer.person.user,
        }
    }

    fn words(&self, text: &'a Text) -> WordsView<'a> {
        WordsView::of(text, self.viewer)
    }

    fn sign(state: StepState) -> SignView {
        SignView { state }
    }

    /// Whether there is nothing but the summary.
    fn bare(&self) -> bool {
        self.card.title.is_none() && self.card.pill.is_none() && self.card.blocks.is_empty()
    }
}

impl<'a> WordsView<'a> {
    pub(super) fn of(text: &'a Text, viewer: &'a UserId) -> Self {
        Self { text, viewer }
    }

    fn calls_viewer(&self, user: &UserId) -> bool {
        user == self.viewer
    }
}

/// The class that gives a state its colour.
fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Idle => "idle",
        Tone::Running => "run",
        Tone::Good => "ok",
        Tone::Waiting => "warn",
        Tone::Bad => "bad",
    }
}

/// Whether an address may stand behind words: one of this server's pages, or the web's.
fn safe(url: &str) -> bool {
    ["https://", "http://", "/"]
        .iter()
        .any(|start| url.starts_with(start))
}

/// Whether a card calls somebody.
pub(super) fn calls(card: &Card, user: &UserId) -> bool {
    let called = |text: &Text| {
        text.0
            .iter()
            .any(|span| matches!(span, Span::Mention { user: who, .. } if who == user))
    };
    card.title.iter().any(called)
        || card.blocks.iter().any(|block| match block {
            Block::Text(text) | Block::Context(text) => called(text),
            Block::Fields(fields) => fields.iter().flat_map(|field| &field.lines).any(called),
            Block::Steps(_) | Block::Code { .. } | Block::Evidence { .. } | Block::Table { .. } => {
                false
            }
        })
}
