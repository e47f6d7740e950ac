//! A container that no compose file describes: replaced, cut off, and brought back.

use crate::house::{House, eventually, run};
use crate::people::Guest;
use crate::world::{Fate, image_of, load, reference, repository};

/// What a deploy and a rollback begin with, as the example says it.
const FIRST: [&str; 2] = ["deploy   = [", "rollback   = ["];

#[tokio::test]
async fn a_plain_container_is_replaced_cut_off_and_brought_back() {
    run("plain", async |house| {
        for version in ["v1", "v2"] {
            load(version, Fate::Well).await;
        }
        let worker = repository("api");
        house.rewrites(
            "images  = { ",
            &format!("images  = {{ worker = \"{worker}\", "),
        );
        let name = name(house);
        let step = format!(
            "{{ container = \"worker\", name = \"{name}\", stable_for = \"2s\", vars = {{ MODE = \"first of {{version}}\" }} }}, "
        );
        for first in FIRST {
            house.rewrites(first, &format!("{first}{step}"));
        }
        house.serves().await;
        let (kai, lea) = (
            Guest::enter(house, "kai").await,
            Guest::enter(house, "lea").await,
        );
        opens(&kai, "v1").await;
        signs_off_and_deploys((&kai, &lea), "v1").await;
        house.is_verified("v1").await;
        runs(house, "v1", "first of v1");

        // The next one is another image with other settings; the power goes in between.
        house.rewrites("first of", "second of");
        house.shipbell(&["reload"]).await.succeeded();
        opens(&kai, "v2").await;
        eventually("the ask says what changes", async || {
            let ask = lea.sees("sign off v2 for production?").await;
            ask.text.contains("worker is replaced").then_some(())
        })
        .await;
        signs_off_and_deploys((&kai, &lea), "v2").await;
        let new = image_of("api", "v2");
        eventually("the new one is made", async || {
            let all = house.world().plain("MODE");
            all.iter().any(|(_, image, _)| *image == new).then_some(())
        })
        .await;
        house.is_told("KILL").await;
        house.serves().await;
        house.is_verified("v2").await;
        runs(house, "v2", "second of v2");
        house.really_runs("v2").await;

        // Back is the image and the settings of then.
        kai.says("/release rollback motorsport production --why \"slow mail\"")
            .await;
        lea.sees("production is rolled back, runs v1 and is verified")
            .await;
        runs(house, "v1", "first of v1");
    })
    .await;
}

/// Its own, even if the tests run twice on one machine.
fn name(house: &House) -> String {
    format!("{}-worker", house.world().project())
}

/// Fails unless there is exactly one plain container, of this version and with this setting.
#[track_caller]
fn runs(house: &House, version: &str, mode: &str) {
    let expected = (name(house), image_of("api", version), mode.to_owned());
    assert_eq!(house.world().plain("MODE"), [expected]);
}

async fn opens(kai: &Guest, version: &str) {
    let images = House::images(version);
    let worker = reference("api", version);
    let new = format!("/release new motorsport {version} {images} --image worker={worker}");
    kai.asks(&new).await;
}

async fn signs_off_and_deploys((kai, lea): (&Guest, &Guest), version: &str) {
    let ask = format!("sign off {version} for production?");
    lea.reacts("white_check_mark", &ask).await;
    lea.sees("Complete").await;
    kai.says("/release deploy motorsport production").await;
}
