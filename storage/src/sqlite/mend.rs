//! Makes the projections anew from the log: all of them, in one transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use shipbell_domain::{Fold, StreamId};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection as _};

use super::failure::{commit_failed, failed};
use super::inspect::{Findings, is_there, log_of};
use super::{check, open, place, write};
use crate::StoreError;
use crate::rows::{Cell, Row, Table};
use crate::store::Tables;

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mended {
    /// The log itself is not whole: nothing was touched.
    LogBroken(Findings),
    /// All projections are what the log adds up to; this was not so before.
    Done {
        /// How many events they were made from.
        events: u64,
        /// What was put right, one line each.
        differences: Vec<String>,
    },
}

/// Makes every projection anew from a whole log, for nobody else to see before it is done.
///
/// The bot must not run: what it knows by heart would not be what stands here. What a
/// stream with an erased event adds up to cannot be made anew and stays as it is.
pub async fn mend(path: &Path) -> Result<Mended, StoreError> {
    is_there(path)?;
    let _lock = place::take(path)?;
    let mut conn = open::writer(path).await?;
    open::check_version(&mut conn).await?;
    open::check_form(&mut conn).await?;
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    let findings = log_of(&mut tx).await?;
    if !findings.log.is_empty() {
        return Ok(Mended::LogBroken(findings));
    }
    let rebuilt = check::rebuild(&mut tx).await?;
    let (stored, odd) = check::tables(&mut tx).await?;
    let mut differences = stored.differences(&rebuilt);
    differences.extend(odd);
    if !differences.is_empty() {
        let tables = with_the_erased(rebuilt, stored);
        replace(&mut tx, &tables).await?;
    }
    tx.commit().await.map_err(commit_failed)?;
    conn.close().await.map_err(failed)?;
    let events = findings.events;
    Ok(Mended::Done {
        events,
        differences,
    })
}

/// What cannot be made anew stays: the folds of such streams, and rows nothing says
/// to be unfounded.
fn with_the_erased(mut rebuilt: Tables, stored: Tables) -> Tables {
    if rebuilt.erased.is_empty() {
        return rebuilt;
    }
    for (stream, fold) in stored.folds {
        if rebuilt.erased.contains(&stream) {
            rebuilt.folds.insert(stream, fold);
        }
    }
    let key = |row: &Row| {
        let cells = row.cells.iter().take(row.table.key_length());
        (row.table, cells.cloned().collect::<Vec<Cell>>())
    };
    let mut rows: BTreeMap<_, Row> = stored
        .rows
        .into_iter()
        .map(|row| (key(&row), row))
        .collect();
    rows.extend(rebuilt.rows.into_iter().map(|row| (key(&row), row)));
    rebuilt.rows = rows.into_values().collect::<BTreeSet<Row>>();
    rebuilt
}

async fn replace(conn: &mut SqliteConnection, tables: &Tables) -> Result<(), StoreError> {
    for table in Table::ALL.iter().rev() {
        // Only our own names are in it.
        let query = format!("DELETE FROM {}", table.name());
        run(conn, query).await?;
    }
    run(conn, "DELETE FROM fold".to_owned()).await?;
    let fold = |(stream, fold): (&'_ StreamId, &'_ Fold)| {
        let version = tables.versions.get(stream).copied().unwrap_or_default();
        (stream.clone(), version, fold.clone())
    };
    let folds: Vec<(StreamId, u64, Fold)> = tables.folds.iter().map(fold).collect();
    let folds = folds
        .iter()
        .map(|(stream, version, fold)| (stream, *version, fold));
    write::put_folds(conn, folds).await?;
    for table in Table::ALL {
        let rows: Vec<&Row> = (tables.rows.iter())
            .filter(|row| row.table == table)
            .collect();
        write::put_rows(conn, table, &rows).await?;
    }
    Ok(())
}

async fn run(conn: &mut SqliteConnection, query: String) -> Result<(), StoreError> {
    sqlx::query(AssertSqlSafe(query))
        .execute(conn)
        .await
        .map_err(failed)?;
    Ok(())
}
