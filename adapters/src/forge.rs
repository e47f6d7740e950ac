//! Commits, their checks and where branches end: the port `Forge`.
//!
//! A forge is where commits live: GitHub, GitLab, or a repository that `git`
//! alone knows. [`forges`] is the real thing.

mod address;
#[cfg(feature = "http")]
mod client;
#[cfg(feature = "http")]
pub mod forges;
#[cfg(feature = "http")]
mod git;
#[cfg(feature = "http")]
mod github;
#[cfg(feature = "http")]
mod gitlab;

use std::collections::BTreeMap;
use std::fmt;

use async_trait::async_trait;

pub use address::{Address, BadAddress};

use crate::secret::Secret;

/// What is asked of a forge. Nothing is changed by it.
///
/// An answer takes at most [`WITHIN`](forges::WITHIN); text that comes back has been
/// cleaned and redacted, and is bounded.
#[async_trait]
pub trait Forge: Send + Sync {
    /// What ran for a commit, which may be named by the first digits of its hash.
    async fn checks(&self, repository: &Repository, commit: &str) -> Result<Checks, ForgeError>;

    /// The last commit of a branch, by its whole hash.
    async fn tip(&self, repository: &Repository, branch: &str) -> Result<String, ForgeError>;
}

/// A repository and the way to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// Which.
    pub address: Address,
    /// How its forge is asked; `git` needs nothing of it.
    pub account: Option<Account>,
}

/// How a forge is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Where its API begins, without a slash at its end: `https://api.github.com`.
    pub api: String,
    /// What shows who asks.
    pub token: Secret,
}

/// What ran for a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checks {
    /// The commit, by its whole hash.
    pub commit: String,
    /// Everything that ran, by name. Of several with one name the worst.
    pub found: BTreeMap<String, State>,
}

/// How something that ran for a commit stands; the better the smaller.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It passed.
    Passed,
    /// It has not ended, in the forge's own word.
    Pending(String),
    /// It ended otherwise, in the forge's own word.
    Failed(String),
}

/// Why a forge said nothing. All of it may be shown to people.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}: {why}{}", Hint(.hint))]
pub struct ForgeError {
    /// What the caller can make of it.
    pub kind: Kind,
    /// What was tried.
    pub what: String,
    /// Why it did not work, in one line.
    pub why: String,
    /// What to do, if that is known.
    pub hint: String,
}

/// What the caller can make of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It does not answer, or not in time; it may later.
    Unreachable,
    /// It was asked too often; it answers later.
    Limited,
    /// It does not know who asks.
    Denied,
    /// Who asks may not know this.
    Forbidden,
    /// There is no such repository, branch or commit, or who asks may not see it.
    NotFound,
    /// It said something that cannot be understood, or too much.
    Garbled,
}

impl Checks {
    /// Nothing that ran for a commit yet.
    pub fn of(commit: impl Into<String>) -> Self {
        Self {
            commit: commit.into(),
            found: BTreeMap::new(),
        }
    }

    /// Adds something that ran; nothing good hides something worse of the same name.
    pub fn add(&mut self, name: String, state: State) {
        match self.found.get(&name) {
            Some(known) if *known >= state => {}
            Some(_) | None => {
                self.found.insert(name, state);
            }
        }
    }
}

impl ForgeError {
    /// An error of a kind, saying what was tried and why it did not work.
    pub fn new(kind: Kind, what: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            kind,
            what: what.into(),
            why: why.into(),
            hint: String::new(),
        }
    }

    /// The same, with a word on what to do.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Whether the same question may be answered soon.
    pub fn may_pass(&self) -> bool {
        match self.kind {
            Kind::Unreachable => true,
            Kind::Limited | Kind::Denied | Kind::Forbidden | Kind::NotFound | Kind::Garbled => {
                false
            }
        }
    }
}

/// The end of a message, left out where nothing is known.
struct Hint<'a>(&'a str);

impl fmt::Display for Hint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        write!(f, ". {}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_good_hides_something_worse_of_the_same_name() {
        let states = [
            State::Failed("failure".to_owned()),
            State::Passed,
            State::Pending("queued".to_owned()),
        ];
        let mut checks = Checks::of("a".repeat(40));
        for state in states.clone() {
            checks.add("lint".to_owned(), state);
        }
        assert_eq!(checks.found["lint"], states[0]);
        checks.add("test".to_owned(), State::Passed);
        checks.add("test".to_owned(), states[2].clone());
        assert_eq!(checks.found["test"], states[2]);
    }

    #[test]
    fn reads_as_what_why_and_what_to_do() {
        let error = ForgeError::new(Kind::Denied, "asking github.com", "the token is not known");
        assert_eq!(
            error.clone().hint("Make a new one").to_string(),
            "asking github.com: the token is not known. Make a new one"
        );
        assert_eq!(
            error.to_string(),
            "asking github.com: the token is not known"
        );
    }
}
