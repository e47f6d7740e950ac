//! A connection's place: opened when needed, and again once it is lost.

use std::path::PathBuf;

use sqlx::Connection as _;
use sqlx::sqlite::{SqliteConnection, SqliteTransaction};

use super::failure::{failed, is_lost};
use super::open;
use crate::StoreError;

#[derive(Debug)]
pub(super) struct Seat {
    path: PathBuf,
    writes: bool,
    conn: Option<SqliteConnection>,
}

impl Seat {
    pub(super) fn writer(path: PathBuf, conn: SqliteConnection) -> Self {
        Self {
            path,
            writes: true,
            conn: Some(conn),
        }
    }

    pub(super) fn reader(path: PathBuf, conn: SqliteConnection) -> Self {
        Self {
            path,
            writes: false,
            conn: Some(conn),
        }
    }

    /// The connection.
    pub(super) async fn ready(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        let conn = match self.conn.take() {
            Some(conn) => conn,
            None if self.writes => open::writer(&self.path).await?,
            None => open::reader(&self.path).await?,
        };
        Ok(self.conn.insert(conn))
    }

    /// A transaction that sees one state throughout.
    pub(super) async fn snapshot(&mut self) -> Result<SqliteTransaction<'_>, StoreError> {
        self.ready().await?.begin().await.map_err(failed)
    }

    /// A transaction that writes.
    pub(super) async fn begin(&mut self) -> Result<SqliteTransaction<'_>, StoreError> {
        self.ready()
            .await?
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(failed)
    }

    /// Gives up a connection that may be the reason of an error.
    pub(super) fn after<T>(&mut self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        if result.as_ref().is_err_and(is_lost) {
            self.conn = None;
        }
        result
    }
}
