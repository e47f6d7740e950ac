//! Values of steps: written, or kept elsewhere and only named.

use serde::{Deserialize, Serialize};

/// A value. A secret is never part of a policy, only its place is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// As written; `{version}` and `{sha}` stand for the release's.
    Plain(String),
    /// What this variable of the bot's environment holds.
    Env(String),
    /// What stands in this file.
    File(String),
}

impl Value {
    /// Whether it is only named.
    pub fn is_secret(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Env(_) | Self::File(_) => true,
        }
    }
}
