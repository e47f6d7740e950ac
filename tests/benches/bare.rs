//! SQLite without the bot: the same settings, nothing else.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::measure::{Failed, note};

/// The word on which the measures' own binary becomes the bare program.
pub(crate) const WORD: &str = "bare";

/// The settings that the store gives its connections.
const SETTINGS: &str = "
PRAGMA busy_timeout = 5000;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA trusted_schema = OFF;
PRAGMA cell_size_check = ON;
PRAGMA wal_autocheckpoint = 1000;
PRAGMA mmap_size = 0;
PRAGMA cache_size = -768;
";

/// Opens a database that is there with them.
pub(crate) fn open(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    conn.execute_batch(SETTINGS)?;
    Ok(conn)
}

/// A program that opens a database, reads where its log ends, and says so.
pub(crate) fn program(path: &Path) -> Result<(), Failed> {
    let conn = open(path)?;
    let head = "SELECT seq, at_us, hash FROM log_head WHERE one = 1";
    let (seq, _, _): (i64, i64, Vec<u8>) = conn.query_row(head, (), |row| row.try_into())?;
    note(WORD, &format!("the log ends at event {seq}"));
    Ok(())
}
