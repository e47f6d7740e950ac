//! Whether what is stored contradicts itself.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::ValueRef;
use rusqlite::{Connection, params};
use shipbell_domain::StreamId;
use shipbell_domain::effect::{CardId, Effect};
use shipbell_domain::ids::{AppId, Surface, Version};

use super::body::{read, read_fold};
use super::failure::failed;
use super::log::PAGE;
use super::read as reading;
use super::shelf::next;
use super::sql::{all, maybe_value, values};
use crate::StoreError;
use crate::names::{self, checked, count};
use crate::rebuild::Rebuild;
use crate::rows::{Cell, Row, Table};
use crate::shelf::{Kept, Labels};
use crate::store::Tables;

/// Cards, each with how often it was wanted and drawn.
type Cards = BTreeMap<(CardId, Surface), (u64, u64)>;

/// Lets SQLite look over its own pages, and says what it finds wrong.
pub(super) fn pages(conn: &Connection) -> Result<Vec<String>, StoreError> {
    let mut found: Vec<String> = values(conn, "PRAGMA quick_check", [])?;
    found.retain(|line| line != "ok");
    Ok(found)
}

/// Folds the whole log.
pub(super) fn rebuild(conn: &Connection) -> Result<Tables, StoreError> {
    let mut rebuild = Rebuild::new();
    let mut after = 0;
    loop {
        let page = reading::events(conn, None, after, PAGE)?;
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
pub(super) fn streams_after(conn: &Connection, seq: u64, longest: usize) -> Result<(), StoreError> {
    let names: Vec<String> = values(
        conn, // Else every stream there ever was is looked through for its name.
        "SELECT DISTINCT event.stream FROM event NOT INDEXED \
         LEFT JOIN fold ON fold.stream = event.stream WHERE event.seq > ? \
         AND (fold.version IS NULL OR fold.version <= ?)",
        params![names::signed(seq), names::limit(longest)],
    )?;
    for name in names {
        if let Some(what) = stream(conn, &name)? {
            return Err(StoreError::Corrupt(what));
        }
    }
    Ok(())
}

/// What is wrong with a stream that is not what its events add up to.
pub(super) fn stream(conn: &Connection, name: &str) -> Result<Option<String>, StoreError> {
    let Ok(stream) = names::stream(name) else {
        return Ok(Some(format!("fold: row {name} names no stream")));
    };
    let body: Option<String> = maybe_value(
        conn,
        "SELECT body FROM fold WHERE stream = ?",
        params![name],
    )?;
    let mut rebuild = Rebuild::new();
    let mut after = 0;
    loop {
        let page = reading::events(conn, Some(&stream), after, PAGE)?;
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
pub(super) fn tables(conn: &Connection) -> Result<(Tables, Vec<String>), StoreError> {
    let (mut tables, mut odd) = (Tables::default(), Vec::new());
    for row in folds(conn)? {
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
    tables.next = Some(next(conn)?);
    tables.cards = cards(conn)?;
    for table in Table::ALL {
        tables.rows.extend(rows(conn, table)?);
    }
    tables.erased = erased(conn)?;
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

fn folds(conn: &Connection) -> Result<Vec<FoldRow>, StoreError> {
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
    let lines: Vec<Line> = all(
        conn,
        "SELECT stream, version, kind, app, number, open, label, body FROM fold",
        [],
    )?;
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

fn cards(conn: &Connection) -> Result<Cards, StoreError> {
    let rows: Vec<(String, String, i64, i64)> = all(
        conn,
        "SELECT effect, surface, wanted, drawn FROM outbox WHERE surface <> ''",
        [],
    )?;
    let mut cards = Cards::new();
    for (effect, surface, wanted, drawn) in rows {
        if let Effect::Card { card } = read(&effect)? {
            let id = (card, checked(Surface::new(surface))?);
            cards.insert(id, (count(wanted)?, count(drawn)?));
        }
    }
    Ok(cards)
}

fn rows(conn: &Connection, table: Table) -> Result<Vec<Row>, StoreError> {
    // Only our own names are in it.
    let query = format!(
        "SELECT {} FROM {}",
        table.columns().join(", "),
        table.name()
    );
    let mut prepared = conn.prepare_cached(&query).map_err(failed)?;
    let mut found = prepared.query([]).map_err(failed)?;
    let mut rows = Vec::new();
    while let Some(row) = found.next().map_err(failed)? {
        let columns = 0..table.columns().len();
        let cells = columns.map(|column| cell(row.get_ref(column).map_err(failed)?, table));
        rows.push(Row {
            table,
            cells: cells.collect::<Result<_, _>>()?,
        });
    }
    Ok(rows)
}

fn cell(value: ValueRef<'_>, table: Table) -> Result<Cell, StoreError> {
    let unreadable = |what: &str| {
        let error = format!("a row of {} cannot be read: {what}", table.name());
        StoreError::Corrupt(error)
    };
    match value {
        ValueRef::Null => Ok(Cell::Null),
        ValueRef::Integer(number) => Ok(Cell::Number(number)),
        ValueRef::Text(text) => match str::from_utf8(text) {
            Ok(text) => Ok(Cell::Text(text.to_owned())),
            Err(error) => Err(unreadable(&error.to_string())),
        },
        ValueRef::Real(_) | ValueRef::Blob(_) => Err(unreadable("it is of another kind")),
    }
}

fn erased(conn: &Connection) -> Result<BTreeSet<StreamId>, StoreError> {
    let streams: Vec<String> = values(
        conn,
        "SELECT DISTINCT stream FROM event WHERE payload IS NULL",
        [],
    )?;
    streams.iter().map(|it| names::stream(it)).collect()
}
