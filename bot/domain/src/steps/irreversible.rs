//! Work that older versions cannot run after, such as a migration that drops a column.

use serde::{Deserialize, Serialize};

/// That the version before cannot run once a step was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Irreversible {
    /// How to get back all the same, in the team's words.
    pub restore: String,
    /// A pattern of its output that says it had nothing to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<String>,
}
