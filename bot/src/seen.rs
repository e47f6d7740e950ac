//! How far the log has been seen, kept beside the database: an older copy that is put
//! in its place is noticed by it.
//!
//! The file follows the log by a second at most, and is never ahead of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use shipbell_domain::history::{LogEnd, Loss};
use shipbell_domain::ids::Hash;
use shipbell_storage::{Store, StoreError};
use tokio::io::AsyncWriteExt as _;

use crate::engine::Hub;

/// How often it is written at most.
const EVERY: Duration = Duration::from_secs(1);

/// Where it is.
pub fn file(data: &Path) -> PathBuf {
    data.join("last-seen.json")
}

/// How far the log was seen when it was last noted; none if it never was.
pub fn read(data: &Path) -> std::io::Result<Option<LogEnd>> {
    match std::fs::read(file(data)) {
        Ok(text) => Ok(Some(serde_json::from_slice(&text)?)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// What is missing, if a log that ends there and has this hash where the other one
/// was seen to end is not the one that was seen.
pub fn compare(seen: LogEnd, found: LogEnd, there: Option<&Hash>) -> Option<Loss> {
    let same = seen.instance == found.instance && there == Some(&seen.hash);
    (!same).then_some(Loss { seen, found })
}

/// What is missing of the log since it was last seen here.
pub async fn missing(data: &Path, store: &dyn Store) -> Result<Option<Loss>, StoreError> {
    let seen = match read(data) {
        Ok(Some(seen)) => seen,
        Ok(None) => return Ok(None),
        Err(error) => {
            let file = file(data);
            tracing::warn!(%error, file = %file.display(), "cannot tell how far the log was seen");
            return Ok(None);
        }
    };
    let there = store.events(None, seen.seq.saturating_sub(1), 1).await?;
    let there = there.first().filter(|it| it.seq == seen.seq);
    let found = end(store).await?;
    Ok(compare(seen, found, there.map(|it| &it.hash)))
}

/// Notes how far the log goes whenever it has grown, until the task is stopped.
pub async fn keep_up(hub: Arc<Hub>, data: PathBuf) {
    let mut changes = hub.changes();
    let mut noted = None;
    loop {
        changes.mark_unchanged();
        note(&hub, &data, &mut noted).await;
        hub.ports().clock.sleep(EVERY).await;
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// Notes how far the log goes, unless that is noted; never while the log cannot be
/// trusted, for then the file says what is missing.
pub async fn note(hub: &Hub, data: &Path, noted: &mut Option<u64>) {
    if hub.halted().is_some() {
        return;
    }
    let Ok(end) = end(hub.ports().store.as_ref()).await else {
        return;
    };
    if end.seq == 0 || *noted == Some(end.seq) {
        return;
    }
    match write(data, &end).await {
        Ok(()) => *noted = Some(end.seq),
        Err(error) => {
            let file = file(data);
            tracing::warn!(%error, file = %file.display(), "cannot note how far the log goes");
        }
    }
}

/// Where the log of a store ends.
async fn end(store: &dyn Store) -> Result<LogEnd, StoreError> {
    let (seq, hash) = store.head().await?;
    let instance = store.instance().to_owned();
    Ok(LogEnd {
        instance,
        seq,
        hash,
    })
}

/// Writes the file anew: whole or not at all, and on the disk when this returns.
async fn write(data: &Path, end: &LogEnd) -> std::io::Result<()> {
    let (file, new) = (file(data), data.join("last-seen.json.new"));
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    let mut out = options.open(&new).await?;
    out.write_all(&serde_json::to_vec(end)?).await?;
    out.sync_all().await?;
    tokio::fs::rename(&new, &file).await?;
    tokio::fs::File::open(data).await?.sync_all().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(instance: &str, seq: u64, letter: char) -> LogEnd {
        LogEnd {
            instance: instance.to_owned(),
            seq,
            hash: hash(letter),
        }
    }

    fn hash(letter: char) -> Hash {
        Hash::new(letter.to_string().repeat(64)).unwrap()
    }

    #[test]
    fn only_the_same_log_or_a_longer_one_is_the_one_that_was_seen() {
        use shipbell_domain::history::LossKind;
        let seen = || end("07", 142, 'a');
        let is = |found, there| compare(seen(), found, there).map(|it| it.kind());
        let (same, other) = (hash('a'), hash('b'));
        assert_eq!(is(end("07", 142, 'a'), Some(&same)), None);
        assert_eq!(is(end("07", 150, 'c'), Some(&same)), None);
        assert_eq!(is(end("07", 121, 'c'), None), Some(LossKind::Behind(21)));
        let changed = is(end("07", 150, 'c'), Some(&other));
        assert_eq!(changed, Some(LossKind::Changed));
        let other = is(end("08", 150, 'c'), Some(&same));
        assert_eq!(other, Some(LossKind::Other));
    }

    #[tokio::test]
    async fn what_is_written_is_read_again_and_nobody_else_reads_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        assert_eq!(read(data).unwrap(), None);
        for seq in [1, 2] {
            write(data, &end("07", seq, 'a')).await.unwrap();
            assert_eq!(read(data).unwrap(), Some(end("07", seq, 'a')));
        }
        let mode = file(data).metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(data).unwrap().count(), 1);
        std::fs::write(file(data), "{").unwrap();
        read(data).unwrap_err();
    }
}
