//! What lets an outsider judge the log: signed statements of where it stood, and
//! bundles that are checked without database and without bot.
//!
//! In reading order: notes and who signs them, what is signed about the log, what a
//! bundle holds, how it is written, how it is judged. `docs/audit.md` says the same
//! to whoever wants to check all of it with another program.

pub mod note;

pub mod key;

pub mod checkpoint;
pub mod stored;

pub mod bundle;
pub mod export;
pub mod judge;

mod hex;
