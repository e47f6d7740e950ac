//! Folds the log anew: what the tables ought to say.

use std::collections::{BTreeMap, BTreeSet};

use shipbell_domain::ids::{IncidentId, ReleaseId};
use shipbell_domain::{Fold, StreamId};

use crate::StoreError;
use crate::rows::{self, Cell, Row, Table, Touched};
use crate::shelf::Next;
use crate::store::{EventRow, Tables};

/// Tables in the making, one event after the other.
pub(crate) struct Rebuild {
    tables: Tables,
    rows: Touched,
    next: Next,
}

impl Rebuild {
    pub(crate) fn new() -> Self {
        let next = (ReleaseId(1), IncidentId(1));
        Self {
            tables: Tables::default(),
            rows: BTreeMap::new(),
            next,
        }
    }

    /// Folds one more event in. A stream with an erased event cannot be made
    /// anew: it is named and left out.
    pub(crate) fn add(&mut self, row: &EventRow) -> Result<(), StoreError> {
        match &row.stream {
            StreamId::Release(id) => self.next.0 = self.next.0.max(ReleaseId(id.0 + 1)),
            StreamId::Incident(id) => self.next.1 = self.next.1.max(IncidentId(id.0 + 1)),
            StreamId::Application(_) | StreamId::Environment(_) | StreamId::Agenda => {}
        }
        *self.tables.versions.entry(row.stream.clone()).or_default() += 1;
        let Some(event) = &row.event else {
            self.tables.folds.remove(&row.stream);
            self.tables.erased.insert(row.stream.clone());
            return Ok(());
        };
        if self.tables.erased.contains(&row.stream) {
            return Ok(());
        }
        if let Some(fold) = self.tables.folds.get_mut(&row.stream) {
            fold.evolve(event, row.at);
        } else {
            let fold = Fold::begin(&row.stream, event, row.at).ok_or_else(|| {
                StoreError::Corrupt(format!("event {} cannot begin {}", row.seq, row.stream))
            })?;
            self.tables.folds.insert(row.stream.clone(), fold);
        }
        let Some(fold) = self.tables.folds.get(&row.stream) else {
            return Ok(());
        };
        rows::touch(&mut self.rows, fold, event)
    }

    pub(crate) fn finish(mut self) -> Tables {
        self.tables.next = Some(self.next);
        self.tables.rows = self.rows.into_values().flatten().collect();
        self.tables
    }
}

impl Tables {
    /// What differs between these tables and those made anew from the log, one
    /// line each; empty if all is well. Cards do not follow from the log and
    /// are not compared, nor are streams with an erased event and rows such
    /// streams made.
    pub fn differences(&self, rebuilt: &Self) -> Vec<String> {
        let mut found = Vec::new();
        let streams: BTreeSet<_> = self.folds.keys().chain(rebuilt.folds.keys()).collect();
        for stream in streams {
            let erased = rebuilt.erased.contains(stream);
            let kept = self.folds.get(stream);
            if kept.is_none() {
                found.push(format!("fold: row {stream} is missing or cannot be read"));
            } else if !erased && kept != rebuilt.folds.get(stream) {
                found.push(format!(
                    "fold: row {stream} is not what its events add up to"
                ));
            } else if self.versions.get(stream) != rebuilt.versions.get(stream) {
                found.push(format!(
                    "fold: row {stream} counts other events than it has"
                ));
            }
        }
        if self.next != rebuilt.next {
            found.push("fold: the highest numbers do not follow from the log".to_owned());
        }
        let (stored, ought) = (by_key(&self.rows), by_key(&rebuilt.rows));
        for (name, row) in &ought {
            match stored.get(name) {
                None => found.push(format!("{}: row {} is missing", row.table.name(), key(row))),
                Some(kept) => found.extend(contrast(kept, row)),
            }
        }
        if rebuilt.erased.is_empty() {
            for (name, row) in stored {
                if !ought.contains_key(&name) {
                    let (table, key) = (row.table.name(), key(row));
                    found.push(format!("{table}: row {key} does not follow from the log"));
                }
            }
        }
        found
    }
}

/// How much of a cell people are shown.
const MAX_SHOWN: usize = 60;

fn by_key(rows: &BTreeSet<Row>) -> BTreeMap<(Table, &[Cell]), &Row> {
    let mut named = BTreeMap::new();
    for row in rows {
        let key = row.cells.get(..row.table.key_length());
        named.insert((row.table, key.unwrap_or(&row.cells)), row);
    }
    named
}

/// The row by its key, as people read it.
fn key(row: &Row) -> String {
    let cells: Vec<String> = (row.cells.iter())
        .take(row.table.key_length())
        .map(shown)
        .collect();
    cells.join(", ")
}

/// How a stored row differs from what it ought to be.
fn contrast(stored: &Row, ought: &Row) -> Option<String> {
    let columns = ought.table.columns().iter();
    let cells = stored.cells.iter().zip(&ought.cells);
    let wrong: Vec<String> = columns
        .zip(cells)
        .filter(|(_, (is, should))| is != should)
        .map(|(column, (is, should))| {
            format!("{column} is {}, the log says {}", shown(is), shown(should))
        })
        .collect();
    let (table, key) = (ought.table.name(), key(ought));
    (!wrong.is_empty()).then(|| format!("{table}: row {key}: {}", wrong.join("; ")))
}

fn shown(cell: &Cell) -> String {
    match cell {
        Cell::Null => "empty".to_owned(),
        Cell::Number(number) => number.to_string(),
        Cell::Text(text) if text.chars().count() > MAX_SHOWN => {
            let start: String = text.chars().take(MAX_SHOWN).collect();
            format!("{start}…")
        }
        Cell::Text(text) => text.clone(),
    }
}
