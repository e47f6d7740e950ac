//! What a project was brought to is kept, and brought back whole.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;

use shipbell_adapters::containers::{
    Containers as _, Kind, Project, Running, Snapshot, Up, UpReport, Wait,
};

use crate::rig::{self, Heard, Rig};

/// A second service, whose image has a name that moves.
fn files(rig: &Rig) -> Project {
    let db = format!(
        "  db:\n    image: {}\n    environment: [\"KEY=a$$b\"]\n",
        moving(rig)
    );
    rig.project(&db)
}

fn moving(rig: &Rig) -> String {
    format!("{}:db", rig.name)
}

/// Gives an image the name that moves.
async fn moves(rig: &Rig, to: &str) {
    let mut docker = tokio::process::Command::new("docker");
    let tagged = docker.args(["tag", to, &moving(rig)]).output().await;
    assert!(tagged.unwrap().status.success());
}

async fn up(rig: &Rig, up: &Up) -> UpReport {
    let heard = Heard::default();
    let done = rig.engines.up(&rig.target, up, &heard.session()).await;
    let said = heard.text();
    let secret = said.contains("services:");
    assert!(!secret, "what the files hold is nobody's business: {said}");
    done.unwrap()
}

async fn keep(rig: &Rig, up: &Up, (name, report): (&str, &UpReport)) -> Snapshot {
    let kept = rig.engines.keep(&rig.target, up, (name, report)).await;
    kept.unwrap()
}

async fn running(rig: &Rig) -> BTreeMap<String, Running> {
    let running = rig.engines.running(&rig.target, &rig.name).await.unwrap();
    running
        .into_iter()
        .map(|it| (it.service.clone(), it))
        .collect()
}

#[tokio::test]
async fn a_project_is_brought_back_whole() {
    rig::each("snapshot", async |rig, _| {
        let (one, two) = (
            rig.image("one", "well").await,
            rig.image("two", "well").await,
        );
        moves(rig, "shipbell-test:one-well").await;
        let first = rig.up(files(rig), &one);
        let report = up(rig, &first).await;
        let kept = keep(rig, &first, ("a1", &report)).await;
        assert_eq!(kept.images["web"], one);
        assert_eq!(kept.images["db"], one, "its id, for it saw no registry");
        let began = running(rig).await;

        // Nothing has changed: nothing is replaced.
        let back = Up {
            snapshot: Some(kept.clone()),
            ..first.clone()
        };
        up(rig, &back).await;
        for (service, container) in running(rig).await {
            assert_eq!(container.container, began[&service].container, "{service}");
        }

        // Another image, other variables, a name that means something else by now.
        moves(rig, "shipbell-test:two-well").await;
        let mut second = rig.up(files(rig), &two);
        second
            .project
            .vars
            .insert("FROM".into(), "elsewhere".into());
        let report = up(rig, &second).await;
        let wait = rig
            .engines
            .wait_stable(&rig.target, &rig.stable(&two), &Heard::default().session())
            .await;
        let web = wait.unwrap().remove(0);
        let away = web.ready_at.unwrap() - report.ended["web"];
        assert!(away.num_milliseconds() > 0, "{away}");
        assert_eq!(running(rig).await["db"].image_id, two.reference);

        // The project's own files are gone, too.
        std::fs::remove_file(rig.directory.path().join("compose.yml")).unwrap();
        up(
            rig,
            &Up {
                project: second.project,
                ..back
            },
        )
        .await;
        let wait = Wait {
            pins: kept.images.clone(),
            ..rig.stable(&one)
        };
        let heard = Heard::default();
        let well = rig
            .engines
            .wait_stable(&rig.target, &wait, &heard.session())
            .await
            .unwrap();
        assert_eq!(well.len(), 2);
        assert_eq!(said(rig, "web", "echo $FROM").await, "the bot");
        assert_eq!(said(rig, "db", "echo $KEY").await, "a$b");

        same_again(rig, &first, &kept).await;
        rig.forget(&moving(rig)).await;
    })
    .await;
}

/// What is kept of a project that was brought back is what it was brought back to.
async fn same_again(rig: &Rig, first: &Up, kept: &Snapshot) {
    let back = Up {
        snapshot: Some(kept.clone()),
        ..first.clone()
    };
    let report = up(rig, &back).await;
    let again = keep(rig, &back, ("a3", &report)).await;
    assert_eq!(again.images, kept.images);
    let file = format!("state/{}.a3.snapshot.yml", rig.name);
    let text = std::fs::read_to_string(rig.directory.path().join(file)).unwrap();
    assert!(text.contains("the bot"), "{text}");
    assert!(!text.contains("elsewhere"), "{text}");
}

async fn said(rig: &Rig, service: &str, script: &str) -> String {
    let exec = shipbell_adapters::containers::Exec {
        project: rig.name.clone(),
        service: service.to_owned(),
        command: ["/bin/sh", "-c", script].map(str::to_owned).into(),
        vars: BTreeMap::new(),
    };
    let heard = Heard::default();
    let ran = rig.engines.exec(&rig.target, &exec, &heard.session()).await;
    ran.unwrap().output.tail(1).remove(0)
}

#[tokio::test]
async fn the_latest_are_kept_and_nobody_else_can_read_them() {
    rig::each("kept", async |rig, _| {
        let one = rig.image("one", "well").await;
        let first = rig.up(rig.project(""), &one);
        let report = up(rig, &first).await;
        for number in 1..=12 {
            keep(rig, &first, (&format!("a{number}"), &report)).await;
        }
        let folder = rig.directory.path().join("state");
        let mut names = Vec::new();
        for entry in std::fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if name.ends_with(".snapshot.yml") {
                let mode = entry.metadata().unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o600, "{name}");
                names.push(name);
            }
        }
        assert_eq!(names.len(), 10, "{names:?}");
        let gone = |name: &str| Up {
            snapshot: Some(Snapshot {
                name: name.to_owned(),
                images: BTreeMap::new(),
            }),
            ..first.clone()
        };
        let heard = Heard::default();
        for (name, kind) in [("a1", Kind::NotFound), ("../a12", Kind::Refused)] {
            let error = rig
                .engines
                .up(&rig.target, &gone(name), &heard.session())
                .await
                .unwrap_err();
            assert_eq!(error.kind, kind, "{error}");
        }
    })
    .await;
}
