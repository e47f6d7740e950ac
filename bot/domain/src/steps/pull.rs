//! Fetch an image, so that the step after it can only fail for reasons of its own.

use serde::{Deserialize, Serialize};

use crate::ids::ServiceName;

/// Fetches the pinned image of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pull {
    /// The service.
    pub service: ServiceName,
}

impl Pull {
    pub(super) fn title(&self) -> String {
        format!("Pull {}", self.service)
    }
}
