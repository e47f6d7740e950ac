//! Who is signed in; only hashes of the cookies are kept.

use chrono::{DateTime, Utc};
use sqlx::Connection as _;

use super::{Result, Store};

/// How many sessions one person may have; the one that ends first makes room.
const PER_PERSON: i64 = 20;

impl Store {
    pub(in super::super) async fn add_session(
        &self,
        hash: &[u8],
        account: &str,
        (now, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<()> {
        let mut db = self.db().await;
        let mut tx = db.begin().await?;
        sqlx::query("DELETE FROM session WHERE until <= ?")
            .bind(now.timestamp_millis())
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO session (hash, account, until) VALUES (?, ?, ?)")
            .bind(hash)
            .bind(account)
            .bind(until.timestamp_millis())
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "DELETE FROM session WHERE account = ?1 AND hash NOT IN
             (SELECT hash FROM session WHERE account = ?1 ORDER BY until DESC LIMIT ?2)",
        )
        .bind(account)
        .bind(PER_PERSON)
        .execute(&mut *tx)
        .await?;
        tx.commit().await
    }

    pub(in super::super) async fn session(
        &self,
        hash: &[u8],
        now: DateTime<Utc>,
    ) -> Result<Option<String>> {
        sqlx::query_scalar("SELECT account FROM session WHERE hash = ? AND until > ?")
            .bind(hash)
            .bind(now.timestamp_millis())
            .fetch_optional(&mut *self.db().await)
            .await
    }

    pub(in super::super) async fn end_session(&self, hash: &[u8]) -> Result<()> {
        sqlx::query("DELETE FROM session WHERE hash = ?")
            .bind(hash)
            .execute(&mut *self.db().await)
            .await
            .map(drop)
    }
}
