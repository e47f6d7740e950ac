//! What happened, in order: the numbers behind `Last-Event-ID`.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row};

use super::sql::{all, maybe, run};
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
        self.call(|db| last(db)).await
    }

    /// What `account` may know of `channel` after event `after`.
    pub(in super::super) async fn since(
        &self,
        after: i64,
        channel: &str,
        account: &str,
    ) -> Result<Since> {
        let (channel, account) = (channel.to_owned(), account.to_owned());
        self.call(move |db| {
            let newest = last(db)?;
            if newest - after > KEPT || after > newest {
                return Ok(Since::TooMuch(newest));
            }
            let query = "SELECT id, subject FROM event
                 WHERE id > ? AND channel = ? AND (account IS NULL OR account = ?)
                 ORDER BY id LIMIT ?";
            all(db, query, (after, channel, account, BATCH)).map(Since::Events)
        })
        .await
    }
}

/// The last event's number.
pub(super) fn last(db: &Connection) -> rusqlite::Result<i64> {
    // The sequence outlives the pruned rows; the table alone would start again at nothing.
    let query = "SELECT seq FROM sqlite_sequence WHERE name = 'event'";
    let found = maybe(db, query, ())?;
    Ok(found.map_or(0, |(last,)| last))
}

/// Notes what changed, for everybody or for `account` alone.
pub(super) fn note(
    db: &Connection,
    spot: &Spot,
    account: Option<&str>,
    subject: Subject,
) -> rusqlite::Result<i64> {
    let insert = "INSERT INTO event (channel, account, subject) VALUES (?, ?, ?)";
    run(db, insert, (&spot.channel, account, subject))?;
    let id = db.last_insert_rowid();
    run(db, "DELETE FROM event WHERE id <= ?", (id - KEPT,))?;
    Ok(id)
}

impl TryFrom<&Row<'_>> for Event {
    type Error = rusqlite::Error;

    fn try_from(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get("id")?,
            subject: row.get("subject")?,
        })
    }
}

impl ToSql for Subject {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Message(id) => format!("message {id}").into(),
            Self::Private(id) => format!("private {id}").into(),
            Self::Form => "form".into(),
        })
    }
}

impl FromSql for Subject {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        let unknown = || FromSqlError::Other(format!("no event subject: {text}").into());
        let number = |digits: &str| digits.parse().map_err(|_| unknown());
        match text.split_once(' ') {
            Some(("message", digits)) => number(digits).map(Self::Message),
            Some(("private", digits)) => number(digits).map(Self::Private),
            Some(_) => Err(unknown()),
            None => Ok(Self::Form),
        }
    }
}
