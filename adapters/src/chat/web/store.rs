//! The channel's own file, `channel.db`: one connection on a thread of its own, so
//! that whatever is asked of it happens one after the other.

mod columns;
mod events;
mod messages;
mod personal;
mod sessions;
mod sql;

use std::io;
use std::path::Path;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use tokio::sync::watch;

pub(super) use events::{Event, Since, Subject};
pub(super) use messages::{Body, Message, NewMessage};
pub(super) use personal::{NewForm, NewPrivate, OpenForm, Private};

pub(super) type Result<T> = std::result::Result<T, StoreTrouble>;

/// Everything the channel remembers.
#[derive(Debug)]
pub(super) struct Store {
    db: tokio_rusqlite::Connection,
    /// The last event's number; whoever watches it reads what came after.
    latest: watch::Sender<i64>,
}

/// Where something happens: a channel, and the thread's first message in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) channel: String,
    pub(super) thread: Option<i64>,
}

/// Why the channel's file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreTrouble {
    /// It cannot be made, or not opened for writing.
    #[error(transparent)]
    File(#[from] io::Error),
    /// What a newer version keeps may mean something else.
    #[error(
        "its layout is number {0}, written by a newer version; this one knows layout {VERSION}"
    )]
    Newer(i64),
    /// A statement failed, or what it found makes no sense.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// The connection's thread has ended.
    #[error("it is closed; start the program again")]
    Closed,
}

impl Store {
    pub(super) async fn open(path: &Path) -> Result<Self> {
        keep_to_owner(path)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = tokio_rusqlite::Connection::open_with_flags(path, flags).await?;
        let last = db.call(prepare).await?;
        Ok(Self {
            db,
            latest: watch::Sender::new(last),
        })
    }

    /// Wakes whenever something has happened.
    pub(super) fn watch(&self) -> watch::Receiver<i64> {
        self.latest.subscribe()
    }

    /// Does `work` on the connection's thread, to its end even if nobody waits for it.
    async fn call<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T> {
        Ok(self.db.call(work).await?)
    }

    /// Does `work` in a transaction. If it comes to an event, what it did is kept and
    /// whoever watches wakes; if not, nothing has changed.
    async fn record<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<(T, Option<i64>)> + Send + 'static,
    ) -> Result<T> {
        let latest = self.latest.clone();
        // Woken on the connection's thread: whoever waits here may leave before.
        self.call(move |db| {
            let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let (done, event) = work(&tx)?;
            if let Some(event) = event {
                tx.commit()?;
                latest.send_replace(event);
            }
            Ok(done)
        })
        .await
    }
}

impl<E: Into<StoreTrouble>> From<tokio_rusqlite::Error<E>> for StoreTrouble {
    fn from(error: tokio_rusqlite::Error<E>) -> Self {
        match error {
            tokio_rusqlite::Error::Error(error) => error.into(),
            tokio_rusqlite::Error::Close((_, error)) => Self::Sqlite(error),
            // The library's list is open; all else it can say is that nobody listens.
            _ => Self::Closed,
        }
    }
}

/// Private answers are in it: only the owner's account may read the file.
fn keep_to_owner(path: &Path) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Makes what is missing in the file; the number of the last event in it.
fn prepare(db: &mut Connection) -> Result<i64> {
    db.execute_batch(SETTINGS)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (found,) = sql::one(&tx, "PRAGMA user_version", ())?;
    if found > VERSION {
        return Err(StoreTrouble::Newer(found));
    }
    tx.execute_batch(SCHEMA)?;
    let last = events::last(&tx)?;
    tx.commit()?;
    Ok(last)
}

/// More than there are here, so that each is prepared once.
const STATEMENTS: usize = 64;

const SETTINGS: &str = "
PRAGMA busy_timeout = 5000;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
-- In KiB: a page shows the end of a channel.
PRAGMA cache_size = -512;
";

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
