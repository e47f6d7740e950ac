//! Whether what is stored contradicts itself.

use std::collections::{BTreeMap, BTreeSet};

use shipbell_domain::StreamId;
use shipbell_domain::effect::{CardId, Effect};
use shipbell_domain::ids::{AppId, Surface, Version};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _, TypeInfo as _, ValueRef as _};

use super::body::{read, read_fold};
use super::failure::failed;
use super::log::PAGE;
use super::read as reading;
use super::shelf::next;
use crate::StoreError;
use crate::names::{self, checked, count};
use crate::rebuild::Rebuild;
use crate::rows::{Cell, Row, Table};
use crate::shelf::{Kept, Labels};
use crate::store::Tables;

/// Cards, each with how often it was wanted and drawn.
type Cards = BTreeMap<(CardId, Surface), (u64, u64)>;

/// Lets SQLite look over its own pages, and says what it finds wrong.
pub(super) async fn pages(conn: &mut SqliteConnection) -> Result<Vec<String>, StoreError> {
    let mut found: Vec<String> = sqlx::query_scalar("PRAGMA quick_check")
        .fetch_all(conn)
        .await
        .map_err(failed)?;
    found.retain(|line| line != "ok");
    Ok(found)
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

/// Whether every stream that has events after a position, and at most so many of
/// them in all, is what they add up to.
pub(super) async fn streams_after(
    conn: &mut SqliteConnection,
    seq: u64,
    longest: usize,
) -> Result<(), StoreError> {
    let names: Vec<String> = sqlx::query_scalar(
        // Else every stream there ever was is looked through for its name.
        "SELECT DISTINCT event.stream FROM event NOT INDEXED \
         LEFT JOIN fold ON fold.stream = event.stream WHERE event.seq > ? \
         AND (fold.version IS NULL OR fold.version <= ?)",
    )
    .bind(names::signed(seq))
    .bind(names::limit(longest))
    .fetch_all(&mut *conn)
    .await
    .map_err(failed)?;
    for name in names {
        if let Some(what) = stream(conn, &name).await? {
            return Err(StoreError::Corrupt(what));
        }
    }
    Ok(())
}

/// What is wrong with a stream that is not what its events add up to.
pub(super) async fn stream(
    conn: &mut SqliteConnection,
    name: &str,
) -> Result<Option<String>, StoreError> {
    let Ok(stream) = names::stream(name) else {
        return Ok(Some(format!("fold: row {name} names no stream")));
    };
    let body: Option<String> = sqlx::query_scalar("SELECT body FROM fold WHERE stream = ?")
        .bind(name)
        .fetch_optional(&mut *conn)
        .await
        .map_err(failed)?;
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
    let stored = body.and_then(|it| read_fold(&it).ok());
    let holds = tables.erased.contains(&stream) || tables.folds.get(&stream) == stored.as_ref();
    Ok((!holds).then(|| format!("fold: row {name} is not what its events add up to")))
}

/// What the tables say; and of rows that contradict themselves, what does.
pub(super) async fn tables(
    conn: &mut SqliteConnection,
) -> Result<(Tables, Vec<String>), StoreError> {
    let (mut tables, mut odd) = (Tables::default(), Vec::new());
    for row in folds(conn).await? {
        let Ok(stream) = names::stream(&row.stream) else {
            odd.push(format!("fold: row {} names no stream", row.stream));
            continue;
        };
        // One that cannot be read will be missed by whoever compares.
        let Ok(kept) = row.read() else { continue };
        odd.extend(row.mislabelled(&stream, &kept));
        tables.versions.insert(stream.clone(), kept.version);
        tables.folds.insert(stream, kept.fold);
    }
    tables.next = Some(next(conn).await?);
    tables.cards = cards(conn).await?;
    for table in Table::ALL {
        tables.rows.extend(rows(conn, table).await?);
    }
    tables.erased = erased(conn).await?;
    Ok((tables, odd))
}

/// A row of `fold` as it is stored.
struct FoldRow {
    stream: String,
    version: i64,
    kind: String,
    app: Option<String>,
    number: Option<i64>,
    open: bool,
    label: Option<String>,
    body: String,
}

impl FoldRow {
    fn read(&self) -> Result<Kept, StoreError> {
        let (version, fold) = (count(self.version)?, read_fold(&self.body)?);
        Ok(Kept { version, fold })
    }

    /// What it is looked up by must be what it says.
    fn mislabelled(&self, stream: &StreamId, kept: &Kept) -> Option<String> {
        let labels = Labels::of(stream, &kept.fold);
        let wrong: Vec<&str> = [
            ("kind", self.kind == labels.kind),
            (
                "app",
                self.app.as_deref() == labels.app.as_ref().map(AppId::as_str),
            ),
            ("number", self.number == labels.number.map(i64::from)),
            ("open", self.open == labels.open),
            (
                "label",
                self.label.as_deref() == labels.version.as_ref().map(Version::as_str),
            ),
        ]
        .into_iter()
        .filter_map(|(column, right)| (!right).then_some(column))
        .collect();
        let (row, columns) = (&self.stream, wrong.join(", "));
        (!wrong.is_empty()).then(|| format!("fold: row {row}: {columns} is not what its body says"))
    }
}

async fn folds(conn: &mut SqliteConnection) -> Result<Vec<FoldRow>, StoreError> {
    /// As it is selected.
    type Line = (
        String,
        i64,
        String,
        Option<String>,
        Option<i64>,
        bool,
        Option<String>,
        String,
    );
    let lines: Vec<Line> =
        sqlx::query_as("SELECT stream, version, kind, app, number, open, label, body FROM fold")
            .fetch_all(conn)
            .await
            .map_err(failed)?;
    let row = |(stream, version, kind, app, number, open, label, body)| FoldRow {
        stream,
        version,
        kind,
        app,
        number,
        open,
        label,
        body,
    };
    Ok(lines.into_iter().map(row).collect())
}

async fn cards(conn: &mut SqliteConnection) -> Result<Cards, StoreError> {
    let rows: Vec<(String, String, i64, i64)> =
        sqlx::query_as("SELECT effect, surface, wanted, drawn FROM outbox WHERE surface <> ''")
            .fetch_all(conn)
            .await
            .map_err(failed)?;
    let mut cards = Cards::new();
    for (effect, surface, wanted, drawn) in rows {
        if let Effect::Card { card } = read(&effect)? {
            let id = (card, checked(Surface::new(surface))?);
            cards.insert(id, (count(wanted)?, count(drawn)?));
        }
    }
    Ok(cards)
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
        let unreadable = |error: sqlx::Error| {
            let error = format!("a row of {} cannot be read: {error}", table.name());
            StoreError::Corrupt(error)
        };
        read.push(Row {
            table,
            cells: cells.map_err(unreadable)?,
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
