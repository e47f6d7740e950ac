//! The parts blocks are made of: texts, options, confirmations.

use serde_json::Value;

use super::{Mistakes, between, between_if_there, count};

/// Plain text or mrkdwn within these lengths.
pub(super) fn text(it: &Value, lengths: (usize, usize), at: &str, mistakes: &mut Mistakes) {
    match it["type"].as_str() {
        Some("plain_text") => no_others(it, Some(&["type", "text", "emoji"]), at, mistakes),
        Some("mrkdwn") => no_others(it, Some(&["type", "text", "verbatim"]), at, mistakes),
        _ => mistakes.push(format!("{at}: not a text object")),
    }
    between(&it["text"], lengths, at, mistakes);
}

/// Plain text within these lengths.
pub(super) fn plain(it: &Value, lengths: (usize, usize), at: &str, mistakes: &mut Mistakes) {
    if it["type"] != "plain_text" {
        mistakes.push(format!("{at}: must be plain_text"));
    }
    text(it, lengths, at, mistakes);
}

/// Options to choose from.
pub(super) fn options(all: &Value, most: usize, at: &str, mistakes: &mut Mistakes) {
    let options = all.as_array().map_or(&[][..], Vec::as_slice);
    if options.is_empty() || options.len() > most {
        let many = options.len();
        mistakes.push(format!("{at}: {many} options are not 1 to {most}"));
    }
    for (number, option) in options.iter().enumerate() {
        self::option(option, &format!("{at}[{number}]"), mistakes);
    }
}

/// One option.
pub(super) fn option(it: &Value, at: &str, mistakes: &mut Mistakes) {
    text(&it["text"], (1, 75), &format!("{at}.text"), mistakes);
    between(&it["value"], (1, 150), &format!("{at}.value"), mistakes);
    if !it["description"].is_null() {
        text(
            &it["description"],
            (1, 75),
            &format!("{at}.description"),
            mistakes,
        );
    }
    let known = ["text", "value", "description", "url"];
    no_others(it, Some(&known), at, mistakes);
}

/// "Are you sure?"
pub(super) fn confirm(it: &Value, at: &str, mistakes: &mut Mistakes) {
    if it.is_null() {
        return;
    }
    plain(&it["title"], (1, 100), &format!("{at}.title"), mistakes);
    text(&it["text"], (1, 300), &format!("{at}.text"), mistakes);
    plain(&it["confirm"], (1, 30), &format!("{at}.confirm"), mistakes);
    plain(&it["deny"], (1, 30), &format!("{at}.deny"), mistakes);
    style(&it["style"], at, mistakes);
}

pub(super) fn style(it: &Value, at: &str, mistakes: &mut Mistakes) {
    if !it.is_null() && it != "primary" && it != "danger" {
        mistakes.push(format!("{at}.style: {it} is none"));
    }
}

/// Rich text, as far as the bot may use it.
pub(super) fn rich_text(it: &Value, at: &str, mistakes: &mut Mistakes) {
    const KINDS: [&str; 4] = [
        "rich_text_section",
        "rich_text_list",
        "rich_text_preformatted",
        "rich_text_quote",
    ];
    let Some(elements) = it["elements"].as_array() else {
        mistakes.push(format!("{at}.elements: not an array"));
        return;
    };
    for (number, element) in elements.iter().enumerate() {
        let at = format!("{at}.elements[{number}]");
        let kind = element["type"].as_str().unwrap_or_default();
        if !KINDS.contains(&kind) {
            mistakes.push(format!("{at}: unsupported type {kind}"));
        }
        for span in element["elements"].as_array().into_iter().flatten() {
            if span["type"] == "text" && count(&span["text"]) == 0 {
                mistakes.push(format!("{at}: a text without words"));
            }
            between_if_there(&span["url"], 3000, &at, mistakes);
        }
    }
}

/// What may stand in a block of this kind.
pub(super) fn keys(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "section" => &["type", "block_id", "text", "fields", "accessory", "expand"],
        "header" => &["type", "block_id", "text", "level"],
        "divider" => &["type", "block_id"],
        "context" | "actions" | "rich_text" => &["type", "block_id", "elements"],
        "input" => &[
            "type",
            "block_id",
            "label",
            "element",
            "hint",
            "optional",
            "dispatch_action",
        ],
        "markdown" => &["type", "block_id", "text"],
        "image" => &[
            "type",
            "block_id",
            "image_url",
            "alt_text",
            "title",
            "slack_file",
        ],
        _ => return None,
    })
}

/// Nothing else may stand in it.
pub(super) fn no_others(it: &Value, known: Option<&[&str]>, at: &str, mistakes: &mut Mistakes) {
    let (Some(known), Some(object)) = (known, it.as_object()) else {
        return;
    };
    for key in object.keys().filter(|it| !known.contains(&it.as_str())) {
        mistakes.push(format!("{at}: no such key: {key}"));
    }
}
