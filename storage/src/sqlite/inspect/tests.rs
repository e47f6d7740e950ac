//! What is found and what is put right, each on a database somebody tampered with.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use tempfile::TempDir;

use super::{Findings, Inspection, Mended, mend};
use crate::conformance::history;
use crate::{SqliteOptions, SqliteStore, Store as _, StoreError};

const OPTIONS: SqliteOptions = SqliteOptions {
    instance: [1; 16],
    readers: 1,
};

/// A database with a history, its bot stopped.
async fn stopped() -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("shipbell.db");
    let store = SqliteStore::open(&path, OPTIONS).await.unwrap();
    history(&store).await;
    store.keep(b"what the smoke test saw").await.unwrap();
    (folder, path)
}

fn vandal(path: &Path, statements: &str) {
    let all = format!(
        "PRAGMA foreign_keys = OFF; DROP TRIGGER event_is_never_edited; \
         DROP TRIGGER event_is_never_deleted; {statements}"
    );
    vandal_again(path, &all);
}

fn vandal_again(path: &Path, statements: &str) {
    let conn = Connection::open(path).unwrap();
    conn.execute_batch(statements).unwrap();
}

async fn look(path: &Path) -> Findings {
    let mut inspection = Inspection::open(path).await.unwrap();
    inspection.look().await.unwrap()
}

#[tokio::test]
async fn a_whole_database_is_whole_also_beside_its_bot() {
    let (_folder, path) = stopped().await;
    let alone = look(&path).await;
    assert!(alone.is_whole(), "{alone:?}");
    let store = SqliteStore::open(&path, OPTIONS).await.unwrap();
    let (last, hash) = store.head().await.unwrap();
    let beside = look(&path).await;
    assert_eq!(alone, beside);
    assert_eq!((beside.events, beside.hash), (last, Some(hash)));
    assert_eq!((beside.streams, beside.rows, beside.kept), (5, 8, 1));
    assert_eq!(beside.erased, 0);
}

#[tokio::test]
async fn what_stands_is_read_beside_its_bot() {
    let (_folder, path) = stopped().await;
    let store = SqliteStore::open(&path, OPTIONS).await.unwrap();
    let mut inspection = Inspection::open(&path).await.unwrap();
    let standing = inspection.standing().await.unwrap();
    let releases: Vec<String> = { standing.releases.iter() }
        .map(|it| it.id.to_string())
        .collect();
    let environments: Vec<String> = { standing.environments.iter() }
        .map(|it| it.id.to_string())
        .collect();
    assert_eq!(releases, ["r1"], "the other one is over");
    assert_eq!(environments, ["shop/staging"]);
    drop(store);
}

/// Each tampering, and what must be told of it.
#[tokio::test]
async fn what_was_tampered_with_is_named() {
    for (statements, told) in [
        (
            "UPDATE event SET payload = replace(payload, '1.0.0', '1.0.1') WHERE seq = 1",
            "event 1: what it says was changed",
        ),
        (
            "UPDATE event SET actor = 'web:eve' WHERE seq = 2",
            "event 2: its hash does not follow from what it says and the one before it",
        ),
        (
            "UPDATE event SET hash = zeroblob(32) WHERE seq = 3",
            "event 3: its hash does not follow from what it says and the one before it",
        ),
        (
            "DELETE FROM event WHERE seq = 4",
            "event 4 is missing before event 5",
        ),
        (
            "DELETE FROM event WHERE seq IN (4, 5)",
            "events 4 to 5 are missing",
        ),
        (
            "DELETE FROM event WHERE seq = (SELECT max(seq) FROM event)",
            "but `log_head` says that it ends at event",
        ),
        (
            "UPDATE log_head SET hash = zeroblob(32)",
            "`log_head` has another hash than event",
        ),
        (
            "UPDATE stage SET result = 'verified'",
            "stage: row r1, shop/staging: result is verified, the log says failed",
        ),
        ("DELETE FROM signoff", "signoff: row r1/staging/signoff/"),
        (
            "INSERT INTO policy VALUES ('aa', 'shop', '{}')",
            "policy: row aa does not follow from the log",
        ),
        (
            "UPDATE fold SET body = replace(body, 'quiet', 'loud') WHERE stream = 'agenda'",
            "fold: row agenda is not what its events add up to",
        ),
        (
            "UPDATE fold SET body = 'x' WHERE stream = 'agenda'",
            "fold: row agenda is missing or cannot be read",
        ),
        (
            "UPDATE fold SET open = 1 WHERE stream = 'release/r2'",
            "fold: row release/r2: open is not what its body says",
        ),
        (
            "UPDATE fold SET version = 9 WHERE stream = 'agenda'",
            "fold: row agenda counts other events than it has",
        ),
        (
            "UPDATE blob SET bytes = x'00'",
            "blob: row 610a85b88d913d43",
        ),
    ] {
        let (_folder, path) = stopped().await;
        vandal(&path, statements);
        let found = look(&path).await;
        let all: Vec<&str> = found.wrong().collect();
        assert!(
            all.iter().any(|it| it.contains(told)),
            "{statements}: {all:?}"
        );
        assert_eq!(all.len(), 1, "and nothing else: {statements}: {all:?}");
    }
}

