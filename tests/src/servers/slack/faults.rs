//! What goes wrong, as data: which call, how often, and how.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// One thing that is to go wrong.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Fault {
    /// The method, or `upload`, `response_url`, `socket`, or `*` for every method.
    pub on: String,
    /// How many calls go well first.
    #[serde(default)]
    pub after: u32,
    /// How many calls it hits.
    #[serde(default = "once")]
    pub times: u32,
    /// How.
    pub how: How,
}

/// How a call goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// 429 with `Retry-After` in seconds; 0 sends no such header.
    RateLimited(u64),
    /// This status with a line of text, as a proxy answers.
    Status(u16),
    /// Slack's own way: 200 with this error code.
    Refused(String),
    /// The answer takes this many milliseconds longer.
    Delay(u64),
    /// Nothing is done and nothing is answered.
    Hang,
    /// The socket breaks before anything was done.
    ResetBefore,
    /// It is done, then the socket breaks before the answer.
    ResetAfter,
    /// It is done, then nothing is answered.
    HangAfter,
}

impl Fault {
    /// Hits the next call.
    pub fn once(on: &str, how: How) -> Self {
        Self::times(on, 1, how)
    }

    /// Hits the next calls.
    pub fn times(on: &str, times: u32, how: How) -> Self {
        Self {
            on: on.to_owned(),
            after: 0,
            times,
            how,
        }
    }

    /// Lets this many calls go well first.
    pub fn after(mut self, calls: u32) -> Self {
        self.after = calls;
        self
    }
}

/// What goes wrong with an event on its way to the app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mishap {
    /// It comes this many times more.
    Duplicated(u32),
    /// It comes this late.
    Late(Duration),
    /// It waits until this many others have come.
    Behind(u32),
    /// It never comes.
    Lost,
}

/// What is yet to go wrong.
#[derive(Default)]
pub(super) struct Faults {
    calls: Mutex<Vec<Fault>>,
    events: Mutex<Vec<(String, Mishap)>>,
}

impl Faults {
    pub(super) fn add(&self, fault: Fault) {
        lock(&self.calls).push(fault);
    }

    pub(super) fn add_mishap(&self, event: &str, mishap: Mishap) {
        lock(&self.events).push((event.to_owned(), mishap));
    }

    pub(super) fn clear(&self) {
        lock(&self.calls).clear();
        lock(&self.events).clear();
    }

    /// What goes wrong with this call; it is one time fewer then.
    pub(super) fn take(&self, call: &str) -> Option<How> {
        let mut faults = lock(&self.calls);
        let meant = |it: &&mut Fault| (it.on == call || it.on == "*") && it.times > 0;
        let fault = faults.iter_mut().find(meant)?;
        if fault.after > 0 {
            fault.after -= 1;
            return None;
        }
        fault.times -= 1;
        Some(fault.how.clone())
    }

    /// What goes wrong with this event.
    pub(super) fn mishap(&self, event: &str) -> Option<Mishap> {
        let mut events = lock(&self.events);
        let found = events.iter().position(|(on, _)| on == event || on == "*")?;
        Some(events.remove(found).1)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn once() -> u32 {
    1
}
