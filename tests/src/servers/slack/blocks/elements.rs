//! What people can press, pick and fill in.

use serde_json::Value;

use super::objects::{confirm, no_others, option, options, plain, style};
use super::{Mistakes, between, between_if_there, kind};

/// A row of things to press.
pub(super) fn actions(block: &Value, at: &str, mistakes: &mut Mistakes) {
    let elements = block["elements"].as_array().map_or(&[][..], Vec::as_slice);
    if elements.is_empty() || elements.len() > 25 {
        mistakes.push(format!("{at}.elements: {} are not 1 to 25", elements.len()));
    }
    for (number, it) in elements.iter().enumerate() {
        element(it, &format!("{at}.elements[{number}]"), mistakes);
    }
}

/// A question of a modal.
pub(super) fn input(block: &Value, at: &str, mistakes: &mut Mistakes) {
    plain(&block["label"], (1, 2000), &format!("{at}.label"), mistakes);
    if !block["hint"].is_null() {
        plain(&block["hint"], (1, 2000), &format!("{at}.hint"), mistakes);
    }
    let element = &block["element"];
    if matches!(kind(element), "button" | "overflow" | "image") {
        mistakes.push(format!("{at}.element: a {} is no input", kind(element)));
    }
    self::element(element, &format!("{at}.element"), mistakes);
}

/// One thing to press, pick or fill in.
pub(super) fn element(it: &Value, at: &str, mistakes: &mut Mistakes) {
    between_if_there(&it["action_id"], 255, &format!("{at}.action_id"), mistakes);
    match kind(it) {
        "button" => button(it, at, mistakes),
        "overflow" => {
            options(&it["options"], 5, &format!("{at}.options"), mistakes);
            confirm(&it["confirm"], &format!("{at}.confirm"), mistakes);
        }
        "static_select" | "multi_static_select" => {
            if it["option_groups"].is_null() {
                options(&it["options"], 100, &format!("{at}.options"), mistakes);
            }
            chosen(it, "initial_option", at, mistakes);
            placeholder(it, at, mistakes);
        }
        "checkboxes" | "radio_buttons" => {
            options(&it["options"], 10, &format!("{at}.options"), mistakes);
            chosen(it, "initial_option", at, mistakes);
            let initial = it["initial_options"].as_array();
            for option in initial.into_iter().flatten() {
                among(option, it, at, mistakes);
            }
        }
        "plain_text_input" => words(it, at, mistakes),
        "users_select"
        | "conversations_select"
        | "channels_select"
        | "multi_users_select"
        | "external_select"
        | "datepicker"
        | "timepicker"
        | "datetimepicker"
        | "number_input"
        | "url_text_input"
        | "email_text_input" => placeholder(it, at, mistakes),
        "image" => between(
            &it["alt_text"],
            (1, 2000),
            &format!("{at}.alt_text"),
            mistakes,
        ),
        other => mistakes.push(format!("{at}: unsupported element type {other}")),
    }
}

fn button(it: &Value, at: &str, mistakes: &mut Mistakes) {
    plain(&it["text"], (1, 75), &format!("{at}.text"), mistakes);
    between_if_there(&it["value"], 2000, &format!("{at}.value"), mistakes);
    between_if_there(&it["url"], 3000, &format!("{at}.url"), mistakes);
    let label = format!("{at}.accessibility_label");
    between_if_there(&it["accessibility_label"], 75, &label, mistakes);
    style(&it["style"], at, mistakes);
    confirm(&it["confirm"], &format!("{at}.confirm"), mistakes);
    let known = [
        "type",
        "text",
        "action_id",
        "value",
        "url",
        "style",
        "confirm",
        "accessibility_label",
    ];
    no_others(it, Some(&known), at, mistakes);
}

fn words(it: &Value, at: &str, mistakes: &mut Mistakes) {
    between_if_there(
        &it["initial_value"],
        3000,
        &format!("{at}.initial_value"),
        mistakes,
    );
    placeholder(it, at, mistakes);
    for (name, most) in [("min_length", 3000), ("max_length", 3000)] {
        if it[name].as_u64().is_some_and(|it| it > most) {
            mistakes.push(format!("{at}.{name}: more than {most}"));
        }
    }
    let known = [
        "type",
        "action_id",
        "initial_value",
        "multiline",
        "min_length",
        "max_length",
        "dispatch_action_config",
        "focus_on_load",
        "placeholder",
    ];
    no_others(it, Some(&known), at, mistakes);
}

fn placeholder(it: &Value, at: &str, mistakes: &mut Mistakes) {
    if !it["placeholder"].is_null() {
        plain(
            &it["placeholder"],
            (1, 150),
            &format!("{at}.placeholder"),
            mistakes,
        );
    }
}

/// What is chosen already must be one of the options, letter for letter.
fn chosen(it: &Value, name: &str, at: &str, mistakes: &mut Mistakes) {
    if !it[name].is_null() {
        option(&it[name], &format!("{at}.{name}"), mistakes);
        among(&it[name], it, at, mistakes);
    }
}

fn among(option: &Value, it: &Value, at: &str, mistakes: &mut Mistakes) {
    let options = it["options"].as_array();
    if options.is_some_and(|all| !all.contains(option)) {
        mistakes.push(format!("{at}: what is chosen is none of the options"));
    }
}
