//! What the person who acted is told, at once and never again.

use chrono::{DateTime, Utc};

use crate::ask::AskId;
use crate::calendar::Span;
use crate::gates::Waiting;
use crate::ids::{EnvId, EnvName, FreezeId, IncidentId, ReleaseId, Version, WindowId};

/// An answer to what somebody did. Nothing depends on its arriving.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Reply {
    /// The cards tell it all.
    #[default]
    Nothing,
    /// A release began.
    Opened {
        release: ReleaseId,
        version: Version,
    },
    /// A plan stands.
    Planned {
        release: ReleaseId,
        env: EnvName,
        span: Span,
    },
    /// The asks are being read; the deploy starts if they hold.
    Starting { release: ReleaseId, env: EnvName },
    /// What the deploy would change is being found out.
    LookingAhead { release: ReleaseId, env: EnvName },
    /// People had to be asked first.
    Asked {
        release: ReleaseId,
        env: EnvName,
        waiting: Vec<Waiting>,
    },
    /// The deploy or rollback began.
    Started {
        environment: EnvId,
        version: Version,
    },
    /// The answer stands.
    Counted { ask: AskId },
    /// The answer stands as a veto; a reason is wanted.
    Vetoed { ask: AskId, reason_wanted: bool },
    /// The answer is gone.
    Withdrawn { ask: AskId },
    /// The answer does not count, and why.
    NotCounted { ask: AskId, why: String },
    /// The item is settled, or open again.
    Ticked {
        release: ReleaseId,
        item: u32,
        open: u32,
    },
    /// It is kept with the release.
    Noted { release: ReleaseId },
    /// It will stop after the current piece of work.
    Stopping { environment: EnvId },
    /// The attempt goes on behind work that was cut off.
    GoesOn { environment: EnvId },
    /// The release was given up.
    Cancelled { release: ReleaseId },
    /// The look was answered.
    Answered { environment: EnvId },
    /// The watch goes on until then.
    WatchExtended {
        environment: EnvId,
        until: DateTime<Utc>,
    },
    /// The watch is over.
    WatchEnded { environment: EnvId },
    /// The window stands.
    WindowAdded {
        window: WindowId,
        environment: EnvId,
        span: Span,
    },
    /// The window is gone.
    WindowCancelled { window: WindowId },
    /// Nothing is deployed for a time.
    Frozen { freeze: FreezeId },
    /// Deploys go on.
    Unfrozen { freeze: FreezeId },
    /// The lock is gone.
    Unlocked { environment: EnvId },
    /// What runs there is what should run.
    Adopted {
        environment: EnvId,
        version: Version,
    },
    /// The incident is open.
    IncidentOpened { incident: IncidentId },
    /// Somebody is on it.
    Acknowledged { incident: IncidentId },
    /// The next level was called.
    Escalated { incident: IncidentId },
    /// What is known was added.
    Updated { incident: IncidentId },
    /// It is over.
    Resolved { incident: IncidentId },
    /// The policy is in force; so many releases must be consented to again.
    PolicyAdopted { asks_voided: u32 },
}
