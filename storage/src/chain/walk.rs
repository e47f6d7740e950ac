//! Goes along the log, line by line, and says what does not follow.
//!
//! The same walk judges a database and a bundle that left it.

use std::collections::BTreeMap;
use std::fmt;

use super::{Digest, Link, START, commitment};

/// One line of the log as it is kept, nothing in it interpreted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Its position, from 1.
    pub seq: u64,
    /// The name of its stream.
    pub stream: String,
    /// Its position in the stream, from 1.
    pub version: u64,
    /// What kind of event it is.
    pub kind: String,
    /// When, in microseconds since 1970.
    pub at_us: i64,
    /// Who or what caused it.
    pub actor: String,
    /// What it says, letter by letter; none once it was erased.
    pub payload: Option<String>,
    /// What was mixed into its commitment; none once it was erased.
    pub salt: Option<Vec<u8>>,
    /// The hash of salt and payload.
    pub commitment: Digest,
    /// The hash of the chain up to and with it.
    pub hash: Digest,
}

/// Something about one event that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The event's position.
    pub seq: u64,
    /// What is wrong with it.
    pub wrong: Wrong,
}

/// What can be wrong with an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// Events before it are missing, from this one on.
    Missing(u64),
    /// It stands behind a later one.
    Misplaced,
    /// It is earlier than the one before it.
    TooEarly,
    /// Its stream has a gap.
    Gap,
    /// What it says is not what it said.
    Changed,
    /// Something about it, or about one before it, is not what it was.
    Unlinked,
}

/// How far somebody has come along the log.
#[derive(Clone, Debug)]
pub struct Walk {
    seq: u64,
    hash: Digest,
    /// What the last hash ought to be, where it is not: the next one tells which
    /// of the two it was made from.
    ought: Option<Digest>,
    at_us: i64,
    versions: BTreeMap<String, u64>,
    from_the_start: bool,
}

impl Default for Walk {
    fn default() -> Self {
        Self::after(0, START)
    }
}

impl Walk {
    /// Begins behind an event whose hash is known; behind none, at the start.
    pub fn after(seq: u64, hash: Digest) -> Self {
        Self {
            seq,
            hash,
            ought: None,
            at_us: i64::MIN,
            versions: BTreeMap::new(),
            from_the_start: seq == 0,
        }
    }

    /// The event it has come to.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The hash of the chain there.
    pub fn hash(&self) -> Digest {
        self.hash
    }

    /// Goes on to the next line. What is wrong is told, and the walk goes on from
    /// there as if it were right, so that one mistake is not told of all that follow.
    pub fn step(&mut self, line: &LogLine) -> Option<Flaw> {
        let seq = line.seq;
        let found = |wrong| Some(Flaw { seq, wrong });
        if seq <= self.seq {
            return found(Wrong::Misplaced);
        }
        let expected = self.seq + 1;
        let (hash, at_us, ought) = (self.hash, self.at_us, self.ought.take());
        let before = self.versions.insert(line.stream.clone(), line.version);
        (self.seq, self.hash, self.at_us) = (seq, line.hash, line.at_us);
        if seq != expected {
            return found(Wrong::Missing(expected));
        }
        let kept = match (&line.payload, &line.salt) {
            (Some(payload), Some(salt)) => commitment(salt, payload) == line.commitment,
            // Both are erased together: one alone proves nothing.
            (payload, salt) => payload.is_none() && salt.is_none(),
        };
        if !kept {
            return found(Wrong::Changed);
        }
        let linked = |before: &Digest| line.link().hash(before, &line.commitment);
        if linked(&hash) != line.hash && ought.is_none_or(|it| linked(&it) != line.hash) {
            self.ought = Some(linked(&hash));
            return found(Wrong::Unlinked);
        }
        if line.at_us < at_us {
            return found(Wrong::TooEarly);
        }
        // Where the walk began behind the start, earlier versions are unknown.
        let known = before.or_else(|| self.from_the_start.then_some(0));
        if known.is_some_and(|before| line.version != before + 1) {
            return found(Wrong::Gap);
        }
        None
    }
}

impl LogLine {
    fn link(&self) -> Link<'_> {
        Link {
            seq: self.seq,
            at_us: self.at_us,
            kind: &self.kind,
            stream: &self.stream,
            version: self.version,
            actor: &self.actor,
        }
    }
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seq = self.seq;
        match self.wrong {
            Wrong::Missing(first) if first + 1 == seq => {
                write!(f, "event {first} is missing before event {seq}")
            }
            Wrong::Missing(first) => {
                write!(f, "events {first} to {} are missing", seq - 1)
            }
            Wrong::Misplaced => write!(f, "event {seq}: it stands behind a later one"),
            Wrong::TooEarly => write!(f, "event {seq}: it is earlier than the one before it"),
            Wrong::Gap => write!(f, "event {seq}: its stream has a gap"),
            Wrong::Changed => write!(f, "event {seq}: what it says was changed"),
            Wrong::Unlinked => write!(
                f,
                "event {seq}: its hash does not follow from what it says and the one before it"
            ),
        }
    }
}
