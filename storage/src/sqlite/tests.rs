//! What only a file can get wrong: locks, versions, triggers, copies.

use std::path::PathBuf;
use std::sync::Arc;
use std::task::{Context, Poll};

use rusqlite::Connection;
use tempfile::TempDir;

use super::{SqliteOptions, SqliteStore};
use crate::conformance::fixture::{at, commit, note, open, record};
use crate::conformance::{Checks as _, history};
use crate::{Store as _, StoreError};

const OPTIONS: SqliteOptions = SqliteOptions {
    instance: [1; 16],
    readers: 1,
};

fn file() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("shipbell.db");
    (folder, path)
}

fn raw(path: &std::path::Path) -> Connection {
    Connection::open(path).unwrap()
}

fn told(conn: &Connection, statement: &str) -> String {
    conn.execute_batch(statement).unwrap_err().to_string()
}

#[tokio::test]
async fn a_second_process_is_refused() {
    let (_folder, path) = file();
    let first = SqliteStore::open(&path, OPTIONS).await.unwrap();
    let Err(StoreError::Unusable { what, hint }) = SqliteStore::open(&path, OPTIONS).await else {
        panic!("two at once")
    };
    assert!(what.starts_with("another process uses "), "{what}");
    assert_eq!(
        hint,
        "Stop the other Shipbell first, or name another database"
    );
    drop(first);
    SqliteStore::open(&path, OPTIONS).await.unwrap();
}

#[tokio::test]
async fn a_newer_database_is_refused() {
    let (_folder, path) = file();
    drop(SqliteStore::open(&path, OPTIONS).await.unwrap());
    let conn = raw(&path);
    conn.execute_batch("PRAGMA user_version = 99").unwrap();
    conn.close().unwrap();
    let Err(StoreError::Unusable { what, .. }) = SqliteStore::open(&path, OPTIONS).await else {
        panic!("it was opened")
    };
    assert!(
        what.contains("newer Shipbell") && what.contains("99"),
        "{what}"
    );
}

