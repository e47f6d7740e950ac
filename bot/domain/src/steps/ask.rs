//! Have a person do something and say so, for what no program can do or judge.

use serde::{Deserialize, Serialize};

use crate::ids::Role;

/// Something a person does, looks at, or answers for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ask {
    /// The role that can say that it is done.
    pub role: Role,
    /// What there is to do.
    pub text: String,
}

impl Ask {
    pub(crate) fn title(&self) -> String {
        self.text.clone()
    }
}
