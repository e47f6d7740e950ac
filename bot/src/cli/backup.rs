//! `shipbell backup`: a whole copy of the database, also while the bot runs.

use std::path::PathBuf;

use shipbell_storage::{Inspection, StoreError};

use super::printer;
use crate::failure::Failure;
use crate::wiring;

/// Where to.
#[derive(clap::Args)]
pub(super) struct Backup {
    /// The file to write; it must not exist
    file: PathBuf,
}

pub(super) async fn run(path: PathBuf, backup: Backup) -> Result<(), Failure> {
    let config = super::load(&path)?;
    let file = backup.file;
    let failed = |error: StoreError| Failure::user("no backup was made").because(error);
    let mut database = Inspection::open(wiring::database(&config.data))
        .await
        .map_err(failed)?;
    database.copy(&file).await.map_err(failed)?;

    // What was written is read again: a copy nobody can read is none.
    let unread = |error: StoreError| {
        let what = format!("{} was written and cannot be read again", file.display());
        Failure::wrong(what).because(error).hint(AGAIN)
    };
    let mut copy = Inspection::open(&file).await.map_err(unread)?;
    let found = copy.look_at_log().await.map_err(unread)?;
    if let Some(first) = found.log.first() {
        let what = format!("{} was written, but its log is not whole", file.display());
        let hint = "look at the database itself with `shipbell verify`, and keep earlier backups";
        return Err(Failure::wrong(what).because(first.as_str()).hint(hint));
    }
    let (events, file) = (found.events, file.display());
    printer::line(&match found.hash {
        Some(hash) if events > 0 => format!(
            "{file}: a whole copy of instance {}; the last of its {events} events is event \
             {events}, {hash}",
            copy.instance()
        ),
        Some(_) | None => format!("{file}: a whole copy, without any event yet"),
    });
    Ok(())
}

const AGAIN: &str = "make another backup, on another disk";
