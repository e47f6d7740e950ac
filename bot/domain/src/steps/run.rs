//! Run a command in a named container of its own: the home of migrations.

use serde::{Deserialize, Serialize};

use crate::ids::ServiceName;

/// A command in a fresh container of a service, or of an image alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The service whose image and settings it gets.
    pub service: ServiceName,
    /// Command and arguments; no shell reads them.
    pub argv: Vec<String>,
    /// Never repeated without a person.
    pub once: bool,
    /// It gets the image of that name and nothing of any service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alone: Option<Alone>,
}

/// What a command has around it that runs in an image alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alone {
    /// The network it joins; none at all if not said.
    pub network: Option<String>,
}

impl Run {
    pub(super) fn title(&self) -> String {
        format!(
            "Run {}",
            self.argv.first().map_or("a command", String::as_str)
        )
    }
}
