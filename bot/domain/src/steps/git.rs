//! Bring a working copy on the host to a commit, or mark one. Safe to do twice.

use serde::{Deserialize, Serialize};

/// One thing `git` does in a working copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Git {
    /// The working copy, an absolute path; the folder of the compose file if not said.
    pub directory: Option<String>,
    /// The remote it fetches from and pushes to.
    pub remote: String,
    /// What it does.
    pub action: GitAction,
}

/// What `git` does. In names `{version}` and `{sha}` stand for the release's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GitAction {
    /// Fetch branches and tags.
    Fetch,
    /// Make the working copy this branch, tag or commit.
    Checkout {
        /// Its name.
        name: String,
    },
    /// Mark the release's commit, or the one that is checked out, with a tag.
    Tag {
        /// The tag.
        name: String,
        /// What it says.
        message: String,
    },
    /// Push a tag or a branch.
    Push {
        /// Its name.
        name: String,
    },
}

impl Git {
    pub(super) fn title(&self) -> String {
        match &self.action {
            GitAction::Fetch => format!("Fetch from {}", self.remote),
            GitAction::Checkout { name } => format!("Check {name} out"),
            GitAction::Tag { name, .. } => format!("Tag {name}"),
            GitAction::Push { name } => format!("Push {name} to {}", self.remote),
        }
    }

    /// Whether each host has to do it for itself.
    pub(super) fn is_for_one_host(&self) -> bool {
        match &self.action {
            GitAction::Fetch | GitAction::Checkout { .. } => true,
            GitAction::Tag { .. } | GitAction::Push { .. } => false,
        }
    }

    /// Whether the working copy stays as it is.
    pub(super) fn touches_nothing(&self) -> bool {
        match &self.action {
            GitAction::Fetch | GitAction::Tag { .. } | GitAction::Push { .. } => true,
            GitAction::Checkout { .. } => false,
        }
    }
}
