//! Cards as Slack draws them: blocks within its limits, and a sentence that says
//! it all for notifications and screen readers.
//!
//! Slack has blocks of its own for work in order, folded proof and tables. Where
//! it refuses one, the same is said in the blocks there always were.

mod cut;
mod form;
mod mrkdwn;
mod parts;
#[cfg(test)]
mod tests;

use slack_morphism::blocks::SlackBlock;
use slack_morphism::prelude::{
    SlackActionBlockElement, SlackActionsBlock, SlackBlockButtonElement, SlackBlockButtonStyle,
    SlackBlockChoiceItem, SlackBlockOverflowElement, SlackBlockPlainTextOnly,
    SlackBlockStaticSelectElement, SlackHeaderBlock,
};

pub(super) use form::{Origin, modal, origin, told};
pub(super) use mrkdwn::escape;

use self::cut::Budget;
use crate::chat::card::{ButtonStyle, Pill};
use crate::chat::{Block, Button, Card, Tone};

/// The most blocks of a message, and of a page of its own.
/// <https://docs.slack.dev/reference/block-kit/blocks>
const BLOCKS: usize = 50;
pub(super) const PAGE_BLOCKS: usize = 100;

/// The most characters of the sentence above the blocks: Slack takes ten times
/// as many, and asks for no more than these.
const SENTENCE: usize = 4000;

/// The most characters of a heading.
const HEADING: usize = 150;

/// The most characters on a button and of an option.
const LABEL: usize = 75;

/// How many buttons stand abreast; the others go into the menu.
const ABREAST: usize = 3;

/// The most options of the small menu and of the large one.
const SMALL_MENU: usize = 5;
const LARGE_MENU: usize = 100;

/// What a button that says a command again is called.
pub(super) const SAY_AGAIN: &str = "say-again";

/// Which of Slack's newer blocks may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Natives {
    pub(super) plan: bool,
    pub(super) container: bool,
    pub(super) table: bool,
}

/// A message as it is sent.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Drawn {
    /// The whole news in one sentence, escaped.
    pub(super) text: String,
    pub(super) blocks: Vec<SlackBlock>,
    /// The newer blocks in it, which Slack may refuse.
    pub(super) used: Natives,
}

impl Natives {
    pub(super) const ALL: Self = Self {
        plan: true,
        container: true,
        table: true,
    };
    pub(super) const NONE: Self = Self {
        plan: false,
        container: false,
        table: false,
    };

    pub(super) fn without(self, refused: Self) -> Self {
        Self {
            plan: self.plan && !refused.plan,
            container: self.container && !refused.container,
            table: self.table && !refused.table,
        }
    }
}

/// Draws a card as a message.
pub(super) fn message(card: &Card, natives: Natives) -> Drawn {
    within(card, natives, BLOCKS)
}

/// Draws a card with room for more blocks: a modal, or the page at home.
pub(super) fn page(card: &Card) -> Vec<SlackBlock> {
    within(card, Natives::NONE, PAGE_BLOCKS).blocks
}

fn within(card: &Card, natives: Natives, most: usize) -> Drawn {
    let mut drawing = parts::Drawing {
        card,
        natives,
        used: Natives::NONE,
        budget: Budget::new(),
        blocks: Vec::new(),
    };
    if let Some(title) = &card.title {
        let words = cut::line(&title.to_plain(), HEADING);
        let heading = SlackHeaderBlock::new(plain(&words));
        drawing.blocks.push(heading.into());
    }
    if let Some(pill) = &card.pill {
        drawing.section(&format!("*{}*", mrkdwn::literal(&state(pill))));
    }
    for block in &card.blocks {
        drawing.block(block);
    }
    if drawing.blocks.is_empty() {
        drawing.section(&mrkdwn::literal(&card.summary));
    }
    let parts::Drawing {
        used, mut blocks, ..
    } = drawing;
    let actions = actions(card);
    cut::blocks(&mut blocks, most - usize::from(actions.is_some()));
    blocks.extend(actions);
    Drawn {
        text: escape(&cut::text(&card.summary, SENTENCE)),
        blocks,
        used,
    }
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
    format!("{sign} {}", pill.words)
}

