//! Run a command in a named container of its own: the home of migrations.

use serde::{Deserialize, Serialize};

use crate::ids::ServiceName;

/// A command in a fresh container of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The service whose image and settings it gets.
    pub service: ServiceName,
    /// Command and arguments; no shell reads them.
    pub argv: Vec<String>,
    /// Never repeated without a person.
    pub once: bool,
}

impl Run {
    pub(super) fn title(&self) -> String {
        format!(
            "Run {}",
            self.argv.first().map_or("a command", String::as_str)
        )
    }
}
