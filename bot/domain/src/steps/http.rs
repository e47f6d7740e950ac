//! Call an address, or ask it until the answer fits.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Value;
use crate::calendar::Length;

/// A request and what its answer must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Http {
    /// How.
    pub method: Method,
    /// The whole address; `{version}` and `{sha}` stand for the release's.
    pub url: String,
    /// Headers that are sent along.
    pub send: BTreeMap<String, Value>,
    /// What is sent along.
    pub body: Option<String>,
    /// The status; any of 200 to 299 if not said.
    pub status: Option<u16>,
    /// JSON pointers and the values there.
    pub json: BTreeMap<String, String>,
    /// Words the answer must hold.
    pub contains: Option<String>,
    /// Asked again so often until the answer fits or the time is up; once if not said.
    pub poll: Option<Length>,
    /// Never repeated without a person.
    pub once: bool,
}

/// How an address is called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
#[expect(missing_docs, reason = "the protocol's own names")]
pub enum Method {
    #[default]
    Get,
    Head,
    Post,
    Put,
    Patch,
    Delete,
}

impl Http {
    pub(super) fn title(&self) -> String {
        let rest = (self.url.split_once("://")).map_or(self.url.as_str(), |(_, rest)| rest);
        format!("{} {rest}", self.method.word())
    }
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Get,
        Self::Head,
        Self::Post,
        Self::Put,
        Self::Patch,
        Self::Delete,
    ];

    /// The protocol's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// Whether calling it changes nothing.
    pub fn only_looks(self) -> bool {
        match self {
            Self::Get | Self::Head => true,
            Self::Post | Self::Put | Self::Patch | Self::Delete => false,
        }
    }
}
