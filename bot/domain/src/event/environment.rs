//! What happened to an environment.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::attempt::{AttemptKind, Choice, FailureMode, Work};
use crate::drift::{Difference, Seen};
use crate::event::Override;
use crate::ids::{Hash, Key, Person, ReleaseId};
use crate::manifest::Manifest;
use crate::snapshot::Snapshot;
use crate::watch::Tick;

/// A fact about an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum EnvironmentEvent {
    /// Somebody began to change it.
    AttemptStarted {
        attempt: u32,
        key: Key,
        fence: u64,
        kind: AttemptKind,
        /// The release in whose thread it is told.
        release: ReleaseId,
        /// The release whose images it brings.
        target: ReleaseId,
        manifest: Box<Manifest>,
        work: Vec<Work>,
        by: Option<Person>,
        over: Option<Override>,
    },
    /// The bot started again and took the attempt over.
    FenceTaken { attempt: u32, fence: u64 },
    /// A piece of work is about to begin.
    WorkStarted { attempt: u32, index: u32 },
    /// A piece of work ended.
    WorkEnded {
        attempt: u32,
        index: u32,
        outcome: Outcome,
    },
    /// Somebody wants it to end after the current piece of work.
    StopAsked {
        attempt: u32,
        by: Person,
        rollback: Option<String>,
    },
    /// Something keeps it from going on; or nothing does any more.
    WorkHeld { attempt: u32, why: Option<String> },
    /// Somebody said how to go on behind work that was cut off.
    Decided {
        attempt: u32,
        index: u32,
        by: Person,
        choice: Choice,
    },
    /// All its work is done and proven.
    AttemptVerified { attempt: u32 },
    /// It did not reach its end.
    AttemptFailed {
        attempt: u32,
        mode: FailureMode,
        why: String,
    },
    /// Nothing may be deployed until somebody unlocks it.
    Locked { why: String },
    /// Somebody released the lock.
    Unlocked { by: Person, why: String },
    /// It is watched from now on.
    WatchStarted {
        attempt: u32,
        release: ReleaseId,
        ticks: Vec<Tick>,
    },
    /// What a look found.
    TickChecked {
        attempt: u32,
        tick: u32,
        passed: bool,
        findings: Vec<String>,
    },
    /// Somebody said how it looks.
    TickAnswered {
        attempt: u32,
        tick: u32,
        by: Person,
        good: bool,
    },
    /// Nobody looked in time; told together with a later tick if the bot was away.
    TickMissed {
        attempt: u32,
        tick: u32,
        coalesced_into: Option<u32>,
    },
    /// Somebody wants it watched longer.
    WatchExtended {
        attempt: u32,
        by: Person,
        ticks: Vec<Tick>,
    },
    /// It is watched no longer.
    WatchEnded {
        attempt: u32,
        by: Option<Person>,
        at: DateTime<Utc>,
    },
    /// What runs is not what this attempt had proven: somebody else changed it.
    DriftSeen {
        attempt: u32,
        differences: Vec<Difference>,
        seen: Vec<Seen>,
    },
    /// What this attempt had proven runs again.
    DriftGone { attempt: u32 },
    /// Somebody took what runs there as it is.
    Adopted {
        attempt: u32,
        release: ReleaseId,
        manifest: Box<Manifest>,
        by: Person,
        why: String,
        seen: Vec<Seen>,
    },
}

/// How a piece of work ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ended", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Outcome {
    /// Well.
    Succeeded { evidence: Evidence },
    /// Badly.
    Failed {
        mode: FailureMode,
        why: String,
        evidence: Evidence,
    },
    /// Nobody knows: it was cut off and must not be repeated without a person.
    Interrupted { seen: String, evidence: Evidence },
}

/// What a piece of work proves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The findings, one a line; together at most 4 KiB.
    pub findings: Vec<String>,
    /// The end of what it wrote; at most 4 KiB.
    pub tail: Vec<String>,
    /// The hash of all that was kept, if it wrote anything.
    pub hash: Option<Hash>,
    /// How many bytes were kept.
    pub size: u64,
    /// Whether it proved that it changed nothing.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unchanged: bool,
    /// What a project was brought to by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<Box<Snapshot>>,
    /// What runs at the end of an attempt that went well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Seen>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde asks with a reference"
)]
fn is_false(it: &bool) -> bool {
    !*it
}

impl EnvironmentEvent {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::AttemptStarted { .. } => "environment.attempt_started",
            Self::FenceTaken { .. } => "environment.fence_taken",
            Self::WorkStarted { .. } => "environment.work_started",
            Self::WorkEnded { .. } => "environment.work_ended",
            Self::StopAsked { .. } => "environment.stop_asked",
            Self::WorkHeld { .. } => "environment.work_held",
            Self::Decided { .. } => "environment.decided",
            Self::AttemptVerified { .. } => "environment.attempt_verified",
            Self::AttemptFailed { .. } => "environment.attempt_failed",
            Self::Locked { .. } => "environment.locked",
            Self::Unlocked { .. } => "environment.unlocked",
            Self::WatchStarted { .. } => "environment.watch_started",
            Self::TickChecked { .. } => "environment.tick_checked",
            Self::TickAnswered { .. } => "environment.tick_answered",
            Self::TickMissed { .. } => "environment.tick_missed",
            Self::WatchExtended { .. } => "environment.watch_extended",
            Self::WatchEnded { .. } => "environment.watch_ended",
            Self::DriftSeen { .. } => "environment.drift_seen",
            Self::DriftGone { .. } => "environment.drift_gone",
            Self::Adopted { .. } => "environment.adopted",
        }
    }
}
