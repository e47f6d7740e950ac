//! Opens a database: settings, version, migrations, epoch.

use std::cmp::Ordering;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions as _, Connection as _, SqlSafeStr as _};

use super::failure::{commit_failed, failed};
use crate::{StoreError, names};

/// Earlier ones can damage a database when a checkpoint meets a write.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];

const MIGRATIONS: [(i64, &str, &str); 2] = [
    (
        1,
        "start",
        include_str!("../../../migrations/sqlite/0001_start.sql"),
    ),
    (
        2,
        "doubt",
        include_str!("../../../migrations/sqlite/0002_doubt.sql"),
    ),
];

/// How every connection is set up; `FULL`, because what a person was told is
/// recorded must outlast a power cut.
pub(super) fn options(path: &Path) -> SqliteConnectOptions {
    plain(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .pragma("wal_autocheckpoint", "1000")
        .statement_cache_capacity(200)
}

/// What every connection has in common.
fn plain(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .busy_timeout(Duration::from_secs(5))
        .pragma("trusted_schema", "OFF")
        .pragma("cell_size_check", "ON")
        .pragma("mmap_size", "0")
        // In KiB. Decisions read few rows and by key; the system caches the file as well.
        .pragma("cache_size", "-768")
}

/// A connection that only looks, whoever else works on the file, and takes the
/// file as it is: a copy may lie in another journal mode.
pub(super) async fn onlooker(path: &Path) -> Result<SqliteConnection, StoreError> {
    plain(path).read_only(true).connect().await.map_err(failed)
}

/// A connection that can only read; it must come after one that writes.
pub(super) async fn reader(path: &Path) -> Result<SqliteConnection, StoreError> {
    options(path)
        .read_only(true)
        .connect()
        .await
        .map_err(failed)
}

/// The connection that writes.
pub(super) async fn writer(path: &Path) -> Result<SqliteConnection, StoreError> {
    options(path).connect().await.map_err(failed)
}

/// Refuses a library that is known to damage databases.
pub(super) async fn check_version(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(conn)
        .await
        .map_err(failed)?;
    let parts: Vec<u32> = version
        .split('.')
        .filter_map(|it| it.parse().ok())
        .collect();
    if parts.as_slice() >= OLDEST_SQLITE.as_slice() {
        return Ok(());
    }
    Err(StoreError::Unusable {
        what: format!("this program was built with SQLite {version}, which can damage a database"),
        hint: "Build it with SQLite 3.51.3 or newer".to_owned(),
    })
}

/// Brings the tables to what this program knows.
pub(super) async fn migrate(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let migrations = MIGRATIONS.map(|(version, name, sql)| {
        Migration::new(
            version,
            name.into(),
            MigrationType::Simple,
            sql.into_sql_str(),
            false,
        )
    });
    let migrator = Migrator::with_migrations(migrations.into());
    migrator.run(conn).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) => too_new(version),
        MigrateError::VersionMismatch(version) => StoreError::Unusable {
            what: format!("version {version} of the tables is not the one this program made"),
            hint: "Start the program that made the database, or restore a backup".to_owned(),
        },
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failed(error),
        other => StoreError::Corrupt(other.to_string()),
    })
}

/// Refuses tables of another version than this program's; changes nothing.
pub(super) async fn check_form(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let known: Option<i64> = sqlx::query_scalar(
        "SELECT count(*) FROM sqlite_schema WHERE name IN ('_sqlx_migrations', 'event', 'meta')",
    )
    .fetch_one(&mut *conn)
    .await
    .map_err(failed)?;
    if known != Some(3) {
        return Err(StoreError::Unusable {
            what: "this is no database of Shipbell".to_owned(),
            hint: "Name the configuration whose data folder holds it".to_owned(),
        });
    }
    let version: Option<i64> =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
            .fetch_one(conn)
            .await
            .map_err(failed)?;
    let version = version.unwrap_or_default();
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

fn newest() -> i64 {
    let versions = MIGRATIONS.iter().map(|(version, ..)| *version);
    versions.max().unwrap_or_default()
}

fn too_new(version: i64) -> StoreError {
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
pub(super) async fn begin_epoch(
    conn: &mut SqliteConnection,
    instance: &[u8; 16],
) -> Result<(u64, String), StoreError> {
    let mut name = String::with_capacity(32);
    for byte in instance {
        write!(name, "{byte:02x}").expect("writing to a string cannot fail");
    }
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    sqlx::query("INSERT INTO meta (name, value) VALUES ('instance', ?) ON CONFLICT DO NOTHING")
        .bind(name)
        .execute(&mut *tx)
        .await
        .map_err(failed)?;
    let epoch: String = sqlx::query_scalar(
        "INSERT INTO meta (name, value) VALUES ('epoch', '1') ON CONFLICT DO UPDATE \
         SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT) RETURNING value",
    )
    .fetch_one(&mut *tx)
    .await
    .map_err(failed)?;
    let instance: String = sqlx::query_scalar("SELECT value FROM meta WHERE name = 'instance'")
        .fetch_one(&mut *tx)
        .await
        .map_err(failed)?;
    tx.commit().await.map_err(commit_failed)?;
    let epoch = epoch
        .parse()
        .ok()
        .filter(|it| *it > 0)
        .map(names::count)
        .transpose()?;
    let epoch = epoch.ok_or_else(|| StoreError::Corrupt("the epoch is no number".to_owned()))?;
    Ok((epoch, instance))
}
