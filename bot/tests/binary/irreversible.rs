//! A migration that older versions cannot run after: the way back waits for a person.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::house::{House, run};
use crate::people::Guest;
use crate::releases::{locked, open, roll_out};
use crate::world::{Fate, load};

/// Has something to do for v2 and later.
const MIGRATE: &str = "#!/bin/sh
case $1 in v1) echo 'Nothing to migrate' ;; *) echo \"dropped a column for $1\" ;; esac
";

async fn migrates(house: &mut House) -> (Guest, Guest) {
    for (version, fate) in [("v1", Fate::Well), ("v2", Fate::Well), ("v3", Fate::Sick)] {
        load(version, fate).await;
    }
    let program = house.folder().join("deploy/migrate");
    fs::write(&program, MIGRATE).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    house.rewrites(
        "deploy   = [{ pull = \"api\" },",
        "deploy = [{ host = [\"./migrate\", \"{version}\"], dir = \"deploy\", title = \"Migrate\", \
         irreversible = \"Restore last night's dump\", unless = \"Nothing to migrate\" }, { pull = \"api\" },",
    );
    house.serves().await;
    (
        Guest::enter(house, "kai").await,
        Guest::enter(house, "lea").await,
    )
}

#[tokio::test]
async fn a_rollback_past_it_says_how_to_restore_and_goes_when_told_to() {
    run("one-way", async |house| {
        let (kai, lea) = migrates(house).await;
        roll_out(house, (&kai, &lea), "v1").await;
        roll_out(house, (&kai, &lea), "v2").await;
        let back = "/release rollback motorsport production --why \"slow pages\"";
        let refused = kai.asks(back).await;
        assert!(refused.contains("v1 cannot run in"), "{refused}");
        assert!(refused.contains("Restore last night's dump."), "{refused}");
        assert!(refused.contains("--anyway"), "{refused}");
        house.really_runs("v2").await;

        kai.says(&format!("{back} --anyway")).await;
        lea.sees("(although Migrate of v2 is not undone by it)")
            .await;
        lea.sees("production is rolled back, runs v1 and is verified")
            .await;
        house.really_runs("v1").await;
    })
    .await;
}

#[tokio::test]
async fn a_deploy_that_fails_behind_it_does_not_go_back_by_itself() {
    run("one-way-fails", async |house| {
        let (kai, lea) = migrates(house).await;
        roll_out(house, (&kai, &lea), "v1").await;
        open(&kai, "v3").await;
        lea.reacts("white_check_mark", "sign off v3 for production?")
            .await;
        lea.sees("Complete").await;
        kai.says("/release deploy motorsport production").await;
        let news = lea.sees("the deploy of v3 in production failed").await;
        let words = "older versions cannot run once Migrate of v3 was done";
        assert!(news.text.contains(words), "{}", news.text);
        assert!(
            news.text.contains("Restore last night's dump."),
            "{}",
            news.text
        );
        locked(house).await;
        let back = "release rollback motorsport production --why restored --anyway";
        kai.says(&format!("/{back}")).await;
        lea.sees("production is rolled back, runs v1 and is verified")
            .await;
        house.really_runs("v1").await;
    })
    .await;
}
