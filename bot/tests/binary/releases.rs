//! The runbook, played: rollout, verification, a bad version, the way back and forth.

use crate::house::{House, eventually, run};
use crate::people::Guest;
use crate::world::{Fate, image_of, load};

/// Opens a release, has the other one sign it off, deploys it, and waits for its end.
pub(crate) async fn roll_out(house: &House, (kai, lea): (&Guest, &Guest), version: &str) {
    open(kai, version).await;
    lea.reacts(
        "white_check_mark",
        &format!("sign off {version} for production?"),
    )
    .await;
    lea.sees("Complete").await;
    kai.says("/release deploy motorsport production").await;
    house.is_verified(version).await;
}

/// Opens a release and waits until people are asked to sign it off.
pub(crate) async fn open(by: &Guest, version: &str) {
    let images = House::images(version);
    let told = by
        .asks(&format!("/release new motorsport {version} {images}"))
        .await;
    assert!(told.contains(version), "{told}");
    by.sees(&format!("sign off {version} for production?"))
        .await;
}

/// Waits until production takes no deploy.
pub(crate) async fn locked(house: &House) {
    eventually("production is locked", async || {
        house
            .release("status")
            .await
            .succeeded()
            .contains("locked")
            .then_some(())
    })
    .await;
}

#[tokio::test]
async fn motorsport_is_rolled_out_and_comes_back_by_itself() {
    run("rollout", async |house| {
        for (version, fate) in [("v1", Fate::Well), ("v2", Fate::Well), ("v3", Fate::Sick)] {
            load(version, fate).await;
        }
        house.serves().await;
        let (kai, lea) = (
            Guest::enter(house, "kai").await,
            Guest::enter(house, "lea").await,
        );

        roll_out(house, (&kai, &lea), "v1").await;
        house.really_runs("v1").await;
        let evidence = lea.sees("Smoke tests of v1 on production").await;
        assert!(
            evidence.thread.is_some(),
            "evidence belongs into the thread"
        );
        assert!(evidence.text.contains("3 of 3 passed"), "{}", evidence.text);
        for check in ["/api/health/", "/api/docs/", "api"] {
            assert!(evidence.text.contains(check), "{check}: {}", evidence.text);
        }

        roll_out(house, (&kai, &lea), "v2").await;
        house.really_runs("v2").await;
        let shown = house.release("show r2").await.succeeded();
        assert!(
            shown.contains("v2") && shown.contains("local image"),
            "{shown}"
        );
        let history = house.release("history").await.succeeded();
        assert!(
            history.contains("v1") && history.contains("v2"),
            "{history}"
        );

        open(&kai, "v3").await;
        lea.reacts("white_check_mark", "sign off v3 for production?")
            .await;
        lea.sees("Complete").await;
        kai.says("/release deploy motorsport production").await;
        lea.sees("production is rolled back, runs v2 and is verified")
            .await;
        locked(house).await;
        house.really_runs("v2").await;
        let news = lea.sees("the deploy of v3 in production failed").await;
        assert!(news.text.contains("health"), "{}", news.text);
        assert!(
            news.text.contains("Production returns to v2 by itself"),
            "{}",
            news.text
        );
        assert!(lea.sees("Automatic rollback to v2").await.thread.is_some());
        let history = house.release("history").await.succeeded();
        assert!(history.contains("v3"), "{history}");
    })
    .await;
}

#[tokio::test]
async fn rollback_goes_back_and_forth() {
    run("pointers", async |house| {
        for version in ["v1", "v2"] {
            load(version, Fate::Well).await;
        }
        house.serves().await;
        let (kai, lea) = (
            Guest::enter(house, "kai").await,
            Guest::enter(house, "lea").await,
        );
        roll_out(house, (&kai, &lea), "v1").await;
        roll_out(house, (&kai, &lea), "v2").await;

        let back = [
            "release",
            "rollback",
            "motorsport",
            "production",
            "--why",
            "slow pages",
        ];
        house.shipbell(&back).await.succeeded();
        lea.sees("production is rolled back, runs v1 and is verified")
            .await;
        house.really_runs("v1").await;

        // The lock holds deploys back, never a rollback.
        locked(house).await;
        kai.says("/release rollback production").await;
        assert!(
            kai.dialog().await.is_some(),
            "a rollback without a reason asks for one"
        );
        kai.says("/release rollback production --why \"it was the network\"")
            .await;
        lea.sees("production is rolled back, runs v2 and is verified")
            .await;
        house.really_runs("v2").await;

        let unlocked = house
            .release("unlock motorsport production looked at it")
            .await;
        unlocked.succeeded();
        let status = house.release("status").await.succeeded();
        assert!(!status.contains("locked"), "{status}");
    })
    .await;
}

#[tokio::test]
async fn two_who_deploy_at_once_start_one_attempt() {
    run("both", async |house| {
        load("v1", Fate::Well).await;
        house.serves().await;
        let (kai, lea) = (
            Guest::enter(house, "kai").await,
            Guest::enter(house, "lea").await,
        );
        open(&kai, "v1").await;
        lea.presses("Sign off for production").await;
        kai.sees("Complete").await;
        let deploy = "/release deploy motorsport production";
        tokio::join!(kai.says(deploy), lea.says(deploy), kai.says(deploy));
        house.is_verified("v1").await;
        house.really_runs("v1").await;
        let shown = house.release("show r1").await.succeeded();
        assert_eq!(shown.matches("production, attempt").count(), 1, "{shown}");
        let again = kai.asks(deploy).await;
        assert!(again.contains("no open release"), "{again}");
    })
    .await;
}

#[tokio::test]
async fn a_deploy_is_stopped_and_taken_back() {
    run("stopped", async |house| {
        for version in ["v1", "v2"] {
            load(version, Fate::Well).await;
        }
        house.serves().await;
        let (kai, lea) = (
            Guest::enter(house, "kai").await,
            Guest::enter(house, "lea").await,
        );
        roll_out(house, (&kai, &lea), "v1").await;
        open(&kai, "v2").await;
        lea.presses("Sign off for production").await;
        kai.sees("Complete").await;
        kai.presses("Deploy to production").await;
        eventually("v2 comes up", async || {
            let new = image_of("api", "v2");
            house.world().images("api").contains(&new).then_some(())
        })
        .await;
        let stop = [
            "release",
            "stop",
            "motorsport",
            "production",
            "--rollback",
            "wrong day",
        ];
        house.shipbell(&stop).await.succeeded();
        lea.sees("production is rolled back, runs v1 and is verified")
            .await;
        house.really_runs("v1").await;
        let started = lea.sees("rollback of production to v1 started").await;
        assert!(
            started.text.contains("by Kai Ito: wrong day"),
            "{}",
            started.text
        );
        locked(house).await;
    })
    .await;
}
