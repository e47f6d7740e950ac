//! What survives a restart: what happened, what is owed, when to wake.
//!
//! [`Store`] is all that others use. One write, [`Store::commit`], takes inputs
//! that were decided inside its own transaction and keeps their events, the
//! state these add up to, the effects owed and the wake-ups: all or nothing.
//! Backends: SQLite for production, memory for the simulated world; one
//! conformance suite holds them both to these words.
//!
//! Reading order: the seam; what every backend shares (deciding a batch, loading
//! a world, the chain, projected rows); the backends.

#![warn(missing_docs)]

pub mod error;
pub mod store;

mod batch;
mod load;
mod shelf;

mod chain;
mod names;
mod rebuild;
pub mod rows;

#[cfg(any(test, feature = "fake"))]
pub mod memory;
pub mod sqlite;

#[cfg(test)]
mod conformance;

pub use chain::{Digest, Flaw, LogLine, Walk, Wrong};
pub use error::StoreError;
#[cfg(any(test, feature = "fake"))]
pub use memory::{MemoryDisk, MemoryStore};
pub use sqlite::inspect::{Findings, Inspection, Mended, Standing, Stretch};
pub use sqlite::{SqliteOptions, SqliteStore};
pub use store::{
    Claim, Commit, Decide, Doubt, EventRow, Input, InputId, Message, Owed, OwedId, SWEEP_AFTER,
    Settlement, Settles, Store, Swept, Tables, Verdict, WakeUp,
};
