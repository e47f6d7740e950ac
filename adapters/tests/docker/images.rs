//! Pinning and presence of images.

use shipbell_adapters::containers::{Containers as _, Kind, Pinned, RETAINED};

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

#[tokio::test]
async fn what_is_kept_has_a_tag_until_it_is_let_go() {
    rig::run("kept", async |rig| {
        let (one, two) = (
            rig.image("kept-1", "well").await,
            rig.image("kept-2", "well").await,
        );
        let gone = Pinned {
            reference: format!("127.0.0.1:1/none@sha256:{}", "0".repeat(64)),
            local: false,
        };
        let retain = async |project: &str, images: &[Pinned]| {
            rig.engines.retain(&rig.target, project, images).await
        };
        let kept = async |project: &str| {
            let name = format!("{RETAINED}:{project}.*");
            let mut ids = rig.ids_of(&name).await;
            ids.sort();
            ids
        };
        let mut both = [one.reference.clone(), two.reference.clone()];
        both.sort();
        // Twice the same is once.
        for _ in 0..2 {
            let lacking = retain(&rig.name, &[two.clone(), gone.clone(), one.clone()]).await;
            assert_eq!(lacking.unwrap(), std::slice::from_ref(&gone));
            assert_eq!(kept(&rig.name).await, both);
        }
        // It outlives the name somebody else gave it, and that of another project counts too.
        let other = format!("{}-other", rig.name);
        assert_eq!(
            retain(&other, std::slice::from_ref(&one)).await.unwrap(),
            []
        );
        rig.forget("shipbell-test:kept-1-well").await;
        assert_eq!(kept(&rig.name).await, both);

        assert_eq!(
            retain(&rig.name, std::slice::from_ref(&two)).await.unwrap(),
            []
        );
        assert_eq!(kept(&rig.name).await, [two.reference.as_str()]);
        assert_eq!(kept(&other).await, [one.reference.as_str()]);

        for project in [rig.name.as_str(), &other] {
            assert_eq!(retain(project, &[]).await.unwrap(), []);
            assert_eq!(kept(project).await, [] as [String; 0]);
        }
        for bad in ["", &"p".repeat(200)] {
            let error = retain(bad, &[]).await.unwrap_err();
            assert_eq!(error.kind, Kind::Refused, "{error}");
        }
    })
    .await;
}
