//! The store on one file: SQLite, one writer, a few readers.
//!
//! One connection writes, and what it knows by heart is forgotten by a write that
//! fails. Readers see the last commit. Each call is one job for the thread of a
//! connection, with all its statements.

mod body;
mod check;
mod copy;
mod decoded;
mod doubt;
mod failure;
pub mod inspect;
mod log;
mod mend;
mod open;
mod outbox;
mod place;
mod read;
mod recent;
mod seat;
mod shelf;
mod sql;
mod store;
mod write;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use tokio::sync::{Mutex, MutexGuard};

use crate::StoreError;
use crate::store::Tables;
use decoded::Decoded;
use seat::{Seat, ask, begin};
use shelf::Memo;
use sql::{maybe_value, run};

/// What opening needs from outside.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// Random bytes: the name of the database if it is new.
    pub instance: [u8; 16],
    /// How many connections read at a time: one to four.
    pub readers: usize,
}

/// One database file, held by this process alone.
pub struct SqliteStore {
    epoch: u64,
    instance: String,
    writer: Mutex<Seat>,
    memo: Arc<std::sync::Mutex<Option<Memo>>>,
    reader: Mutex<Seat>,
    more: Vec<Mutex<Seat>>,
    decoded: Arc<Decoded>,
    // The operating system gives it back when the process ends, however it ends.
    _lock: File,
}

/// The longest stream that is folded before the bot serves. A release has about sixty
/// events; an environment is open for ever and grows with each of them.
const LONGEST_BEFORE_READY: usize = 1_000;

/// Checks and a few people reading at once; more would only share the same disk.
const MAX_READERS: usize = 4;

impl SqliteStore {
    /// Opens a database, makes it if there is none, and begins an epoch.
    pub async fn open(path: impl AsRef<Path>, options: SqliteOptions) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        let lock = place::take(&path)?;
        open::check_version()?;
        let writer = open::writer(&path).await?;
        let (epoch, instance) = ask(&writer, move |conn| {
            open::migrate(conn)?;
            open::begin_epoch(conn, &options.instance)
        })
        .await?;
        let reader = Mutex::new(Seat::reader(path.clone(), open::reader(&path).await?));
        let mut more = Vec::new();
        for _ in 1..options.readers.clamp(1, MAX_READERS) {
            more.push(Mutex::new(Seat::reader(
                path.clone(),
                open::reader(&path).await?,
            )));
        }
        Ok(Self {
            epoch,
            instance,
            writer: Mutex::new(Seat::writer(path, writer)),
            memo: Arc::default(),
            reader,
            more,
            decoded: Arc::new(Decoded::new()),
            _lock: lock,
        })
    }

    /// Checks what was appended since this was last done: hashes the chain again and
    /// folds the streams it belongs to, then notes how far it came. The position of
    /// the last event.
    ///
    /// Streams so long that a start would wait for them are left out, and so is what
    /// was checked before: [`inspect::Inspection::look_beside`] has both.
    pub async fn verify_tail(&self) -> Result<u64, StoreError> {
        let mut writer = self.writer.lock().await;
        writer.ask(verify_tail).await
    }

    /// Hashes the log again from a position on. The position of the last event.
    pub async fn verify_chain(&self, from: u64) -> Result<u64, StoreError> {
        self.look(move |conn| log::chain(conn, from)).await
    }

    /// What the tables ought to say: the whole log folded anew.
    pub async fn rebuild(&self) -> Result<Tables, StoreError> {
        self.look(check::rebuild).await
    }

    /// What the tables say.
    pub async fn tables(&self) -> Result<Tables, StoreError> {
        match self.look(check::tables).await? {
            (tables, odd) if odd.is_empty() => Ok(tables),
            (_, odd) => Err(StoreError::Corrupt(odd.join("; "))),
        }
    }

    /// Writes a whole copy to a new file while everything goes on.
    pub async fn backup(&self, to: &Path) -> Result<(), StoreError> {
        let to = to.to_owned();
        self.read(move |conn| copy::write(conn, &to)).await
    }

    /// A reader that is free, or else the first once it is.
    async fn reader(&self) -> MutexGuard<'_, Seat> {
        for reader in std::iter::once(&self.reader).chain(&self.more) {
            if let Ok(free) = reader.try_lock() {
                return free;
            }
        }
        self.reader.lock().await
    }
}

fn verify_tail(conn: &mut Connection) -> Result<u64, StoreError> {
    let tx = begin(conn)?;
    let verified = "SELECT value FROM meta WHERE name = 'verified'";
    let verified: Option<String> = maybe_value(&tx, verified, [])?;
    let verified: u64 = verified.and_then(|it| it.parse().ok()).unwrap_or(0);
    let last = log::chain(&tx, verified + 1)?;
    check::streams_after(&tx, verified, LONGEST_BEFORE_READY)?;
    run(
        &tx,
        "INSERT INTO meta (name, value) VALUES ('verified', ?) \
         ON CONFLICT DO UPDATE SET value = excluded.value",
        [last.to_string()],
    )?;
    tx.commit().map_err(failure::commit_failed)?;
    Ok(last)
}

#[cfg(test)]
mod tests;
