//! What an error of the database means for who asked.

use libsqlite3_sys as codes;

use crate::StoreError;

/// An error anywhere but in a commit: nothing was recorded.
#[expect(
    clippy::needless_pass_by_value,
    reason = "so that it can stand in `map_err`"
)]
pub(super) fn failed(error: sqlx::Error) -> StoreError {
    let text = error.to_string();
    match &error {
        sqlx::Error::Database(_) if is_passing(&error) => StoreError::Unavailable(text),
        sqlx::Error::Database(_)
        | sqlx::Error::RowNotFound
        | sqlx::Error::TypeNotFound { .. }
        | sqlx::Error::ColumnIndexOutOfBounds { .. }
        | sqlx::Error::ColumnNotFound(_)
        | sqlx::Error::ColumnDecode { .. }
        | sqlx::Error::Decode(_) => StoreError::Corrupt(text),
        _ => StoreError::Unavailable(text),
    }
}

/// An error of a commit itself: only what the database refused is certain.
#[expect(
    clippy::needless_pass_by_value,
    reason = "so that it can stand in `map_err`"
)]
pub(super) fn commit_failed(error: sqlx::Error) -> StoreError {
    let text = error.to_string();
    match primary(&error) {
        Some(codes::SQLITE_BUSY | codes::SQLITE_LOCKED | codes::SQLITE_FULL) => {
            StoreError::Unavailable(text)
        }
        Some(codes::SQLITE_CONSTRAINT | codes::SQLITE_CORRUPT | codes::SQLITE_NOTADB) => {
            StoreError::Corrupt(text)
        }
        Some(_) | None => StoreError::Unknown(text),
    }
}

/// Whether the connection itself is gone and another must be made.
pub(super) fn is_lost(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_) | StoreError::Unknown(_))
}

/// Whether the same statement may succeed later.
fn is_passing(error: &sqlx::Error) -> bool {
    match primary(error) {
        Some(
            codes::SQLITE_BUSY
            | codes::SQLITE_LOCKED
            | codes::SQLITE_FULL
            | codes::SQLITE_IOERR
            | codes::SQLITE_NOMEM
            | codes::SQLITE_CANTOPEN
            | codes::SQLITE_READONLY
            | codes::SQLITE_PERM
            | codes::SQLITE_INTERRUPT,
        ) => true,
        Some(_) | None => false,
    }
}

/// The first eight bits of SQLite's result code say what kind of error it is.
fn primary(error: &sqlx::Error) -> Option<i32> {
    let code = error.as_database_error()?.code()?;
    code.parse::<i32>().ok().map(|code| code & 0xff)
}
