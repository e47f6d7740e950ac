//! What people attest of a release, and what they keep with it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::Person;

/// Something worth remembering with a release.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Who kept it.
    pub by: Person,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub text: String,
    /// Where it was said, if it was.
    pub link: Option<String>,
}

/// A settled checklist item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// How.
    pub mark: Mark,
    /// By whom.
    pub by: Person,
    /// When.
    pub at: DateTime<Utc>,
}

/// How a checklist item is settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mark", rename_all = "snake_case")]
pub enum Mark {
    /// It was done.
    Done,
    /// It does not apply.
    NotApplicable {
        /// Why.
        reason: String,
    },
}
