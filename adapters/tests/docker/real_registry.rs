//! A real registry behind a password that holds every character.

use shipbell_adapters::containers::{Containers as _, Kind};

use crate::guarded::{PASSWORD, Registry};
use crate::rig::{self, Heard};

#[tokio::test]
async fn an_image_is_pushed_pulled_and_promoted_by_its_digest() {
    rig::run("promoted", async |rig| {
        let Some(registry) = Registry::start("promoted").await else {
            return;
        };
        registry.log_in(rig.directory.path(), PASSWORD);
        let (engines, target) = (&rig.engines, &rig.target);
        let heard = Heard::default();
        let session = heard.session();
        let name = format!("{}/acme/web", registry.address);
        let tagged = format!("{name}:1.0");
        rig.image_named(&tagged).await;

        let pushed = engines.push(target, &tagged, &session).await.unwrap();
        assert!(!pushed.local && pushed.reference.starts_with(&format!("{name}@sha256:")));
        let again = engines.push(target, &tagged, &session).await.unwrap();
        assert_eq!(again, pushed, "pushing twice is pushing once");
        rig.forget(&tagged).await;
        engines.pull(target, &pushed, &session).await.unwrap();

        for _ in 0..2 {
            engines.promote(&pushed, "stable", &session).await.unwrap();
        }
        let stable = engines
            .resolve(target, &format!("{name}:stable"))
            .await
            .unwrap();
        assert_eq!(stable, pushed);

        let error = engines
            .promote(&pushed, "no tag", &session)
            .await
            .unwrap_err();
        assert_eq!(error.kind, Kind::Refused);
        let missing = shipbell_adapters::containers::Pinned {
            reference: format!("{name}@sha256:{}", "a".repeat(64)),
            local: false,
        };
        let error = engines.promote(&missing, "x", &session).await.unwrap_err();
        assert_eq!(error.kind, Kind::NotFound, "{error}");
        let local = rig.image("one", "well").await;
        let error = engines.promote(&local, "x", &session).await.unwrap_err();
        assert_eq!(error.kind, Kind::Refused);
        rig.forget(&pushed.reference).await;
    })
    .await;
}

#[tokio::test]
async fn whoever_has_another_password_is_refused_and_told_what_to_do() {
    rig::run("password", async |rig| {
        let Some(registry) = Registry::start("password").await else {
            return;
        };
        registry.log_in(rig.directory.path(), "another");
        let heard = Heard::default();
        let tagged = format!("{}/acme/web:1.0", registry.address);
        rig.image_named(&tagged).await;
        let pushed = rig
            .engines
            .push(&rig.target, &tagged, &heard.session())
            .await;
        let error = pushed.unwrap_err();
        assert_eq!(error.kind, Kind::Refused, "{error}");
        let pinned = shipbell_adapters::containers::Pinned {
            reference: format!("{}/acme/web@sha256:{}", registry.address, "a".repeat(64)),
            local: false,
        };
        let error = rig.engines.promote(&pinned, "x", &heard.session()).await;
        let error = error.unwrap_err();
        assert_eq!(error.kind, Kind::Refused, "{error}");
        assert!(error.hint.contains("docker login"), "{error}");
        rig.forget(&tagged).await;
    })
    .await;
}
