//! Forms as Slack's modals, and what a modal carries with it.

use serde::{Deserialize, Serialize};
use slack_morphism::blocks::{
    SlackBlock, SlackBlockText, SlackInputBlock, SlackModalView, SlackView,
};
use slack_morphism::prelude::{
    SlackBlockCheckboxesElement, SlackBlockChoiceItem, SlackBlockPlainTextInputElement,
    SlackBlockPlainTextOnly, SlackBlockStaticSelectElement, SlackInputBlockElement,
};

use super::{PAGE_BLOCKS, cut, mrkdwn, page, parts, plain};
use crate::chat::card::{Input, InputKind};
use crate::chat::{Card, ChannelId, Form, MessageRef};

/// The most characters of a modal's title and of its two buttons.
const SHORT: usize = 24;

/// The most characters of a question and of its hint.
const QUESTION: usize = 2000;

/// The most characters of an answer, and of what is entered already.
const ANSWER: usize = 3000;

/// The most options of a question, and characters of an option and of its value.
const OPTIONS: usize = 100;
const OPTION: usize = 75;
const VALUE: usize = 150;

/// The name of the one answer in each question's block.
pub(in crate::chat::slack) const ANSWER_ID: &str = "answer";

/// What a modal says it is, so that others' are not mistaken for it.
pub(in crate::chat::slack) const CALLBACK: &str = "form";

/// Where a form was asked for, and which it is: carried by the modal itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::chat::slack) struct Origin {
    /// The form's own value.
    pub(in crate::chat::slack) form: String,
    /// The channel, if it was one.
    pub(in crate::chat::slack) channel: Option<ChannelId>,
    /// The first message of the thread, if it was one.
    pub(in crate::chat::slack) thread: Option<String>,
}

/// Where a form is asked for that has no id yet.
pub(in crate::chat::slack) fn origin(
    channel: Option<ChannelId>,
    thread: Option<&MessageRef>,
) -> Origin {
    Origin {
        form: String::new(),
        channel,
        thread: thread.map(|it| it.id.clone()),
    }
}

/// A form to fill in.
pub(in crate::chat::slack) fn modal(form: &Form, origin: &Origin) -> SlackView {
    let origin = Origin {
        form: form.id.clone(),
        ..origin.clone()
    };
    let intro = form.intro.iter().map(mrkdwn::text);
    let intro = intro.filter(|it| !it.trim().is_empty());
    let mut blocks: Vec<SlackBlock> = intro
        .map(|it| parts::section(&cut::text(&it, ANSWER)).into())
        .collect();
    blocks.extend(form.inputs.iter().map(block));
    blocks.truncate(PAGE_BLOCKS);
    let carried = serde_json::to_string(&origin).unwrap_or_default();
    let view = SlackModalView::new(short(&form.title), blocks)
        .with_submit(short(&form.submit))
        .with_close(short("Cancel"))
        .with_callback_id(CALLBACK.into())
        .with_private_metadata(carried);
    SlackView::Modal(view)
}

/// An answer that nobody else sees, where there is no channel to show it in.
pub(in crate::chat::slack) fn told(card: &Card) -> SlackView {
    let title = card.title.as_ref().map(crate::chat::Text::to_plain);
    let title = title.unwrap_or_else(|| "Shipbell".to_owned());
    let view = SlackModalView::new(short(&title), page(card)).with_close(short("Close"));
    SlackView::Modal(view)
}

fn block(input: &Input) -> SlackBlock {
    let Some(element) = element(input) else {
        let words = format!(
            "*{}*\nThere is nothing to choose from.",
            mrkdwn::literal(&input.label)
        );
        return parts::section(&words).into();
    };
    let hint = cut::line(&input.hint, QUESTION);
    let hint = (!hint.is_empty()).then(|| plain(&hint));
    SlackInputBlock::new(plain(&cut::line(&input.label, QUESTION)), element)
        .with_block_id(input.name.clone().into())
        .with_optional(!input.required)
        .opt_hint(hint)
        .into()
}

/// How a question is answered; none if it offers nothing.
fn element(input: &Input) -> Option<SlackInputBlockElement> {
    let entered = (!input.value.is_empty()).then(|| cut::text(&input.value, ANSWER));
    let id = || ANSWER_ID.into();
    Some(match &input.kind {
        InputKind::Line | InputKind::Lines => {
            let entered = match input.kind {
                InputKind::Lines => entered,
                InputKind::Line | InputKind::Choice(_) | InputKind::Tick => {
                    entered.map(|it| it.replace(['\n', '\r'], " "))
                }
            };
            SlackBlockPlainTextInputElement::new()
                .with_action_id(id())
                .with_multiline(input.kind == InputKind::Lines)
                .with_max_length(ANSWER as u64)
                .opt_initial_value(entered)
                .into()
        }
        InputKind::Choice(offered) => {
            let fits = |it: &&(String, String)| !it.0.is_empty() && it.0.chars().count() <= VALUE;
            let options: Vec<_> = offered
                .iter()
                .filter(fits)
                .take(OPTIONS)
                .map(option)
                .collect();
            let chosen = options.iter().find(|it| it.value == input.value).cloned();
            if options.is_empty() {
                return None;
            }
            SlackBlockStaticSelectElement::new()
                .with_action_id(id())
                .with_options(options)
                .opt_initial_option(chosen)
                .into()
        }
        InputKind::Tick => {
            let option: SlackBlockChoiceItem<SlackBlockText> =
                SlackBlockChoiceItem::new(SlackBlockText::from(plain("Yes")), "true".to_owned());
            let ticked = (!input.value.is_empty()).then(|| vec![option.clone()]);
            SlackBlockCheckboxesElement::new(vec![option])
                .with_action_id(id())
                .opt_initial_options(ticked)
                .into()
        }
    })
}

fn option((value, words): &(String, String)) -> SlackBlockChoiceItem<SlackBlockPlainTextOnly> {
    SlackBlockChoiceItem::new(plain(&cut::line(words, OPTION)), value.clone())
}

fn short(words: &str) -> SlackBlockPlainTextOnly {
    plain(&cut::line(words, SHORT))
}
