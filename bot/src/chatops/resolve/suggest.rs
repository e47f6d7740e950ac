//! Words nobody knows, and the ones that were probably meant.

use shipbell_domain::ids::AppId;

use super::{Question, Reader, Resolved, Suggestion};
use crate::chatops::grammar::{self, Mistake};
use crate::chatops::normalise;

/// What to type instead of words that make no command.
pub(super) fn instead_of(mistake: &Mistake, said: &[String]) -> Resolved {
    let tree = grammar::tree();
    let command = command_of(&tree, said);
    let here = path(said);
    match mistake {
        Mistake::Help => {
            let verb = said.first().filter(|it| !it.starts_with('-')).cloned();
            Resolved::Ask(Question::Help(verb))
        }
        Mistake::Verb(word) => {
            let verbs = command.get_subcommands().map(|it| it.get_name().to_owned());
            let verbs: Vec<String> = verbs.collect();
            let known = format!("{here}{}", listed(&verbs, 30));
            unknown(
                "command",
                word,
                &verbs,
                said,
                &format!("The commands are: {known}."),
            )
        }
        Mistake::Flag(flag) => {
            let flags = command.get_arguments().filter_map(|it| it.get_long());
            let flags: Vec<String> = flags.map(|it| format!("--{it}")).collect();
            let known = format!("Flags of {}: {}.", command.get_name(), listed(&flags, 30));
            unknown("flag", flag, &flags, said, &known)
        }
        Mistake::NoValue(flag) => {
            let flag = flag.split([' ', '=']).next().unwrap_or_default();
            Suggestion::plain(format!(
                "Say something after {flag}, in quotes if it is several words."
            ))
            .into()
        }
        Mistake::Extra(word) => {
            let verb = command.get_name();
            let message = format!(
                "I do not know what to do with \"{}\" after {verb}.",
                short(word)
            );
            Suggestion {
                message,
                corrected: vec![format!("help {verb}")],
            }
            .into()
        }
        Mistake::Other(words) => Suggestion::plain(format!("{}.", capital(words))).into(),
    }
}

impl Reader<'_> {
    pub(super) fn unknown_place(&self, word: &str, app: Option<&AppId>) -> Suggestion {
        let of_app = |it: &&AppId| app.is_none_or(|app| app == *it);
        let places: Vec<_> = self.vocabulary.places().collect();
        let mut known: Vec<String> = places
            .iter()
            .filter(|it| of_app(&&it.app))
            .map(|it| it.env.to_string())
            .collect();
        if app.is_none() {
            known.extend(
                self.vocabulary
                    .apps
                    .iter()
                    .map(|it| it.policy.app.to_string()),
            );
        }
        known.sort();
        known.dedup();
        let what = if app.is_some() {
            "environment"
        } else {
            "application or environment"
        };
        let there_is = format!("Known: {}.", listed(&known, 12));
        suggestion(what, word, &known, self.said, &there_is)
    }

    pub(super) fn unknown_word(&self, what: &str, word: &str, known: &[String]) -> Suggestion {
        let there_is = if known.is_empty() {
            "None is known.".to_owned()
        } else {
            format!("Known: {}.", listed(known, 12))
        };
        suggestion(what, word, known, self.said, &there_is)
    }

    pub(super) fn no_more(&self, word: Option<String>) -> Result<(), Suggestion> {
        let Some(word) = word else { return Ok(()) };
        let verb = self.said.first().cloned().unwrap_or_default();
        let message = format!(
            "I do not know what to do with \"{}\" after {verb}.",
            short(&word)
        );
        Err(Suggestion {
            message,
            corrected: vec![format!("help {verb}")],
        })
    }
}

/// Some of many names, with the rest counted.
fn listed(names: &[String], most: usize) -> String {
    let shown: Vec<&str> = names.iter().take(most).map(String::as_str).collect();
    let rest = names.len().saturating_sub(most);
    let more = if rest == 0 {
        String::new()
    } else {
        format!(" and {rest} more")
    };
    format!("{}{more}", shown.join(", "))
}

fn unknown(what: &str, word: &str, known: &[String], said: &[String], otherwise: &str) -> Resolved {
    suggestion(what, word, known, said, otherwise).into()
}

fn suggestion(
    what: &str,
    word: &str,
    known: &[String],
    said: &[String],
    otherwise: &str,
) -> Suggestion {
    let shown = short(word);
    match closest(word, known) {
        Some(meant) => Suggestion {
            message: format!("There is no {what} \"{shown}\". Did you mean {meant}?"),
            corrected: vec![corrected(said, word, meant)],
        },
        None => Suggestion::plain(format!("There is no {what} \"{shown}\". {otherwise}")),
    }
}

/// The command as it was typed, with one word put right.
fn corrected(said: &[String], wrong: &str, right: &str) -> String {
    let mut words = said.to_vec();
    let is_it = |it: &&mut String| {
        let word = it.split('=').next().unwrap_or_default();
        word.eq_ignore_ascii_case(wrong)
    };
    if let Some(word) = words.iter_mut().find(is_it) {
        let value = word.split_once('=').map(|(_, value)| format!("={value}"));
        *word = format!("{right}{}", value.unwrap_or_default());
    }
    normalise::joined(words)
}

/// The name that was probably meant: the only one that begins like it, or the most alike.
fn closest<'a>(word: &str, known: &'a [String]) -> Option<&'a str> {
    const ALIKE: f64 = 0.6;
    let word: String = word.to_lowercase().chars().take(64).collect();
    let mut begins = known
        .iter()
        .filter(|it| word.len() > 1 && it.starts_with(&word));
    if let (Some(only), None) = (begins.next(), begins.next()) {
        return Some(only);
    }
    let alike = |name: &String| strsim::normalized_damerau_levenshtein(&word, name);
    let ranked = known
        .iter()
        .map(|name| (alike(name), name))
        .filter(|(score, _)| *score >= ALIKE);
    ranked
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.as_str())
}

/// The deepest command that words name.
fn command_of<'a>(tree: &'a clap::Command, said: &[String]) -> &'a clap::Command {
    let mut command = tree;
    for word in said {
        match command.find_subcommand(word) {
            Some(deeper) => command = deeper,
            None => break,
        }
    }
    command
}

/// The noun that verbs stand behind, to be put before them.
fn path(said: &[String]) -> String {
    let noun = said
        .first()
        .filter(|it| matches!(it.as_str(), "window" | "incident"));
    noun.map_or_else(String::new, |it| format!("{it} "))
}

fn short(word: &str) -> String {
    let mut shown: String = word.chars().take(40).collect();
    if word.chars().nth(40).is_some() {
        shown.push('…');
    }
    shown
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    let first = chars.next().map(|it| it.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), chars.as_str())
}
