//! What keeps deploys apart where several replicas share a runner.

use crate::model::guards;

/// One thing that keeps deploys apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// No attempt begins while another is active: one row, in the database.
    EnvLock,
    /// Every decision about an attempt writes its fence into the row, and every
    /// later commit compares it.
    FenceCompared,
    /// The runner refuses a fence lower than the highest it has seen.
    HostFence,
    /// The runner starts nothing under a key it knows.
    HostKey,
    /// The runner keeps what became of a run until that is recorded.
    ResultKept,
    /// Who gives up shows the runner a new fence first, so that no earlier
    /// start can come through.
    Seal,
    /// The runner's answer to that says whether the run is there after all, and
    /// then nothing is given up.
    SealLooks,
    /// The runner refuses to start beside another run.
    HostBusy,
    /// Only the leader commits: the epoch is compared in the same transaction.
    Epoch,
    /// Who starts again takes a new fence first.
    NewFence,
}

impl guards::Guard for Guard {
    const ALL: &'static [Self] = &[
        Self::EnvLock,
        Self::FenceCompared,
        Self::HostFence,
        Self::HostKey,
        Self::ResultKept,
        Self::Seal,
        Self::SealLooks,
        Self::HostBusy,
        Self::Epoch,
        Self::NewFence,
    ];

    fn place(self) -> u32 {
        self as u32
    }
}
