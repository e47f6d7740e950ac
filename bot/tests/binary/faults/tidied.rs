//! Somebody tidies up the host, and the registry is gone when the way back is needed.

use super::registry::{consents_to, with_registry};
use super::{deploys, enter, settle};
use crate::engines::Engine;
use crate::house::eventually;

#[tokio::test]
async fn the_way_back_needs_no_registry_and_outlives_tidying_up() {
    with_registry("tidied", async |house, registry| {
        let engine = Engine::start("tidied", house);
        engine.answers().await;
        settle(house, &engine);
        for version in ["w1", "w2"] {
            registry.gets(house, version, version).await;
        }
        house.serves().await;
        let (kai, lea) = enter(house).await;
        for version in ["w1", "w2"] {
            consents_to((&kai, &lea), registry, version).await;
            deploys(&kai, version).await;
            house.is_verified(version).await;
        }
        keeps(&engine, 4).await;

        // What no container is made from and has no tag goes.
        engine.says(&["image", "prune", "--force"]);
        keeps(&engine, 4).await;
        registry.goes();
        kai.says("/release rollback motorsport production --why \"slow mail\"")
            .await;
        lea.sees("production is rolled back, runs w1 and is verified")
            .await;
        for service in ["api", "frontend"] {
            assert_eq!(engine.version_of(house, service), "w1");
        }

        // Whoever takes away even what has a tag is made good for.
        registry.comes_back().await;
        engine.says(&["image", "prune", "--all", "--force"]);
        keeps(&engine, 2).await;
        house.is_told("TERM").await;
        house.serves().await;
        keeps(&engine, 4).await;

        // What nobody returns to any more is let go.
        house.is_told("TERM").await;
        house.rewrites(
            "timezone = \"UTC\"",
            "timezone = \"UTC\"\nkeep_versions = 1",
        );
        house.serves().await;
        keeps(&engine, 2).await;
    })
    .await;
}

/// Waits until so many images are kept.
async fn keeps(engine: &Engine, count: usize) {
    eventually(&format!("{count} images are kept"), async || {
        let kept = engine.says(&["images", "--quiet", "shipbell-kept"]);
        (kept.lines().count() == count).then_some(())
    })
    .await;
}
