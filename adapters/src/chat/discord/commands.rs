//! The command tree as Discord registers it, and what somebody typed into it read back
//! as one line.
//! <https://discord.com/developers/docs/interactions/application-commands>

use serde_json::{Value, json};
use serenity::builder::{CreateCommand, CreateCommandOption};
use serenity::model::application::{CommandOptionType, CommandType};

use crate::chat::cut;

/// The most characters of what explains a command or an option.
const ABOUT: usize = 100;

/// The most options of a command.
pub const OPTIONS: usize = 25;

/// The bot as an application: its command, and the shortcut on messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commands {
    /// The command's name, without a slash.
    pub name: String,
    /// What it is for.
    pub about: String,
    /// What can follow it.
    pub verbs: Vec<Verb>,
    /// What the shortcut is called that keeps a message.
    pub keep: String,
}

/// A command, or a noun with commands of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verb {
    /// Its name.
    pub name: String,
    /// What it does.
    pub about: String,
    /// What can be said with it.
    pub slots: Vec<Slot>,
    /// What can follow it, if it is a noun.
    pub verbs: Vec<Verb>,
}

/// Something that can be said with a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its name.
    pub name: String,
    /// What it means.
    pub about: String,
    /// How it is written.
    pub kind: SlotKind,
    /// Whether it may be several words as they are, as a reason is.
    pub long: bool,
}

/// How something is written in a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotKind {
    /// A word at its place.
    Word,
    /// Behind its name.
    Named,
    /// Its name alone.
    Switch,
}

/// What somebody typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Typed {
    /// As one line.
    pub(super) line: String,
    /// Where the option somebody is at begins in it, in bytes.
    pub(super) at: usize,
}

/// What is registered with a server.
pub(super) fn registration(commands: &Commands) -> Value {
    let mut command = CreateCommand::new(&commands.name)
        .kind(CommandType::ChatInput)
        .description(cut::line(&commands.about, ABOUT));
    for verb in commands.verbs.iter().take(OPTIONS) {
        command = command.add_option(option(verb));
    }
    let keep = CreateCommand::new(&commands.keep).kind(CommandType::Message);
    let all: Vec<Value> = [command, keep]
        .iter()
        .filter_map(|it| serde_json::to_value(it).ok())
        .map(without_nothing)
        .collect();
    json!(all)
}

fn option(verb: &Verb) -> CreateCommandOption {
    let about = cut::line(&verb.about, ABOUT);
    if !verb.verbs.is_empty() {
        let group = CreateCommandOption::new(CommandOptionType::SubCommandGroup, &verb.name, about);
        let inside = verb.verbs.iter().take(OPTIONS);
        return inside.fold(group, |group, it| group.add_sub_option(option(it)));
    }
    let command = CreateCommandOption::new(CommandOptionType::SubCommand, &verb.name, about);
    let slots = verb.slots.iter().take(OPTIONS);
    slots.fold(command, |command, it| command.add_sub_option(slot(it)))
}

fn slot(it: &Slot) -> CreateCommandOption {
    let about = cut::line(&it.about, ABOUT);
    match it.kind {
        SlotKind::Switch => CreateCommandOption::new(CommandOptionType::Boolean, &it.name, about),
        SlotKind::Word | SlotKind::Named => {
            CreateCommandOption::new(CommandOptionType::String, &it.name, about)
                .set_autocomplete(!it.long)
        }
    }
}

/// Discord takes what is left out for what is usual.
fn without_nothing(value: Value) -> Value {
    match value {
        Value::Object(fields) => fields
            .into_iter()
            .filter(|(_, it)| !it.is_null() && *it != json!({}) && *it != json!([]))
            .map(|(name, it)| (name, without_nothing(it)))
            .collect(),
        Value::Array(items) => items.into_iter().map(without_nothing).collect(),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => other,
    }
}

/// What was typed into the command, as one line; none if it is another command.
pub(super) fn typed(commands: &Commands, data: &Value) -> Option<Typed> {
    if data["name"] != commands.name.as_str() {
        return None;
    }
    let mut line = String::new();
    let (mut verbs, mut at) = (&commands.verbs, &data["options"][0]);
    loop {
        let name = at["name"].as_str()?;
        let verb = verbs.iter().find(|it| it.name == name)?;
        push(&mut line, name);
        if verb.verbs.is_empty() {
            return Some(filled(line, verb, &at["options"]));
        }
        (verbs, at) = (&verb.verbs, &at["options"][0]);
    }
}

