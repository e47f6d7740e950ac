//! Where a log ends, that signed, and what is missing when it ends before somebody saw it end.

use serde::{Deserialize, Serialize};

use crate::ids::Hash;

/// Where a log ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEnd {
    /// The random name of the database it is in.
    pub instance: String,
    /// The position of its last event.
    pub seq: u64,
    /// The hash of the chain there.
    pub hash: Hash,
}

/// A signed statement of where the log ended: whoever keeps it can tell later whether
/// anything before it was changed. Who signs, and how, is nothing to decide about here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The statement and its signature, letter by letter.
    pub note: String,
    /// The public key that checks it.
    pub key: String,
}

/// A log that is not the one somebody has seen, or no longer all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// How far the log had been seen.
    pub seen: LogEnd,
    /// How far the log goes that was found.
    pub found: LogEnd,
}

/// In which way a log is not the one that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossKind {
    /// It is the log of another database.
    Other,
    /// It ends earlier, by so many events.
    Behind(u64),
    /// It goes as far, and says something else.
    Changed,
}

impl Loss {
    /// In which way.
    pub fn kind(&self) -> LossKind {
        if self.seen.instance != self.found.instance {
            return LossKind::Other;
        }
        match self.seen.seq.checked_sub(self.found.seq) {
            Some(missing @ 1..) => LossKind::Behind(missing),
            Some(0) | None => LossKind::Changed,
        }
    }
}
