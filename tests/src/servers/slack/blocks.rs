//! What Slack takes of Block Kit: lengths, counts, and which part may stand where.

mod elements;
mod native;
mod objects;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use self::objects::{plain, text};

/// Where blocks are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Surface {
    Message,
    Modal,
    Home,
}

/// What is found wrong.
pub(super) type Mistakes = Vec<String>;

/// Everything that is wrong with these blocks; `native` tells whether the newer ones are known.
pub(super) fn check(blocks: &Value, surface: Surface, native: bool) -> Mistakes {
    let mut mistakes = Vec::new();
    let Some(blocks) = blocks.as_array() else {
        return vec!["blocks: not an array".to_owned()];
    };
    let most = if surface == Surface::Message { 50 } else { 100 };
    if blocks.len() > most {
        mistakes.push(format!("blocks: {} are more than {most}", blocks.len()));
    }
    let mut names = Names::default();
    for (number, block) in blocks.iter().enumerate() {
        let at = format!("blocks[{number}]");
        if native::KINDS.contains(&kind(block)) {
            if native {
                native::check(block, &at, &mut mistakes);
            } else {
                mistakes.push(format!("{at}: unsupported block type {}", kind(block)));
            }
        } else {
            one(block, surface, &at, &mut mistakes);
        }
        names.note(block, &at, &mut mistakes);
    }
    let markdown = blocks.iter().filter(|it| kind(it) == "markdown");
    let length: usize = markdown.map(|it| count(&it["text"])).sum();
    if length > 12_000 {
        mistakes.push("blocks: more than 12000 characters of markdown".to_owned());
    }
    mistakes
}

/// Everything that is wrong with a view of this type.
pub(super) fn check_view(view: &Value, kind: &str, native: bool) -> Mistakes {
    let mut mistakes = Vec::new();
    if view["type"] != kind {
        mistakes.push(format!("view: not of type {kind}"));
        return mistakes;
    }
    let surface = if kind == "modal" {
        Surface::Modal
    } else {
        Surface::Home
    };
    if kind == "modal" {
        plain(&view["title"], (1, 24), "view.title", &mut mistakes);
        for name in ["submit", "close"] {
            if !view[name].is_null() {
                plain(&view[name], (1, 24), &format!("view.{name}"), &mut mistakes);
            }
        }
        let blocks = view["blocks"].as_array();
        let asks = blocks.is_some_and(|it| it.iter().any(|it| it["type"] == "input"));
        if asks && view["submit"].is_null() {
            mistakes.push("view.submit: needed, because there are inputs".to_owned());
        }
    }
    for (name, most) in [
        ("private_metadata", 3000),
        ("callback_id", 255),
        ("external_id", 255),
    ] {
        if count(&view[name]) > most {
            mistakes.push(format!("view.{name}: longer than {most}"));
        }
    }
    mistakes.extend(check(&view["blocks"], surface, native));
    mistakes
}

/// Gives every block and action without a name one, as Slack does.
pub(super) fn name(blocks: &mut Value, of: &str) {
    let Some(blocks) = blocks.as_array_mut() else {
        return;
    };
    for (number, block) in blocks.iter_mut().enumerate() {
        if block["block_id"].is_null() {
            let stem: String = of.chars().filter(char::is_ascii_alphanumeric).collect();
            block["block_id"] = json!(format!("b{stem}{number}"));
        }
        let Some(elements) = block["elements"].as_array_mut() else {
            continue;
        };
        for (place, element) in elements.iter_mut().enumerate() {
            if element["type"] == "button" && element["action_id"].is_null() {
                element["action_id"] = json!(format!("a{number}{place}"));
            }
        }
    }
}

