//! The runner on the target: one run at a time, known by its key, under the highest fence.

use super::guard::Guard;
use super::{Many, State};

/// The runner's own truth.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Host {
    /// The highest fence it has seen.
    pub seen: u8,
    /// The run of each release.
    pub runs: [Run; 2],
    /// How often each was started.
    pub starts: [u8; 2],
}

/// What the runner knows of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Run {
    /// Nothing.
    #[default]
    Absent,
    /// It is at work.
    Active,
    /// It has ended.
    Ended,
}

/// A release and the fence under which something is wanted for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Order {
    /// The release; its key is always the same.
    pub release: u8,
    /// The fence.
    pub fence: u8,
}

/// A message to the runner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Message {
    /// Start this.
    Start(Order),
    /// Obey nobody with a lower fence, and say whether you know this run.
    Seal {
        /// What.
        order: Order,
        /// Who waits for the answer.
        from: u8,
    },
}

impl Message {
    /// What it is about.
    pub fn order(self) -> Order {
        match self {
            Self::Start(order) | Self::Seal { order, from: _ } => order,
        }
    }
}

impl Many {
    /// The runner is asked to start.
    pub(super) fn run(&self, state: &mut State, order: Order) {
        let host = &mut state.host;
        if order.fence < host.seen && self.guards.on(Guard::HostFence) {
            return;
        }
        host.seen = host.seen.max(order.fence);
        let at = usize::from(order.release);
        if host.runs[at] != Run::Absent && self.guards.on(Guard::HostKey) {
            return;
        }
        let others = (0..)
            .zip(host.runs)
            .any(|(it, run)| it != at && run == Run::Active);
        if others && self.guards.on(Guard::HostBusy) {
            return;
        }
        host.runs[at] = Run::Active;
        host.starts[at] += 1;
    }

    /// The runner is asked to obey nobody earlier. Whether the run is absent;
    /// none if it was itself too late.
    pub(super) fn seal(&self, state: &mut State, order: Order) -> Option<bool> {
        let host = &mut state.host;
        if order.fence < host.seen {
            return None;
        }
        host.seen = order.fence;
        let absent = host.runs[usize::from(order.release)] == Run::Absent;
        Some(absent || !self.guards.on(Guard::SealLooks))
    }
}
