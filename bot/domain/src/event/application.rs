//! What happened to an application.

use serde::{Deserialize, Serialize};

use crate::policy::Pinned;

/// A fact about an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum ApplicationEvent {
    /// A policy came into force.
    PolicyAdopted {
        /// The policy and its name.
        pinned: Box<Pinned>,
    },
    /// The configuration names it no longer.
    Removed,
}

impl ApplicationEvent {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::PolicyAdopted { .. } => "application.policy_adopted",
            Self::Removed => "application.removed",
        }
    }
}
