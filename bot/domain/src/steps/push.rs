//! Push an image the engine has to its registry.

use serde::{Deserialize, Serialize};

/// Pushes an image; one that is there already is pushed again without effect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Push {
    /// Its reference with a tag; `{version}` and `{sha}` stand for the release's.
    pub image: String,
}

impl Push {
    pub(super) fn title(&self) -> String {
        format!("Push {}", self.image)
    }
}