#[tokio::test]
async fn a_database_that_counted_in_a_table_is_taken_on() {
    let (_folder, path) = file();
    let store = SqliteStore::open(&path, OPTIONS).await.unwrap();
    history(&store).await;
    let head = store.head().await.unwrap();
    drop(store);
    raw(&path)
        .execute_batch(
            "PRAGMA user_version = 0; \
             CREATE TABLE _sqlx_migrations (version INTEGER, success BOOLEAN); \
             INSERT INTO _sqlx_migrations VALUES (1, 1), (2, 1), (3, 0)",
        )
        .unwrap();
    let store = SqliteStore::open(&path, OPTIONS).await.unwrap();
    assert_eq!(store.head().await.unwrap(), head);
    drop(store);
    let left = "SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'";
    let left: i64 = raw(&path).query_row(left, [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn the_folder_must_be_there() {
    let (folder, _) = file();
    let path = folder.path().join("nowhere").join("shipbell.db");
    let Err(StoreError::Unusable { hint, .. }) = SqliteStore::open(&path, OPTIONS).await else {
        panic!("it was opened")
    };
    assert_eq!(hint, "Make it, or name another place for the database");
}

#[tokio::test]
async fn the_database_itself_defends_the_log_and_the_environment() {
    let (_folder, path) = file();
    let store = SqliteStore::open(&path, OPTIONS).await.unwrap();
    history(&store).await;
    let conn = raw(&path);
    for edit in [
        "UPDATE event SET payload = '{}' WHERE seq = 1",
        "UPDATE event SET actor = 'me' WHERE seq = 1",
        "UPDATE event SET payload = NULL, salt = NULL, at_us = 0 WHERE seq = 1",
    ] {
        assert!(
            told(&conn, edit).contains("an event is never edited"),
            "{edit}"
        );
    }
    assert!(told(&conn, "DELETE FROM event").contains("an event is never deleted"));
    let second = "UPDATE attempt SET state = 'running'";
    assert!(
        told(&conn, second).contains("UNIQUE"),
        "one attempt at a time"
    );
}

#[tokio::test]
async fn a_log_that_was_set_back_beside_the_bot_is_not_added_to() {
    let (_folder, path) = file();
    let store = SqliteStore::open(&path, OPTIONS).await.unwrap();
    history(&store).await;
    let conn = raw(&path);
    conn.execute_batch(
        "UPDATE log_head SET seq = seq - 1, \
         hash = (SELECT hash FROM event ORDER BY seq DESC LIMIT 1 OFFSET 1)",
    )
    .unwrap();
    let found = commit(&store, at(90), vec![open("2.0.0")]).await;
    let Err(StoreError::Corrupt(why)) = found else {
        panic!("{found:?}")
    };
    assert!(why.starts_with("the log no longer ends at event "), "{why}");
}

#[tokio::test]
async fn an_erased_payload_leaves_the_chain_whole() {
    let (_folder, path) = file();
    let store = SqliteStore::open(&path, OPTIONS).await.unwrap();
    history(&store).await;
    let conn = raw(&path);
    conn.execute_batch("UPDATE event SET payload = NULL, salt = NULL WHERE seq = 2")
        .unwrap();
    let (last, _) = store.head().await.unwrap();
    assert_eq!(store.verify_chain(1).await.unwrap(), last);
    assert_eq!(store.events(None, 1, 1).await.unwrap()[0].event, None);
    let (stored, rebuilt) = (store.stored().await, store.rebuilt().await);
    assert_eq!(rebuilt.erased.len(), 1);
    assert_eq!(stored.differences(&rebuilt), Vec::<String>::new());
}

#[tokio::test]
async fn a_shortened_log_is_found() {
    let (_folder, path) = file();
    let store = SqliteStore::open(&path, OPTIONS).await.unwrap();
    history(&store).await;
    let last = store.verify_tail().await.unwrap();
    assert_eq!(
        store.verify_tail().await.unwrap(),
        last,
        "from where it ended the last time"
    );
    let conn = raw(&path);
    conn.execute_batch(
        "DROP TRIGGER event_is_never_deleted; \
         DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)",
    )
    .unwrap();
    let found = store.verify_chain(1).await;
    assert!(matches!(found, Err(StoreError::Corrupt(_))), "{found:?}");
    let found = store.verify_tail().await;
    assert!(matches!(found, Err(StoreError::Corrupt(_))), "{found:?}");
}

#[tokio::test]
async fn a_wrong_fold_is_found() {
    let (_folder, path) = file();
    let store = SqliteStore::open(&path, OPTIONS).await.unwrap();
    history(&store).await;
    let conn = raw(&path);
    conn.execute_batch("UPDATE fold SET body = replace(body, '\"quiet\"', '\"loud\"')")
        .unwrap();
    let found = store.verify_tail().await;
    assert!(matches!(found, Err(StoreError::Corrupt(_))), "{found:?}");
    let differences = store.stored().await.differences(&store.rebuilt().await);
    assert_eq!(
        differences,
        ["fold: row agenda is not what its events add up to"]
    );
}

#[tokio::test]
async fn a_backup_is_a_whole_database() {
    let (folder, path) = file();
    let store = SqliteStore::open(&path, OPTIONS).await.unwrap();
    history(&store).await;
    let copy = folder.path().join("copy.db");
    store.backup(&copy).await.unwrap();
    assert!(matches!(
        store.backup(&copy).await,
        Err(StoreError::Unusable { .. })
    ));
    let restored = SqliteStore::open(&copy, OPTIONS).await.unwrap();
    assert_eq!(restored.head().await.unwrap(), store.head().await.unwrap());
    restored.verify_chain(1).await.unwrap();
    assert_eq!(restored.epoch(), store.epoch() + 1);
    drop(restored);
    let nowhere = store.backup(&folder.path().join("nowhere/copy.db")).await;
    assert!(
        matches!(nowhere, Err(StoreError::Unusable { .. })),
        "{nowhere:?}"
    );
    let parts = |entry: &std::io::Result<std::fs::DirEntry>| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().contains("backup")
    };
    assert_eq!(
        std::fs::read_dir(folder.path())
            .unwrap()
            .filter(parts)
            .count(),
        0
    );
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, path) = file();
    let _store = SqliteStore::open(&path, OPTIONS).await.unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o077;
        assert_eq!(mode, 0, "{}", entry.path().display());
    }
}

#[tokio::test]
async fn a_commit_that_is_given_up_leaves_all_or_nothing() {
    let (_folder, path) = file();
    let store = SqliteStore::open(&path, OPTIONS).await.unwrap();
    record(&store, 0, open("1.0.0")).await;
    for polls in 1..40 {
        let why = format!("try {polls}");
        let mut write = Box::pin(commit(&store, at(polls), vec![note(1, &why)]));
        // Woken once for each answer of the database: given up after so many.
        let mut left = polls;
        std::future::poll_fn(|cx| {
            if left == 0 {
                return Poll::Ready(());
            }
            left -= 1;
            write.as_mut().poll(cx).map(drop)
        })
        .await;
        drop(write);
    }
    record(&store, 100, note(1, "the last")).await;
    let (last, _) = store.head().await.unwrap();
    assert_eq!(store.verify_chain(1).await.unwrap(), last);
    let (stored, rebuilt) = (store.stored().await, store.rebuilt().await);
    assert_eq!(stored.differences(&rebuilt), Vec::<String>::new());
}

#[test]
fn any_executor_can_drive_it() {
    struct Unpark(std::thread::Thread);
    impl std::task::Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let (_folder, path) = file();
    let mut work = std::pin::pin!(async {
        let store = SqliteStore::open(&path, OPTIONS).await.unwrap();
        history(&store).await;
        store.verify_tail().await.unwrap()
    });
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let last = loop {
        match work.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(last) => break last,
            Poll::Pending => std::thread::park(),
        }
    };
    assert!(last > 0);
}
