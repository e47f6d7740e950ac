//! SQLite without the bot: the same settings, nothing else.

use std::path::Path;
use std::time::Duration;

use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};

use crate::measure::{Failed, note};

/// The word on which the measures' own binary becomes the bare program.
pub(crate) const WORD: &str = "bare";

/// Opens a database with the settings that the store gives its connections.
pub(crate) async fn open(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        .foreign_keys(true)
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .pragma("wal_autocheckpoint", "1000")
        .pragma("mmap_size", "0")
        .statement_cache_capacity(200)
        .connect()
        .await
}

/// A program that opens a database, reads where its log ends, and says so.
pub(crate) async fn program(path: &Path) -> Result<(), Failed> {
    let mut conn = open(path).await?;
    let (seq, _, _): (i64, i64, Vec<u8>) =
        sqlx::query_as("SELECT seq, at_us, hash FROM log_head WHERE one = 1")
            .fetch_one(&mut conn)
            .await?;
    note(WORD, &format!("the log ends at event {seq}"));
    Ok(())
}
