//! Power cuts and polite stops, in the middle of things.

use crate::house::{House, eventually, run, run_alone};
use crate::people::Guest;
use crate::releases::{open, roll_out};
use crate::world::{Fate, image_of, load};

/// Brings v1 in, starts the deploy of v2, and once `moment` has come ends the bot with a
/// signal and starts it again: the deploy ends well, once.
async fn cut_off(house: &mut House, signal: &str, moment: impl AsyncFn(&House) -> bool) {
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
    eventually("the moment of the power cut", async || {
        moment(house).await.then_some(())
    })
    .await;
    house.is_told(signal).await;
    house.serves().await;
    assert!(
        house.log().contains("taking over an attempt"),
        "it was at work:\n{}",
        house.log()
    );
    house.is_verified("v2").await;
    house.really_runs("v2").await;
    // Told once, in one message each, not once a life. One that was on its way when the
    // power went is looked for first, so it may come after the deploy has ended.
    for words in ["Deploy of v2", "Smoke tests of v2 on production"] {
        let count = eventually(words, async || {
            let said = lea.messages().await;
            let count = said.iter().filter(|it| it.text.contains(words)).count();
            (count > 0).then_some(count)
        })
        .await;
        assert_eq!(count, 1, "{words}");
    }
    let shown = house.release("show r2").await.succeeded();
    assert_eq!(shown.matches("production, attempt").count(), 1, "{shown}");
}

#[tokio::test]
async fn a_power_cut_as_the_deploy_starts() {
    run("cut-early", async |house| {
        cut_off(house, "KILL", async |house| {
            house
                .release("status")
                .await
                .succeeded()
                .contains("deploying v2")
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_power_cut_while_the_new_version_comes_up() {
    run("cut-late", async |house| {
        cut_off(house, "KILL", async |house| {
            let new = image_of("api", "v2");
            house.world().images("api").contains(&new)
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_polite_stop_in_the_middle_of_a_deploy() {
    run("cut-polite", async |house| {
        cut_off(house, "TERM", async |house| {
            let new = image_of("api", "v2");
            house.world().images("api").contains(&new)
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_power_cut_on_the_way_back() {
    run("cut-back", async |house| {
        load("v1", Fate::Well).await;
        load("v3", Fate::Sick).await;
        house.serves().await;
        let (kai, lea) = (
            Guest::enter(house, "kai").await,
            Guest::enter(house, "lea").await,
        );
        roll_out(house, (&kai, &lea), "v1").await;
        open(&kai, "v3").await;
        lea.presses("Sign off for production").await;
        kai.sees("Complete").await;
        kai.presses("Deploy to production").await;
        eventually("the rollback begins", async || {
            house
                .release("status")
                .await
                .succeeded()
                .contains("rolling back")
                .then_some(())
        })
        .await;
        house.is_told("KILL").await;
        house.serves().await;
        lea.sees("production is rolled back, runs v1 and is verified")
            .await;
        house.really_runs("v1").await;
        let said = lea.messages().await;
        let told = said
            .iter()
            .filter(|it| it.text.contains("is rolled back, runs v1"))
            .count();
        assert_eq!(told, 1);
    })
    .await;
}

#[tokio::test]
async fn a_bot_that_is_told_to_stop_stops_and_knows_everything_after() {
    run_alone("stop", async |house| {
        house.serves().await;
        let kai = Guest::enter(house, "kai").await;
        kai.says("good morning").await;
        let status = house.is_told("TERM").await;
        assert_eq!(status.code(), Some(0), "{}", house.log());
        assert!(house.log().contains("stopping"), "{}", house.log());
        let err = house.release("status").await.failed(1);
        assert!(
            err.contains("no bot answers") && err.contains("shipbell serve"),
            "{err}"
        );

        // The same browser, the same session, the same channel.
        house.serves().await;
        kai.sees("good morning").await;
        assert_eq!(house.is_told("INT").await.code(), Some(0));
    })
    .await;
}
