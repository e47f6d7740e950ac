//! What went over the wire, and what of it broke a rule.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

/// One thing that went over the wire.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// How long after the workspace opened, by its clock.
    pub at: Duration,
    /// What it was.
    #[serde(flatten)]
    pub what: What,
}

/// What can go over the wire.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The app called a method, or an address it was given.
    Called {
        /// Which.
        method: String,
        /// With what.
        args: Value,
        /// Slack's error code, a status, or what broke; none if it went well.
        error: Option<String>,
    },
    /// Something was handed to the app.
    Delivered {
        /// By its envelope.
        envelope: String,
        /// What kind of thing: an event's type, `slash_commands` or `interactive`'s type.
        kind: String,
        /// Over which connection; 0 is HTTP.
        connection: u64,
        /// How many times before.
        attempt: u32,
    },
    /// The app acknowledged.
    Acknowledged {
        /// Which envelope.
        envelope: String,
        /// Over which connection; 0 is HTTP.
        connection: u64,
        /// How long after it was handed over.
        took: Duration,
        /// What it answered along with it.
        payload: Value,
    },
    /// The app did not acknowledge in time, or could not be reached.
    Missed {
        /// Which envelope.
        envelope: String,
        /// Why.
        why: String,
    },
    /// A socket was opened.
    Opened {
        /// Its number.
        connection: u64,
        /// How many there are with it.
        open: usize,
    },
    /// A socket ended.
    Closed {
        /// Its number.
        connection: u64,
        /// How.
        why: String,
    },
    /// A test or a person did something to the workspace.
    Noted(String),
}

/// Everything that went over the wire.
#[derive(Default)]
pub(super) struct Log {
    entries: Mutex<Vec<Entry>>,
    violations: Mutex<Vec<String>>,
    /// Beginnings of violations that a test provokes.
    forgiven: Mutex<Vec<String>>,
}

impl Log {
    pub(super) fn note(&self, at: Duration, what: What) {
        lock(&self.entries).push(Entry { at, what });
    }

    pub(super) fn entries(&self) -> Vec<Entry> {
        lock(&self.entries).clone()
    }

    /// The last entries, one a line, without what was said in them.
    pub(super) fn last(&self, most: usize) -> String {
        let entries = lock(&self.entries);
        let from = entries.len().saturating_sub(most);
        let line = |it: &Entry| {
            let words = match &it.what {
                What::Called { method, error, .. } => {
                    format!("{method} {}", error.as_deref().unwrap_or("ok"))
                }
                other => format!("{other:?}"),
            };
            format!("{:>7.2} s  {words}", it.at.as_secs_f64())
        };
        let lines: Vec<String> = entries[from..].iter().map(line).collect();
        lines.join("\n")
    }

    /// Something the app must not do.
    pub(super) fn violation(&self, what: String) {
        let forgiven = lock(&self.forgiven);
        if !forgiven.iter().any(|it| what.contains(it.as_str())) {
            lock(&self.violations).push(what);
        }
    }

    pub(super) fn violations(&self) -> Vec<String> {
        lock(&self.violations).clone()
    }

    /// From now on violations with these words are expected.
    pub(super) fn forgive(&self, words: &str) {
        lock(&self.forgiven).push(words.to_owned());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
