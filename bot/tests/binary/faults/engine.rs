//! The engine dies in the middle of a deploy, and comes back.

use super::{consents, deploys, doctor, enter, names, says, settle};
use crate::engines::Engine;
use crate::house::{House, eventually, run};
use crate::world::{Fate, reference};

#[tokio::test]
async fn a_deploy_waits_for_its_engine_and_is_done_once() {
    run("engine", async |house| {
        let engine = Engine::start("engine", house);
        engine.answers().await;
        for version in ["v1", "v2"] {
            engine.load(version, Fate::Well).await;
        }
        settle(house, &engine);
        house.serves().await;
        let (kai, lea) = enter(house).await;
        consents((&kai, &lea), "v1", &House::images("v1")).await;
        deploys(&kai, "v1").await;
        house.is_verified("v1").await;

        consents((&kai, &lea), "v2", &House::images("v2")).await;
        deploys(&kai, "v2").await;
        eventually("v2 comes up", async || {
            let new = engine.made_from(&reference("api", "v2"));
            (!new.is_empty()).then_some(())
        })
        .await;
        engine.dies();
        let told = lea.sees("v2 in production cannot go on").await;
        let over = "It goes on by itself when that is over";
        says(&told, &["Check that the engine runs", over]);
        let found = doctor(house).await;
        names(
            &found,
            &["Docker", "FAIL", "connecting to the engine at"],
            "the engine runs",
        );

        engine.comes_back();
        house.is_verified("v2").await;
        engine.runs(house, "v2");
        let shown = house.release("show r2").await.succeeded();
        assert_eq!(shown.matches("production, attempt").count(), 1, "{shown}");
        house.shipbell(&["verify"]).await.succeeded();
    })
    .await;
}
