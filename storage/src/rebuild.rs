//! Folds the log anew: what the tables ought to say.

use std::collections::{BTreeMap, BTreeSet};

use shipbell_domain::ids::{IncidentId, ReleaseId};
use shipbell_domain::{Fold, StreamId};

use crate::StoreError;
use crate::rows::{self, Touched};
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
            if !erased && self.folds.get(stream) != rebuilt.folds.get(stream) {
                found.push(format!("{stream} is not what its events add up to"));
            }
        }
        if self.next != rebuilt.next {
            found.push("the next numbers do not follow from the log".to_owned());
        }
        for row in rebuilt.rows.difference(&self.rows) {
            found.push(format!("missing in {}: {:?}", row.table.name(), row.cells));
        }
        if rebuilt.erased.is_empty() {
            for row in self.rows.difference(&rebuilt.rows) {
                found.push(format!(
                    "unfounded in {}: {:?}",
                    row.table.name(),
                    row.cells
                ));
            }
        }
        found
    }
}
