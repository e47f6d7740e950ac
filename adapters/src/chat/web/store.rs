//! The channel's own file, `channel.db`: one connection, one writer at a time.

mod events;
mod messages;
mod personal;
mod sessions;

use std::path::Path;

use chrono::{DateTime, Utc};
use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use tokio::sync::{Mutex, MutexGuard, watch};

pub(super) use events::{Event, Since, Subject};
pub(super) use messages::{Body, Message, NewMessage};
pub(super) use personal::{NewForm, NewPrivate, OpenForm, Private};

pub(super) type Result<T> = std::result::Result<T, sqlx::Error>;

/// Everything the channel remembers.
#[derive(Debug)]
pub(super) struct Store {
    db: Mutex<SqliteConnection>,
    /// The last event's number; whoever watches it reads what came after.
    latest: watch::Sender<i64>,
}

/// Where something happens: a channel, and the thread's first message in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) channel: String,
    pub(super) thread: Option<i64>,
}

impl Store {
    pub(super) async fn open(path: &Path) -> Result<Self> {
        keep_to_owner(path).map_err(sqlx::Error::Io)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            // In KiB: a page shows the end of a channel.
            .pragma("cache_size", "-512");
        let mut db = SqliteConnection::connect_with(&options).await?;
        let found: i64 = sqlx::query_scalar("PRAGMA user_version")
            .fetch_one(&mut db)
            .await?;
        if found > VERSION {
            return Err(sqlx::Error::Configuration(
                format!("its layout is number {found}, written by a newer version; this one knows layout {VERSION}").into(),
            ));
        }
        sqlx::raw_sql(SCHEMA).execute(&mut db).await?;
        let last = events::last(&mut db).await?;
        Ok(Self {
            db: Mutex::new(db),
            latest: watch::Sender::new(last),
        })
    }

    /// Wakes whenever something has happened.
    pub(super) fn watch(&self) -> watch::Receiver<i64> {
        self.latest.subscribe()
    }

    async fn db(&self) -> MutexGuard<'_, SqliteConnection> {
        self.db.lock().await
    }

    fn wake(&self, event: i64) {
        self.latest.send_if_modified(|last| {
            let newer = event > *last;
            *last = event.max(*last);
            newer
        });
    }
}

/// Private answers are in it: only the owner's account may read the file.
fn keep_to_owner(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn instant(millis: i64) -> Result<DateTime<Utc>> {
    DateTime::from_timestamp_millis(millis)
        .ok_or_else(|| sqlx::Error::Decode(format!("{millis} is no time").into()))
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))
}

fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| sqlx::Error::Decode(error.into()))
}

const VERSION: i64 = 1;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    thread INTEGER REFERENCES message (id),
    author TEXT NOT NULL,
    key TEXT,
    request TEXT,
    body TEXT NOT NULL,
    posted_at INTEGER NOT NULL,
    edited_at INTEGER,
    deleted INTEGER NOT NULL DEFAULT 0,
    UNIQUE (author, request)
);
CREATE INDEX IF NOT EXISTS message_by_place ON message (channel, thread, id);
CREATE INDEX IF NOT EXISTS message_by_key ON message (key) WHERE key IS NOT NULL;
CREATE TABLE IF NOT EXISTS reaction (
    message INTEGER NOT NULL REFERENCES message (id),
    account TEXT NOT NULL,
    emoji TEXT NOT NULL,
    PRIMARY KEY (message, emoji, account)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS private (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    request TEXT NOT NULL,
    channel TEXT NOT NULL,
    thread INTEGER,
    card TEXT NOT NULL,
    told_at INTEGER NOT NULL,
    UNIQUE (account, request)
);
CREATE TABLE IF NOT EXISTS form (
    account TEXT NOT NULL,
    request TEXT NOT NULL,
    channel TEXT NOT NULL,
    thread INTEGER,
    form TEXT NOT NULL,
    entered TEXT NOT NULL,
    mistakes TEXT NOT NULL,
    open INTEGER NOT NULL,
    shown_at INTEGER NOT NULL,
    PRIMARY KEY (account, request)
);
CREATE TABLE IF NOT EXISTS session (
    hash BLOB PRIMARY KEY,
    account TEXT NOT NULL,
    until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    account TEXT,
    subject TEXT NOT NULL
);
PRAGMA user_version = 1;
";
