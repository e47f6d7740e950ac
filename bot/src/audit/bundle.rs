//! What a bundle holds: a tar with five files, each a line a thing.
//!
//! `docs/audit.md` tells outsiders the same.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shipbell_domain::Event;
use shipbell_domain::event::{ApplicationEvent, EnvironmentEvent, ReleaseEvent};
use shipbell_domain::ids::Hash;
use shipbell_storage::LogLine;

use super::hex::{bytes, digest, digits, name};

/// What this form of bundle is called; another form gets another name.
pub const FORMAT: &str = "shipbell-audit-1";

/// What the bundle holds, signed as a note.
pub const MANIFEST: &str = "manifest.note";
/// The keys that signed anything in it, one a line.
pub const KEYS: &str = "keys.txt";
/// The checkpoints that its events keep, one a line.
pub const CHECKPOINTS: &str = "checkpoints.jsonl";
/// The policies that its events name, one a line.
pub const POLICIES: &str = "policies.jsonl";
/// Events in the order of the log, one a line.
pub const EVENTS: &str = "events.jsonl";

/// All files, in the order they are written in.
pub const FILES: [&str; 5] = [MANIFEST, KEYS, CHECKPOINTS, POLICIES, EVENTS];

/// What a bundle claims to hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The form of the bundle.
    pub format: String,
    /// The database it is from.
    pub instance: String,
    /// When it was made.
    pub made: DateTime<Utc>,
    /// The beginning of the time it covers; none: from the first event.
    pub from: Option<DateTime<Utc>>,
    /// The end of that time, which it does not cover itself; none: to the last event.
    pub to: Option<DateTime<Utc>>,
    /// Where the log stood before the first event.
    pub before: Place,
    /// Where it stood with the last.
    pub last: Place,
    /// How many of the events were erased.
    pub erased: u64,
    /// Every other file.
    pub files: BTreeMap<String, Content>,
}

/// A position in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The position of an event; 0 before the first.
    pub seq: u64,
    /// The hash of the chain there.
    pub hash: Hash,
}

/// What is in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// How many lines.
    pub lines: u64,
    /// The SHA-256 of all of it.
    pub sha256: Hash,
}

/// A line of `events.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as in the log")]
pub struct EventLine {
    pub seq: u64,
    pub at_us: i64,
    pub kind: String,
    pub stream: String,
    pub version: u64,
    pub actor: String,
    pub salt: Option<String>,
    /// Letter by letter as it was hashed.
    pub payload: Option<String>,
    pub commitment: Hash,
    pub hash: Hash,
}

/// A line of `checkpoints.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckpointLine {
    /// The event that keeps it.
    pub event: u64,
    /// The key that signed it.
    pub key: String,
    /// The note.
    pub note: String,
}

/// A line of `policies.jsonl`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyLine {
    /// The hash it is known by.
    pub hash: Hash,
    /// What it says, letter by letter as it was hashed.
    pub body: String,
}

impl EventLine {
    /// A line of the log, to be written.
    pub fn of(line: &LogLine) -> Self {
        Self {
            seq: line.seq,
            at_us: line.at_us,
            kind: line.kind.clone(),
            stream: line.stream.clone(),
            version: line.version,
            actor: line.actor.clone(),
            salt: line.salt.as_deref().map(digits),
            payload: line.payload.clone(),
            commitment: name(&line.commitment),
            hash: name(&line.hash),
        }
    }

    /// Back to a line of the log; none if its salt is none.
    pub fn line(self) -> Option<LogLine> {
        let salt = match &self.salt {
            Some(salt) => Some(bytes(salt)?),
            None => None,
        };
        Some(LogLine {
            seq: self.seq,
            stream: self.stream,
            version: self.version,
            kind: self.kind,
            at_us: self.at_us,
            actor: self.actor,
            payload: self.payload,
            salt,
            commitment: digest(&self.commitment),
            hash: digest(&self.hash),
        })
    }
}

/// The policy an event names. What a later version wrote may be unknown here; it is
/// linked all the same.
pub fn policy_in(payload: &str) -> Option<Hash> {
    match serde_json::from_str(payload).ok()? {
        Event::Application(ApplicationEvent::PolicyAdopted { pinned }) => Some(pinned.hash),
        Event::Release(
            ReleaseEvent::Opened { policy, .. } | ReleaseEvent::PolicyChanged { policy },
        ) => Some(policy),
        Event::Release(ReleaseEvent::ManifestFixed { manifest })
        | Event::Environment(EnvironmentEvent::AttemptStarted { manifest, .. }) => {
            Some(manifest.policy)
        }
        Event::Application(_)
        | Event::Release(_)
        | Event::Environment(_)
        | Event::Incident(_)
        | Event::Agenda(_) => None,
    }
}

/// The header of a file in the tar. Nothing in it is left to chance, so that a changed
/// one is noticed.
pub fn header(file: &str, size: u64, made: u64) -> tar::Header {
    let mut header = tar::Header::new_ustar();
    header.set_path(file).expect("these names are short");
    header.set_entry_type(tar::EntryType::Regular);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(made);
    header.set_cksum();
    header
}
