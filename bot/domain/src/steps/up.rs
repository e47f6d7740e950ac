//! Bring a compose project to the pinned images and wait until it is healthy.

use serde::{Deserialize, Serialize};

use crate::calendar::Length;

/// Recreates what changed, then waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Up {
    /// Healthy and not restarted for this long.
    pub stable_for: Length,
    /// Healthy at the latest after this long.
    pub healthy_within: Length,
}

impl Up {
    #[expect(clippy::unused_self, reason = "every kind of step has a title")]
    pub(super) fn title(&self) -> String {
        "Recreate containers".to_owned()
    }
}