/// The words at their places, then those behind their names; the one somebody is at
/// comes last.
fn filled(mut line: String, verb: &Verb, given: &Value) -> Typed {
    let given = given.as_array().map_or(&[][..], Vec::as_slice);
    let given = |slot: &Slot| given.iter().find(|it| it["name"] == slot.name.as_str());
    let mut focused = None;
    for named in [false, true] {
        let slots = verb.slots.iter();
        for slot in slots.filter(|it| (it.kind != SlotKind::Word) == named) {
            let Some(it) = given(slot) else { continue };
            if it["focused"] == Value::Bool(true) {
                focused = Some((slot, it["value"].as_str().unwrap_or_default()));
                continue;
            }
            match (slot.kind, &it["value"]) {
                (SlotKind::Switch, Value::Bool(true)) => {
                    push(&mut line, &format!("--{}", slot.name));
                }
                (SlotKind::Named, Value::String(words)) => {
                    push(&mut line, &format!("--{}", slot.name));
                    push(&mut line, &quoted(words));
                }
                (SlotKind::Word, Value::String(words)) => push(&mut line, &quoted(words)),
                _ => {}
            }
        }
    }
    let Some((slot, begun)) = focused else {
        let at = line.len();
        return Typed { line, at };
    };
    if slot.kind == SlotKind::Named {
        push(&mut line, &format!("--{}", slot.name));
    }
    line.push(' ');
    let at = line.len();
    line.push_str(&begun.replace('"', "'"));
    Typed { line, at }
}

fn push(line: &mut String, word: &str) {
    if !line.is_empty() {
        line.push(' ');
    }
    line.push_str(word);
}

/// A word as it is one word again when the line is read.
fn quoted(words: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '"' | '\'' | '`' | '<');
    if !words.is_empty() && words.chars().all(plain) && !words.ends_with('.') {
        return words.to_owned();
    }
    format!("\"{}\"", words.replace('"', "'"))
}

/// The word a line ends with after where somebody was, without its quotes.
pub(super) fn last_word(line: &str) -> Option<&str> {
    let line = line.trim_end();
    let word = match line.strip_suffix('"') {
        Some(inside) => &inside[inside.rfind('"')? + 1..],
        None => &line[line.rfind(char::is_whitespace).map_or(0, |it| it + 1)..],
    };
    (!word.is_empty()).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Commands {
        let slot = |name: &str, kind, long| Slot {
            name: name.to_owned(),
            about: name.to_owned(),
            kind,
            long,
        };
        let verb = |name: &str, slots, verbs| Verb {
            name: name.to_owned(),
            about: format!("{name} something"),
            slots,
            verbs,
        };
        Commands {
            name: "release".to_owned(),
            about: "Releases".to_owned(),
            verbs: vec![
                verb(
                    "deploy",
                    vec![
                        slot("app", SlotKind::Word, false),
                        slot("environment", SlotKind::Word, false),
                        slot("override", SlotKind::Named, true),
                        slot("undo", SlotKind::Switch, false),
                    ],
                    vec![],
                ),
                verb(
                    "window",
                    vec![],
                    vec![verb(
                        "add",
                        vec![slot("when", SlotKind::Word, true)],
                        vec![],
                    )],
                ),
            ],
            keep: "Keep it".to_owned(),
        }
    }

    #[test]
    fn what_was_typed_is_one_line_whatever_order_it_came_in() {
        let data = json!({ "name": "release", "options": [{ "name": "deploy", "type": 1, "options": [
            { "name": "override", "type": 3, "value": "it \"must\" go" },
            { "name": "undo", "type": 5, "value": true },
            { "name": "environment", "type": 3, "value": "staging" },
            { "name": "app", "type": 3, "value": "rapid-audit" },
        ] }] });
        let typed = typed(&sample(), &data).unwrap();
        assert_eq!(
            typed.line,
            "deploy rapid-audit staging --override \"it 'must' go\" --undo"
        );
    }

    #[test]
    fn nouns_have_verbs_and_the_word_somebody_is_at_comes_last() {
        let data = json!({ "name": "release", "options": [{ "name": "window", "type": 2, "options": [
            { "name": "add", "type": 1, "options": [{ "name": "when", "value": "sat 22:00-02:00" }] }
        ] }] });
        assert_eq!(
            typed(&sample(), &data).unwrap().line,
            "window add \"sat 22:00-02:00\""
        );
        let data = json!({ "name": "release", "options": [{ "name": "deploy", "options": [
            { "name": "app", "value": "ra", "focused": true },
            { "name": "environment", "value": "staging" },
        ] }] });
        let at = typed(&sample(), &data).unwrap();
        assert_eq!(
            (at.line.as_str(), &at.line[at.at..]),
            ("deploy staging ra", "ra")
        );
        assert_eq!(typed(&sample(), &json!({ "name": "other" })), None);
    }

    #[test]
    fn the_last_word_is_what_a_completion_fills_in() {
        assert_eq!(last_word("deploy staging"), Some("staging"));
        assert_eq!(last_word("new \"two words\""), Some("two words"));
        assert_eq!(last_word(""), None);
    }

    #[test]
    fn the_tree_is_registered_as_options() {
        let all = registration(&sample());
        let command = &all[0];
        assert_eq!(command["name"], "release");
        assert_eq!(command["options"][0]["type"], 1);
        assert_eq!(command["options"][0]["options"][0]["autocomplete"], true);
        assert_eq!(command["options"][0]["options"][3]["type"], 5);
        assert_eq!(command["options"][1]["type"], 2);
        assert_eq!(all[1]["type"], 3);
    }
}
