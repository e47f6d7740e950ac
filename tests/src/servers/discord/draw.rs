//! What a message says, as somebody reads it.

use serde_json::Value;

use super::model::{Message, World};

/// All of a message's words, a part a line; buttons in brackets.
pub(super) fn body(body: &Value) -> String {
    let mut lines = Vec::new();
    if let Some(content) = body["content"].as_str().filter(|it| !it.is_empty()) {
        lines.push(content.to_owned());
    }
    for embed in body["embeds"].as_array().into_iter().flatten() {
        lines.extend(embed["description"].as_str().map(str::to_owned));
    }
    components(&body["components"], &mut lines);
    plain(&lines.join("\n"))
}

pub(super) fn message(it: &Message) -> String {
    let files = it.files.iter().map(|(name, _)| format!("[file {name}]"));
    let all: Vec<String> = std::iter::once(body(&it.body)).chain(files).collect();
    all.join("\n")
}

fn components(all: &Value, lines: &mut Vec<String>) {
    for it in all.as_array().into_iter().flatten() {
        match it["type"].as_u64() {
            Some(10) => lines.extend(it["content"].as_str().map(str::to_owned)),
            Some(2) => lines.extend(it["label"].as_str().map(|it| format!("[{it}]"))),
            Some(3) => {
                let options = it["options"].as_array().into_iter().flatten();
                let labels = options.filter_map(|it| it["label"].as_str());
                lines.extend(labels.map(|it| format!("[… {it}]")));
            }
            Some(18) => {
                lines.extend(it["label"].as_str().map(|it| format!("{it}?")));
                components(&Value::Array(vec![it["component"].clone()]), lines);
            }
            _ => components(&it["components"], lines),
        }
    }
}

/// Without what keeps signs from being markup.
fn plain(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut signs = words.chars().peekable();
    while let Some(sign) = signs.next() {
        match signs.peek() {
            Some(next) if sign == '\\' && next.is_ascii_punctuation() => {}
            _ => out.push(sign),
        }
    }
    out
}

/// Whether it says something, whatever the case of its letters and its marks.
pub(super) fn says(text: &str, words: &str) -> bool {
    let flat = |it: &str| it.replace("**", "").to_lowercase();
    flat(text).contains(&flat(words))
}

/// The whole server, for a test that failed.
pub(super) fn everything(world: &World) -> String {
    let messages = world.messages.values();
    let all: Vec<String> = messages
        .map(|it| format!("── {} in {}\n{}", it.id, it.channel, message(it)))
        .collect();
    let told = world
        .told
        .iter()
        .map(|(to, words)| format!("── to {to} alone\n{words}"));
    all.into_iter().chain(told).collect::<Vec<_>>().join("\n")
}
