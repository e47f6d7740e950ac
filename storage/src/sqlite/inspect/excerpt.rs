//! Reads parts of the log that are to leave the database, as they are kept.
//!
//! The log only grows, so pages read one after the other fit together, also while
//! a bot appends to it.

use chrono::{DateTime, Utc};
use shipbell_domain::ids::Hash;
use shipbell_domain::policy::Policy;
use sqlx::sqlite::SqliteConnection;

use super::Inspection;
use crate::StoreError;
use crate::chain::{Digest, LogLine};
use crate::names::{checked, count, micros};
use crate::sqlite::body::read;
use crate::sqlite::failure::failed;
use crate::sqlite::log;

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
        let mut tx = self.snapshot().await?;
        let before = last_before(&mut tx, from).await?;
        let last = last_before(&mut tx, to).await?.max(before);
        Ok(Stretch {
            before: (before, log::behind(&mut tx, before).await?.hash()),
            last: (last, log::behind(&mut tx, last).await?.hash()),
        })
    }

    /// Lines after a position, in order.
    pub async fn lines(&mut self, after: u64, most: usize) -> Result<Vec<LogLine>, StoreError> {
        let mut tx = self.snapshot().await?;
        log::lines(&mut tx, after, most).await
    }

    /// Lines of one kind after a position, in order.
    pub async fn lines_of(
        &mut self,
        kind: &str,
        after: u64,
        most: usize,
    ) -> Result<Vec<LogLine>, StoreError> {
        let mut tx = self.snapshot().await?;
        log::lines_of(&mut tx, kind, after, most).await
    }

    /// Every policy that was ever in force, by its name.
    pub async fn policies(&mut self) -> Result<Vec<(Hash, Policy)>, StoreError> {
        let mut tx = self.snapshot().await?;
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT hash, body FROM policy ORDER BY hash")
                .fetch_all(&mut *tx)
                .await
                .map_err(failed)?;
        let row = |(hash, body): (String, String)| Ok((checked(Hash::new(hash))?, read(&body)?));
        rows.into_iter().map(row).collect()
    }
}

/// The last event before a time: time never goes back in the log.
async fn last_before(conn: &mut SqliteConnection, time: DateTime<Utc>) -> Result<u64, StoreError> {
    let seq: Option<i64> =
        sqlx::query_scalar("SELECT seq FROM event WHERE at_us < ? ORDER BY seq DESC LIMIT 1")
            .bind(micros(time))
            .fetch_optional(conn)
            .await
            .map_err(failed)?;
    seq.map_or(Ok(0), count)
}