/// The buttons side by side, and the menu behind them.
fn actions(card: &Card) -> Option<SlackBlock> {
    let (first, rest) = card.buttons.split_at(card.buttons.len().min(ABREAST));
    let mut first: Vec<&Button> = first.iter().collect();
    let mut menu: Vec<&Button> = rest.iter().chain(&card.menu).collect();
    if menu.len() == 1 {
        // A menu of one is a button.
        first.append(&mut menu);
    }
    let subject = card.title.as_ref().map(crate::chat::Text::to_plain);
    let buttons = first.iter().enumerate().map(|(index, it)| {
        SlackActionBlockElement::from(button(it, &format!("b{index}"), subject.as_deref()))
    });
    let mut elements: Vec<SlackActionBlockElement> = buttons.collect();
    if !menu.is_empty() {
        elements.push(more(&menu));
    }
    (!elements.is_empty()).then(|| SlackActionsBlock::new(elements).into())
}

fn button(it: &Button, id: &str, subject: Option<&str>) -> SlackBlockButtonElement {
    let style = match it.style {
        ButtonStyle::Plain => None,
        ButtonStyle::Primary => Some(SlackBlockButtonStyle::Primary),
        ButtonStyle::Danger => Some(SlackBlockButtonStyle::Danger),
    };
    // What is heard names the subject: the same words stand under many messages.
    let heard = subject
        .map(|subject| format!("{}: {subject}", it.label))
        .filter(|it| it.chars().count() <= LABEL);
    SlackBlockButtonElement::new(plain(&cut::line(&it.label, LABEL)))
        .with_action_id(id.into())
        .with_value(it.action.clone())
        .opt_style(style)
        .opt_accessibility_label(heard.map(Into::into))
}

fn more(menu: &[&Button]) -> SlackActionBlockElement {
    let option = |it: &&Button| {
        SlackBlockChoiceItem::new(plain(&cut::line(&it.label, LABEL)), it.action.clone())
    };
    let options: Vec<_> = menu.iter().take(LARGE_MENU).map(option).collect();
    if options.len() <= SMALL_MENU {
        return SlackBlockOverflowElement::new(options)
            .with_action_id("more".into())
            .into();
    }
    SlackBlockStaticSelectElement::new()
        .with_action_id("more".into())
        .with_placeholder(plain("More"))
        .with_options(options)
        .into()
}

/// A card that offers to say a command again, where a form cannot open by itself.
pub(super) fn say_again(command: &str) -> Vec<SlackBlock> {
    let button = SlackBlockButtonElement::new(plain("Open the form"))
        .with_action_id(SAY_AGAIN.into())
        .with_value(cut::text(command, 2000))
        .with_style(SlackBlockButtonStyle::Primary);
    vec![
        parts::section("This needs a form.").into(),
        SlackActionsBlock::new(vec![button.into()]).into(),
    ]
}

/// Words as they are: nothing in them is markup or an emoji's name.
fn plain(words: &str) -> SlackBlockPlainTextOnly {
    use slack_morphism::blocks::SlackBlockPlainText;
    // Slack refuses a text with nothing in it.
    let words = if words.trim().is_empty() {
        "–"
    } else {
        words
    };
    SlackBlockPlainText::new(words.to_owned())
        .with_emoji(false)
        .into()
}

/// Whether a card has anything in it that Slack may refuse.
pub(super) fn is_classic(card: &Card) -> bool {
    card.blocks.iter().all(|block| match block {
        Block::Text(_) | Block::Context(_) | Block::Fields(_) | Block::Code { .. } => true,
        Block::Steps(_) | Block::Evidence { .. } | Block::Table { .. } => false,
    })
}
