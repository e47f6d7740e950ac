//! Why an engine did not do what it was asked.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What happened, why, and what to do about it. All of it may be shown to people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{what}{}{}", Clause(": ", .why), Clause(". ", .hint))]
pub struct ContainerError {
    /// What the caller can make of it.
    pub kind: Kind,
    /// When a program failed: at what stage of its life.
    pub mode: Option<FailureMode>,
    /// What was tried.
    pub what: String,
    /// What the other side said, in one line.
    pub why: String,
    /// The last lines of output or log, as evidence.
    pub output: Vec<String>,
    /// What to do, if that is known.
    pub hint: String,
}

/// So much of what the other side said is shown at least.
const SAID: usize = 60;

/// What the caller can make of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Failed before anything was touched.
    Preflight,
    /// Failed after something was touched.
    Runtime,
    /// Ended from outside. Whether the work was done is unknown.
    Interrupted,
    /// Took too long. Whether the work will still be done is unknown.
    Timeout,
    /// The engine or the registry does not answer.
    Unreachable,
    /// There is no such image, service or container.
    NotFound,
    /// Something else has that name.
    Conflict,
    /// Not allowed, not supported or nonsense; trying again will not help.
    Refused,
}

/// At what stage of its life a program failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureMode {
    /// It never came up.
    Startup,
    /// It runs, but its health check does not pass.
    Healthcheck,
    /// It was up and well, and then failed.
    Runtime,
}

impl ContainerError {
    /// An error of a kind, saying what was tried and why it failed.
    pub fn new(kind: Kind, what: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            kind,
            mode: None,
            what: what.into(),
            why: why.into(),
            output: Vec::new(),
            hint: String::new(),
        }
    }

    /// A one-off command whose name is occupied: whoever gave it up may have died
    /// before that was known, so how far it got is not known either.
    pub fn given_up(what: impl Into<String>) -> Self {
        let why = "it was given up, and can begin no more";
        Self::new(Kind::Interrupted, what, why)
            .hint("Whether it did its work is unknown: look, then decide")
    }

    /// The same, with the host it happened on.
    #[must_use]
    pub fn on(mut self, host: &str) -> Self {
        self.what = format!("{} on {host}", self.what);
        self
    }

    /// The same in at most so many characters where that can be, for whoever shows no
    /// more: what the other side said loses its middle, and what to do stays.
    #[must_use]
    pub fn within(mut self, most: usize) -> Self {
        let excess = self.to_string().chars().count().saturating_sub(most);
        let said: Vec<char> = self.why.chars().collect();
        if excess == 0 || said.len() <= SAID {
            return self;
        }
        // One more for the mark.
        let left = said.len().saturating_sub(excess + 1).max(SAID);
        let (head, tail) = (left / 2, said.len() - (left - left / 2));
        let (head, tail) = (&said[..head], &said[tail..]);
        self.why = head.iter().chain(&['…']).chain(tail).collect();
        self
    }

    /// The same, with a word on what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The same, with the stage at which a program failed.
    pub fn mode(mut self, mode: FailureMode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// The same, with the last lines of output.
    pub fn output(mut self, output: Vec<String>) -> Self {
        self.output = output;
        self
    }
}

/// Part of a sentence that is left out, with its separator, when empty.
struct Clause<'a>(&'static str, &'a str);

impl fmt::Display for Clause<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.1.is_empty() {
            return Ok(());
        }
        write!(f, "{}{}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_what_why_and_what_to_do() {
        let bare = ContainerError::new(Kind::NotFound, "pulling a:1", "");
        assert_eq!(bare.to_string(), "pulling a:1");
        let full =
            ContainerError::new(Kind::NotFound, "pulling a:1", "no such tag").hint("Push it.");
        assert_eq!(full.to_string(), "pulling a:1: no such tag. Push it.");
    }

    #[test]
    fn what_to_do_is_never_what_is_left_out() {
        let why = format!("Get {}: connection refused", "x".repeat(300));
        let error = ContainerError::new(Kind::Unreachable, "pulling a:1", why.as_str());
        let error = error.hint("Start it");
        assert_eq!(error.clone().within(400), error);
        let told = error.within(100).to_string();
        assert_eq!(told.chars().count(), 100);
        assert!(told.starts_with("pulling a:1: Get xxx"), "{told}");
        assert!(
            told.ends_with("xxx: connection refused. Start it"),
            "{told}"
        );
        let short = ContainerError::new(Kind::Refused, "w".repeat(99), "no");
        assert_eq!(short.clone().within(10), short);
    }
}
