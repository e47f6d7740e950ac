//! The log is checked, tampered with, checked again, copied and restored.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use rusqlite::Connection;

use crate::house::{House, run_alone};
use crate::people::Guest;

/// A bot that has something in its log, and still runs.
pub(crate) async fn busy(house: &mut House) {
    house.serves().await;
    for line in [
        "freeze now --why quarter",
        "unfreeze f1",
        "freeze now --why audit",
    ] {
        house.release(line).await.succeeded();
    }
}

/// Changes the database behind everybody's back.
pub(crate) fn vandal(house: &House, statements: &str) {
    let conn = Connection::open(house.data().join("shipbell.db")).unwrap();
    let all = format!(
        "PRAGMA foreign_keys = OFF; DROP TRIGGER IF EXISTS event_is_never_edited; \
         DROP TRIGGER IF EXISTS event_is_never_deleted; {statements}"
    );
    conn.execute_batch(&all).unwrap();
    conn.close().unwrap();
}

#[tokio::test]
async fn verify_says_what_it_checked_beside_a_running_bot_and_without() {
    run_alone("verify", async |house| {
        let err = house.shipbell(&["verify"]).await.failed(1);
        assert!(err.contains("there is no database at"), "{err}");
        busy(house).await;
        let beside = house.shipbell(&["verify"]).await.succeeded();
        for told in [
            "file      ok    SQLite",
            "log       ok    ",
            "whole from the first to the last: event ",
            "tables    ok    ",
            "evidence  ok    ",
        ] {
            assert!(beside.contains(told), "{told}: {beside}");
        }
        let err = house.shipbell(&["verify", "--rebuild"]).await.failed(1);
        assert!(err.contains("Stop the other Shipbell first"), "{err}");
        house.is_told("TERM").await;
        assert_eq!(house.shipbell(&["verify"]).await.succeeded(), beside);
        let said = house.shipbell(&["verify", "--rebuild"]).await.succeeded();
        assert!(said.contains("nothing was changed"), "{said}");

        // What keeps it from checking is no finding.
        house.rewrites("timezone = \"UTC\"", "timezone = \"Mars/Olympus\"");
        house.shipbell(&["verify"]).await.failed(1);
    })
    .await;
}

#[tokio::test]
async fn a_changed_event_is_named_and_nothing_is_made_anew_from_it() {
    run_alone("changed", async |house| {
        busy(house).await;
        house.is_told("TERM").await;
        let change = "UPDATE event SET payload = replace(payload, 'quarter', 'nothing') \
             WHERE kind = 'agenda.frozen'";
        vandal(house, change);
        for words in [["verify"].as_slice(), &["verify", "--rebuild"]] {
            let ended = house.shipbell(words).await;
            assert!(ended.out.contains("log       FAIL  event "), "{ended:?}");
            assert!(ended.out.contains("what it says was changed"), "{ended:?}");
            let err = ended.failed(2);
            assert!(err.contains("restore the last backup"), "{err}");
        }
        let said = house.shipbell(&["verify"]).await;
        assert!(said.out.contains("tables    --"), "{said:?}");
    })
    .await;
}

#[tokio::test]
async fn a_changed_table_is_named_and_made_anew() {
    run_alone("table", async |house| {
        busy(house).await;
        house.is_told("TERM").await;
        let change = "UPDATE fold SET body = replace(body, 'audit', 'party') \
             WHERE stream = 'agenda'; UPDATE policy SET app = 'other'";
        vandal(house, change);
        let ended = house.shipbell(&["verify"]).await;
        for told in [
            "fold: row agenda is not what its events add up to",
            ": app is other, the log says motorsport",
        ] {
            assert!(ended.out.contains(told), "{told}: {ended:?}");
        }
        let err = ended.failed(2);
        assert!(err.contains("2 things are wrong"), "{err}");
        assert!(err.contains("shipbell verify --rebuild"), "{err}");
        let said = house.shipbell(&["verify", "--rebuild"]).await.succeeded();
        assert!(said.contains("made anew in one transaction"), "{said}");
        house.shipbell(&["verify"]).await.succeeded();
        house.serves().await;
        let windows = house.release("window list").await.succeeded();
        assert!(windows.contains("audit"), "{windows}");
    })
    .await;
}

#[tokio::test]
async fn a_backup_is_made_beside_a_running_bot_and_read_again() {
    run_alone("backup", async |house| {
        busy(house).await;
        let copies = house.folder().join("copies");
        std::fs::create_dir(&copies).unwrap();
        let file = copies.join("monday.db");
        let words = ["backup", file.to_str().unwrap()];
        let said = house.shipbell(&words).await.succeeded();
        let verified = house.shipbell(&["verify"]).await.succeeded();
        let (_, last) = verified.split_once("to the last: ").unwrap();
        let last = last.lines().next().unwrap();
        assert!(said.contains(last), "{last}: {said}");
        let alone: Vec<_> = std::fs::read_dir(&copies).unwrap().collect();
        assert_eq!(alone.len(), 1, "a copy is one file: {alone:?}");
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        let before = std::fs::read(&file).unwrap();
        let err = house.shipbell(&words).await.failed(1);
        assert!(err.contains("exists already"), "{err}");
        assert!(std::fs::read(&file).unwrap() == before, "it was left alone");
        house.release("status").await.succeeded();
    })
    .await;
}

