//! Ask an address and compare the answer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calendar::Length;

/// A request and what its answer must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpCheck {
    /// The whole address; `{version}` and `{sha}` stand for the release's.
    pub url: String,
    /// The status; any of 200 to 299 if not said.
    pub status: Option<u16>,
    /// Headers and what they must hold.
    pub headers: BTreeMap<String, String>,
    /// JSON pointers and the values there.
    pub json: BTreeMap<String, String>,
    /// Words the body must hold.
    pub contains: Option<String>,
    /// A cookie the answer must set.
    pub cookie: Option<String>,
    /// The longest the answer may take.
    pub within: Option<Length>,
}

impl HttpCheck {
    pub(super) fn title(&self) -> String {
        let rest = self
            .url
            .split_once("://")
            .map_or(self.url.as_str(), |(_, rest)| rest);
        let path = rest.find('/').map_or("/", |at| &rest[at..]);
        format!("GET {path}")
    }
}
