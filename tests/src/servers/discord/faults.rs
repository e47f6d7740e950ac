//! What goes wrong, as data: which call, how often, and how.

use std::sync::{Mutex, PoisonError};

/// One thing that is to go wrong.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The call, as `post`, `edit`, `callback`; or `*` for every call.
    pub on: String,
    /// How many calls it hits.
    pub times: u32,
    /// How.
    pub how: How,
}

/// How a call goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum How {
    /// 429 for this kind of call, or for everything.
    RateLimited {
        /// In seconds.
        after: f64,
        /// Whether everything is shut.
        global: bool,
    },
    /// 429 without a word of Discord's, as whatever stands before it answers.
    Proxied,
    /// This status with a line of text, as a proxy answers.
    Status(u16),
    /// Discord's own way: a status with a code.
    Refused(u16, u64),
    /// The answer takes this many milliseconds longer.
    Delay(u64),
    /// Nothing is done and the socket breaks.
    ResetBefore,
    /// It is done, then the socket breaks before the answer.
    ResetAfter,
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
            times,
            how,
        }
    }
}

/// What is yet to go wrong.
#[derive(Default)]
pub(super) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(super) fn add(&self, fault: Fault) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(fault);
    }

    /// What goes wrong with this call; it is one time fewer then.
    pub(super) fn take(&self, call: &str) -> Option<How> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let meant = |it: &&mut Fault| (it.on == call || it.on == "*") && it.times > 0;
        let fault = all.iter_mut().find(meant)?;
        fault.times -= 1;
        Some(fault.how.clone())
    }
}
