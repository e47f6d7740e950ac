//! Forms as Discord's modals: few questions, each with its label.
//! <https://discord.com/developers/docs/components/reference#label>

use serde_json::{Value, json};

use super::{filled, markdown};
use crate::chat::card::InputKind;
use crate::chat::{Form, Input, cut};

/// The most parts of a modal.
const PARTS: usize = 5;

/// The most characters of its title, of a question and of what explains one.
const TITLE: usize = 45;
const QUESTION: usize = 45;
const HINT: usize = 100;

/// The most characters of an answer in one line and in several, and of the words
/// above the questions.
const LINE: usize = 300;
const LINES: usize = 3000;
const INTRO: usize = 1500;

/// The most options, and characters of one.
const OPTIONS: usize = 25;
const OPTION: usize = 100;

/// What several ticks together are called; the first one's name follows.
pub(in crate::chat::discord) const TICKS: &str = "~ticks";

/// A form as a modal.
pub(in crate::chat::discord) fn modal(form: &Form) -> Value {
    let mut questions = questions(&form.inputs);
    if questions.len() > PARTS {
        // What need not be answered can be said with the command.
        tracing::warn!(form = form.id, "a form has more questions than fit");
        let mut over = questions.len() - PARTS;
        questions.reverse();
        questions.retain(|(must, _)| {
            let goes = over > 0 && !must;
            over -= usize::from(goes);
            !goes
        });
        questions.reverse();
        questions.truncate(PARTS);
    }
    let intro: Vec<String> = form.intro.iter().map(markdown::text).collect();
    let intro = cut::text(&intro.join("\n"), INTRO);
    let mut parts: Vec<Value> = questions.into_iter().map(|it| it.1).collect();
    if !intro.trim().is_empty() && parts.len() < PARTS {
        parts.insert(0, json!({ "type": 10, "content": intro }));
    }
    json!({
        "custom_id": form.id,
        "title": filled(&cut::line(&form.title, TITLE)),
        "components": parts,
    })
}

/// The questions, and whether each must be answered; ticks that follow one another
/// are one.
fn questions(inputs: &[Input]) -> Vec<(bool, Value)> {
    let mut questions = Vec::new();
    let is_tick = |it: &Input| it.kind == InputKind::Tick;
    for run in inputs.chunk_by(|one, next| is_tick(one) && is_tick(next)) {
        match run {
            [one] if !is_tick(one) => questions.push((one.required, question(one))),
            ticks => questions.extend(ticks.chunks(OPTIONS).map(|it| (false, several(it)))),
        }
    }
    questions
}

fn question(input: &Input) -> Value {
    let mut label = json!({
        "type": 18,
        "label": filled(&cut::line(&input.label, QUESTION)),
        "component": component(input),
    });
    let hint = cut::line(&input.hint, HINT);
    // What does not fit into the label is worth more than the hint.
    let long = input.label.chars().count() > QUESTION;
    let about = if long {
        cut::line(&input.label, HINT)
    } else {
        hint
    };
    if !about.is_empty() {
        label["description"] = json!(about);
    }
    label
}

fn component(input: &Input) -> Value {
    match &input.kind {
        InputKind::Lines => words(input, 2, LINES),
        InputKind::Choice(options) if !options.is_empty() => {
            let option = |(value, words): &(String, String)| {
                json!({
                    "label": filled(&cut::line(words, OPTION)),
                    "value": value.chars().take(OPTION).collect::<String>(),
                    "default": *value == input.value && !value.is_empty(),
                })
            };
            let options: Vec<Value> = options.iter().take(OPTIONS).map(option).collect();
            json!({
                "type": 3,
                "custom_id": input.name,
                "options": options,
                "required": input.required,
                "min_values": u8::from(input.required),
                "max_values": 1,
            })
        }
        // Where there is nothing to choose from, whoever knows more may write it.
        InputKind::Line | InputKind::Choice(_) => words(input, 1, LINE),
        InputKind::Tick => several(std::slice::from_ref(input))["component"].clone(),
    }
}

fn words(input: &Input, style: u8, most: usize) -> Value {
    let mut words = json!({
        "type": 4,
        "custom_id": input.name,
        "style": style,
        "required": input.required,
        "max_length": most,
    });
    if !input.value.is_empty() {
        words["value"] = json!(cut::text(&input.value, most));
    }
    words
}

/// Ticks as the options of one question.
fn several(ticks: &[Input]) -> Value {
    let option = |it: &Input| {
        let mut option = json!({
            "label": filled(&cut::line(&it.label, OPTION)),
            "value": it.name,
            "default": it.value == "true",
        });
        let hint = cut::line(&it.hint, HINT);
        if !hint.is_empty() {
            option["description"] = json!(hint);
        }
        option
    };
    let options: Vec<Value> = ticks.iter().take(OPTIONS).map(option).collect();
    let first = ticks.first().map_or("", |it| it.name.as_str());
    let label = if ticks.len() == 1 {
        "Yes or no"
    } else {
        "Done"
    };
    let must = ticks.len() == 1 && ticks.iter().any(|it| it.required);
    json!({
        "type": 18,
        "label": label,
        "component": {
            "type": 3,
            "custom_id": format!("{TICKS}{first}"),
            "options": options,
            "required": must,
            "min_values": u8::from(must),
            "max_values": ticks.len().clamp(1, OPTIONS),
        },
    })
}