/// Puts a copy in the place of a stopped bot's database.
fn restore(house: &House, copy: &Path) {
    for file in ["shipbell.db", "shipbell.db-wal", "shipbell.db-shm"] {
        // The two beside it need not be there.
        drop(std::fs::remove_file(house.data().join(file)));
    }
    std::fs::copy(copy, house.data().join("shipbell.db")).unwrap();
}

#[tokio::test]
async fn an_older_copy_is_noticed_and_everything_waits_for_a_person() {
    run_alone("restored", async |house| {
        busy(house).await;
        let copy = house.folder().join("copy.db");
        let words = ["backup", copy.to_str().unwrap()];
        house.shipbell(&words).await.succeeded();
        for line in ["unfreeze f2", "freeze now --why later"] {
            house.release(line).await.succeeded();
        }
        house.is_told("TERM").await;
        let said = house.shipbell(&["recover"]).await.succeeded();
        assert!(said.contains("Nothing is missing"), "{said}");
        restore(house, &copy);
        let back = "rollback motorsport production --why x --offline --yes";
        let ended = house.release(back).await;
        assert!(ended.out.contains("2 events are missing"), "{ended:?}");
        let err = ended.failed(1);
        assert!(err.contains("a part of the log is gone"), "{err}");
        house.serves().await;

        // It answers, says what is wrong wherever one looks, and does nothing.
        let windows = house.release("window list").await.succeeded();
        assert!(windows.contains("audit"), "{windows}");
        let refused = house.release("unfreeze f2").await.failed(1);
        assert!(refused.contains("nothing was changed"), "{refused}");
        let kai = Guest::enter(house, "kai").await;
        let told = kai.asks("/release unfreeze f2").await;
        assert!(told.contains("`shipbell recover`"), "{told}");
        let banner = kai.banner().await.unwrap();
        assert!(banner.contains("a part of my records is gone"), "{banner}");
        let log = house.log();
        assert!(log.contains("2 events are missing"), "{log}");
        let ended = house.shipbell(&["recover"]).await;
        assert!(ended.out.contains("2 events are missing"), "{ended:?}");
        let err = ended.failed(1);
        assert!(err.contains("`shipbell recover --accept`"), "{err}");

        // Starting again changes nothing about it.
        house.is_told("KILL").await;
        house.serves().await;
        house.release("unfreeze f2").await.failed(1);

        let said = house.shipbell(&["recover", "--accept"]).await.succeeded();
        assert!(said.contains("accepted"), "{said}");
        kai.sees("An older copy of my records was restored").await;
        assert_eq!(kai.banner().await, None);
        house.release("unfreeze f2").await.succeeded();
        let err = house.shipbell(&["recover", "--accept"]).await;
        assert!(err.succeeded().contains("Nothing is missing"));
        house.is_told("TERM").await;
        house.serves().await;
        house.release("freeze now --why again").await.succeeded();
        house.shipbell(&["verify"]).await.succeeded();
    })
    .await;
}

#[tokio::test]
async fn what_was_changed_long_ago_is_found_after_the_start_and_stops_everything() {
    run_alone("late", async |house| {
        busy(house).await;
        // The second start takes all of the log for checked.
        house.is_told("TERM").await;
        house.serves().await;
        house.is_told("TERM").await;
        let change = "UPDATE event SET payload = replace(payload, 'quarter', 'nothing') \
             WHERE kind = 'agenda.frozen'";
        vandal(house, change);
        house.serves().await;
        let kai = Guest::enter(house, "kai").await;
        let banner = kai.sees_banner("I have stopped").await;
        assert!(banner.contains("what it says was changed"), "{banner}");
        let windows = house.release("window list").await.succeeded();
        assert!(windows.contains("audit"), "{windows}");
        let refused = house.release("unfreeze f2").await.failed(1);
        assert!(refused.contains("nothing was changed"), "{refused}");
        let ended = house.shipbell(&["recover"]).await;
        for told in [
            "what it says was changed",
            "`shipbell verify --rebuild`",
            "put the last backup in their place",
        ] {
            assert!(ended.out.contains(told), "{told}: {ended:?}");
        }
        let err = ended.failed(1);
        assert!(err.contains("has stopped all effects"), "{err}");
        house.shipbell(&["verify"]).await.failed(2);
    })
    .await;
}

#[tokio::test]
async fn another_database_is_not_taken_for_the_one_that_was_there() {
    run_alone("replaced", async |house| {
        busy(house).await;
        house.is_told("TERM").await;
        for file in std::fs::read_dir(house.data()).unwrap() {
            let path = file.unwrap().path();
            if path.to_string_lossy().contains("shipbell.db") {
                std::fs::remove_file(path).unwrap();
            }
        }
        house.serves().await;
        house.release("freeze now --why x").await.failed(1);
        let ended = house.shipbell(&["recover"]).await;
        assert!(ended.out.contains("This is another database"), "{ended:?}");
        house.shipbell(&["recover", "--accept"]).await.succeeded();
        house.release("freeze now --why x").await.succeeded();
    })
    .await;
}
