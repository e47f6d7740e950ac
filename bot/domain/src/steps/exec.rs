//! Run a repeatable command inside a running container. Never a migration: if
//! the bot dies meanwhile, nobody can tell how it ended.

use serde::{Deserialize, Serialize};

use crate::ids::ServiceName;

/// A command inside a running container of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exec {
    /// The service.
    pub service: ServiceName,
    /// Command and arguments; no shell reads them.
    pub argv: Vec<String>,
}

impl Exec {
    pub(super) fn title(&self) -> String {
        format!(
            "Exec {}",
            self.argv.first().map_or("a command", String::as_str)
        )
    }
}
