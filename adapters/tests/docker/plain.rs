//! Plain containers: made, kept, replaced, put back, and cut off in between.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::Duration;

use shipbell_adapters::containers::{
    Container, ContainerError, Containers as _, Exec, FailureMode, Fate, Kind, LogQuery, Pinned,
    Port, Replaced, Restart, Volume,
};

use crate::rig::{self, Heard, Rig};

/// A container with nothing special about it.
fn plain(rig: &Rig, image: &Pinned) -> Container {
    Container {
        name: format!("{}-web", rig.name),
        project: rig.name.clone(),
        service: "web".into(),
        image: image.clone(),
        labels: rig.labels(),
        command: Vec::new(),
        vars: BTreeMap::new(),
        ports: Vec::new(),
        volumes: Vec::new(),
        networks: Vec::new(),
        restart: Restart::UnlessStopped,
        grace: Duration::from_secs(5),
        stable_for: Duration::from_millis(300),
        healthy_within: Duration::from_secs(30),
    }
}

async fn replace(rig: &Rig, container: &Container) -> Result<Replaced, ContainerError> {
    let heard = Heard::default();
    let session = heard.session();
    rig.engines.replace(&rig.target, container, &session).await
}

async fn fate(rig: &Rig, container: &Container) -> Fate {
    let change = rig.engines.foresee(&rig.target, container).await.unwrap();
    change.fate
}

/// Every container the test has made, by name, with its state.
async fn all(rig: &Rig) -> Vec<String> {
    let filter = format!("label={}={}", rig::MARK, rig.name);
    let format = "{{.Names}} {{.State}}";
    let said = docker(&["ps", "-a", "--filter", &filter, "--format", format]).await;
    let mut all: Vec<String> = said.lines().map(str::to_owned).collect();
    all.sort();
    all
}

async fn docker(words: &[&str]) -> String {
    let output = tokio::process::Command::new("docker").args(words).output();
    let output = output.await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{words:?}: {said}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test]
async fn a_container_is_made_then_kept_then_replaced() {
    rig::run("plain", async |rig| {
        let (one, two) = (
            rig.image("one", "well").await,
            rig.image("two", "well").await,
        );
        let wanted = plain(rig, &one);
        assert_eq!(fate(rig, &wanted).await, Fate::Created);
        let made = replace(rig, &wanted).await.unwrap();
        assert_eq!(
            (made.fate, &made.before, made.ended),
            (Fate::Created, &None, None)
        );
        assert_eq!(made.now.image_id, one.reference);

        assert_eq!(fate(rig, &wanted).await, Fate::Kept);
        let kept = replace(rig, &wanted).await.unwrap();
        assert_eq!(
            (kept.fate, &kept.now.container),
            (Fate::Kept, &made.now.container)
        );

        let wanted = plain(rig, &two);
        let change = rig.engines.foresee(&rig.target, &wanted).await.unwrap();
        assert_eq!((change.fate, change.published), (Fate::Replaced, false));
        assert_eq!(change.from.as_ref(), Some(&one.reference));
        let replaced = replace(rig, &wanted).await.unwrap();
        assert_eq!(replaced.fate, Fate::Replaced);
        assert_eq!(replaced.before.unwrap().container, made.now.container);
        assert_eq!(replaced.now.image_id, two.reference);
        assert_eq!(replaced.last_words, ["started one"]);
        assert!(replaced.ended.unwrap() < replaced.now.ready_at.unwrap());
        assert_eq!(all(rig).await, [format!("{} running", wanted.name)]);

        // What stands still is started, and is the same container.
        docker(&["stop", "-t", "1", &wanted.name]).await;
        assert_eq!(fate(rig, &wanted).await, Fate::Started);
        let started = replace(rig, &wanted).await.unwrap();
        assert_eq!(started.fate, Fate::Started);
        assert_eq!(started.now.container, replaced.now.container);
    })
    .await;
}

