//! Look at what a service wrote, as evidence or against a pattern.

use serde::{Deserialize, Serialize};

use crate::ids::ServiceName;

/// The last lines of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogCheck {
    /// The service.
    pub service: ServiceName,
    /// How many lines.
    pub tail: u32,
    /// A regular expression no line may match.
    pub deny: Option<String>,
}

impl LogCheck {
    pub(super) fn title(&self) -> String {
        format!("Logs of {}", self.service)
    }
}
