//! Pinning and presence of images.

use shipbell_adapters::containers::{Containers as _, Kind, Pinned};

use crate::registry::Registry;
use crate::rig::{self, Heard};

#[tokio::test]
async fn a_loaded_image_is_pinned_by_its_id() {
    rig::run("load", async |rig| {
        let image = rig.image("load", "well").await;
        assert!(
            image.local && image.reference.starts_with("sha256:"),
            "{image:?}"
        );
        assert_eq!(
            rig.image("load", "well").await,
            image,
            "the same files, the same image"
        );
        let by_tag = rig
            .engines
            .resolve(&rig.target, "shipbell-test:load-well")
            .await
            .unwrap();
        assert_eq!(by_tag, image);
        assert_eq!(
            rig.engines
                .resolve(&rig.target, &image.reference)
                .await
                .unwrap(),
            image
        );
        let heard = Heard::default();
        rig.engines
            .pull(&rig.target, &image, &heard.session())
            .await
            .unwrap();
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_is_not_found() {
    rig::run("missing", async |rig| {
        let id = format!("sha256:{}", "0".repeat(64));
        for image in ["Not A Reference", "--help", "", &id] {
            let error = rig.engines.resolve(&rig.target, image).await.unwrap_err();
            assert_eq!(error.kind, Kind::NotFound, "{error}");
        }
        let heard = Heard::default();
        let gone = Pinned {
            reference: id,
            local: true,
        };
        let error = rig
            .engines
            .pull(&rig.target, &gone, &heard.session())
            .await
            .unwrap_err();
        assert_eq!(error.kind, Kind::NotFound);
        assert!(
            error.to_string().contains("load it on this engine again"),
            "{error}"
        );
    })
    .await;
}

#[tokio::test]
async fn a_registry_pins_by_digest_and_says_what_is_missing() {
    rig::run("registry", async |rig| {
        // A password whose base64 has both letters that the engine wants otherwise.
        let registry = Registry::start("me", "???>>>~~~").await;
        let tag = format!("{}/app:1", registry.address);
        let error = rig.engines.resolve(&rig.target, &tag).await.unwrap_err();
        assert_eq!(error.kind, Kind::Refused, "{error}");
        assert!(error.hint.contains("docker login"), "{error}");

        registry.log_in(rig.directory.path());
        let image = rig.engines.resolve(&rig.target, &tag).await.unwrap();
        let expected = format!("{}/app@{}", registry.address, registry.digest);
        assert_eq!(
            image,
            Pinned {
                reference: expected,
                local: false
            }
        );

        let other = format!("{}/app:2", registry.address);
        let error = rig.engines.resolve(&rig.target, &other).await.unwrap_err();
        assert_eq!(error.kind, Kind::NotFound, "{error}");
        registry.stop();
    })
    .await;
}

#[tokio::test]
async fn a_registry_that_does_not_answer_is_unreachable() {
    rig::run("noregistry", async |rig| {
        let error = rig
            .engines
            .resolve(&rig.target, "127.0.0.1:9/app:1")
            .await
            .unwrap_err();
        assert_eq!(error.kind, Kind::Unreachable, "{error}");
    })
    .await;
}
