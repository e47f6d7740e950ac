//! What keeps deploys apart where one bot runs, and where each of it is done.

use crate::model::guards;

/// One thing that keeps deploys apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// One process a data folder: `storage/src/sqlite/place.rs` locks it.
    OneProcess,
    /// No attempt begins while another is active: `require_idle` and the gate
    /// `busy` in the domain.
    EnvLock,
    /// The driver takes the environment's lock file before it acts:
    /// `bot/src/engine/driver.rs`.
    Lock,
    /// A child holds the lock file for as long as it lives:
    /// `adapters/src/containers/docker/child.rs`.
    LockInherited,
    /// It is recorded that a piece of work begins before it begins:
    /// `begin` in `bot/src/engine/driver.rs`.
    Recorded,
    /// What had begun goes on in the next life: `Next::Resume` in the domain.
    Resumed,
    /// A stop takes effect between two pieces of work, never in one:
    /// `bot/domain/src/turn/rollback.rs` and `attempt.rs`.
    StopWaits,
    /// A child that takes too long is ended before that is reported:
    /// `adapters/src/containers/docker/child.rs`.
    ChildEnded,
    /// A one-off command has one name for its key, and who comes later adopts
    /// it: `adapters/src/containers/docker/oneoff.rs`.
    HostKey,
    /// A `once` command that had begun and cannot be found is not made again: a
    /// person decides.
    OnceRule,
    /// Who gives a one-off command up ends its container, or occupies its name,
    /// before saying so.
    Seal,
    /// A child of a dead bot that hangs is ended by somebody.
    OrphanEnded,
    /// The store refuses a second active attempt, whoever decided it, and
    /// everything stops: `storage/src/batch/draft.rs`.
    Assertion,
    /// The store takes nothing from an opening that a later one replaced:
    /// `guard` in `storage/src/sqlite/write.rs`.
    Epoch,
    /// What is reported of a piece of work counts only under the fence in force:
    /// `owned` in `bot/domain/src/turn/attempt.rs`.
    FenceCompared,
}

impl guards::Guard for Guard {
    const ALL: &'static [Self] = &[
        Self::OneProcess,
        Self::EnvLock,
        Self::Lock,
        Self::LockInherited,
        Self::Recorded,
        Self::Resumed,
        Self::StopWaits,
        Self::ChildEnded,
        Self::HostKey,
        Self::OnceRule,
        Self::Seal,
        Self::OrphanEnded,
        Self::Assertion,
        Self::Epoch,
        Self::FenceCompared,
    ];

    fn place(self) -> u32 {
        self as u32
    }
}
