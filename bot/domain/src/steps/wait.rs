//! Let time pass, for what nobody can ask whether it is ready.

use serde::{Deserialize, Serialize};

use crate::calendar::Length;

/// A pause. Cut off, it begins again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wait {
    /// How long.
    pub length: Length,
}

impl Wait {
    pub(super) fn title(&self) -> String {
        format!("Wait {}", self.length)
    }
}
