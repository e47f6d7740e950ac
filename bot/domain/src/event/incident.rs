//! What happened to an incident.

use serde::{Deserialize, Serialize};

use crate::ids::{EnvId, IncidentId, Person, ReleaseId};
use crate::policy::Severity;
use crate::settings::Escalation;

/// A fact about an incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum IncidentEvent {
    /// It began.
    Opened {
        incident: IncidentId,
        severity: Severity,
        what: String,
        environment: Option<EnvId>,
        release: Option<ReleaseId>,
        /// None if a failed deploy opened it.
        by: Option<Person>,
        escalation: Escalation,
    },
    /// The people of one level were called.
    Paged { level: u32, people: Vec<Person> },
    /// Somebody is on it: nobody else is called.
    Acknowledged { by: Person },
    /// Somebody had it call the next level at once.
    Escalated { by: Person },
    /// Somebody told what they know.
    Updated { by: Person, text: String },
    /// It is over.
    Resolved { by: Person, text: String },
}

impl IncidentEvent {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Opened { .. } => "incident.opened",
            Self::Paged { .. } => "incident.paged",
            Self::Acknowledged { .. } => "incident.acknowledged",
            Self::Escalated { .. } => "incident.escalated",
            Self::Updated { .. } => "incident.updated",
            Self::Resolved { .. } => "incident.resolved",
        }
    }
}
