//! Run a program on the host the environment runs on.

use serde::{Deserialize, Serialize};

/// A program of the host. Repeated after a crash, unless it must run once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// The program and its arguments; no shell reads them.
    pub argv: Vec<String>,
    /// Where it starts, an absolute path; the folder of the compose file if not said.
    pub directory: Option<String>,
    /// Never repeated without a person.
    pub once: bool,
}

impl Host {
    pub(super) fn title(&self) -> String {
        format!(
            "Run {} on the host",
            self.argv.first().map_or("a program", String::as_str)
        )
    }
}
