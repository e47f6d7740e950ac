//! The newer blocks, which not every Slack knows.

use serde_json::Value;

use super::objects::{no_others, plain, rich_text, text};
use super::{Mistakes, Surface, between, kind, one};

/// Their types.
pub(super) const KINDS: [&str; 6] = [
    "plan",
    "task_card",
    "container",
    "data_table",
    "alert",
    "table",
];

const STATES: [&str; 4] = ["pending", "in_progress", "complete", "error"];

/// What may lie in a container.
const CHILDREN: [&str; 9] = [
    "actions",
    "context",
    "divider",
    "file",
    "header",
    "image",
    "rich_text",
    "section",
    "video",
];

pub(super) fn check(block: &Value, at: &str, mistakes: &mut Mistakes) {
    match kind(block) {
        "plan" => plan(block, at, mistakes),
        "task_card" => task(block, at, mistakes),
        "container" => container(block, at, mistakes),
        "alert" => alert(block, at, mistakes),
        _ => table(block, at, mistakes),
    }
}

fn plan(block: &Value, at: &str, mistakes: &mut Mistakes) {
    between(&block["title"], (1, 256), &format!("{at}.title"), mistakes);
    let tasks = block["tasks"].as_array().map_or(&[][..], Vec::as_slice);
    if tasks.is_empty() || tasks.len() > 50 {
        mistakes.push(format!("{at}.tasks: {} are not 1 to 50", tasks.len()));
    }
    for (number, it) in tasks.iter().enumerate() {
        task(it, &format!("{at}.tasks[{number}]"), mistakes);
    }
    let known = ["type", "block_id", "title", "tasks"];
    no_others(block, Some(&known), at, mistakes);
}

fn task(it: &Value, at: &str, mistakes: &mut Mistakes) {
    between(&it["task_id"], (1, 255), &format!("{at}.task_id"), mistakes);
    between(&it["title"], (1, 256), &format!("{at}.title"), mistakes);
    let state = it["status"].as_str().unwrap_or_default();
    if !STATES.contains(&state) {
        mistakes.push(format!("{at}.status: {state} is none"));
    }
    for name in ["details", "output"] {
        if !it[name].is_null() {
            rich_text(&it[name], &format!("{at}.{name}"), mistakes);
        }
    }
    let known = [
        "type", "block_id", "task_id", "title", "status", "details", "output", "sources",
    ];
    no_others(it, Some(&known), at, mistakes);
}

fn container(block: &Value, at: &str, mistakes: &mut Mistakes) {
    if block["title"].is_null() && block["rich_text_title"].is_null() {
        mistakes.push(format!("{at}: no title"));
    }
    if !block["title"].is_null() {
        plain(&block["title"], (1, 150), &format!("{at}.title"), mistakes);
    }
    if !block["subtitle"].is_null() {
        text(
            &block["subtitle"],
            (1, 150),
            &format!("{at}.subtitle"),
            mistakes,
        );
    }
    if block["default_collapsed"] == true && block["is_collapsible"] != true {
        mistakes.push(format!("{at}: collapsed, but not collapsible"));
    }
    let children = block["child_blocks"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    if children.is_empty() || children.len() > 10 {
        mistakes.push(format!(
            "{at}.child_blocks: {} are not 1 to 10",
            children.len()
        ));
    }
    for (number, child) in children.iter().enumerate() {
        let at = format!("{at}.child_blocks[{number}]");
        if CHILDREN.contains(&kind(child)) {
            one(child, Surface::Message, &at, mistakes);
        } else {
            mistakes.push(format!("{at}: a {} in a container", kind(child)));
        }
    }
    let known = [
        "type",
        "block_id",
        "title",
        "rich_text_title",
        "subtitle",
        "icon",
        "child_blocks",
        "is_collapsible",
        "default_collapsed",
        "has_header_divider",
        "width",
    ];
    no_others(block, Some(&known), at, mistakes);
}

fn alert(block: &Value, at: &str, mistakes: &mut Mistakes) {
    text(&block["text"], (1, 3000), &format!("{at}.text"), mistakes);
    let level = block["level"].as_str().unwrap_or("default");
    if !["default", "info", "warning", "error", "success"].contains(&level) {
        mistakes.push(format!("{at}.level: {level} is none"));
    }
}

/// A table of either kind: rows of cells, all equally long.
fn table(block: &Value, at: &str, mistakes: &mut Mistakes) {
    let data = kind(block) == "data_table";
    if data {
        between(
            &block["caption"],
            (1, 255),
            &format!("{at}.caption"),
            mistakes,
        );
    }
    let rows = block["rows"].as_array().map_or(&[][..], Vec::as_slice);
    if rows.is_empty() || rows.len() > 100 {
        mistakes.push(format!("{at}.rows: {} are not 1 to 100", rows.len()));
    }
    let wide = rows.first().and_then(Value::as_array).map_or(0, Vec::len);
    if wide == 0 || wide > 20 {
        mistakes.push(format!("{at}.rows: {wide} columns are not 1 to 20"));
    }
    for (number, row) in rows.iter().enumerate() {
        let at = format!("{at}.rows[{number}]");
        let cells = row.as_array().map_or(&[][..], Vec::as_slice);
        if cells.len() != wide {
            mistakes.push(format!("{at}: {} cells, not {wide}", cells.len()));
        }
        for cell in cells {
            match kind(cell) {
                "raw_text" => between(&cell["text"], (1, 2000), &at, mistakes),
                "raw_number" if data => {}
                "rich_text" => rich_text(cell, &at, mistakes),
                other => mistakes.push(format!("{at}: a cell of type {other}")),
            }
        }
    }
}
