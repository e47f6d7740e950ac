//! Ways to prove that an environment is well: the closed list.
//!
//! Smoke tests and monitoring ticks use the same ones.

mod http;
mod logs;

use serde::{Deserialize, Serialize};

pub use http::HttpCheck;
pub use logs::LogCheck;

use crate::calendar::Length;
use crate::steps::Ask;

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What people read, if the team named it.
    pub title: Option<String>,
    /// How often it is tried before it has failed; at least once.
    pub tries: u32,
    /// The pause between tries.
    pub every: Length,
    /// What is looked at.
    pub kind: CheckKind,
}

/// The kinds of checks there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CheckKind {
    /// Ask an address.
    Http(HttpCheck),
    /// Look at what a service wrote.
    Logs(LogCheck),
    /// Have a person look.
    Ask(Ask),
}

impl Check {
    /// What people read.
    pub fn title(&self) -> String {
        self.title.clone().unwrap_or_else(|| match &self.kind {
            CheckKind::Http(it) => it.title(),
            CheckKind::Logs(it) => it.title(),
            CheckKind::Ask(it) => it.title(),
        })
    }
}
