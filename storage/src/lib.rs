//! What survives a restart: what happened, what is owed, when to wake.
//!
//! [`Store`] is all that others use. One write, [`Store::commit`], takes inputs
//! that were decided inside its own transaction and keeps their events, the
//! state these add up to, the effects owed and the wake-ups: all or nothing.
//! Backends: SQLite for production, memory for the simulated world; one
//! conformance suite holds them both to these words.

#![warn(missing_docs)]

pub mod error;
pub mod store;

pub use error::StoreError;
pub use store::{
    Claim, Commit, Decide, EventRow, Input, InputId, Message, Owed, OwedId, Settlement, Settles,
    Store, Verdict, WakeUp,
};
