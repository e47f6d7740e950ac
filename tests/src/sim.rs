//! The simulated world: virtual time, people, chat and containers, one seed deciding all.
//!
//! Reading order: what runs tasks and tells the time; what the bot's ports meet;
//! who acts; what is built of it all; who judges; and the mistakes they must catch.

pub mod chance;
pub mod diary;
pub mod executor;
pub mod weather;

pub mod chat;
pub mod containers;
pub mod disk;
pub mod ports;
pub mod probes;
pub mod store;

pub mod people;
pub mod team;

pub mod bot;
pub mod world;

pub mod oracle;

pub mod mutants;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use disk::Medium;
pub use world::{Outcome, Plan, run, tell};

/// Locks, whatever became of a task that held it: nothing here is left half done.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
