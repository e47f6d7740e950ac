//! What happened, in order: the numbers behind `Last-Event-ID`.

use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

use super::{Result, Spot, Store};

/// How many events a page that was away can catch up on; then it loads afresh.
const KEPT: i64 = 5_000;

/// How many events are read at once.
const BATCH: i64 = 200;

/// Something a page must draw again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Event {
    pub(in super::super) id: i64,
    pub(in super::super) subject: Subject,
}

/// What changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Subject {
    /// A message, by its number.
    Message(i64),
    /// A private answer, by its number.
    Private(i64),
    /// The person's open form.
    Form,
}

/// What there is to read after a number.
#[derive(Debug)]
pub(in super::super) enum Since {
    /// These, oldest first.
    Events(Vec<Event>),
    /// Too much was missed: load the page again. The number is the newest.
    TooMuch(i64),
}

impl Store {
    /// The last event's number.
    pub(in super::super) async fn last_event(&self) -> Result<i64> {
        last(&mut *self.db().await).await
    }

    /// What `account` may know of `channel` after event `after`.
    pub(in super::super) async fn since(
        &self,
        after: i64,
        channel: &str,
        account: &str,
    ) -> Result<Since> {
        let mut db = self.db().await;
        let newest = last(&mut db).await?;
        if newest - after > KEPT || after > newest {
            return Ok(Since::TooMuch(newest));
        }
        let rows = sqlx::query(
            "SELECT id, subject FROM event
             WHERE id > ? AND channel = ? AND (account IS NULL OR account = ?)
             ORDER BY id LIMIT ?",
        )
        .bind(after)
        .bind(channel)
        .bind(account)
        .bind(BATCH)
        .fetch_all(&mut *db)
        .await?;
        let mut events = Vec::with_capacity(rows.len());
        for row in rows {
            events.push(Event {
                id: row.try_get("id")?,
                subject: Subject::parse(row.try_get("subject")?)?,
            });
        }
        Ok(Since::Events(events))
    }
}

impl Subject {
    fn to_text(self) -> String {
        match self {
            Self::Message(id) => format!("message {id}"),
            Self::Private(id) => format!("private {id}"),
            Self::Form => "form".to_owned(),
        }
    }

    fn parse(text: &str) -> Result<Self> {
        let number = |digits: &str| {
            digits
                .parse()
                .map_err(|_| sqlx::Error::Decode(format!("no event subject: {text}").into()))
        };
        match text.split_once(' ') {
            Some(("message", digits)) => Ok(Self::Message(number(digits)?)),
            Some(("private", digits)) => Ok(Self::Private(number(digits)?)),
            Some(_) => Err(sqlx::Error::Decode(
                format!("no event subject: {text}").into(),
            )),
            None => Ok(Self::Form),
        }
    }
}

pub(super) async fn last(db: &mut SqliteConnection) -> Result<i64> {
    // The sequence outlives the pruned rows; the table alone would start again at nothing.
    let found: Option<i64> =
        sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = 'event'")
            .fetch_optional(db)
            .await?;
    Ok(found.unwrap_or(0))
}

/// Notes what changed, for everybody or for `account` alone.
pub(super) async fn note(
    db: &mut SqliteConnection,
    spot: &Spot,
    account: Option<&str>,
    subject: Subject,
) -> Result<i64> {
    let id = sqlx::query("INSERT INTO event (channel, account, subject) VALUES (?, ?, ?)")
        .bind(&spot.channel)
        .bind(account)
        .bind(subject.to_text())
        .execute(&mut *db)
        .await?
        .last_insert_rowid();
    sqlx::query("DELETE FROM event WHERE id <= ?")
        .bind(id - KEPT)
        .execute(db)
        .await?;
    Ok(id)
}
