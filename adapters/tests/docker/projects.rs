//! Projects that converge and are well.

use std::collections::BTreeMap;

use shipbell_adapters::containers::{
    Containers as _, Exec, Health, Home, Kind, LogQuery, OneOff, Pinned, Sealing, Session,
};

use crate::rig::{self, Heard, Rig};

#[tokio::test]
async fn two_versions_after_each_other() {
    rig::each("versions", async |rig, flavour| {
        let (one, two) = (
            rig.image("one", "well").await,
            rig.image("two", "well").await,
        );
        let heard = Heard::default();
        let lock = tempfile::tempfile().unwrap();
        let session = Session {
            lock: Some(&lock),
            ..heard.session()
        };
        let project = rig.project("");
        let found = rig
            .engines
            .preflight(&rig.target, &project, &session)
            .await
            .unwrap();
        assert_eq!(found.names(), "web");
        assert!(found.free.is_some_and(|free| free > 0), "{found:?}");
        assert_eq!(found.flavour, flavour);

        rig.engines
            .up(&rig.target, &rig.up(project.clone(), &one), &session)
            .await
            .unwrap();
        let well = rig
            .engines
            .wait_stable(&rig.target, &rig.stable(&one), &session)
            .await
            .unwrap();
        assert_eq!((well.len(), well[0].health), (1, Health::Healthy));
        assert_eq!(well[0].labels["io.shipbell.version"], "costs $5");
        let checked = well[0].checks.last().unwrap();
        assert_eq!(checked, "health check, exit code 0: I am well");

        let report = rig
            .engines
            .up(&rig.target, &rig.up(project, &two), &session)
            .await
            .unwrap();
        assert!(
            report.override_text.contains(&two.reference),
            "{}",
            report.override_text
        );
        rig.engines
            .wait_stable(&rig.target, &rig.stable(&two), &session)
            .await
            .unwrap();
        let running = rig.engines.running(&rig.target, &rig.name).await.unwrap();
        assert_eq!((running.len(), &running[0].image_id), (1, &two.reference));
        assert!(heard.text().contains("all are well"), "{}", heard.text());

        let error = rig
            .engines
            .wait_stable(&rig.target, &rig.stable(&one), &session)
            .await;
        assert!(error.unwrap_err().why.contains("another image"));
    })
    .await;
}

#[tokio::test]
async fn logs_by_service_and_time() {
    rig::each("logs", async |rig, _| {
        let image = running(rig).await;
        let heard = Heard::default();
        rig.engines
            .wait_stable(&rig.target, &rig.stable(&image), &heard.session())
            .await
            .unwrap();
        let query = |service: Option<&str>| LogQuery {
            project: rig.name.clone(),
            service: service.map(str::to_owned),
            tail: 10,
            since: None,
        };
        let log = rig
            .engines
            .logs(&rig.target, &query(Some("web")))
            .await
            .unwrap();
        assert_eq!(log.text(), "started two\n");
        let all = rig.engines.logs(&rig.target, &query(None)).await.unwrap();
        assert_eq!(all.text(), "web: started two\n");
        let later = LogQuery {
            since: log.lines[0].at,
            ..query(None)
        };
        assert_eq!(
            rig.engines.logs(&rig.target, &later).await.unwrap().text(),
            ""
        );
    })
    .await;
}

#[tokio::test]
async fn commands_in_a_service() {
    rig::each("exec", async |rig, _| {
        running(rig).await;
        let heard = Heard::default();
        let exec = |script: &str, service: &str| Exec {
            project: rig.name.clone(),
            service: service.to_owned(),
            command: vec!["/bin/sh".into(), "-c".into(), script.to_owned()],
            vars: [("PASSWORD".into(), "swordfish".into())].into(),
        };
        let spec = exec("echo $FROM $PASSWORD; echo no >&2; exit 7", "web");
        let ran = rig
            .engines
            .exec(&rig.target, &spec, &heard.session())
            .await
            .unwrap();
        let mut said = ran.output.tail(9);
        said.sort();
        assert_eq!(ran.code, 7);
        assert_eq!(said, ["no", "the bot [redacted]"]);
        let error = rig
            .engines
            .exec(&rig.target, &exec("true", "db"), &heard.session())
            .await;
        assert_eq!(error.unwrap_err().kind, Kind::NotFound);
    })
    .await;
}

#[tokio::test]
async fn a_migration_in_the_surroundings_of_a_service() {
    rig::each("migrate", async |rig, _| {
        let image = running(rig).await;
        let heard = Heard::default();
        let spec = OneOff {
            home: Home::Service {
                project: Box::new(rig.project("")),
                service: "web".into(),
                pins: BTreeMap::from([("web".into(), image.clone())]),
                vars: BTreeMap::new(),
                state_dir: rig.directory.path().join("state"),
            },
            ..rig.once("job", &image, "echo migrated by $FROM; exit 4")
        };
        for adopted in [false, true] {
            let exit = rig
                .engines
                .run_once(&rig.target, &spec, &heard.session())
                .await
                .unwrap();
            assert_eq!((exit.code, exit.adopted), (4, adopted));
            assert_eq!(exit.output.text(), "migrated by the bot\n");
        }
        // A lasting container of the service is none of its business, and the reverse.
        assert_eq!(
            rig.engines
                .running(&rig.target, &rig.name)
                .await
                .unwrap()
                .len(),
            1
        );

        let sealed = OneOff {
            name: format!("{}-sealed", rig.name),
            ..spec
        };
        let sealing = rig
            .engines
            .tombstone(&rig.target, &sealed.name, &image, &rig.labels())
            .await;
        assert_eq!(sealing.unwrap(), Sealing::Sealed);
        let error = rig
            .engines
            .run_once(&rig.target, &sealed, &heard.session())
            .await
            .unwrap_err();
        assert_eq!(error.kind, Kind::Interrupted, "{error}");
    })
    .await;
}

async fn running(rig: &Rig) -> Pinned {
    let image = rig.image("two", "well").await;
    let up = rig.up(rig.project(""), &image);
    rig.engines
        .up(&rig.target, &up, &Heard::default().session())
        .await
        .unwrap();
    image
}
