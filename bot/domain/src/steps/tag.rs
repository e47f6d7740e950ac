//! Give the pinned image of a service one more name in its registry.

use serde::{Deserialize, Serialize};

use crate::ids::ServiceName;

/// Promotes the very digest that is released: nothing is built or copied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tag {
    /// The service.
    pub service: ServiceName,
    /// The tag in the image's own repository; `{version}` and `{sha}` stand for the release's.
    pub tag: String,
}

impl Tag {
    pub(super) fn title(&self) -> String {
        format!("Tag {} as {}", self.service, self.tag)
    }
}
