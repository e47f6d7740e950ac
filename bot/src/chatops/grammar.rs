//! The commands people type: one tree for chat, terminal and composer.
//!
//! To add a command, write its arguments in the file of its family, then follow
//! the compiler from the new variant of [`Line`]. The doc comments are the help.

mod calendar;
mod consent;
mod deploys;
mod incidents;
mod looks;
mod releases;

use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, FromArgMatches as _};

pub use calendar::{Freeze, Unfreeze, Window, WindowVerb};
pub use consent::{Decline, Signoff};
pub use deploys::{Deploy, Promote, Resume, Rollback, Stop, Unlock, Watch};
pub use incidents::{Incident, IncidentVerb};
pub use looks::{Can, Help, History, Show, Status};
pub use releases::{Cancel, Check, New, Note, Plan};

/// Releases, windows, sign-offs and incidents.
#[derive(Clone, Debug, PartialEq, Eq, clap::Parser)]
#[command(name = "/release", disable_help_subcommand = true)]
pub struct Typed {
    /// The command; none asks how things stand.
    #[command(subcommand)]
    pub line: Option<Line>,
}

/// One command with its words, not yet compared with what there is.
#[derive(Clone, Debug, PartialEq, Eq, clap::Subcommand)]
pub enum Line {
    /// Explain the commands, or one of them
    Help(Help),
    /// What runs where, and what waits for you
    Status(Status),
    /// May I deploy? Every gate, and who can open it
    Can(Can),
    /// Open a release
    New(New),
    /// Announce when a release goes to an environment
    Plan(Plan),
    /// Deploy a release
    Deploy(Deploy),
    /// Deploy the newest release to its next environment
    Promote(Promote),
    /// Consent to what is asked
    Signoff(Signoff),
    /// Veto what is asked
    Decline(Decline),
    /// List the checklist, or settle an item of it
    Check(Check),
    /// Keep something with the record of a release
    Note(Note),
    /// Return an environment to a version that was verified there
    Rollback(Rollback),
    /// Stop what is being done to an environment
    Stop(Stop),
    /// Say how a step went that was cut off, or that asks a person
    Resume(Resume),
    /// Give a release up
    Cancel(Cancel),
    /// Answer, extend or end a watch
    Watch(Watch),
    /// One-off windows
    Window(Window),
    /// No deploys for a time
    Freeze(Freeze),
    /// Lift a freeze
    Unfreeze(Unfreeze),
    /// Release the lock of an environment
    Unlock(Unlock),
    /// Open and run incidents
    Incident(Incident),
    /// What was deployed lately
    History(History),
    /// Everything about one release
    Show(Show),
    /// A link that signs you in to the dashboard
    Open,
    /// Your roles, and what they let you do
    Whoami,
}

/// Words that make no command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mistake {
    /// There is no such verb; the words before it, if it stands inside a noun.
    Verb(String),
    /// There is no such flag here.
    Flag(String),
    /// A flag came without its value.
    NoValue(String),
    /// A word too many.
    Extra(String),
    /// Not a mistake: somebody asked for help on a verb.
    Help,
    /// Something else, in the parser's own words.
    Other(String),
}

/// Reads words as a command; no words ask how things stand.
pub fn parse(words: &[String]) -> Result<Line, Mistake> {
    let all = std::iter::once("/release").chain(words.iter().map(String::as_str));
    let matched = grown().try_get_matches_from_mut(all);
    let typed = matched.and_then(|it| Typed::from_arg_matches(&it));
    let typed = typed.map_err(|error| mistake(&error))?;
    Ok(typed.line.unwrap_or(Line::Status(Status::default())))
}

/// The tree itself, for help, completion and registration.
pub fn tree() -> clap::Command {
    let mut tree = Typed::command();
    tree.build();
    tree
}

/// The one tree that words are compared with: to grow it takes longer than to decide.
fn grown() -> MutexGuard<'static, clap::Command> {
    static TREE: LazyLock<Mutex<clap::Command>> = LazyLock::new(|| Mutex::new(tree()));
    TREE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn mistake(error: &clap::Error) -> Mistake {
    let word = |kind| match error.get(kind) {
        Some(ContextValue::String(word)) => word.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let flag = || word(ContextKind::InvalidArg);
    match error.kind() {
        ErrorKind::InvalidSubcommand => Mistake::Verb(word(ContextKind::InvalidSubcommand)),
        ErrorKind::UnknownArgument if flag().starts_with('-') => Mistake::Flag(flag()),
        ErrorKind::UnknownArgument | ErrorKind::TooManyValues => Mistake::Extra(flag()),
        ErrorKind::InvalidValue | ErrorKind::WrongNumberOfValues => Mistake::NoValue(flag()),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Mistake::Help,
        _ => {
            let text = error.to_string();
            let first = text.lines().next().unwrap_or_default();
            Mistake::Other(first.trim_start_matches("error: ").to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Line, Mistake> {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        parse(&words)
    }

    #[test]
    fn the_tree_is_sound() {
        Typed::command().debug_assert();
    }

    #[test]
    fn no_words_ask_how_things_stand() {
        assert_eq!(parse(&[]), Ok(Line::Status(Status::default())));
    }

    #[test]
    fn every_command_is_explained_and_every_argument_too() {
        fn look(command: &clap::Command) {
            assert!(
                command.get_about().is_some(),
                "{} says nothing",
                command.get_name()
            );
            for argument in command.get_arguments() {
                assert!(
                    argument.get_help().is_some(),
                    "{}: {argument}",
                    command.get_name()
                );
            }
            command.get_subcommands().for_each(look);
        }
        look(&tree());
    }

    #[test]
    fn mistakes_are_told_apart() {
        assert_eq!(
            read("depoly staging"),
            Err(Mistake::Verb("depoly".to_owned()))
        );
        assert_eq!(read("window ad"), Err(Mistake::Verb("ad".to_owned())));
        assert_eq!(
            read("deploy staging --ovveride x"),
            Err(Mistake::Flag("--ovveride".to_owned()))
        );
        assert!(matches!(
            read("deploy staging --override"),
            Err(Mistake::NoValue(_))
        ));
        assert_eq!(read("deploy a b c d"), Err(Mistake::Extra("d".to_owned())));
        assert_eq!(read("deploy --help"), Err(Mistake::Help));
        let twice = read("deploy a --override x --override y");
        assert!(matches!(twice, Err(Mistake::Other(_))), "{twice:?}");
    }
}
