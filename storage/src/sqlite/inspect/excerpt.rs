//! Reads parts of the log that are to leave the database, as they are kept.
//!
//! The log only grows, so pages read one after the other fit together, also while
//! a bot appends to it.

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use shipbell_domain::ids::Hash;
use shipbell_domain::policy::Policy;

use super::Inspection;
use crate::StoreError;
use crate::chain::{Digest, LogLine};
use crate::names::{checked, count, micros};
use crate::sqlite::body::read;
use crate::sqlite::log;
use crate::sqlite::sql::{all, maybe_value};

/// A part of the log without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The event before its first, and the hash of the chain there; 0 before the very first.
    pub before: (u64, Digest),
    /// Its last event and the hash there; the same as before it if it has none.
    pub last: (u64, Digest),
}

impl Inspection {
    /// The events from one time until before another.
    pub async fn stretch(
        &mut self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Stretch, StoreError> {
        let job = move |conn: &Connection| {
            let before = last_before(conn, from)?;
            let last = last_before(conn, to)?.max(before);
            Ok(Stretch {
                before: (before, log::behind(conn, before)?.hash()),
                last: (last, log::behind(conn, last)?.hash()),
            })
        };
        self.at_one_moment(job).await
    }

    /// Lines after a position, in order.
    pub async fn lines(&mut self, after: u64, most: usize) -> Result<Vec<LogLine>, StoreError> {
        self.at_one_moment(move |conn| log::lines(conn, after, most))
            .await
    }

    /// Lines of one kind after a position, in order.
    pub async fn lines_of(
        &mut self,
        kind: &str,
        after: u64,
        most: usize,
    ) -> Result<Vec<LogLine>, StoreError> {
        let kind = kind.to_owned();
        self.at_one_moment(move |conn| log::lines_of(conn, &kind, after, most))
            .await
    }

    /// Every policy that was ever in force, by its name.
    pub async fn policies(&mut self) -> Result<Vec<(Hash, Policy)>, StoreError> {
        let job = |conn: &Connection| {
            let query = "SELECT hash, body FROM policy ORDER BY hash";
            let rows: Vec<(String, String)> = all(conn, query, [])?;
            let row =
                |(hash, body): (String, String)| Ok((checked(Hash::new(hash))?, read(&body)?));
            rows.into_iter().map(row).collect()
        };
        self.at_one_moment(job).await
    }
}

/// The last event before a time: time never goes back in the log.
fn last_before(conn: &Connection, time: DateTime<Utc>) -> Result<u64, StoreError> {
    let query = "SELECT seq FROM event WHERE at_us < ? ORDER BY seq DESC LIMIT 1";
    let seq: Option<i64> = maybe_value(conn, query, [micros(time)])?;
    seq.map_or(Ok(0), count)
}
