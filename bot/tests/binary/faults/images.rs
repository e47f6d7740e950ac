//! Images that cannot run.

use super::{consents, deploys, doctor, enter, failed, names, says};
use crate::house::{House, run};
use crate::releases::{locked, roll_out};
use crate::world::{Fate, load};

/// No other test has images of this name, which are all on one engine.
const BAD: &str = "v2-crashes";

/// As it is before a line of the compose file, where the engine starts again what ends.
const RESTARTS: (&str, &str) = (
    "image: nothing/api:none\n",
    "image: nothing/api:none\n    restart: always\n",
);

#[tokio::test]
async fn a_version_that_crashes_again_and_again_is_taken_back() {
    run("crash-loop", async |house| {
        load("v1", Fate::Well).await;
        load(BAD, Fate::Crashes).await;
        house.compose_says(RESTARTS);
        house.serves().await;
        let (kai, lea) = enter(house).await;
        roll_out(house, (&kai, &lea), "v1").await;

        consents((&kai, &lea), BAD, &House::images(BAD)).await;
        deploys(&kai, BAD).await;
        let told = failed(&lea, BAD).await;
        says(
            &told,
            &["exit code 7", "Production returns to v1 by itself now"],
        );
        lea.sees("production is rolled back, runs v1 and is verified")
            .await;
        locked(house).await;
        house.really_runs("v1").await;

        // Whoever wants to try once more is warned.
        let found = doctor(house).await;
        let line = ["Release motorsport r2", "warn", "its last deploy"];
        names(&found, &line, "open a release with mended images");
    })
    .await;
}
