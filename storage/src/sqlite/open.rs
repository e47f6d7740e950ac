//! Opens a database: settings, version, migrations, epoch.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{Error as MigrationError, M, MigrationDefinitionError, Migrations};
use tokio_rusqlite::Connection as Thread;

use super::failure::{commit_failed, failed};
use super::seat::{ask, begin};
use super::sql::{run, value};
use crate::{StoreError, names};

/// Earlier ones can damage a database when a checkpoint meets a write.
const OLDEST_SQLITE: i32 = 3_051_003;

/// Each builds on what those before it made; `user_version` says how many were done.
const MIGRATIONS: &[M<'static>] = &[
    M::up(include_str!("../../../migrations/sqlite/0001_start.sql")),
    M::up(include_str!("../../../migrations/sqlite/0002_doubt.sql")),
];

/// What every connection has in common. The cache is in KiB: decisions read few rows
/// and by key, and the system caches the file as well.
const COMMON: &str = "PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; \
     PRAGMA mmap_size = 0; PRAGMA cache_size = -768;";

/// How those are set up that work on the database; `FULL`, because what a person was
/// told is recorded must outlast a power cut.
const AT_WORK: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 1000;";

/// How long a connection waits for another one's lock.
const MAX_BUSY: Duration = Duration::from_secs(5);

/// More statements than there are.
const MAX_PREPARED: usize = 200;

/// A connection that only looks, whoever else works on the file, and takes the
/// file as it is: a copy may lie in another journal mode.
pub(super) async fn onlooker(path: &Path) -> Result<Thread, StoreError> {
    connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, &[COMMON]).await
}

/// A connection that can only read; it must come after one that writes.
pub(super) async fn reader(path: &Path) -> Result<Thread, StoreError> {
    let set_up = &[COMMON, AT_WORK];
    connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY, set_up).await
}

/// The connection that writes.
pub(super) async fn writer(path: &Path) -> Result<Thread, StoreError> {
    let set_up = &[COMMON, AT_WORK];
    connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE, set_up).await
}

async fn connect(
    path: &Path,
    may: OpenFlags,
    set_up: &'static [&'static str],
) -> Result<Thread, StoreError> {
    // One thread has it: SQLite need not guard it.
    let flags = may | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let thread = Thread::open_with_flags(path, flags).await.map_err(failed)?;
    ask(&thread, move |conn| {
        conn.busy_timeout(MAX_BUSY).map_err(failed)?;
        conn.set_prepared_statement_cache_capacity(MAX_PREPARED);
        for settings in set_up {
            conn.execute_batch(settings).map_err(failed)?;
        }
        Ok(())
    })
    .await?;
    Ok(thread)
}

/// Refuses a library that is known to damage databases.
pub(super) fn check_version() -> Result<(), StoreError> {
    if rusqlite::version_number() >= OLDEST_SQLITE {
        return Ok(());
    }
    Err(StoreError::Unusable {
        what: format!(
            "this program was built with SQLite {}, which can damage a database",
            rusqlite::version()
        ),
        hint: "Build it with SQLite 3.51.3 or newer".to_owned(),
    })
}

/// Brings the tables to what this program knows.
pub(super) fn migrate(conn: &mut Connection) -> Result<(), StoreError> {
    count_anew(conn)?;
    match Migrations::from_slice(MIGRATIONS).to_latest(conn) {
        Ok(()) => Ok(()),
        Err(MigrationError::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead)) => {
            Err(too_new(version(conn)?))
        }
        Err(MigrationError::RusqliteError { err, .. }) => Err(failed(err)),
        Err(error) => Err(StoreError::Corrupt(error.to_string())),
    }
}

/// The first databases counted their migrations in a table.
fn count_anew(conn: &mut Connection) -> Result<(), StoreError> {
    let table = "SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'";
    let counted: bool = value(conn, table, [])?;
    if !counted {
        return Ok(());
    }
    let tx = begin(conn)?;
    let done = "SELECT coalesce(max(version), 0) FROM _sqlx_migrations WHERE success";
    let done: i64 = value(&tx, done, [])?;
    tx.pragma_update(None, "user_version", done)
        .map_err(failed)?;
    run(&tx, "DROP TABLE _sqlx_migrations", [])?;
    tx.commit().map_err(commit_failed)
}

/// Refuses tables of another version than this program's; changes nothing.
pub(super) fn check_form(conn: &Connection) -> Result<(), StoreError> {
    let known: i64 = value(
        conn,
        "SELECT count(*) FROM sqlite_schema WHERE name IN ('event', 'log_head', 'meta')",
        [],
    )?;
    if known != 3 {
        return Err(StoreError::Unusable {
            what: "this is no database of Shipbell".to_owned(),
            hint: "Name the configuration whose data folder holds it".to_owned(),
        });
    }
    let version = version(conn)?;
    match version.cmp(&newest()) {
        Ordering::Equal => Ok(()),
        Ordering::Less => Err(StoreError::Unusable {
            what: format!(
                "the tables are of version {version}, this program knows {}",
                newest()
            ),
            hint: "Bring them to this version with `shipbell migrate`".to_owned(),
        }),
        Ordering::Greater => Err(too_new(version)),
    }
}

fn version(conn: &Connection) -> Result<usize, StoreError> {
    let version: i64 = value(conn, "PRAGMA user_version", [])?;
    usize::try_from(version)
        .map_err(|_| StoreError::Corrupt(format!("{version} is no version of tables")))
}

fn newest() -> usize {
    MIGRATIONS.len()
}

fn too_new(version: usize) -> StoreError {
    StoreError::Unusable {
        what: format!(
            "the database was written by a newer Shipbell: its tables are of version \
             {version}, this program knows {}",
            newest()
        ),
        hint: "Start the newer program, or restore a backup from before the update".to_owned(),
    }
}

/// Takes the next epoch, and a name if the database has none yet.
pub(super) fn begin_epoch(
    conn: &mut Connection,
    instance: &[u8; 16],
) -> Result<(u64, String), StoreError> {
    let mut name = String::with_capacity(32);
    for byte in instance {
        write!(name, "{byte:02x}").expect("writing to a string cannot fail");
    }
    let tx = begin(conn)?;
    run(
        &tx,
        "INSERT INTO meta (name, value) VALUES ('instance', ?) ON CONFLICT DO NOTHING",
        [name],
    )?;
    let epoch: String = value(
        &tx,
        "INSERT INTO meta (name, value) VALUES ('epoch', '1') ON CONFLICT DO UPDATE \
         SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) RETURNING value",
        [],
    )?;
    let instance: String = value(&tx, "SELECT value FROM meta WHERE name = 'instance'", [])?;
    tx.commit().map_err(commit_failed)?;
    let epoch = epoch
        .parse()
        .ok()
        .filter(|it| *it > 0)
        .map(names::count)
        .transpose()?;
    let epoch = epoch.ok_or_else(|| StoreError::Corrupt("the epoch is no number".to_owned()))?;
    Ok((epoch, instance))
}
