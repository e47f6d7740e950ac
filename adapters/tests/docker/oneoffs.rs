//! Commands that run once, whoever asks and how often.

use std::time::Duration;

use shipbell_adapters::containers::{Containers as _, Kind, OneOff, Phase, Sealing, Session};

use crate::rig::{self, Heard};

#[tokio::test]
async fn a_second_driver_adopts_what_the_first_began() {
    rig::run("adopt", async |rig| {
        let image = rig.image("once", "well").await;
        let script = "for i in 1 2 3 4; do echo line $i; sleep 0.5; done; exit 3";
        let spec = rig.once("job", &image, script);
        let (first, second) = (Heard::default(), Heard::default());
        let session = first.session();
        let killed = rig.engines.run_once(&rig.target, &spec, &session);
        let killed = tokio::time::timeout(Duration::from_millis(1200), killed).await;
        assert!(killed.is_err(), "the first driver is gone before the end");
        let exit = rig
            .engines
            .run_once(&rig.target, &spec, &second.session())
            .await
            .unwrap();
        assert_eq!((exit.code, exit.adopted), (3, true));
        assert_eq!(second.text(), "line 1\nline 2\nline 3\nline 4\n");

        // Long after its end the answer is the same, and nothing runs again.
        let again = rig
            .engines
            .run_once(&rig.target, &spec, &second.session())
            .await
            .unwrap();
        assert_eq!(again, exit);

        let other = OneOff {
            identity: (spec.identity.0.clone(), "other".into()),
            ..spec
        };
        let error = rig
            .engines
            .run_once(&rig.target, &other, &first.session())
            .await
            .unwrap_err();
        assert_eq!(error.kind, Kind::Conflict, "{error}");
    })
    .await;
}

#[tokio::test]
async fn two_drivers_at_once_share_one_container() {
    rig::run("race", async |rig| {
        let image = rig.image("once", "well").await;
        let spec = rig.once("job", &image, "echo once; exit 5");
        let (one, two) = (Heard::default(), Heard::default());
        let (first, second) = (one.session(), two.session());
        let (one, two) = tokio::join!(
            rig.engines.run_once(&rig.target, &spec, &first),
            rig.engines.run_once(&rig.target, &spec, &second),
        );
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!((one.code, two.code), (5, 5));
        assert_eq!(one.container, two.container);
        assert_eq!(one.output.text(), "once\n");
    })
    .await;
}

#[tokio::test]
async fn a_sealed_name_runs_nothing() {
    rig::run("seal", async |rig| {
        let image = rig.image("once", "well").await;
        let spec = rig.once("job", &image, "echo never");
        assert_eq!(
            rig.engines.find(&rig.target, &spec.name).await.unwrap(),
            None
        );
        for _ in 0..2 {
            let sealing = rig
                .engines
                .tombstone(&rig.target, &spec.name, &image, &rig.labels())
                .await;
            assert_eq!(sealing.unwrap(), Sealing::Sealed);
        }
        let found = rig
            .engines
            .find(&rig.target, &spec.name)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.phase, Phase::Tombstone);
        let heard = Heard::default();
        let error = rig
            .engines
            .run_once(&rig.target, &spec, &heard.session())
            .await
            .unwrap_err();
        assert_eq!(error.kind, Kind::Interrupted, "{error}");
        assert!(error.why.contains("it was given up"), "{error}");
        assert_eq!(heard.text(), "");
    })
    .await;
}

#[tokio::test]
async fn what_is_ended_from_outside_is_interrupted() {
    rig::run("interrupted", async |rig| {
        let image = rig.image("once", "well").await;
        let spec = rig.once("job", &image, "echo working; sleep 60");
        let heard = Heard::default();
        let short = Session {
            within: Duration::from_secs(2),
            ..heard.session()
        };
        let error = rig
            .engines
            .run_once(&rig.target, &spec, &short)
            .await
            .unwrap_err();
        assert_eq!(
            (error.kind, error.output.join("").as_str()),
            (Kind::Timeout, "working")
        );

        let sealing = rig
            .engines
            .tombstone(&rig.target, &spec.name, &image, &rig.labels())
            .await;
        assert!(matches!(sealing.unwrap(), Sealing::Taken(found) if found.phase == Phase::Running));
        let grace = Duration::from_secs(5);
        let ended = rig
            .engines
            .stop_once(&rig.target, &spec.name, grace)
            .await
            .unwrap()
            .unwrap();
        assert!(
            matches!(ended.phase, Phase::Exited { code: 137, .. }),
            "{ended:?}"
        );
        let error = rig
            .engines
            .run_once(&rig.target, &spec, &heard.session())
            .await
            .unwrap_err();
        assert_eq!(error.kind, Kind::Interrupted, "{error}");
    })
    .await;
}

#[tokio::test]
async fn hostile_output_is_tamed() {
    rig::run("hostile", async |rig| {
        let image = rig.image("once", "well").await;
        let script = r"printf '\033[31mred\033[0m \377\376\n'
            printf 'fine\rhidden swordfish\n'
            i=0; while [ $i -lt 1024 ]; do printf '%01024d' 0; i=$((i+1)); done; echo
            printf 'no end' >&2";
        let spec = rig.once("job", &image, script);
        let heard = Heard::default();
        let exit = rig
            .engines
            .run_once(&rig.target, &spec, &heard.session())
            .await
            .unwrap();
        let lines = exit.output.tail(10);
        assert_eq!(lines[0], "red \u{fffd}\u{fffd}");
        assert_eq!(lines[1], "fine␍hidden [redacted]");
        let long = lines.iter().find(|line| line.starts_with("0000")).unwrap();
        assert!(
            long.len() < 9000 && long.ends_with("bytes cut]"),
            "{}",
            long.len()
        );
        assert!(
            lines.iter().any(|line| line == "no end"),
            "{:?}",
            exit.output.evidence()
        );
    })
    .await;
}

#[tokio::test]
async fn a_flood_keeps_head_and_tail() {
    rig::run("flood", async |rig| {
        let image = rig.image("once", "well").await;
        let script = r"i=0; while [ $i -lt 8000 ]; do printf '%d %01000d\n' $i 0; i=$((i+1)); done";
        let heard = Heard::default();
        let spec = rig.once("job", &image, script);
        let exit = rig
            .engines
            .run_once(&rig.target, &spec, &heard.session())
            .await
            .unwrap();
        assert!(exit.output.left_out > 2000, "{}", exit.output.left_out);
        assert!(exit.output.text().len() <= 5 << 20);
        assert!(exit.output.lines[0].text.starts_with("0 "));
        assert!(exit.output.tail(1)[0].starts_with("7999 "));
    })
    .await;
}
