//! Projects and engines that fail, each in its own way.

use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::time::Duration;

use shipbell_adapters::containers::{
    ContainerError, Containers as _, FailureMode, Kind, Pinned, Session, Taken, Target, Wait,
};

use crate::rig::{self, Heard, Rig};

async fn bad(rig: &Rig, state: &str) -> ContainerError {
    let image = rig.image("bad", state).await;
    let up = rig.up(rig.project(""), &image);
    rig.converges(&up).await.unwrap();
    let stable = Wait {
        stable_for: Duration::from_secs(3),
        ..rig.stable(&image)
    };
    rig.settles(&stable).await.unwrap_err()
}

#[tokio::test]
async fn an_unhealthy_program_is_named_with_its_last_words() {
    rig::each("unhealthy", async |rig, _| {
        let error = bad(rig, "sick").await;
        assert_eq!(
            (error.kind, error.mode),
            (Kind::Runtime, Some(FailureMode::Healthcheck))
        );
        let evidence = error.output.join("\n");
        assert!(
            evidence.contains("health check, exit code 1: I am sick"),
            "{evidence}"
        );
        assert!(evidence.contains("started bad"), "{evidence}");
    })
    .await;
}

#[tokio::test]
async fn a_crashing_program_is_named_with_its_exit_code() {
    rig::each("crashing", async |rig, _| {
        let error = bad(rig, "crash").await;
        assert_eq!(error.kind, Kind::Runtime);
        // Fast machines see it healthy first.
        let modes = [Some(FailureMode::Startup), Some(FailureMode::Runtime)];
        assert!(modes.contains(&error.mode), "{error:?}");
        assert!(error.why.contains("exit code 7"), "{error}");
        assert!(error.output.join("\n").contains("out of luck"), "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn a_program_that_is_restarted_is_not_well() {
    rig::each("restarting", async |rig, _| {
        let image = rig.image("bad", "crash").await;
        let up = rig.up(rig.project("    restart: always\n"), &image);
        rig.converges(&up).await.unwrap();
        let stable = Wait {
            stable_for: Duration::from_secs(5),
            ..rig.stable(&image)
        };
        let waited = rig.settles(&stable).await;
        let error = waited.unwrap_err();
        assert_eq!(error.kind, Kind::Runtime, "{error}");
    })
    .await;
}

#[tokio::test]
async fn a_port_in_use_is_named_and_the_next_attempt_converges() {
    rig::each("port", async |rig, _| {
        let image = rig.image("port", "well").await;
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let project = rig.project(&format!("    ports: [\"127.0.0.1:{port}:80\"]\n"));
        let up = rig.up(project, &image);
        let error = rig.converges(&up).await.unwrap_err();
        assert_eq!(error.kind, Kind::Runtime, "{error:?}");
        let expected = format!(
            "converging project {}: port 127.0.0.1:{port} of service web is taken by another \
             program. `ss -ltnp 'sport = :{port}'` names it: stop it, or publish another port; \
             then deploy again",
            rig.name
        );
        assert_eq!(error.to_string(), expected, "{:?}", error.output);

        // Whoever looks before knows it too, until it is free or the project has it.
        let seen = async || {
            let heard = Heard::default();
            let session = heard.session();
            let looking = (rig.engines).preflight(&rig.target, &up.project, &session);
            looking.await.unwrap().taken
        };
        let why: Vec<String> = seen().await.iter().map(Taken::why).collect();
        let expected = format!("port 127.0.0.1:{port} of service web is taken by another program");
        assert_eq!(why, [expected]);
        drop(taken);
        assert_eq!(seen().await, []);
        rig.converges(&up).await.unwrap();
        rig.settles(&rig.stable(&image)).await.unwrap();
        assert_eq!(seen().await, []);
    })
    .await;
}

#[tokio::test]
async fn a_port_of_another_container_is_named_too() {
    rig::each("port-twice", async |rig, _| {
        let image = rig.image("port", "well").await;
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let second = format!(
            "    ports: [\"127.0.0.1:{port}:80\"]\n  other:\n    image: {}\n    \
             ports: [\"127.0.0.1:{port}:80\"]\n    depends_on: [web]\n",
            image.reference
        );
        let up = rig.up(rig.project(&second), &image);
        let up = rig.converges(&up).await;
        let expected = format!(
            "converging project {}: port 127.0.0.1:{port} of service other is taken by another \
             container. `docker ps --filter publish={port}` names it: stop it, or publish \
             another port; then deploy again",
            rig.name
        );
        assert_eq!(up.unwrap_err().to_string(), expected);
    })
    .await;
}

#[tokio::test]
async fn a_program_that_cannot_be_started_is_told_and_the_next_attempt_converges() {
    rig::each("entrypoint", async |rig, _| {
        let image = rig.image("port", "well").await;
        let bad = rig.project("    entrypoint: [/nowhere]\n");
        let bad = rig.up(bad, &image);
        let error = rig.converges(&bad).await.unwrap_err();
        assert_eq!(error.kind, Kind::Runtime, "{error:?}");
        assert!(error.why.contains("/nowhere"), "{error}");
        assert_eq!(
            error.hint,
            "Its program cannot be started: check entrypoint, command and volumes, in the image \
             and in the compose file"
        );
        let good = rig.up(rig.project(""), &image);
        rig.converges(&good).await.unwrap();
        rig.settles(&rig.stable(&image)).await.unwrap();
        let running = rig.engines.running(&rig.target, &rig.name).await.unwrap();
        assert_eq!(running.len(), 1, "{running:?}");
    })
    .await;
}

#[tokio::test]
async fn before_anything_is_touched_it_is_preflight() {
    rig::each("preflight", async |rig, _| {
        let heard = Heard::default();
        let gone = Pinned {
            reference: format!("sha256:{}", "0".repeat(64)),
            local: true,
        };
        let up = rig.up(rig.project(""), &gone);
        let error = rig.converges(&up).await.unwrap_err();
        assert_eq!(error.kind, Kind::NotFound, "{error:?}");
        let project = rig.project("    nonsense: true\n");
        let error = rig
            .engines
            .preflight(&rig.target, &project, &heard.session())
            .await
            .unwrap_err();
        assert_eq!(error.kind, Kind::Preflight, "{error:?}");
        assert!(error.output.join("\n").contains("nonsense"), "{error:?}");
        assert!(
            rig.engines
                .running(&rig.target, &rig.name)
                .await
                .unwrap()
                .is_empty()
        );
    })
    .await;
}

#[tokio::test]
async fn a_deadline_ends_compose() {
    rig::each("deadline", async |rig, _| {
        let image = rig.image("port", "well").await;
        let heard = Heard::default();
        let session = Session {
            within: Duration::from_millis(20),
            ..heard.session()
        };
        let up = rig.up(rig.project(""), &image);
        let error = rig
            .engines
            .up(&rig.target, &up, &session)
            .await
            .unwrap_err();
        assert_eq!(error.kind, Kind::Timeout, "{error:?}");
    })
    .await;
}

#[tokio::test]
async fn an_engine_that_is_not_there_is_unreachable() {
    rig::run("unreachable", async |rig| {
        let kind = async |docker: String| {
            let running = rig
                .engines
                .running(
                    &Target {
                        docker,
                        certs: None,
                    },
                    "any",
                )
                .await;
            running.unwrap_err().kind
        };
        assert_eq!(
            kind("unix:///nowhere/docker.sock".into()).await,
            Kind::Unreachable
        );
        assert_eq!(kind("tcp://127.0.0.1:2375".into()).await, Kind::Refused);
        let socket = rig.directory.path().join("docker.sock");
        let listener = UnixListener::bind(&socket).unwrap();
        let address = format!("unix://{}", socket.display());
        drop(listener);
        assert_eq!(kind(address).await, Kind::Unreachable);
    })
    .await;
}
