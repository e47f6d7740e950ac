//! What happened in a run, in order: told in full when something is wrong.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

/// The story so far.
#[derive(Debug)]
pub(crate) struct Story {
    begun: Instant,
    lines: Mutex<Vec<String>>,
}

impl Story {
    pub(crate) fn new() -> Self {
        Self {
            begun: Instant::now(),
            lines: Mutex::default(),
        }
    }

    /// Adds a line under the time that has passed.
    pub(crate) fn tell(&self, line: &str) {
        let seconds = self.seconds();
        locked(&self.lines).push(format!("{seconds:7.2} s  {line}"));
    }

    /// How long it has been going on.
    pub(crate) fn seconds(&self) -> f64 {
        self.begun.elapsed().as_secs_f64()
    }

    /// All of it.
    pub(crate) fn whole(&self) -> String {
        locked(&self.lines).join("\n")
    }
}

/// Locks, whatever became of a task that held it: nothing here is left half done.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
