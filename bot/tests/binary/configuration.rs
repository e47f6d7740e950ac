//! The configuration, checked, described, and changed under a running bot.

use crate::house::{run, run_alone};
use crate::people::Guest;
use crate::releases::open;
use crate::world::{Fate, load};

#[tokio::test]
async fn check_tells_what_it_understood_or_every_mistake() {
    run_alone("check", async |house| {
        let said = house.shipbell(&["check"]).await.succeeded();
        for word in ["motorsport", "production", "kai", "operator"] {
            assert!(said.to_lowercase().contains(word), "{word}: {said}");
        }
        house.rewrites("timezone = \"UTC\"", "timezone = \"Mars/Olympus\"");
        house.rewrites("[\"kai\", \"lea\"]", "[\"kai\", \"leah\"]");
        house.rewrites("on_failure = \"rollback\"", "on_failure = \"rolback\"");
        let err = house.shipbell(&["check"]).await.failed(2);
        for mistake in ["Mars/Olympus", "leah", "rolback"] {
            assert!(err.contains(mistake), "{mistake}: {err}");
        }
        let err = house.shipbell(&["serve"]).await.failed(2);
        assert!(err.contains("rolback"), "{err}");
    })
    .await;
}

#[tokio::test]
async fn the_schema_is_json() {
    run_alone("schema", async |house| {
        let schema = house.shipbell(&["schema"]).await.succeeded();
        let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
        assert_eq!(schema["title"], "shipbell.toml");
        assert!(schema["properties"]["app"].is_object(), "{schema}");
    })
    .await;
}

#[tokio::test]
async fn the_manifest_is_json_that_slack_takes() {
    run_alone("manifest", async |house| {
        let said = house.shipbell(&["slack", "manifest"]).await.succeeded();
        let manifest: serde_json::Value = serde_json::from_str(&said).unwrap();
        let command = &manifest["features"]["slash_commands"][0];
        assert_eq!(command["command"], "/release");
        assert_eq!(manifest["settings"]["socket_mode_enabled"], true);
        let plain = ["slack", "manifest", "--public-url", "http://bell.example"];
        let refused = house.shipbell(&plain).await.failed(2);
        assert!(refused.contains("https://"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn the_invitation_names_the_application_and_asks_for_no_more_than_is_used() {
    run_alone("invitation", async |house| {
        let words = ["discord", "invite", "--application", "1187000000000000000"];
        let said = house.shipbell(&words).await.succeeded();
        let wanted = "client_id=1187000000000000000&scope=bot+applications.commands&permissions=2252109051448384";
        assert!(said.trim().ends_with(wanted), "{said}");
        let wrong = ["discord", "invite", "--application", "shipbell"];
        let refused = house.shipbell(&wrong).await.failed(2);
        assert!(refused.contains("Application ID"), "{refused}");
    })
    .await;
}

#[tokio::test]
async fn another_policy_voids_what_was_asked_under_the_old_one() {
    run("reload", async |house| {
        load("v1", Fate::Well).await;
        house.serves().await;
        let (kai, lea) = (
            Guest::enter(house, "kai").await,
            Guest::enter(house, "lea").await,
        );
        open(&kai, "v1").await;
        lea.presses("Sign off for production").await;
        kai.sees("Complete").await;

        // A file with a mistake changes nothing.
        house.rewrites("on_failure = \"rollback\"", "on_failure = \"rolback\"");
        let err = house.shipbell(&["reload"]).await.failed(2);
        assert!(err.contains("rolback"), "{err}");
        house.hears("HUP").await;
        crate::house::eventually("the bot refuses the file", async || {
            house.log().contains("the old one stays").then_some(())
        })
        .await;
        assert!(kai.can_see("Complete").await, "what was given still stands");

        // Another policy asks again.
        house.rewrites("on_failure = \"rolback\"", "on_failure = \"stop\"");
        let said = house.shipbell(&["reload"]).await.succeeded();
        assert!(said.contains("1 ask must be answered again"), "{said}");
        kai.sees("Void").await;
        let refused = kai.asks("/release deploy motorsport production").await;
        assert!(refused.contains("has not signed off"), "{refused}");
        assert!(house.world().containers("api").is_empty());

        // The same file again is the same policy.
        let said = house.shipbell(&["reload"]).await.succeeded();
        assert!(
            said.contains("the configuration is in force") && !said.contains("again"),
            "{said}"
        );
    })
    .await;
}
