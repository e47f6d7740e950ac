//! Give variables of an env file new values; every other line stays as it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Value;

/// Variables of an env file on the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetEnv {
    /// The file, an absolute path.
    pub file: String,
    /// The variables and their values.
    pub values: BTreeMap<String, Value>,
}

impl SetEnv {
    pub(super) fn title(&self) -> String {
        let names: Vec<&str> = self.values.keys().map(String::as_str).collect();
        format!("Set {}", names.join(", "))
    }
}
