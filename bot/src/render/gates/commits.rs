//! What is demanded of the commit, in words: green checks, and nothing new behind it.

use shipbell_adapters::chat::card::Span;
use shipbell_domain::gates::{Moved, NotGreen};
use shipbell_domain::origin::CheckState;

use super::Door;
use crate::render::words::{TYPED, Voice, bound, listed, said};

/// How many checks are told one by one.
const MOST: usize = 5;

/// What is missing: the middle of a sentence.
pub(in crate::render) fn not_green(commit: Option<&String>, why: &NotGreen) -> String {
    let commit = short(commit);
    match why {
        NotGreen::NoCommit => UNNAMED.to_owned(),
        NotGreen::Unread => format!("the checks of commit {commit} are being read"),
        NotGreen::Unreadable { why } => {
            let why = bound(why, TYPED);
            format!("the checks of commit {commit} could not be read: {why}")
        }
        NotGreen::Red { checks } => {
            format!("CI is not green for commit {commit}: {}", states(checks))
        }
    }
}

/// What is missing: the middle of a sentence.
pub(super) fn moved(branch: &str, commit: Option<&String>, why: &Moved) -> String {
    let branch = bound(branch, 60);
    match why {
        Moved::NoCommit => UNNAMED.to_owned(),
        Moved::Unread => format!("nobody looked whether {branch} has new commits"),
        Moved::Unreadable { why } => {
            format!(
                "where {branch} ends could not be read: {}",
                bound(why, TYPED)
            )
        }
        Moved::To { commit: there } => format!(
            "{branch} has new commits: it ends with {}, and this is {}",
            short(Some(there)),
            short(commit)
        ),
    }
}

/// Who or what can make the checks green: whole sentences.
pub(super) fn greened_by(voice: &Voice<'_>, door: &Door<'_>, why: &NotGreen) -> Vec<Span> {
    match why {
        NotGreen::NoCommit => named_by(voice, door),
        NotGreen::Unread => vec![said("Nothing to do: this takes a moment.")],
        NotGreen::Unreadable { .. } => vec![said(
            "They are read again every minute, and when somebody wants a deploy.",
        )],
        NotGreen::Red { checks } => {
            let is = |wanted: fn(&CheckState) -> bool| checks.iter().any(|(_, it)| wanted(it));
            let mut words = if is(|it| matches!(it, CheckState::Failed(_))) {
                "Whoever works on it makes them pass, for this commit or in another release."
            } else {
                "Wait until they pass."
            }
            .to_owned();
            if is(|it| matches!(it, CheckState::Missing)) {
                words.push_str(
                    " What is missing did not run for this commit, or has another name: shipbell doctor tells the names.",
                );
            }
            words.push_str(" They are read again within a minute.");
            vec![said(words)]
        }
    }
}

/// Who or what can bring commit and branch together: whole sentences.
pub(super) fn met_by(voice: &Voice<'_>, door: &Door<'_>, why: &Moved) -> Vec<Span> {
    match why {
        Moved::NoCommit => named_by(voice, door),
        Moved::Unread | Moved::Unreadable { .. } => {
            vec![said("It is looked at when somebody wants a deploy.")]
        }
        Moved::To { commit } => {
            let line = format!("{} --commit {}", door.new_release(), short(Some(commit)));
            vec![
                said("Open a release of what is there now, or take it off the branch: "),
                voice.command(&line),
            ]
        }
    }
}

/// How one check stands: `test failed (timed_out)`.
fn state(name: &str, state: &CheckState) -> String {
    let name = bound(name, 60);
    match state {
        CheckState::Passed => format!("{name} passed"),
        CheckState::Pending(word) => format!("{name} has not ended ({})", bound(word, 40)),
        CheckState::Failed(word) => format!("{name} failed ({})", bound(word, 40)),
        CheckState::Missing => format!("{name} is missing"),
    }
}

/// How several stand.
pub(in crate::render) fn states(checks: &[(String, CheckState)]) -> String {
    let all: Vec<String> = checks.iter().map(|(name, it)| state(name, it)).collect();
    listed(&all, MOST)
}

fn named_by(voice: &Voice<'_>, door: &Door<'_>) -> Vec<Span> {
    let line = format!("{} --commit <hash>", door.new_release());
    vec![
        said("Open the release again, with at least 7 digits of it: "),
        voice.command(&line),
    ]
}

const UNNAMED: &str = "nobody said by its hash which commit this is";

/// The same of a commit that may not be known.
fn short(commit: Option<&String>) -> String {
    commit.map(|it| short_commit(it)).unwrap_or_default()
}

/// As many digits as people compare.
pub(in crate::render) fn short_commit(commit: &str) -> String {
    commit.chars().take(7).collect()
}
