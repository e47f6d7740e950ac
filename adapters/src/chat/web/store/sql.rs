//! Statements: each is prepared once and takes its values by place.

use rusqlite::{Connection, OptionalExtension as _, Params, Row};

/// What a row can be read as: a tuple of its columns, or a type that knows their names.
pub(super) trait Columns: for<'r> TryFrom<&'r Row<'r>, Error = rusqlite::Error> {}

impl<T> Columns for T where T: for<'r> TryFrom<&'r Row<'r>, Error = rusqlite::Error> {}

/// Carries a statement out; how many rows it changed.
pub(super) fn run(
    db: &Connection,
    statement: &str,
    values: impl Params,
) -> rusqlite::Result<usize> {
    db.prepare_cached(statement)?.execute(values)
}

/// The one row there must be.
pub(super) fn one<T: Columns>(
    db: &Connection,
    query: &str,
    values: impl Params,
) -> rusqlite::Result<T> {
    db.prepare_cached(query)?
        .query_one(values, |row| T::try_from(row))
}

/// The one row there may be.
pub(super) fn maybe<T: Columns>(
    db: &Connection,
    query: &str,
    values: impl Params,
) -> rusqlite::Result<Option<T>> {
    one(db, query, values).optional()
}

/// Every row, in the order of the query.
pub(super) fn all<T: Columns>(
    db: &Connection,
    query: &str,
    values: impl Params,
) -> rusqlite::Result<Vec<T>> {
    db.prepare_cached(query)?
        .query_map(values, |row| T::try_from(row))?
        .collect()
}
