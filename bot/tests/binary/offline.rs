//! The bot is down, and somebody on its host must go back.

use std::fs;

use crate::house::{Ended, House, eventually, run, run_alone, uid};
use crate::people::Guest;
use crate::releases::{locked, open, roll_out};
use crate::world::{Fate, image_of, load};

/// What somebody types at night.
const BACK: [&str; 8] = [
    "release",
    "rollback",
    "motorsport",
    "production",
    "--why",
    "slow pages",
    "--offline",
    "--yes",
];

async fn goes_back(house: &House) -> Ended {
    house.shipbell(&BACK).await
}

/// Brings versions in, one after the other.
async fn brings_in(house: &mut House, versions: &[&str]) -> (Guest, Guest) {
    for version in versions {
        load(version, Fate::Well).await;
    }
    house.serves().await;
    let (kai, lea) = (
        Guest::enter(house, "kai").await,
        Guest::enter(house, "lea").await,
    );
    for version in versions {
        roll_out(house, (&kai, &lea), version).await;
    }
    (kai, lea)
}

/// How many rollbacks there ever were: by the log, not by what anybody says.
fn rollbacks(house: &House) -> i64 {
    let log = rusqlite::Connection::open(house.data().join("shipbell.db")).unwrap();
    let count = "SELECT count(*) FROM event WHERE kind = 'environment.attempt_started' \
         AND payload LIKE '%\"type\":\"rollback\"%'";
    log.query_row(count, [], |row| row.get(0)).unwrap()
}

/// Fails unless the whole log adds up, and only one rollback is in it.
async fn went_back_once(house: &House) {
    assert_eq!(rollbacks(house), 1);
    house.shipbell(&["verify"]).await.succeeded();
}

#[tokio::test]
async fn somebody_goes_back_while_the_bot_is_down_and_the_channel_learns_of_it() {
    run("offline", async |house| {
        let (_kai, lea) = brings_in(house, &["v1", "v2"]).await;
        house.is_told("KILL").await;

        let err = house.shipbell(&BACK[..6]).await.failed(1);
        assert!(err.contains("no bot answers"), "{err}");
        assert!(err.contains("go back without it: add --offline"), "{err}");
        let unsure = house.shipbell(&BACK[..7]).await;
        assert!(unsure.out.contains("goes back from v2 to v1"), "{unsure:?}");
        let err = unsure.failed(2);
        assert!(err.contains("add --yes"), "{err}");
        house.really_runs("v2").await;

        let told = goes_back(house).await.succeeded();
        for words in [
            "Motorsport API, production goes back from v2 to v1.",
            "By Kai Ito, without the bot",
            "Production: Rollback to v1",
            "✓ Recreate containers",
            "✓ GET /api/health/",
            "is rolled back, runs v1 and is verified",
            "shipbell release unlock motorsport production",
        ] {
            assert!(told.contains(words), "{words}: {told}");
        }
        house.really_runs("v1").await;

        // Somebody whose terminal went away may not know that it is done.
        let again = goes_back(house).await;
        assert!(again.out.contains("was rolled back to v1"), "{again:?}");
        assert!(again.out.contains("production v2 --offline"), "{again:?}");
        again.failed(1);
        house.really_runs("v1").await;
        went_back_once(house).await;

        house.serves().await;
        lea.sees("rollback of production to v1 started by Kai Ito: slow pages")
            .await;
        let evidence = lea.sees("Smoke tests of v1 on production").await;
        assert!(evidence.thread.is_some(), "{evidence:?}");
        lea.sees("production is rolled back, runs v1 and is verified")
            .await;
        locked(house).await;
        went_back_once(house).await;
    })
    .await;
}

#[tokio::test]
async fn where_a_bot_runs_it_is_the_one_to_ask() {
    run_alone("offline-beside", async |house| {
        let err = goes_back(house).await.failed(1);
        assert!(err.contains("there is no database at"), "{err}");
        house.serves().await;
        let err = goes_back(house).await.failed(1);
        assert!(
            err.contains("the bot runs: say it without --offline"),
            "{err}"
        );
        // Its door may be gone: the database is not.
        fs::remove_file(house.data().join("shipbell.sock")).unwrap();
        let err = goes_back(house).await.failed(1);
        assert!(err.contains("another process uses"), "{err}");
        assert!(err.contains("Stop the other Shipbell first"), "{err}");
    })
    .await;
}

#[tokio::test]
async fn what_the_domain_refuses_stays_refused_without_a_bot() {
    run("offline-nothing", async |house| {
        let (_kai, _lea) = brings_in(house, &["v1"]).await;
        house.is_told("TERM").await;
        let refused = goes_back(house).await;
        let why = "There is no version Motorsport API, production could return to";
        assert!(refused.out.contains(why), "{refused:?}");
        let err = refused.failed(1);
        assert!(err.contains("nothing was changed"), "{err}");
        let status = house.shipbell(&["release", "--offline", "status"]).await;
        assert!(
            status.out.contains("there is only the way back"),
            "{status:?}"
        );
        status.failed(1);

        house.rewrites(&format!(", unix = {}", uid()), "");
        let err = goes_back(house).await.failed(1);
        assert!(err.contains("nobody in [people] has user number"), "{err}");
        assert!(err.contains("unix = "), "what to do about it: {err}");
        assert_eq!(rollbacks(house), 0);
        house.really_runs("v1").await;
        house.shipbell(&["verify"]).await.succeeded();
    })
    .await;
}

