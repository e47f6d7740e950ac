//! Where an application's commits are, and what was read there about one of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::policy::{Policy, VersionScheme};
use crate::release::Release;

/// A repository, as it is written in the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Which: `github:org/name`, `gitlab:group/name`, or an address `git` knows.
    pub repo: String,
    /// The branch releases come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
}

/// What was read about a commit before a start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sighting {
    /// What its checks say, where somebody demands any.
    pub checked: Option<Checked>,
    /// Where the branch ends, where nothing new may be on it.
    pub tip: Option<Tip>,
}

/// What the checks of a commit said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// When the reading began.
    pub read_at: DateTime<Utc>,
    /// The commit the answer is about; the one asked for if there was none.
    pub commit: String,
    /// The named checks, or why they could not be read.
    pub checks: Result<BTreeMap<String, CheckState>, String>,
}

/// How a check of a commit stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// It ran, and well.
    Passed,
    /// It has not ended, in the forge's own word.
    Pending(String),
    /// It did not pass, in the forge's own word.
    Failed(String),
    /// Nothing of this name ran for the commit.
    Missing,
}

/// Where a branch ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tip {
    /// When the reading began.
    pub read_at: DateTime<Utc>,
    /// Which branch.
    pub branch: String,
    /// Its last commit, or why it could not be read.
    pub commit: Result<String, String>,
}

/// The fewest digits that name a commit.
const FEWEST: usize = 7;
/// The longest reason that is kept.
const LONGEST: usize = 300;

/// The commit a release was built from, where it is named by its hash.
pub fn commit<'a>(policy: &Policy, release: &'a Release) -> Option<&'a str> {
    let version = match policy.scheme {
        VersionScheme::GitSha => Some(release.version.as_str()),
        VersionScheme::Calver | VersionScheme::Semver | VersionScheme::Any => None,
    };
    release
        .commit
        .as_deref()
        .or(version)
        .filter(|it| is_hash(it))
}

/// Whether a hash, written whole or by its first digits, is the one of this commit.
pub fn is_named(wanted: &str, commit: &str) -> bool {
    let (wanted, commit) = (wanted.to_ascii_lowercase(), commit.to_ascii_lowercase());
    is_hash(&wanted) && matches!(commit.len(), 40 | 64) && commit.starts_with(&wanted)
}

fn is_hash(text: &str) -> bool {
    (FEWEST..=64).contains(&text.len()) && text.chars().all(|it| it.is_ascii_hexdigit())
}

impl Checked {
    /// Whether every one of these checks passed.
    pub fn is_green(&self, wanted: &BTreeSet<String>) -> bool {
        let passed = |name: &String| match &self.checks {
            Ok(found) => found.get(name) == Some(&CheckState::Passed),
            Err(_) => false,
        };
        wanted.iter().all(passed)
    }

    /// Whether it says the same as another reading, whenever that was. That nothing
    /// could be read is the same however it is said.
    pub fn says_the_same(&self, other: &Self) -> bool {
        match (&self.checks, &other.checks) {
            (Ok(one), Ok(other_checks)) => self.commit == other.commit && one == other_checks,
            (Err(_), Err(_)) => true,
            (Ok(_), Err(_)) | (Err(_), Ok(_)) => false,
        }
    }

    /// The same within limits, and of no checks but these: it goes into the log.
    pub fn bounded(&self, wanted: &BTreeSet<String>) -> Self {
        let of = |found: &BTreeMap<String, CheckState>| {
            let state = |name: &String| found.get(name).map_or(CheckState::Missing, bounded);
            wanted.iter().map(|it| (it.clone(), state(it))).collect()
        };
        Self {
            read_at: self.read_at,
            commit: cut(&self.commit),
            checks: self.checks.as_ref().map(of).map_err(|why| cut(why)),
        }
    }
}

impl Tip {
    /// The same within limits: it goes into the log.
    pub(crate) fn bounded(&self) -> Self {
        Self {
            read_at: self.read_at,
            branch: cut(&self.branch),
            commit: match &self.commit {
                Ok(commit) => Ok(cut(commit)),
                Err(why) => Err(cut(why)),
            },
        }
    }
}

fn bounded(state: &CheckState) -> CheckState {
    match state {
        CheckState::Passed => CheckState::Passed,
        CheckState::Missing => CheckState::Missing,
        CheckState::Pending(word) => CheckState::Pending(cut(word)),
        CheckState::Failed(word) => CheckState::Failed(cut(word)),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_is_new_when_something_else_was_read() {
        let read = |checks: Result<&[(&str, CheckState)], &str>| Checked {
            read_at: DateTime::UNIX_EPOCH,
            commit: "3f9c2ab8d1e04f7a6b5c4d3e2f1a0b9c8d7e6f5a".to_owned(),
            checks: checks
                .map(|it| {
                    it.iter()
                        .map(|(name, it)| ((*name).to_owned(), it.clone()))
                        .collect()
                })
                .map_err(str::to_owned),
        };
        let (green, none) = (read(Ok(&[("lint", CheckState::Passed)])), read(Ok(&[])));
        let (soon, sooner) = (read(Err("again in 60 s")), read(Err("again in 59 s")));
        assert!(green.says_the_same(&green) && soon.says_the_same(&sooner));
        assert!(!green.says_the_same(&none) && !green.says_the_same(&soon));
    }

    #[test]
    fn a_commit_is_named_by_its_first_digits_and_by_nothing_else() {
        let commit = "3f9c2ab8d1e04f7a6b5c4d3e2f1a0b9c8d7e6f5a";
        assert!(is_named("3f9c2ab", commit) && is_named("3F9C2AB8", commit));
        assert!(is_named(commit, commit));
        for other in ["", "3f9c2a", "3f9c2ac", "main", "f9c2ab8d1"] {
            assert!(!is_named(other, commit), "{other}");
        }
        assert!(!is_named("3f9c2ab", "3f9c2ab8"), "an answer names it whole");
    }
}
