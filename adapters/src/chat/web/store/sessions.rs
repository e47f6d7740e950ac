//! Who is signed in; only hashes of the cookies are kept.

use chrono::{DateTime, Utc};
use rusqlite::TransactionBehavior;

use super::columns::Millis;
use super::sql::{maybe, run};
use super::{Result, Store};

/// How many sessions one person may have; the one that ends first makes room.
const PER_PERSON: i64 = 20;

impl Store {
    pub(in super::super) async fn add_session(
        &self,
        hash: [u8; 32],
        account: &str,
        (now, until): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<()> {
        let account = account.to_owned();
        self.call(move |db| {
            let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            run(&tx, "DELETE FROM session WHERE until <= ?", (Millis(now),))?;
            run(
                &tx,
                "INSERT INTO session (hash, account, until) VALUES (?, ?, ?)",
                (hash, &account, Millis(until)),
            )?;
            run(
                &tx,
                "DELETE FROM session WHERE account = ?1 AND hash NOT IN
                 (SELECT hash FROM session WHERE account = ?1 ORDER BY until DESC LIMIT ?2)",
                (&account, PER_PERSON),
            )?;
            tx.commit()
        })
        .await
    }

    pub(in super::super) async fn session(
        &self,
        hash: [u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<String>> {
        self.call(move |db| {
            let query = "SELECT account FROM session WHERE hash = ? AND until > ?";
            let found: Option<(String,)> = maybe(db, query, (hash, Millis(now)))?;
            Ok(found.map(|(account,)| account))
        })
        .await
    }

    pub(in super::super) async fn end_session(&self, hash: [u8; 32]) -> Result<()> {
        self.call(move |db| run(db, "DELETE FROM session WHERE hash = ?", (hash,)).map(drop))
            .await
    }
}
