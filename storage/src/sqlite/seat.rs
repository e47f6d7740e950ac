//! A connection's place: opened when needed, and again once it is lost.
//!
//! Each connection has a thread of its own, which waits for the disk so that nobody
//! else has to. What is asked of it is one job, with all its statements: going there
//! and back costs more than most statements do.

use std::path::PathBuf;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio_rusqlite::{Connection as Thread, Error};

use super::failure::{failed, gone, is_lost};
use super::open;
use crate::StoreError;

#[derive(Debug)]
pub(super) struct Seat {
    path: PathBuf,
    writes: bool,
    thread: Option<Thread>,
}

impl Seat {
    pub(super) fn writer(path: PathBuf, thread: Thread) -> Self {
        Self {
            path,
            writes: true,
            thread: Some(thread),
        }
    }

    pub(super) fn reader(path: PathBuf, thread: Thread) -> Self {
        Self {
            path,
            writes: false,
            thread: Some(thread),
        }
    }

    /// Does one job with the connection, to its end even if nobody waits for it any
    /// more. A connection that may be the reason of an error is given up.
    pub(super) async fn ask<T: Send + 'static>(
        &mut self,
        job: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let thread = match self.thread.take() {
            Some(thread) => thread,
            None if self.writes => open::writer(&self.path).await?,
            None => open::reader(&self.path).await?,
        };
        let thread = self.thread.insert(thread);
        let result = ask(thread, job).await;
        if result.as_ref().is_err_and(is_lost) {
            self.thread = None;
        }
        result
    }
}

/// Does one job with a connection.
pub(super) async fn ask<T: Send + 'static>(
    thread: &Thread,
    job: impl FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    thread.call(job).await.map_err(|error| match error {
        Error::Error(error) => error,
        // It ended in the middle of a job, or before: nobody knows.
        _ => gone(),
    })
}

/// A transaction that sees one state throughout.
pub(super) fn snapshot(conn: &mut Connection) -> Result<Transaction<'_>, StoreError> {
    conn.transaction().map_err(failed)
}

/// A transaction that writes.
pub(super) fn begin(conn: &mut Connection) -> Result<Transaction<'_>, StoreError> {
    conn.transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(failed)
}