#[tokio::test]
async fn it_gets_its_settings_and_each_of_them_counts() {
    rig::run("plain-settings", async |rig| {
        let image = rig.image("one", "well").await;
        let (network, volume) = (format!("{}-net", rig.name), format!("{}-data", rig.name));
        let label = format!("{}={}", rig::MARK, rig.name);
        docker(&["network", "create", "--label", &label, &network]).await;
        let free = TcpListener::bind("127.0.0.1:0").map(|it| it.local_addr().unwrap());
        let port = free.unwrap().port();
        let mut wanted = Container {
            vars: BTreeMap::from([("PASSWORD".into(), "swordfish".into())]),
            ports: vec![Port {
                address: Some("127.0.0.1".parse().unwrap()),
                outside: port,
                inside: 8000,
                udp: false,
            }],
            volumes: vec![Volume {
                source: volume.clone(),
                inside: "/data".into(),
                read_only: true,
            }],
            networks: vec!["bridge".into(), network.clone()],
            restart: Restart::OnFailure,
            ..plain(rig, &image)
        };
        replace(rig, &wanted).await.unwrap();
        let format = "{{json .HostConfig.PortBindings}} {{.HostConfig.RestartPolicy.Name}} {{range .Mounts}}{{.Name}} {{.Destination}} {{.RW}}{{end}} {{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}";
        let seen = docker(&["inspect", "--format", format, &wanted.name]).await;
        let expected = format!(
            "{{\"8000/tcp\":[{{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"{port}\"}}]}} on-failure {volume} /data false bridge {network}"
        );
        assert_eq!(seen, expected);

        // Commands and logs find it as a service of the project.
        let exec = Exec {
            project: rig.name.clone(),
            service: "web".into(),
            command: ["/bin/sh", "-c", "echo $PASSWORD"].map(str::to_owned).into(),
            vars: BTreeMap::new(),
        };
        let heard = Heard::default();
        let ran = rig.engines.exec(&rig.target, &exec, &heard.session()).await;
        assert_eq!(ran.unwrap().output.text(), "[redacted]\n");
        let query = LogQuery {
            project: rig.name.clone(),
            service: None,
            tail: 10,
            since: None,
        };
        let log = rig.engines.logs(&rig.target, &query).await.unwrap();
        assert_eq!(log.text(), "web: started one\n");

        wanted.vars.insert("PASSWORD".into(), "marlinspike".into());
        assert_eq!(fate(rig, &wanted).await, Fate::Replaced);
        let replaced = replace(rig, &wanted).await.unwrap();
        assert_eq!(replaced.fate, Fate::Replaced);
        wanted.restart = Restart::No;
        assert_eq!(fate(rig, &wanted).await, Fate::Replaced);
        wanted.restart = Restart::OnFailure;
        wanted.labels.insert("io.shipbell.test.more".into(), "yes".into());
        assert_eq!(fate(rig, &wanted).await, Fate::Kept, "labels replace nothing");
        docker(&["rm", "-f", &wanted.name]).await;
        docker(&["volume", "rm", &volume]).await;
    })
    .await;
}

#[tokio::test]
async fn cut_off_at_any_time_it_ends_in_the_same_place() {
    rig::run("plain-cut", async |rig| {
        let images = [
            rig.image("one", "well").await,
            rig.image("two", "well").await,
        ];
        replace(rig, &plain(rig, &images[0])).await.unwrap();
        let mut halfway = 0;
        for round in 1..=16u64 {
            let wanted = plain(rig, &images[usize::try_from(round % 2).unwrap()]);
            let cut = Duration::from_millis(round * 40);
            let cut_off = tokio::time::timeout(cut, replace(rig, &wanted)).await;
            if cut_off.is_err() && all(rig).await != [format!("{} running", wanted.name)] {
                halfway += 1;
            }
            let there = replace(rig, &wanted).await.unwrap();
            assert_eq!(there.now.image_id, wanted.image.reference, "round {round}");
            assert_eq!(all(rig).await, [format!("{} running", wanted.name)]);
        }
        assert!(halfway > 0, "no cut was in the middle");
    })
    .await;
}

#[tokio::test]
async fn every_state_between_leads_on_and_back() {
    rig::run("plain-between", async |rig| {
        let (one, two) = (
            rig.image("one", "well").await,
            rig.image("two", "well").await,
        );
        let (old, new) = (plain(rig, &one), plain(rig, &two));
        let name = new.name.as_str();
        let [before, next] = ["before", "next"].map(|it| format!("{name}.{it}"));
        // What a call does one after another, once the new one is made.
        let moves: [&[&str]; 4] = [
            &["stop", "-t", "1", name],
            &["rename", name, &before],
            &["rename", &next, name],
            &["start", name],
        ];
        for done in 0..=moves.len() {
            for wanted in [&new, &old] {
                replace(rig, &new).await.unwrap();
                as_if_never_started(name, &next).await;
                replace_beside(rig, &old, &next).await;
                for words in &moves[..done] {
                    docker(words).await;
                }
                let there = replace(rig, wanted).await.unwrap();
                let expected = &wanted.image.reference;
                assert_eq!(&there.now.image_id, expected, "after {done} moves");
                assert_eq!(all(rig).await, [format!("{name} running")]);
            }
        }
    })
    .await;
}

/// Makes a container again under another name, and removes it.
async fn as_if_never_started(name: &str, next: &str) {
    let format = "{{range $key, $value := .Config.Labels}}--label={{$key}}={{$value}}\n{{end}}";
    let labels = docker(&["inspect", "--format", format, name]).await;
    let image = docker(&["inspect", "--format", "{{.Image}}", name]).await;
    let mut words = vec!["create", "--name", next];
    words.extend(labels.lines());
    words.push(&image);
    docker(&words).await;
    docker(&["rm", "-f", name]).await;
}

