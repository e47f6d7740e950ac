//! Somebody changes production without a word to anybody.

use std::fs;

use tokio::process::Command;

use crate::house::{House, eventually, run};
use crate::people::Guest;
use crate::releases::roll_out;
use crate::world::{Fate, load, reference};

/// Brings a version there as somebody would who knows nothing of the bot.
async fn brings_by_hand(house: &House, version: &str) {
    let folder = house.folder().join("deploy");
    let images = ["api", "frontend"].map(|service| {
        let image = reference(service, version);
        format!("  {service}:\n    image: {image}\n")
    });
    let file = folder.join("by-hand.yml");
    fs::write(
        &file,
        format!("version: \"3.3\"\nservices:\n{}", images.concat()),
    )
    .unwrap();
    let project = house.world().project();
    let words = [
        ["-p", project],
        ["--env-file", ".env.production"],
        ["-f", "compose.production.yml"],
        ["-f", "by-hand.yml"],
        ["up", "-d"],
    ];
    let mut compose = Command::new("docker-compose");
    compose.args(words.concat()).current_dir(&folder);
    let done = compose.output().await.unwrap();
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{said}");
}

/// What runs is compared every second.
fn often(house: &House) {
    let zone = "timezone = \"UTC\"";
    house.rewrites(zone, &format!("{zone}\ncompare_every = \"1s\""));
}

#[tokio::test]
async fn a_fix_by_hand_is_noticed_and_adopted() {
    run("outside", async |house| {
        for version in ["v1", "v2", "v3"] {
            load(version, Fate::Well).await;
        }
        often(house);
        house.rewrites(
            "[app.motorsport]",
            "[allow]\noverride = [\"operator\"]\n\n[app.motorsport]",
        );
        house.serves().await;
        let (kai, lea) = (
            Guest::enter(house, "kai").await,
            Guest::enter(house, "lea").await,
        );
        roll_out(house, (&kai, &lea), "v1").await;

        brings_by_hand(house, "v2").await;
        let told = kai.sees("production was changed by somebody else").await;
        assert!(told.text.contains("v1 was deployed"), "{}", told.text);
        assert!(
            told.text.contains("api: runs another image"),
            "{}",
            told.text
        );
        let status = house.release("status").await.succeeded();
        assert!(status.contains("changed outside"), "{status}");

        // Somebody who knows says what it was.
        kai.presses("Adopt as a release").await;
        let form = eventually("the form", async || kai.dialog().await).await;
        assert!(form.contains("Adopt what runs in production"), "{form}");
        kai.fills_in(&[("version", "v2"), ("why", "login was broken at night")])
            .await;
        lea.sees("Kai Ito adopted what runs in production as v2")
            .await;
        house.is_verified("v2").await;

        // It counts as what runs there: a rollback leaves it, and brings back v1.
        kai.says("/release rollback motorsport production --why \"v2 is worse\"")
            .await;
        lea.sees("production is rolled back, runs v1 and is verified")
            .await;
        house.really_runs("v1").await;
        house.shipbell(&["verify"]).await.succeeded();

        // What is known is told once.
        let drifts = kai.messages().await;
        let told = drifts
            .iter()
            .filter(|it| it.text.contains("changed by somebody else"));
        assert_eq!(told.count(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_a_way_back_replaces_is_in_its_evidence() {
    run("outside-back", async |house| {
        for version in ["v1", "v2", "v3"] {
            load(version, Fate::Well).await;
        }
        house.serves().await;
        let (kai, lea) = (
            Guest::enter(house, "kai").await,
            Guest::enter(house, "lea").await,
        );
        for version in ["v1", "v2"] {
            roll_out(house, (&kai, &lea), version).await;
        }
        // Nobody has noticed it when production burns.
        brings_by_hand(house, "v3").await;
        kai.says("/release rollback motorsport production --why \"slow mail\"")
            .await;
        lea.sees("production is rolled back, runs v1 and is verified")
            .await;
        let bundle = house.folder().join("bundle.tar");
        let export = ["audit", "export", "-o", bundle.to_str().unwrap()];
        house.shipbell(&export).await.succeeded();
        let record = fs::read(&bundle).unwrap();
        let record = String::from_utf8_lossy(&record);
        let found = "changed by somebody else before: api: runs another image";
        assert!(record.contains(found), "{record}");
    })
    .await;
}

#[tokio::test]
async fn what_is_down_is_told_and_not_adopted() {
    run("outside-down", async |house| {
        load("v1", Fate::Well).await;
        often(house);
        house.serves().await;
        let (kai, lea) = (
            Guest::enter(house, "kai").await,
            Guest::enter(house, "lea").await,
        );
        roll_out(house, (&kai, &lea), "v1").await;
        house.world().stops("frontend");
        let told = lea.sees("production was changed by somebody else").await;
        assert!(
            told.text.contains("frontend: does not run any more"),
            "{}",
            told.text
        );
        let adopt = "deploy motorsport production --adopt=tidied";
        let refused = house.release(adopt).await;
        assert_ne!(refused.code, Some(0), "{refused:?}");
        assert!(refused.out.contains("frontend"), "{}", refused.out);
        assert!(
            refused.out.contains("rollback motorsport production"),
            "{}",
            refused.out
        );
    })
    .await;
}
