//! How much may be asked: so many of each kind in a channel, and what was shut.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// What an answer tells.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) bucket: String,
    pub(super) limit: u32,
    pub(super) left: u32,
    pub(super) resets: Duration,
}

#[derive(Default)]
pub(super) struct Limits(Mutex<State>);

#[derive(Default)]
struct State {
    counts: BTreeMap<String, (u32, Duration)>,
    shut: BTreeMap<String, Duration>,
}

impl Limits {
    /// Counts a call at a time; how long to wait if there were too many.
    pub(super) fn count(&self, call: &str, major: &str, now: Duration) -> Result<Told, Duration> {
        let (limit, every) = of(call);
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = format!("{call}/{major}");
        let (left, until) = state.counts.entry(key).or_insert((limit, now + every));
        if *until <= now {
            (*left, *until) = (limit, now + every);
        }
        let resets = until.saturating_sub(now);
        if *left == 0 {
            return Err(resets);
        }
        *left -= 1;
        Ok(Told {
            bucket: format!("b-{call}"),
            limit,
            left: *left,
            resets,
        })
    }

    /// A kind of call was told to stay away until a time; all of them for `*`.
    pub(super) fn shut(&self, call: &str, until: Duration) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.shut.insert(call.to_owned(), until);
    }

    /// Whether a call was told to stay away now.
    pub(super) fn is_shut(&self, call: &str, now: Duration) -> bool {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut both = [call, "*"].into_iter();
        both.any(|it| state.shut.get(it).is_some_and(|until| now < *until))
    }
}

/// How many of a kind there may be in how long.
fn of(call: &str) -> (u32, Duration) {
    match call {
        "post" | "edit" => (5, Duration::from_secs(5)),
        "react" | "unreact" => (1, Duration::from_millis(250)),
        _ => (10, Duration::from_secs(1)),
    }
}
