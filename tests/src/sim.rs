//! The simulated world: virtual time, people, chat and containers, one seed deciding all.
//!
//! Reading order: what runs tasks and tells the time; what the bot's ports meet;
//! who acts; what is built of it all; who judges; and the mistakes it must catch.

pub mod chance;
pub mod executor;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, whatever became of a task that held it: nothing here is left half done.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
