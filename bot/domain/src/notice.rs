//! News that rings a bell: what it says is fixed when it happens.

use serde::{Deserialize, Serialize};

use crate::attempt::FailureMode;
use crate::calendar::Span;
use crate::drift::Difference;
use crate::environment::Ahead;
use crate::event::Override;
use crate::gates::Waiting;
use crate::history::{Checkpoint, Loss};
use crate::ids::{AppId, EnvName, FreezeId, IncidentId, Person, ReleaseId, Role, Version};
use crate::policy::Severity;
use crate::preview::Preview;

/// One piece of news, with everything it needs to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Which release it is about.
    pub release: Option<ReleaseId>,
    /// Of which application.
    pub app: Option<AppId>,
    /// Who must act: only they are mentioned.
    pub mention: Vec<Person>,
    /// What happened.
    pub news: News,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum News {
    /// Somebody owns the rollback of a planned deploy.
    RollbackOwner {
        env: EnvName,
        version: Version,
        span: Span,
    },
    /// The images could not be pinned.
    ImagesUnresolved { version: Version, why: String },
    /// One of them could not be built.
    BuildFailed {
        version: Version,
        why: String,
        tail: Vec<String>,
    },
    /// What a deploy would change, for those who asked.
    DryRun {
        env: EnvName,
        version: Version,
        preview: Box<Preview>,
    },
    /// A wish to deploy did not start after the asks were read.
    StartRefused {
        env: EnvName,
        version: Version,
        waiting: Vec<Waiting>,
    },
    /// The asks could not be read in time: nothing was started.
    StartTimedOut { env: EnvName, version: Version },
    /// People have not answered yet.
    StillWaiting {
        env: EnvName,
        version: Version,
        roles: Vec<Role>,
    },
    /// Somebody set gates aside.
    Overridden {
        env: EnvName,
        version: Version,
        over: Override,
        skipped: Vec<Waiting>,
    },
    /// A deploy or a rollback failed.
    AttemptFailed {
        env: EnvName,
        version: Version,
        rollback: bool,
        step: Option<String>,
        mode: FailureMode,
        why: String,
        tail: Vec<String>,
        next: AfterFailure,
    },
    /// Work was cut off, and somebody must say how to go on.
    CutOff {
        env: EnvName,
        version: Version,
        rollback: bool,
        step: String,
        seen: String,
        tail: Vec<String>,
        /// The version it could return to.
        back: Option<Version>,
    },
    /// Somebody must do something, or look, before an attempt goes on.
    Asked {
        env: EnvName,
        version: Version,
        rollback: bool,
        text: String,
        role: Role,
        until: chrono::DateTime<chrono::Utc>,
    },
    /// Something keeps an attempt from going on.
    WorkHeld {
        env: EnvName,
        version: Version,
        why: String,
    },
    /// An environment is being taken back.
    RollbackStarted {
        env: EnvName,
        to: Version,
        reason: String,
        by: Option<Person>,
    },
    /// An environment was taken back and proven.
    RolledBack { env: EnvName, to: Version },
    /// Somebody took consent back after the start: it changes nothing.
    WithdrawnTooLate {
        env: EnvName,
        version: Version,
        by: Person,
    },
    /// A watched environment looks wrong.
    WatchFinding {
        env: EnvName,
        version: Version,
        findings: Vec<String>,
        by: Option<Person>,
    },
    /// Somebody is asked how a watched environment looks.
    WatchQuestion {
        env: EnvName,
        version: Version,
        tick: u32,
        again: bool,
    },
    /// An incident calls people.
    Page {
        incident: IncidentId,
        severity: Severity,
        what: String,
        level: u32,
        /// Who is called next, and when, unless somebody is on it.
        next: Option<(Role, chrono::DateTime<chrono::Utc>)>,
    },
    /// An incident is over.
    Resolved {
        incident: IncidentId,
        what: String,
        text: String,
        seconds: i64,
        by: Person,
    },
    /// Deploys stop for a time.
    Frozen {
        freeze: FreezeId,
        reason: String,
        from: chrono::DateTime<chrono::Utc>,
        to: Option<chrono::DateTime<chrono::Utc>>,
        by: Person,
    },
    /// A freeze was lifted.
    Unfrozen { freeze: FreezeId, by: Person },
    /// A part of the record is gone, and somebody accepted that.
    LossAccepted { loss: Loss, by: Option<Person> },
    /// Somebody else changed what runs.
    Drifted {
        env: EnvName,
        version: Version,
        /// The release it was.
        runs: ReleaseId,
        differences: Vec<Difference>,
    },
    /// Somebody took what runs as it is.
    Adopted {
        env: EnvName,
        version: Version,
        by: Person,
        why: String,
    },
    /// The bot's clock was set to another time.
    ClockJumped {
        /// By how much, in seconds; less than zero for an earlier time.
        seconds: i64,
    },
    /// A release is over, and where the record stands is signed.
    Checkpointed { checkpoint: Checkpoint },
}

/// What follows a failed attempt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "then", content = "version", rename_all = "snake_case")]
pub enum AfterFailure {
    /// Nothing was touched; the environment runs what it ran.
    Untouched,
    /// It returns to this version by itself.
    RollsBack(Version),
    /// It stays as it is, locked, until somebody decides; the version it could return to.
    Stays(Option<Version>),
    /// It stays as it is, locked: the version before cannot run any more.
    Ahead(Box<Ahead>),
}