/// Makes a container while the one beside it is out of its sight.
async fn replace_beside(rig: &Rig, container: &Container, next: &str) {
    let hidden = format!("{next}.hidden");
    docker(&["rename", next, &hidden]).await;
    replace(rig, container).await.unwrap();
    docker(&["rename", &hidden, next]).await;
}

#[tokio::test]
async fn what_cannot_start_leaves_the_one_before() {
    rig::run("plain-back", async |rig| {
        let image = rig.image("one", "well").await;
        let good = plain(rig, &image);
        let made = replace(rig, &good).await.unwrap();
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = Port {
            address: Some("127.0.0.1".parse().unwrap()),
            outside: taken.local_addr().unwrap().port(),
            inside: 8000,
            udp: false,
        };
        let (outside, name) = (port.outside, &good.name);
        let why =
            format!("port 127.0.0.1:{outside} of container {name} is taken by another program");
        let bad = Container {
            ports: vec![port],
            ..good.clone()
        };
        for _ in 0..2 {
            let error = replace(rig, &bad).await.unwrap_err();
            assert_eq!(error.mode, Some(FailureMode::Startup), "{error}");
            assert!(error.why.contains(&why), "{error}");
            assert!(
                error.why.contains("the container before it is back"),
                "{error}"
            );
            assert_eq!(all(rig).await, [format!("{} running", good.name)]);
        }
        let kept = replace(rig, &good).await.unwrap();
        assert_eq!(kept.now.container, made.now.container);

        // What is missing is found out before anything is touched.
        for bad in [
            Container {
                image: Pinned {
                    reference: format!("sha256:{}", "0".repeat(64)),
                    local: true,
                },
                ..good.clone()
            },
            Container {
                networks: vec!["bridge".into(), "no-such-network".into()],
                ..good.clone()
            },
            Container {
                volumes: vec![Volume {
                    source: "/no/such/path".into(),
                    inside: "/data".into(),
                    read_only: false,
                }],
                ..good.clone()
            },
        ] {
            let error = replace(rig, &bad).await.unwrap_err();
            assert!(
                matches!(error.kind, Kind::NotFound | Kind::Refused),
                "{error:?}"
            );
            let now = replace(rig, &good).await.unwrap().now;
            assert_eq!(now.container, kept.now.container);
            assert_eq!(now.started_at, kept.now.started_at);
            assert_eq!(all(rig).await, [format!("{} running", good.name)]);
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_not_well_is_told_and_replaced_again() {
    rig::run("plain-sick", async |rig| {
        let good = plain(rig, &rig.image("one", "well").await);
        replace(rig, &good).await.unwrap();
        let sick = plain(rig, &rig.image("two", "sick").await);
        let error = replace(rig, &sick).await.unwrap_err();
        assert_eq!(error.mode, Some(FailureMode::Healthcheck), "{error}");
        assert!(
            error.output.iter().any(|it| it == "before: started one"),
            "{error:?}"
        );
        assert!(
            error.output.iter().any(|it| it.contains("I am sick")),
            "{error:?}"
        );
        let crashing = plain(rig, &rig.image("three", "crash").await);
        let error = replace(rig, &crashing).await.unwrap_err();
        assert_eq!(error.kind, Kind::Runtime, "{error}");
        assert!(
            error.output.iter().any(|it| it.contains("out of luck")),
            "{error:?}"
        );
        let back = replace(rig, &good).await.unwrap();
        assert_eq!(back.fate, Fate::Replaced);
        assert_eq!(all(rig).await, [format!("{} running", good.name)]);
    })
    .await;
}

#[tokio::test]
async fn what_is_not_ours_is_left_alone() {
    rig::run("plain-foreign", async |rig| {
        let image = rig.image("one", "well").await;
        let wanted = plain(rig, &image);
        let label = format!("--label={}={}", rig::MARK, rig.name);
        let run = [
            "run",
            "-d",
            "--name",
            &wanted.name,
            &label,
            &image.reference,
        ];
        let theirs = docker(&run).await;
        for error in [
            rig.engines.foresee(&rig.target, &wanted).await.unwrap_err(),
            replace(rig, &wanted).await.unwrap_err(),
        ] {
            assert_eq!(error.kind, Kind::Refused, "{error}");
            assert!(
                error.hint.contains("remove it if it is not needed"),
                "{error}"
            );
        }
        let format = "{{.Id}} {{.State.Status}}";
        let now = docker(&["inspect", "--format", format, &wanted.name]).await;
        assert_eq!(now, format!("{theirs} running"));

        // Nor is that of another project, or of another service of this one.
        docker(&["rm", "-f", &wanted.name]).await;
        replace(rig, &wanted).await.unwrap();
        let other = Container {
            service: "api".into(),
            ..wanted.clone()
        };
        assert_eq!(replace(rig, &other).await.unwrap_err().kind, Kind::Refused);
        let other = Container {
            project: "other".into(),
            ..wanted
        };
        assert_eq!(replace(rig, &other).await.unwrap_err().kind, Kind::Refused);
    })
    .await;
}
