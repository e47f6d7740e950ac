//! How an image is built: from exactly the commit of the release.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calendar::Length;
use crate::ids::EnvName;

/// How an image is built, before anybody is asked: people consent to digests.
///
/// In `args` `{version}` and `{sha}` stand for the release's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Build {
    /// The folder of the repository that is built; `.` for all of it.
    pub context: String,
    /// The Dockerfile, beginning at the repository; the one in the folder if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// What it is built for; the engine's own platform if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// Arguments of the build. Whoever has the image can read them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
    /// Whether it is pushed; one that is not exists on its engine alone.
    pub push: bool,
    /// How long it may take.
    pub within: Length,
    /// The environment whose host builds it; the first if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<EnvName>,
    /// The working copy on that host; the folder of the compose file if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
}

/// Whether this names a commit by its own digits, and not by a name that can move.
pub fn is_commit(name: &str) -> bool {
    (7..=64).contains(&name.len()) && name.chars().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_named_by_its_digits() {
        for good in ["3f9c2ab", "3F9C2AB8", &"a".repeat(40), &"0".repeat(64)] {
            assert!(is_commit(good), "{good}");
        }
        for bad in ["", "main", "3f9c2a", "v1.4.0", "-3f9c2ab", &"a".repeat(65)] {
            assert!(!is_commit(bad), "{bad}");
        }
    }
}
