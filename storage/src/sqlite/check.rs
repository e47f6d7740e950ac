//! Whether what is stored contradicts itself.

use std::collections::{BTreeMap, BTreeSet};

use shipbell_domain::StreamId;
use shipbell_domain::effect::Effect;
use shipbell_domain::ids::Surface;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _, TypeInfo as _, ValueRef as _};

use super::body::{read, read_fold};
use super::failure::failed;
use super::read as reading;
use super::shelf::{Desktop, digest, head};
use crate::StoreError;
use crate::chain::{self, Digest, Link};
use crate::names::{self, checked, count, signed};
use crate::rebuild::Rebuild;
use crate::rows::{Cell, Row, Table};
use crate::shelf::Shelf as _;
use crate::store::Tables;

/// Events read at a time.
const PAGE: usize = 1_000;

/// Position, stream, version, kind, time, actor, payload, salt, commitment, hash.
type Line = (
    i64,
    String,
    i64,
    String,
    i64,
    String,
    Option<String>,
    Option<Vec<u8>>,
    Vec<u8>,
    Vec<u8>,
);

/// Hashes the chain again from a position on; the position of the last event.
pub(super) async fn chain(conn: &mut SqliteConnection, from: u64) -> Result<u64, StoreError> {
    let head = head(conn).await?;
    let mut walk = Walk {
        seq: from.max(1) - 1,
        ..Walk::default()
    };
    if walk.seq > 0 {
        let hash: Option<Vec<u8>> = sqlx::query_scalar("SELECT hash FROM event WHERE seq = ?")
            .bind(signed(walk.seq))
            .fetch_optional(&mut *conn)
            .await
            .map_err(failed)?;
        let missing = || StoreError::Corrupt(format!("event {} is missing", from - 1));
        walk.hash = digest(&hash.ok_or_else(missing)?)?;
    }
    loop {
        let lines: Vec<Line> = sqlx::query_as(
            "SELECT seq, stream, version, kind, at_us, actor, payload, salt, commitment, hash \
             FROM event WHERE seq > ? ORDER BY seq LIMIT ?",
        )
        .bind(signed(walk.seq))
        .bind(names::limit(PAGE))
        .fetch_all(&mut *conn)
        .await
        .map_err(failed)?;
        if lines.is_empty() {
            break;
        }
        for row in lines {
            walk.step(row)?;
        }
    }
    if (walk.seq, walk.hash) == (head.seq, head.hash) {
        Ok(walk.seq)
    } else {
        Err(StoreError::Corrupt(format!(
            "the log ends at event {}, but its head says {}, or another hash",
            walk.seq, head.seq
        )))
    }
}

struct Walk {
    seq: u64,
    hash: Digest,
    at_us: i64,
    versions: BTreeMap<String, u64>,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            seq: 0,
            hash: chain::START,
            at_us: i64::MIN,
            versions: BTreeMap::new(),
        }
    }
}

impl Walk {
    fn step(&mut self, row: Line) -> Result<(), StoreError> {
        let (seq, stream, version, kind, at_us, actor, payload, salt, commitment, hash) = row;
        let (seq, version): (u64, u64) = (count(seq)?, count(version)?);
        let wrong = |what: &str| Err(StoreError::Corrupt(format!("event {seq}: {what}")));
        if seq != self.seq + 1 {
            return wrong("the one before it is missing");
        }
        if at_us < self.at_us {
            return wrong("it is earlier than the one before it");
        }
        // Where the walk began after the first event, earlier versions are unknown.
        let known = self.versions.insert(stream.clone(), version);
        if known.is_some_and(|before| version != before + 1) {
            return wrong("its stream has a gap");
        }
        let commitment = digest(&commitment)?;
        if let (Some(payload), Some(salt)) = (&payload, &salt)
            && chain::commitment(salt, payload) != commitment
        {
            return wrong("what it says was changed");
        }
        let link = Link {
            seq,
            at_us,
            kind: &kind,
            stream: &stream,
            version,
            actor: &actor,
        };
        let again = link.hash(&self.hash, &commitment);
        if again != digest(&hash)? {
            return wrong("its hash does not follow from the one before it");
        }
        (self.seq, self.hash, self.at_us) = (seq, again, at_us);
        Ok(())
    }
}

