//! What happened to one-off windows and freezes, and to the bot itself.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::Span;
use crate::history::Loss;
use crate::ids::{AppId, EnvId, FreezeId, Key, Person, Surface, WindowId};

/// A fact about the agenda.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum AgendaEvent {
    /// A one-off window was added.
    WindowAdded {
        window: WindowId,
        environment: EnvId,
        span: Span,
        by: Person,
    },
    /// A one-off window was cancelled.
    WindowCancelled {
        window: WindowId,
        by: Person,
        why: String,
    },
    /// Deploys were stopped for a time.
    Frozen {
        freeze: FreezeId,
        /// None for every application.
        app: Option<AppId>,
        from: DateTime<Utc>,
        /// None until somebody lifts it.
        to: Option<DateTime<Utc>>,
        reason: String,
        by: Person,
    },
    /// A freeze was lifted.
    Unfrozen { freeze: FreezeId, by: Person },
    /// A part of the log is gone, and somebody accepted that.
    LossAccepted {
        loss: Loss,
        /// None if nobody knows who it was: whoever owns the machine.
        by: Option<Person>,
    },
    /// The bot's clock was set to another time while it ran.
    ClockJumped {
        /// By how much, in seconds; less than zero for an earlier time.
        seconds: i64,
    },
    /// A message is on a platform more than once; the later copies are removed.
    DuplicatesFound {
        surface: Surface,
        /// What it was posted under.
        key: Key,
        /// The copies to remove, by the platform's ids.
        copies: Vec<String>,
    },
}

impl AgendaEvent {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::WindowAdded { .. } => "agenda.window_added",
            Self::WindowCancelled { .. } => "agenda.window_cancelled",
            Self::Frozen { .. } => "agenda.frozen",
            Self::Unfrozen { .. } => "agenda.unfrozen",
            Self::LossAccepted { .. } => "agenda.loss_accepted",
            Self::ClockJumped { .. } => "agenda.clock_jumped",
            Self::DuplicatesFound { .. } => "agenda.duplicates_found",
        }
    }
}