/// Deploys a version and waits until its containers come.
async fn comes_up(house: &House, (kai, lea): (&Guest, &Guest), version: &str) {
    open(kai, version).await;
    lea.presses("Sign off for production").await;
    kai.sees("Complete").await;
    kai.presses("Deploy to production").await;
    eventually("the new version comes up", async || {
        let new = image_of("api", version);
        house.world().images("api").contains(&new).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_deploy_the_bot_died_in_is_taken_back_without_it() {
    run("offline-died", async |house| {
        load("v2", Fate::Well).await;
        let (kai, lea) = brings_in(house, &["v1"]).await;
        comes_up(house, (&kai, &lea), "v2").await;
        house.is_told("KILL").await;
        let told = goes_back(house).await.succeeded();
        for words in [
            "The bot was cut off in the deploy of v2",
            "Production: Deploy of v2",
            "Production: Rollback to v1",
            "is rolled back, runs v1 and is verified",
        ] {
            assert!(told.contains(words), "{words}: {told}");
        }
        house.really_runs("v1").await;
        went_back_once(house).await;
        house.serves().await;
        lea.sees("production is rolled back, runs v1 and is verified")
            .await;
        locked(house).await;
        went_back_once(house).await;
    })
    .await;
}

/// Begins to go back, and pulls the plug once the containers are being replaced.
async fn is_cut_off(house: &House) {
    let (mut going, mut said) = house.begins(&BACK);
    let mut all = String::new();
    while let Some(line) = said.next_line().await.unwrap() {
        all.push_str(&line);
        if line.contains("▸ Recreate containers") {
            going.kill().await.unwrap();
            return;
        }
    }
    panic!("it came to its end: {all}");
}

#[tokio::test]
async fn a_way_back_that_was_cut_off_goes_on_when_it_is_said_again() {
    run("offline-again", async |house| {
        let (_kai, lea) = brings_in(house, &["v1", "v2"]).await;
        house.is_told("KILL").await;
        is_cut_off(house).await;
        let told = goes_back(house).await.succeeded();
        assert!(
            told.contains("was cut off. It goes on to its end"),
            "{told}"
        );
        house.really_runs("v1").await;
        went_back_once(house).await;
        house.serves().await;
        lea.sees("production is rolled back, runs v1 and is verified")
            .await;
        went_back_once(house).await;
    })
    .await;
}

#[tokio::test]
async fn a_way_back_that_was_cut_off_goes_on_when_the_bot_starts() {
    run("offline-bot", async |house| {
        let (_kai, lea) = brings_in(house, &["v1", "v2"]).await;
        house.is_told("KILL").await;
        is_cut_off(house).await;
        house.serves().await;
        lea.sees("production is rolled back, runs v1 and is verified")
            .await;
        house.really_runs("v1").await;
        went_back_once(house).await;
    })
    .await;
}

/// A version is healthy for as long as this file is there.
const COMPOSE: &str = r#"version: "3.3"
services:
  api:
    image: nothing/api:none
    volumes: ["./switch:/switch:ro"]
    healthcheck:
      test: ["CMD", "/bin/busybox", "test", "-e", "/switch/on"]
      interval: 1s
      retries: 2
    ports: ["127.0.0.1:${API_PORT}:8000"]
  frontend:
    image: nothing/frontend:none
    ports: ["127.0.0.1:${FRONTEND_PORT}:8000"]
"#;

#[tokio::test]
async fn a_way_back_that_does_not_get_healthy_says_why_and_what_to_do() {
    run("offline-sick", async |house| {
        let deploy = house.folder().join("deploy");
        fs::write(deploy.join("compose.production.yml"), COMPOSE).unwrap();
        fs::create_dir(deploy.join("switch")).unwrap();
        fs::write(deploy.join("switch/on"), "").unwrap();
        let (_kai, lea) = brings_in(house, &["v1", "v2"]).await;
        house.is_told("TERM").await;
        fs::remove_file(deploy.join("switch/on")).unwrap();

        let ended = goes_back(house).await;
        for words in [
            "✕ Recreate containers",
            "Last lines of Recreate containers",
            "started v1",
        ] {
            assert!(ended.out.contains(words), "{words}: {ended:?}");
        }
        assert!(!ended.out.contains("is verified"), "{ended:?}");
        let err = ended.failed(1);
        assert!(err.contains("the rollback to v1 failed"), "{err}");
        assert!(err.contains("hint: "), "{err}");

        fs::write(deploy.join("switch/on"), "").unwrap();
        house.serves().await;
        locked(house).await;
        lea.sees("the rollback to v1 in production failed").await;
        house.shipbell(&["verify"]).await.succeeded();
    })
    .await;
}
