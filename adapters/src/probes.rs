//! Questions to a running program: the port `Probes`.
//!
//! One call asks once. Whoever calls repeats it, by a clock of its own, for as
//! long as [`Probe::attempts`] says.

#[cfg(feature = "http")]
pub mod http;
mod judge;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use judge::{Answer, judge};

use crate::secret::Secret;

/// Asks programs whether they are well.
#[async_trait]
pub trait Probes: Send + Sync {
    /// Asks once. A program that does not answer is a reading like any other.
    async fn ask(&self, probe: &Probe) -> Reading;
}

/// A question over HTTP and the answer that is expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Where.
    pub url: String,
    /// How.
    pub method: Method,
    /// Sent along, as it is.
    pub body: Option<Secret>,
    /// Sent along.
    pub headers: BTreeMap<String, Secret>,
    /// A name and a password, sent along.
    pub login: Option<(String, Secret)>,
    /// What must be true of the answer.
    pub expect: Expect,
    /// The longest an answer may take; of a call that only looks never more than
    /// ten seconds, of any other two minutes.
    pub within: Duration,
    /// How often to ask before giving up, for the caller.
    pub attempts: u32,
    /// How long to wait in between, for the caller.
    pub every: Duration,
}

/// How to ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// For an answer with its body.
    #[default]
    Get,
    /// For an answer without its body.
    Head,
    /// To have something done.
    Post,
    /// To put something in a place.
    Put,
    /// To change something in its place.
    Patch,
    /// To remove something.
    Delete,
}

impl Method {
    /// Whether it changes nothing.
    pub fn only_looks(self) -> bool {
        match self {
            Self::Get | Self::Head => true,
            Self::Post | Self::Put | Self::Patch | Self::Delete => false,
        }
    }
}

/// What must be true of an answer; all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    /// Its status; none for any from 200 to 299.
    pub status: Option<u16>,
    /// Headers by name, and text that must be in them; empty for any.
    pub headers: BTreeMap<String, String>,
    /// Values of a JSON body by their pointer, such as `/build/version`.
    pub json: BTreeMap<String, Value>,
    /// Text that must be in the body.
    pub contains: Vec<String>,
    /// The name of a cookie that must be set.
    pub cookie: Option<String>,
    /// How fast it must come.
    pub faster_than: Option<Duration>,
}

/// What one try showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// Everything was as expected.
    pub passed: bool,
    /// What was not, or why there is no answer.
    pub findings: Vec<String>,
    /// The status, if there was an answer.
    pub status: Option<u16>,
    /// How long it took.
    pub latency_ms: u64,
    /// The beginning of the body: cleaned, redacted, bounded.
    pub body: String,
}

impl Probe {
    /// Asks for a page once and expects that all is well.
    pub fn get(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            method: Method::Get,
            body: None,
            headers: BTreeMap::new(),
            login: None,
            expect: Expect::default(),
            within: Duration::from_secs(10),
            attempts: 1,
            every: Duration::from_secs(1),
        }
    }
}
