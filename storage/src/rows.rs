//! The rows of the projections besides the folds: what people query.
//!
//! They follow from the events alone, so they are written in the transaction of
//! their event and can be made anew and compared at any time.

mod deploys;
mod releases;

use std::collections::BTreeMap;

use serde::Serialize;
use shipbell_domain::event::ApplicationEvent;
use shipbell_domain::{Event, Fold};

use crate::StoreError;

/// One row of a projection.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Of which table.
    pub table: Table,
    /// Its cells, in the order of the table's columns.
    pub cells: Vec<Cell>,
}

/// A table of projected rows; referred-to tables come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// Every policy that was ever in force.
    Policy,
    /// Everything people were ever asked to consent to.
    Manifest,
    /// How releases stand in environments.
    Stage,
    /// Questions to people.
    Ask,
    /// The answers that stand.
    Signoff,
    /// Tries to change an environment.
    Attempt,
    /// Their pieces of work.
    Step,
}

/// One value in a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cell {
    /// Nothing.
    Null,
    /// A number or an instant.
    Number(i64),
    /// Words.
    Text(String),
}

/// Rows that changed, by table and key; none for one that is gone.
pub(crate) type Touched = BTreeMap<(Table, Vec<Cell>), Option<Row>>;

impl Table {
    /// All of them, in an order in which they can be filled.
    pub const ALL: [Self; 7] = [
        Self::Policy,
        Self::Manifest,
        Self::Stage,
        Self::Ask,
        Self::Signoff,
        Self::Attempt,
        Self::Step,
    ];

    /// Its name in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Manifest => "manifest",
            Self::Stage => "stage",
            Self::Ask => "ask",
            Self::Signoff => "signoff",
            Self::Attempt => "attempt",
            Self::Step => "attempt_step",
        }
    }

    /// Its columns, those of the key first.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Policy => &["hash", "app", "body"],
            Self::Manifest => &["hash", "app", "version", "body"],
            Self::Stage => &["release", "environment", "manifest", "attempts", "result"],
            Self::Ask => &[
                "id",
                "release",
                "environment",
                "phase",
                "manifest",
                "round",
                "opened_us",
                "state",
            ],
            Self::Signoff => &["ask", "person", "source", "says", "reason", "since_us"],
            Self::Attempt => &[
                "environment",
                "number",
                "key",
                "kind",
                "release",
                "target",
                "manifest",
                "fence",
                "person",
                "started_us",
                "ended_us",
                "state",
            ],
            Self::Step => &[
                "environment",
                "attempt",
                "n",
                "title",
                "state",
                "started_us",
                "ended_us",
            ],
        }
    }

    /// How many of the columns are its key.
    pub fn key_length(self) -> usize {
        match self {
            Self::Policy | Self::Manifest | Self::Ask => 1,
            Self::Stage | Self::Attempt => 2,
            Self::Signoff | Self::Step => 3,
        }
    }
}

/// Notes which rows an event changed, from what its stream adds up to with it.
pub(crate) fn touch(rows: &mut Touched, fold: &Fold, event: &Event) -> Result<(), StoreError> {
    match (fold, event) {
        (Fold::Release(release), Event::Release(event)) => releases::touch(rows, release, event),
        (Fold::Environment(environment), Event::Environment(event)) => {
            deploys::touch(rows, environment, event)
        }
        (Fold::Application(_), Event::Application(ApplicationEvent::PolicyAdopted { pinned })) => {
            let app = pinned.policy.app.to_string();
            let body = json(&pinned.policy)?;
            put(
                rows,
                Table::Policy,
                vec![text(&pinned.hash), Cell::Text(app), Cell::Text(body)],
            );
            Ok(())
        }
        (
            Fold::Application(_)
            | Fold::Release(_)
            | Fold::Environment(_)
            | Fold::Incident(_)
            | Fold::Agenda(_),
            Event::Application(_)
            | Event::Release(_)
            | Event::Environment(_)
            | Event::Incident(_)
            | Event::Agenda(_),
        ) => Ok(()),
    }
}

fn put(rows: &mut Touched, table: Table, cells: Vec<Cell>) {
    debug_assert_eq!(
        cells.len(),
        table.columns().len(),
        "a cell for every column"
    );
    let key = cells.iter().take(table.key_length()).cloned().collect();
    rows.insert((table, key), Some(Row { table, cells }));
}

fn text(value: &impl ToString) -> Cell {
    Cell::Text(value.to_string())
}

fn maybe<T: ToString>(value: Option<&T>) -> Cell {
    value.map_or(Cell::Null, text)
}

fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Corrupt(format!("a row cannot be written: {error}")))
}
