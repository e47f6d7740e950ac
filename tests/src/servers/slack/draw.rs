//! Messages, modals and home tabs as a person reads them, in text.

use serde_json::Value;

use super::model::{Message, Private, View, Workspace};

/// A message: who says it, its blocks or words, its files and reactions.
pub(super) fn message(world: &Workspace, message: &Message) -> String {
    let mut lines = body(world, &message.text, &message.blocks);
    for (_, title) in &message.files {
        lines.push(format!("(file {title})"));
    }
    if !message.reactions.is_empty() {
        let each = message.reactions.iter().map(|it| {
            let names: Vec<&str> = it.users.iter().map(|it| name(world, it)).collect();
            format!(":{}: {}", it.name, names.join(", "))
        });
        lines.push(each.collect::<Vec<_>>().join("  "));
    }
    format!("{}: {}", name(world, &message.user), lines.join("\n"))
}

/// Whether these words are in a text, whatever their case.
pub(super) fn says(text: &str, words: &str) -> bool {
    text.to_lowercase().contains(&words.to_lowercase())
}

/// A line only one person sees.
pub(super) fn private(world: &Workspace, line: &Private) -> String {
    body(world, &line.text, &line.blocks).join("\n")
}

/// A modal or a home tab: title, blocks, what is wrong, and how it can be left.
pub(super) fn view(world: &Workspace, view: &View) -> String {
    let mut lines = Vec::new();
    if let Some(title) = view.body["title"]["text"].as_str() {
        lines.push(title.to_owned());
    }
    for it in view.blocks() {
        lines.extend(block(world, it));
        let name = it["block_id"].as_str().unwrap_or_default();
        if let Some(error) = view.errors.get(name) {
            lines.push(format!("  ! {error}"));
        }
    }
    let ways = ["close", "submit"].map(|it| view.body[it]["text"].as_str());
    let ways: Vec<String> = ways
        .into_iter()
        .flatten()
        .map(|it| format!("[{it}]"))
        .collect();
    lines.push(ways.join(" "));
    lines.join("\n")
}

/// All there is, for a test that cannot go on.
pub(super) fn everything(world: &Workspace) -> String {
    let mut lines = Vec::new();
    for channel in world.channels.values().filter(|it| !it.messages.is_empty()) {
        lines.push(format!("#{}", channel.name));
        for it in channel.messages.values() {
            let indent = if it.thread.is_some() { "    " } else { "  " };
            let text = message(world, it).replace('\n', &format!("\n{indent}  "));
            lines.push(format!("{indent}{text}"));
        }
    }
    for it in &world.private {
        let text = private(world, it).replace('\n', "\n    ");
        let place = if it.thread.is_some() {
            ", in a thread"
        } else {
            ""
        };
        let who = name(world, &it.user);
        lines.push(format!("  (to {who} alone{place}) {text}"));
    }
    for (user, stack) in &world.screens.modals {
        for it in stack {
            let text = view(world, it).replace('\n', "\n    ");
            lines.push(format!("  (before {}) {text}", name(world, user)));
        }
    }
    lines.join("\n")
}

fn body(world: &Workspace, text: &str, blocks: &Value) -> Vec<String> {
    match blocks.as_array().filter(|it| !it.is_empty()) {
        Some(blocks) => blocks.iter().flat_map(|it| block(world, it)).collect(),
        None => vec![plain(world, text)],
    }
}