/// Lets SQLite look over its own pages.
pub(super) async fn pages(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let found: Vec<String> = sqlx::query_scalar("PRAGMA quick_check")
        .fetch_all(conn)
        .await
        .map_err(failed)?;
    match found.as_slice() {
        [all] if all == "ok" => Ok(()),
        [..] => Err(StoreError::Corrupt(found.join("; "))),
    }
}

/// Folds the whole log.
pub(super) async fn rebuild(conn: &mut SqliteConnection) -> Result<Tables, StoreError> {
    let mut rebuild = Rebuild::new();
    let mut after = 0;
    loop {
        let page = reading::events(conn, None, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        for row in &page {
            rebuild.add(row)?;
        }
    }
    Ok(rebuild.finish())
}

/// Whether every open stream is what its events add up to.
pub(super) async fn open_streams(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT stream, body FROM fold WHERE open = 1")
            .fetch_all(&mut *conn)
            .await
            .map_err(failed)?;
    for (name, body) in rows {
        let stream = names::stream(&name)?;
        let mut rebuild = Rebuild::new();
        let mut after = 0;
        loop {
            let page = reading::events(conn, Some(&stream), after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = last.seq;
            for row in &page {
                rebuild.add(row)?;
            }
        }
        let tables = rebuild.finish();
        let erased = tables.erased.contains(&stream);
        if !erased && tables.folds.get(&stream) != Some(&read_fold(&body)?) {
            return Err(StoreError::Corrupt(format!(
                "{name} is not what its events add up to"
            )));
        }
    }
    Ok(())
}

/// What the tables say.
pub(super) async fn tables(conn: &mut SqliteConnection) -> Result<Tables, StoreError> {
    let mut tables = Tables::default();
    let folds: Vec<(String, String)> = sqlx::query_as("SELECT stream, body FROM fold")
        .fetch_all(&mut *conn)
        .await
        .map_err(failed)?;
    for (stream, body) in folds {
        tables
            .folds
            .insert(names::stream(&stream)?, read_fold(&body)?);
    }
    let mut desktop = Desktop {
        conn: &mut *conn,
        memo: None,
        epoch: 0,
    };
    tables.next = Some(desktop.next().await?);
    let cards: Vec<(String, String, i64, i64)> =
        sqlx::query_as("SELECT effect, surface, wanted, drawn FROM outbox WHERE surface <> ''")
            .fetch_all(&mut *conn)
            .await
            .map_err(failed)?;
    for (effect, surface, wanted, drawn) in cards {
        if let Effect::Card { card } = read(&effect)? {
            let id = (card, checked(Surface::new(surface))?);
            tables.cards.insert(id, (count(wanted)?, count(drawn)?));
        }
    }
    for table in Table::ALL {
        tables.rows.extend(rows(conn, table).await?);
    }
    tables.erased = erased(conn).await?;
    Ok(tables)
}

async fn rows(conn: &mut SqliteConnection, table: Table) -> Result<Vec<Row>, StoreError> {
    // Only our own names are in it.
    let query = format!(
        "SELECT {} FROM {}",
        table.columns().join(", "),
        table.name()
    );
    let rows: Vec<SqliteRow> = sqlx::query(AssertSqlSafe(query))
        .fetch_all(conn)
        .await
        .map_err(failed)?;
    let mut read = Vec::with_capacity(rows.len());
    for row in &rows {
        let cells: Result<Vec<Cell>, sqlx::Error> = (0..table.columns().len())
            .map(|column| cell(row, column))
            .collect();
        read.push(Row {
            table,
            cells: cells.map_err(failed)?,
        });
    }
    Ok(read)
}

fn cell(row: &SqliteRow, column: usize) -> Result<Cell, sqlx::Error> {
    let raw = row.try_get_raw(column)?;
    if raw.is_null() {
        return Ok(Cell::Null);
    }
    let is_number = raw.type_info().name() == "INTEGER";
    if is_number {
        row.try_get(column).map(Cell::Number)
    } else {
        row.try_get(column).map(Cell::Text)
    }
}

async fn erased(conn: &mut SqliteConnection) -> Result<BTreeSet<StreamId>, StoreError> {
    let streams: Vec<String> =
        sqlx::query_scalar("SELECT DISTINCT stream FROM event WHERE payload IS NULL")
            .fetch_all(conn)
            .await
            .map_err(failed)?;
    streams.iter().map(|it| names::stream(it)).collect()
}
