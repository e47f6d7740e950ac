//! Statements: each is prepared once a connection and takes its values by place.

use rusqlite::types::FromSql;
use rusqlite::{Connection, OptionalExtension as _, Params, Row};

use super::failure::failed;
use crate::StoreError;

/// A row as a tuple.
pub(super) trait Columns: for<'r> TryFrom<&'r Row<'r>, Error = rusqlite::Error> {}

impl<T> Columns for T where T: for<'r> TryFrom<&'r Row<'r>, Error = rusqlite::Error> {}

/// Carries a statement out; how many rows it changed.
pub(super) fn run(
    conn: &Connection,
    statement: &str,
    values: impl Params,
) -> Result<usize, StoreError> {
    let mut prepared = conn.prepare_cached(statement).map_err(failed)?;
    prepared.execute(values).map_err(failed)
}

/// The one row there must be.
pub(super) fn one<T: Columns>(
    conn: &Connection,
    query: &str,
    values: impl Params,
) -> Result<T, StoreError> {
    let mut prepared = conn.prepare_cached(query).map_err(failed)?;
    prepared
        .query_row(values, |row| T::try_from(row))
        .map_err(failed)
}

/// The first row, if there is any.
pub(super) fn maybe<T: Columns>(
    conn: &Connection,
    query: &str,
    values: impl Params,
) -> Result<Option<T>, StoreError> {
    let mut prepared = conn.prepare_cached(query).map_err(failed)?;
    prepared
        .query_row(values, |row| T::try_from(row))
        .optional()
        .map_err(failed)
}

/// Every row, in the order of the query.
pub(super) fn all<T: Columns>(
    conn: &Connection,
    query: &str,
    values: impl Params,
) -> Result<Vec<T>, StoreError> {
    let mut prepared = conn.prepare_cached(query).map_err(failed)?;
    let rows = prepared
        .query_map(values, |row| T::try_from(row))
        .map_err(failed)?;
    rows.collect::<rusqlite::Result<_>>().map_err(failed)
}

/// The one value of the one row there must be.
pub(super) fn value<T: FromSql>(
    conn: &Connection,
    query: &str,
    values: impl Params,
) -> Result<T, StoreError> {
    one(conn, query, values).map(|(value,)| value)
}

/// The one value of the first row, if there is any.
pub(super) fn maybe_value<T: FromSql>(
    conn: &Connection,
    query: &str,
    values: impl Params,
) -> Result<Option<T>, StoreError> {
    let row = maybe(conn, query, values)?;
    Ok(row.map(|(value,)| value))
}

/// The one value of every row, in the order of the query.
pub(super) fn values<T: FromSql>(
    conn: &Connection,
    query: &str,
    values: impl Params,
) -> Result<Vec<T>, StoreError> {
    let rows = all(conn, query, values)?;
    Ok(rows.into_iter().map(|(value,)| value).collect())
}
