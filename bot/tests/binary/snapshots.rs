//! A rollback returns to all of what was verified: images, files and variables.

use std::fs;

use crate::house::{eventually, run};
use crate::people::Guest;
use crate::releases::roll_out;
use crate::world::{Fate, load};

#[tokio::test]
async fn a_rollback_returns_to_the_files_of_then() {
    run("snapshots", async |house| {
        for version in ["v1", "v2"] {
            load(version, Fate::Well).await;
        }
        house.serves().await;
        let (kai, lea) = (
            Guest::enter(house, "kai").await,
            Guest::enter(house, "lea").await,
        );
        roll_out(house, (&kai, &lea), "v1").await;
        assert_eq!(house.world().variable("api", "LATER"), None);

        // v2 comes with another setting, in the project's files.
        let files = house.folder().join("deploy/compose.production.yml");
        let old = fs::read_to_string(&files).unwrap();
        let new = old.replace("environment:\n", "environment:\n      LATER: \"yes\"\n");
        assert_ne!(old, new);
        fs::write(&files, new).unwrap();
        roll_out(house, (&kai, &lea), "v2").await;
        assert_eq!(
            house.world().variable("api", "LATER").as_deref(),
            Some("yes")
        );

        let back = "/release rollback motorsport production --why \"slow pages\"";
        kai.says(back).await;
        lea.sees("production is rolled back, runs v1 and is verified")
            .await;
        house.really_runs("v1").await;
        assert_eq!(house.world().variable("api", "LATER"), None);

        // And there again, from what the rollback itself kept.
        kai.says("/release rollback motorsport production v2 --why \"it was the network\"")
            .await;
        lea.sees("production is rolled back, runs v2 and is verified")
            .await;
        assert_eq!(
            house.world().variable("api", "LATER").as_deref(),
            Some("yes")
        );

        // What was kept may be gone, and the way back must lead on.
        let state = house.data();
        let removed = eventually("what was kept", async || {
            let kept: Vec<_> = snapshots(&state);
            (!kept.is_empty()).then_some(kept)
        })
        .await;
        for file in removed {
            fs::remove_file(file).unwrap();
        }
        kai.says(back).await;
        let back = "production is rolled back, runs v1 and is verified";
        eventually("v1 is back with the files of today", async || {
            let messages = lea.messages().await;
            let told = messages.iter().filter(|it| it.text.contains(back)).count();
            (told == 2).then_some(())
        })
        .await;
        house.really_runs("v1").await;
        assert_eq!(
            house.world().variable("api", "LATER").as_deref(),
            Some("yes")
        );
    })
    .await;
}

/// Every file that was kept under a folder.
fn snapshots(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(snapshots(&path));
        } else if path.to_string_lossy().ends_with(".snapshot.yml") {
            found.push(path);
        }
    }
    found
}
