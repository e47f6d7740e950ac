//! Makes the projections anew from the log: all of them, in one transaction.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rusqlite::Connection;

use super::failure::commit_failed;
use super::inspect::{Findings, is_there, log_of};
use super::seat::{ask, begin};
use super::sql::run;
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
    open::check_version()?;
    let writer = open::writer(path).await?;
    ask(&writer, make_anew).await
}

fn make_anew(conn: &mut Connection) -> Result<Mended, StoreError> {
    open::check_form(conn)?;
    let tx = begin(conn)?;
    let findings = log_of(&tx)?;
    if !findings.log.is_empty() {
        return Ok(Mended::LogBroken(findings));
    }
    let rebuilt = check::rebuild(&tx)?;
    let (stored, odd) = check::tables(&tx)?;
    let mut differences = stored.differences(&rebuilt);
    differences.extend(odd);
    if !differences.is_empty() {
        let tables = with_the_erased(rebuilt, stored);
        replace(&tx, &tables)?;
    }
    tx.commit().map_err(commit_failed)?;
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

fn replace(conn: &Connection, tables: &Tables) -> Result<(), StoreError> {
    for table in Table::ALL.iter().rev() {
        // Only our own names are in it.
        run(conn, &format!("DELETE FROM {}", table.name()), [])?;
    }
    run(conn, "DELETE FROM fold", [])?;
    for (stream, fold) in &tables.folds {
        let version = tables.versions.get(stream).copied().unwrap_or_default();
        write::put_fold(conn, stream, version, fold)?;
    }
    // They are in the order of their tables: those that others refer to come first.
    for row in &tables.rows {
        write::put_row(conn, row)?;
    }
    Ok(())
}
