//! A whole copy of a database in a new file, made while everything goes on.

use std::fs::File;
use std::path::Path;

use rusqlite::Connection;

use super::sql::run;
use crate::StoreError;

/// Writes a copy to a file that must not exist yet. It gets its name only once it is
/// whole and on the disk, so that no half of one is ever taken for a backup.
pub(super) fn write(conn: &Connection, to: &Path) -> Result<(), StoreError> {
    if to.symlink_metadata().is_ok() {
        return Err(exists(to));
    }
    let folder = to.parent().filter(|it| !it.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let unwritable = |error: std::io::Error| StoreError::Unusable {
        what: format!("{} cannot be written: {error}", to.display()),
        hint: "Name a file in a folder you may write to, on a disk with room".to_owned(),
    };
    // Only its owner can read it: it holds all that the database holds.
    let part = tempfile::Builder::new()
        .prefix(".shipbell-backup-")
        .tempfile_in(folder)
        .map_err(unwritable)?;
    let name = part.path().to_str().ok_or_else(|| StoreError::Unusable {
        what: format!("{} cannot be told to SQLite", part.path().display()),
        hint: "Name a folder whose name is UTF-8".to_owned(),
    })?;
    run(conn, "VACUUM INTO ?", [name])?;
    part.as_file().sync_all().map_err(unwritable)?;
    part.persist_noclobber(to)
        .map_err(|failed| match failed.error.kind() {
            std::io::ErrorKind::AlreadyExists => exists(to),
            _ => unwritable(failed.error),
        })?;
    File::open(folder)
        .and_then(|it| it.sync_all())
        .map_err(unwritable)
}

fn exists(to: &Path) -> StoreError {
    StoreError::Unusable {
        what: format!("{} exists already", to.display()),
        hint: "Name a new file for the backup".to_owned(),
    }
}