/// One block of those every Slack knows.
pub(super) fn one(block: &Value, surface: Surface, at: &str, mistakes: &mut Mistakes) {
    match kind(block) {
        "section" => section(block, at, mistakes),
        "header" => plain(&block["text"], (1, 150), &format!("{at}.text"), mistakes),
        "divider" => {}
        "context" => context(block, at, mistakes),
        "actions" => elements::actions(block, at, mistakes),
        "input" if surface == Surface::Message => {
            mistakes.push(format!("{at}: an input in a message"));
        }
        "input" => elements::input(block, at, mistakes),
        "markdown" if surface != Surface::Message => {
            mistakes.push(format!("{at}: markdown outside a message"));
        }
        "markdown" => between(&block["text"], (1, 12_000), &format!("{at}.text"), mistakes),
        "image" => {
            between(
                &block["alt_text"],
                (1, 2000),
                &format!("{at}.alt_text"),
                mistakes,
            );
            between(
                &block["image_url"],
                (1, 3000),
                &format!("{at}.image_url"),
                mistakes,
            );
        }
        "rich_text" => objects::rich_text(block, at, mistakes),
        other => mistakes.push(format!("{at}: unsupported block type {other}")),
    }
    let known = objects::keys(kind(block));
    objects::no_others(block, known, at, mistakes);
}

fn section(block: &Value, at: &str, mistakes: &mut Mistakes) {
    let fields = &block["fields"];
    if block["text"].is_null() && fields.is_null() {
        mistakes.push(format!("{at}: neither text nor fields"));
    }
    if !block["text"].is_null() {
        text(&block["text"], (1, 3000), &format!("{at}.text"), mistakes);
    }
    if let Some(fields) = fields.as_array() {
        if fields.is_empty() || fields.len() > 10 {
            mistakes.push(format!("{at}.fields: {} are not 1 to 10", fields.len()));
        }
        for (number, field) in fields.iter().enumerate() {
            text(
                field,
                (1, 2000),
                &format!("{at}.fields[{number}]"),
                mistakes,
            );
        }
    }
    if !block["accessory"].is_null() {
        elements::element(&block["accessory"], &format!("{at}.accessory"), mistakes);
    }
}

fn context(block: &Value, at: &str, mistakes: &mut Mistakes) {
    let elements = block["elements"].as_array().map_or(&[][..], Vec::as_slice);
    if elements.is_empty() || elements.len() > 10 {
        mistakes.push(format!("{at}.elements: {} are not 1 to 10", elements.len()));
    }
    for (number, element) in elements.iter().enumerate() {
        let at = format!("{at}.elements[{number}]");
        if element["type"] == "image" {
            between(&element["alt_text"], (1, 2000), &at, mistakes);
        } else {
            text(element, (1, 3000), &at, mistakes);
        }
    }
}

/// Names that must not occur twice.
#[derive(Default)]
struct Names {
    blocks: BTreeSet<String>,
    actions: BTreeSet<(String, String)>,
}

impl Names {
    fn note(&mut self, block: &Value, at: &str, mistakes: &mut Mistakes) {
        between_if_there(&block["block_id"], 255, &format!("{at}.block_id"), mistakes);
        let name = block["block_id"].as_str();
        if let Some(name) = name.filter(|it| !self.blocks.insert((*it).to_owned())) {
            mistakes.push(format!("{at}: the block_id {name} occurs twice"));
        }
        let elements = block["elements"].as_array();
        for element in elements.into_iter().flatten() {
            let Some(action) = element["action_id"].as_str() else {
                continue;
            };
            if !self.actions.insert((at.to_owned(), action.to_owned())) {
                mistakes.push(format!("{at}: the action_id {action} occurs twice"));
            }
        }
    }
}

pub(super) fn kind(block: &Value) -> &str {
    block["type"].as_str().unwrap_or("(none)")
}

/// Characters, as Slack counts them.
pub(super) fn count(words: &Value) -> usize {
    words.as_str().map_or(0, |it| it.chars().count())
}

fn between(words: &Value, (least, most): (usize, usize), at: &str, mistakes: &mut Mistakes) {
    let length = count(words);
    if !words.is_string() || length < least || length > most {
        mistakes.push(format!(
            "{at}: {length} characters are not {least} to {most}"
        ));
    }
}

fn between_if_there(words: &Value, most: usize, at: &str, mistakes: &mut Mistakes) {
    if !words.is_null() {
        between(words, (1, most), at, mistakes);
    }
}