fn block(world: &Workspace, it: &Value) -> Vec<String> {
    let text = |it: &Value| plain(world, it["text"].as_str().unwrap_or_default());
    match it["type"].as_str().unwrap_or_default() {
        "header" | "alert" => vec![text(&it["text"])],
        "section" => {
            let fields = it["fields"].as_array().into_iter().flatten();
            let words = (!it["text"].is_null()).then(|| text(&it["text"]));
            let mut lines: Vec<String> = words.into_iter().chain(fields.map(text)).collect();
            lines.extend(element(&it["accessory"]));
            lines
        }
        "context" => {
            let elements = it["elements"].as_array().into_iter().flatten();
            vec![elements.map(text).collect::<Vec<_>>().join("  ")]
        }
        "actions" => {
            let elements = it["elements"].as_array().into_iter().flatten();
            vec![elements.filter_map(element).collect::<Vec<_>>().join(" ")]
        }
        "input" => {
            let label = text(&it["label"]);
            let asked = element(&it["element"]).unwrap_or_default();
            vec![format!("{label} {asked}")]
        }
        "markdown" => vec![it["text"].as_str().unwrap_or_default().to_owned()],
        "rich_text" => vec![rich(world, it)],
        "plan" => {
            let title = it["title"].as_str().unwrap_or_default().to_owned();
            let tasks = it["tasks"].as_array().into_iter().flatten();
            let tasks = tasks.map(|it| task(world, it));
            std::iter::once(title).chain(tasks).collect()
        }
        "task_card" => vec![task(world, it)],
        "container" => {
            let title = text(&it["title"]);
            let children = it["child_blocks"].as_array().into_iter().flatten();
            let inside = children
                .flat_map(|it| block(world, it))
                .map(|it| format!("  {it}"));
            std::iter::once(title).chain(inside).collect()
        }
        "data_table" | "table" => {
            let caption = it["caption"].as_str().map(str::to_owned);
            let rows = it["rows"].as_array().into_iter().flatten();
            let rows = rows.map(|row| {
                let cells = row.as_array().into_iter().flatten();
                let cells = cells.map(|it| match it["type"].as_str() {
                    Some("rich_text") => rich(world, it),
                    Some("raw_number") => it["value"].to_string(),
                    _ => text(it),
                });
                cells.collect::<Vec<_>>().join("  ")
            });
            caption.into_iter().chain(rows).collect()
        }
        _ => Vec::new(),
    }
}

fn task(world: &Workspace, it: &Value) -> String {
    let title = it["title"].as_str().unwrap_or_default();
    let state = it["status"].as_str().unwrap_or_default();
    let details = if it["details"].is_null() {
        String::new()
    } else {
        rich(world, &it["details"])
    };
    format!("({state}) {title} {details}").trim_end().to_owned()
}

fn rich(world: &Workspace, it: &Value) -> String {
    let mut words = String::new();
    let mut open = vec![it];
    while let Some(it) = open.pop() {
        match it["type"].as_str() {
            // Each part stands on lines of its own.
            Some(part) if part.starts_with("rich_text_") && !words.is_empty() => words.push('\n'),
            Some("user") => {
                words.push('@');
                words.push_str(name(world, it["user_id"].as_str().unwrap_or_default()));
            }
            _ => words.push_str(it["text"].as_str().unwrap_or_default()),
        }
        open.extend(it["elements"].as_array().into_iter().flatten().rev());
    }
    words
}

/// A thing to press, pick or fill in.
fn element(it: &Value) -> Option<String> {
    let options = || it["options"].as_array().into_iter().flatten();
    let label = |it: &Value| it["text"]["text"].as_str().unwrap_or_default().to_owned();
    match it["type"].as_str()? {
        "button" => Some(format!("[{}]", label(it))),
        "overflow" => {
            let all: Vec<String> = options().map(label).collect();
            Some(format!("[… {}]", all.join(" | ")))
        }
        "plain_text_input" => Some(format!(
            "[{}___]",
            it["initial_value"].as_str().unwrap_or_default()
        )),
        _ => {
            let chosen = |option: &Value| {
                let several = it["initial_options"].as_array();
                *option == it["initial_option"] || several.is_some_and(|it| it.contains(option))
            };
            let all = options().map(|option| {
                let mark = if chosen(option) { "(x)" } else { "( )" };
                format!("{mark} {}", label(option))
            });
            Some(all.collect::<Vec<_>>().join(" "))
        }
    }
}

/// Slack's own markup as a reader sees it.
pub(super) fn plain(world: &Workspace, text: &str) -> String {
    let mut words = String::new();
    let mut rest = text;
    while let Some(from) = rest.find('<') {
        let Some(to) = rest[from..].find('>') else {
            break;
        };
        words.push_str(&rest[..from]);
        words.push_str(&marked(world, &rest[from + 1..from + to]));
        rest = &rest[from + to + 1..];
    }
    words.push_str(rest);
    words
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

fn marked(world: &Workspace, inside: &str) -> String {
    let (what, label) = inside.split_once('|').unwrap_or((inside, ""));
    if let Some(user) = what.strip_prefix('@') {
        return format!("@{}", name(world, user));
    }
    if let Some(group) = what.strip_prefix("!subteam^") {
        let handle = world.groups.get(group).map(|it| it.handle.as_str());
        return format!("@{}", handle.unwrap_or("unknown-group"));
    }
    if label.is_empty() {
        return what.to_owned();
    }
    label.to_owned()
}

/// What somebody is called.
fn name<'a>(world: &'a Workspace, user: &'a str) -> &'a str {
    world.users.get(user).map_or(user, |it| it.name.as_str())
}