#[tokio::test]
async fn what_a_start_does_not_look_at_is_found_beside_the_bot() {
    for (statements, told) in [
        (
            "UPDATE event SET actor = 'web:eve' WHERE seq = 2",
            "event 2: its hash does not follow from what it says and the one before it",
        ),
        (
            "UPDATE fold SET body = replace(body, '1.1.0', '9.9.9') WHERE stream = 'release/r2'",
            "fold: row release/r2 is not what its events add up to",
        ),
    ] {
        let (_folder, path) = stopped().await;
        let store = SqliteStore::open(&path, OPTIONS).await.unwrap();
        store.verify_tail().await.unwrap();
        vandal(&path, statements);
        store.verify_tail().await.unwrap();
        let mut inspection = Inspection::open(&path).await.unwrap();
        let found = inspection.look_beside().await.unwrap();
        assert_eq!(found.wrong().collect::<Vec<_>>(), [told], "{statements}");
    }
}

#[tokio::test]
async fn what_is_no_database_of_ours_cannot_be_looked_over() {
    let (folder, path) = stopped().await;
    let refused = async |path: &Path| match Inspection::open(path).await {
        Err(StoreError::Unusable { what, hint }) => format!("{what}. {hint}"),
        other => panic!("{other:?}"),
    };
    let nowhere = refused(&folder.path().join("other.db")).await;
    assert!(nowhere.contains("there is no database at"), "{nowhere}");
    let empty = folder.path().join("empty.db");
    std::fs::write(&empty, "").unwrap();
    let empty = refused(&empty).await;
    assert!(empty.contains("no database of Shipbell"), "{empty}");
    vandal(&path, "PRAGMA user_version = 1");
    let older = refused(&path).await;
    assert!(older.contains("`shipbell migrate`"), "{older}");
    vandal_again(&path, "PRAGMA user_version = 99");
    let newer = refused(&path).await;
    assert!(newer.contains("newer Shipbell"), "{newer}");
}

#[tokio::test]
async fn projections_are_made_anew_from_a_whole_log() {
    let (_folder, path) = stopped().await;
    let damage = "UPDATE stage SET result = 'verified'; DELETE FROM signoff; \
         INSERT INTO policy VALUES ('aa', 'shop', '{}'); \
         UPDATE fold SET body = 'x' WHERE stream = 'agenda'; \
         UPDATE fold SET open = 1, version = 7 WHERE stream = 'release/r2'; \
         DELETE FROM attempt_step; DELETE FROM attempt";
    vandal(&path, damage);
    let found = look(&path).await;
    assert!(found.tables.len() > 5, "{found:?}");
    let Mended::Done {
        events,
        differences,
    } = mend(&path).await.unwrap()
    else {
        panic!("the log is whole")
    };
    assert_eq!(events, found.events);
    assert_eq!(differences, found.tables);
    assert!(look(&path).await.is_whole());
    let Mended::Done { differences, .. } = mend(&path).await.unwrap() else {
        panic!("the log is whole")
    };
    assert_eq!(differences, Vec::<String>::new());
    let store = SqliteStore::open(&path, OPTIONS).await.unwrap();
    store.verify_tail().await.unwrap();
}

#[tokio::test]
async fn nothing_is_made_anew_from_a_broken_log_or_under_a_running_bot() {
    let (_folder, path) = stopped().await;
    let running = SqliteStore::open(&path, OPTIONS).await.unwrap();
    let refused = mend(&path).await;
    assert!(
        matches!(&refused, Err(StoreError::Unusable { hint, .. }) if hint.contains("Stop")),
        "{refused:?}"
    );
    drop(running);
    let damage = "UPDATE stage SET result = 'verified'; \
         UPDATE event SET actor = 'web:eve' WHERE seq = 2";
    vandal(&path, damage);
    let Mended::LogBroken(findings) = mend(&path).await.unwrap() else {
        panic!("the log is broken")
    };
    assert_eq!(findings.log.len(), 1, "{findings:?}");
    vandal_again(
        &path,
        "UPDATE event SET actor = (SELECT actor FROM event WHERE seq = 1) WHERE seq = 2",
    );
    let found = look(&path).await;
    assert_eq!(found.log, Vec::<String>::new());
    assert_eq!(found.tables.len(), 1, "it was left as it was: {found:?}");
}

#[tokio::test]
async fn what_was_erased_stays_as_it_is() {
    let (_folder, path) = stopped().await;
    let before = look(&path).await;
    let erase = "UPDATE event SET payload = NULL, salt = NULL WHERE seq = 2; \
         UPDATE fold SET body = replace(body, 'quiet', 'loud') WHERE stream = 'agenda'";
    vandal(&path, erase);
    let found = look(&path).await;
    assert_eq!((found.erased, found.tables.len()), (1, 1), "{found:?}");
    mend(&path).await.unwrap();
    let after = look(&path).await;
    assert!(after.is_whole(), "{after:?}");
    assert_eq!(after.hash, before.hash);
    let store = SqliteStore::open(&path, OPTIONS).await.unwrap();
    assert_eq!(store.tables().await.unwrap().folds.len(), 5);
}
