//! What the person at the terminal says: the command, why, and that it is meant.

use std::io::{IsTerminal as _, Write as _};

use chrono::{DateTime, Utc};
use shipbell_domain::attempt::Choice;
use shipbell_domain::command::Wish;
use shipbell_domain::ids::{EnvId, Person};

use crate::chatops::grammar::{self, Line};
use crate::chatops::resolve::{self, Resolved, Scene, Suggestion, WayBack};
use crate::chatops::vocabulary::Vocabulary;
use crate::failure::Failure;

/// What can be said without a bot.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Spoken {
    /// Go back.
    Back(WayBack),
    /// How a piece of work went that waits for a person.
    Resume(EnvId, Choice),
}

impl Spoken {
    /// Where.
    pub(super) fn environment(&self) -> &EnvId {
        match self {
            Self::Back(back) => &back.environment,
            Self::Resume(environment, _) => environment,
        }
    }

    /// Why, if it was said.
    pub(super) fn why(&self) -> Option<&str> {
        match self {
            Self::Back(back) => back.why.as_deref(),
            Self::Resume(..) => None,
        }
    }
}

/// Compares the words with what there is.
pub(super) fn read(
    words: &[String],
    vocabulary: &Vocabulary,
    (by, now): (&Person, DateTime<Utc>),
) -> Result<Spoken, Suggestion> {
    let scene = Scene {
        vocabulary,
        by,
        now,
    };
    let line = grammar::parse(words);
    if let Ok(Line::Rollback(line)) = &line {
        return resolve::way_back(line, words, scene).map(Spoken::Back);
    }
    let resolved = resolve::read_words(words, scene);
    match resolved {
        Resolved::Wish(Wish::Decide {
            environment,
            choice,
            ..
        }) => Ok(Spoken::Resume(environment, choice)),
        Resolved::Suggest(suggestion) => Err(suggestion),
        Resolved::Wish(_) | Resolved::Ask(_) | Resolved::Form(_) => Err(Suggestion::plain(
            "Without a bot there is only the way back: rollback, and resume of a rollback.",
        )),
    }
}

/// The person, if somebody sits there.
pub(super) struct Desk {
    yes: bool,
    asks: bool,
}

impl Desk {
    /// `yes` is what they said to everything beforehand.
    pub(super) fn open(yes: bool) -> Self {
        let asks = std::io::stdin().is_terminal() && !yes;
        Self { yes, asks }
    }

    /// Why, which is recorded and told to everybody.
    pub(super) fn reason(&self, said: Option<&str>) -> Result<String, Failure> {
        if let Some(said) = said {
            return Ok(said.to_owned());
        }
        let missing = || Failure::usage("a rollback needs a reason").hint("say it: --why \"…\"");
        if !self.asks {
            return Err(missing());
        }
        let answer = ask("Why? It is recorded, and told to everybody later: ");
        if answer.is_empty() {
            return Err(missing());
        }
        Ok(answer)
    }

    /// Goes on only if it is meant.
    pub(super) fn agree(&self) -> Result<(), Failure> {
        if self.yes {
            return Ok(());
        }
        if !self.asks {
            return Err(
                Failure::usage("nobody is there to be asked whether to go on")
                    .hint("if it is meant, add --yes"),
            );
        }
        if is_yes(&ask("Go on? Type yes: ")) {
            return Ok(());
        }
        Err(Failure::user("nothing was changed"))
    }
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.to_lowercase().as_str(), "yes" | "y")
}

/// One line from the terminal; empty if there is none.
fn ask(question: &str) -> String {
    let mut out = std::io::stdout().lock();
    // A terminal that went away answers nothing either.
    drop(write!(out, "{question}").and_then(|()| out.flush()));
    let mut line = String::new();
    match std::io::stdin().read_line(&mut line) {
        Ok(_) => line.trim().to_owned(),
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chatops::vocabulary::sample::{self, at, person, place, vocabulary};

    fn said(line: &str) -> Result<Spoken, String> {
        let words = crate::chatops::normalise::words(line).unwrap();
        let spoken = read(&words, &vocabulary(), (&person("ana"), at("13:55")));
        spoken.map_err(|it| it.message)
    }

    fn back(version: Option<&str>, why: Option<&str>) -> Spoken {
        Spoken::Back(WayBack {
            anyway: false,
            environment: place("production"),
            version: version.map(sample::version),
            why: why.map(str::to_owned),
        })
    }

    #[test]
    fn a_rollback_may_name_a_version_and_may_not() {
        let bare = said("rollback rapid-audit production");
        assert_eq!(bare, Ok(back(None, None)));
        let why = said("rollback rapid-audit production --why \"slow pages\"");
        assert_eq!(why, Ok(back(None, Some("slow pages"))));
        let named = said("rollback rapid-audit production r139");
        assert_eq!(named, Ok(back(Some("2026.11.17-1"), None)));
        let never = said("rollback rapid-audit production v9").unwrap_err();
        assert!(never.contains("v9"), "{never}");
        assert!(said("rollback rapid-audit").is_err(), "it is never guessed");
    }

    #[test]
    fn nothing_else_is_done_without_a_bot() {
        let resume = said("resume rapid-audit production again");
        let again = Spoken::Resume(place("production"), Choice::Again);
        assert_eq!(resume, Ok(again));
        for line in [
            "status",
            "deploy rapid-audit production",
            "freeze now --why x",
        ] {
            let told = said(line).unwrap_err();
            assert!(told.contains("only the way back"), "{line}: {told}");
        }
    }

    #[test]
    fn only_a_yes_is_one() {
        assert!(is_yes("yes") && is_yes("Y"));
        assert!(!is_yes("") && !is_yes("no") && !is_yes("production"));
    }

    #[test]
    fn where_nobody_can_be_asked_what_is_missing_is_named() {
        let nobody = Desk {
            yes: false,
            asks: false,
        };
        let report = nobody.agree().unwrap_err().report();
        assert!(report.contains("add --yes"), "{report}");
        let report = nobody.reason(None).unwrap_err().report();
        assert!(report.contains("--why"), "{report}");
        assert_eq!(nobody.reason(Some("slow")).unwrap(), "slow");
        Desk {
            yes: true,
            asks: false,
        }
        .agree()
        .unwrap();
    }
}
