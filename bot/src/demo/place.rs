//! The places the demo deploys to: a closed list.

use serde::{Deserialize, Serialize};

/// An environment of an application of the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    /// Rapid Audit, staging.
    Staging,
    /// Rapid Audit, production.
    Production,
    /// Motorsport, production: its window is closed.
    Motorsport,
}

impl Place {
    pub(super) const ALL: [Self; 3] = [Self::Staging, Self::Production, Self::Motorsport];

    /// Its folder, and the end of its compose project's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Production => "production",
            Self::Motorsport => "motorsport",
        }
    }

    /// Its compose project.
    pub(super) fn project(self, instance: &str) -> String {
        format!("shipbell-demo-{instance}-{}", self.name())
    }
}
