//! What an error of the database means for who asked.

use rusqlite::{Error, ffi};

use crate::StoreError;

/// An error anywhere but in a commit: nothing was recorded.
#[expect(
    clippy::needless_pass_by_value,
    reason = "so that it can stand in `map_err`"
)]
pub(super) fn failed(error: Error) -> StoreError {
    let text = error.to_string();
    match primary(&error) {
        Some(code) if is_passing(code) => StoreError::Unavailable(text),
        // It refused, or what it gave is not what was kept.
        Some(_) | None => StoreError::Corrupt(text),
    }
}

/// An error of a commit itself: only what the database refused is certain.
#[expect(
    clippy::needless_pass_by_value,
    reason = "so that it can stand in `map_err`"
)]
pub(super) fn commit_failed(error: Error) -> StoreError {
    let text = error.to_string();
    match primary(&error) {
        Some(ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED | ffi::SQLITE_FULL) => {
            StoreError::Unavailable(text)
        }
        Some(ffi::SQLITE_CONSTRAINT | ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB) => {
            StoreError::Corrupt(text)
        }
        Some(_) | None => StoreError::Unknown(text),
    }
}

/// The thread of a connection has ended before it answered.
pub(super) fn gone() -> StoreError {
    StoreError::Unknown("the connection to it ended".to_owned())
}

/// Whether the connection itself is gone and another must be made.
pub(super) fn is_lost(error: &StoreError) -> bool {
    matches!(error, StoreError::Unavailable(_) | StoreError::Unknown(_))
}

/// Whether the same statement may succeed later.
fn is_passing(code: i32) -> bool {
    matches!(
        code,
        ffi::SQLITE_BUSY
            | ffi::SQLITE_LOCKED
            | ffi::SQLITE_FULL
            | ffi::SQLITE_IOERR
            | ffi::SQLITE_NOMEM
            | ffi::SQLITE_CANTOPEN
            | ffi::SQLITE_READONLY
            | ffi::SQLITE_PERM
            | ffi::SQLITE_INTERRUPT
    )
}

/// The first eight bits of SQLite's result code say what kind of error it is.
fn primary(error: &Error) -> Option<i32> {
    Some(error.sqlite_error()?.extended_code & 0xff)
}
