//! An engine and its projects' files behind `ssh`.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use shipbell_adapters::containers::docker::{DockerEngines, Settings};
use shipbell_adapters::containers::{Containers as _, Exec, Home, Kind, OneOff, Target};
use shipbell_adapters::redact::Redactor;

use crate::rig::{self, Heard};
use crate::server::{Server, until};

/// The engines, as whoever comes over `ssh` reaches them.
pub(crate) fn engines(server: &Server, client: &str) -> (DockerEngines, Target) {
    let settings = Settings {
        ssh_config: Some(server.client(client)),
        ..Settings::default()
    };
    let target = Target {
        docker: server.address.to_string(),
        certs: None,
    };
    let redactor = Redactor::knowing([&"swordfish".into()]);
    (DockerEngines::new(settings, redactor), target)
}

#[tokio::test]
async fn a_project_on_another_machine_is_deployed_there() {
    rig::each("remote", async |rig, flavour| {
        let (path, config) = (
            rig.settings.path.clone(),
            rig.settings.docker_config.clone(),
        );
        let config = config.unwrap().display().to_string();
        let vars = [("PATH", path), ("DOCKER_CONFIG", config)];
        let Some(server) = Server::start_with("remote", &vars).await else {
            return;
        };
        let (engines, target) = engines(&server, "client");
        let image = rig.image("one", "well").await;
        let heard = Heard::default();
        let session = heard.session();
        let mut project = rig.project("");
        std::fs::write(rig.directory.path().join(".env"), "FROM=file\nOTHER=kept\n").unwrap();
        project.vars.insert("FROM".into(), "sword fish".into());

        let found = engines
            .preflight(&target, &project, &session)
            .await
            .unwrap();
        assert_eq!((found.names().as_str(), found.flavour), ("web", flavour));
        assert!(found.free.is_some_and(|free| free > 0), "{found:?}");
        let up = rig.up(project.clone(), &image);
        engines.up(&target, &up, &session).await.unwrap();
        engines
            .wait_stable(&target, &rig.stable(&image), &session)
            .await
            .unwrap();

        // What Compose is told besides the project's own files lies beside them.
        let folder = rig.directory.path().join(".shipbell");
        let vars = folder.join(format!("{}.env", rig.name));
        let text = std::fs::read_to_string(&vars).unwrap();
        assert_eq!(text, "FROM='sword fish'\nOTHER=kept\n");
        let mode = std::fs::metadata(&vars).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        let exec = Exec {
            project: rig.name.clone(),
            service: "web".into(),
            command: ["/bin/sh", "-c", "echo $FROM"].map(str::to_owned).into(),
            vars: BTreeMap::new(),
        };
        let ran = engines.exec(&target, &exec, &session).await.unwrap();
        assert_eq!(ran.output.tail(1), ["sword fish"]);

        let once = OneOff {
            name: format!("{}-once", rig.name),
            identity: ("io.shipbell.spec".into(), "1".into()),
            labels: rig.labels(),
            command: vec!["echo $MODE $FROM; exit 3".into()],
            home: Home::Service {
                project: Box::new(project),
                service: "web".into(),
                pins: BTreeMap::from([("web".into(), image.clone())]),
                vars: BTreeMap::from([("MODE".into(), "a b $FROM".into())]),
                state_dir: rig.directory.path().join("state"),
            },
        };
        let watcher = Watcher::of("a b $FROM");
        let exit = engines.run_once(&target, &once, &session).await.unwrap();
        assert_eq!(exit.code, 3);
        assert_eq!(exit.output.tail(1), ["a b $FROM sword fish"]);
        assert_eq!(
            watcher.saw(),
            Vec::<String>::new(),
            "in the list of processes"
        );
    })
    .await;
}

#[tokio::test]
async fn who_looks_there_at_the_same_time_is_not_in_the_way() {
    rig::run("looks", async |rig| {
        let Some(server) = Server::start("looks").await else {
            return;
        };
        let (engines, target) = engines(&server, "client");
        let image = rig.image("one", "well").await;
        let mut project = rig.project("");
        project.vars.insert("FROM".into(), "here".into());
        let up = rig.up(project, &image);
        let heard = Heard::default();
        let session = heard.session();
        let look = async || engines.plan(&target, &up, &session).await.map(drop);
        for _ in 0..3 {
            let (one, two, three) = tokio::join!(look(), look(), look());
            one.and(two).and(three).unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_connection_that_broke_is_made_again() {
    rig::run("tunnel", async |rig| {
        let Some(server) = Server::start("tunnel").await else {
            return;
        };
        let (engines, target) = engines(&server, "client");
        assert!(engines.running(&target, &rig.name).await.is_ok());
        cut_connections(server.child.id()).await;
        // Whoever asks at that very moment hears that nobody answers.
        let mut last = Ok(Vec::new());
        for _ in 0..200 {
            last = engines.running(&target, &rig.name).await;
            match &last {
                Ok(_) => break,
                Err(error) => assert_eq!(error.kind, Kind::Unreachable, "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(last.is_ok(), "it is never made again: {last:?}");
    })
    .await;
}

#[tokio::test]
async fn a_machine_that_is_not_known_is_refused_and_said_so() {
    rig::run("stranger", async |rig| {
        let Some(server) = Server::start("stranger").await else {
            return;
        };
        let (engines, target) = engines(&server, "unknown_client");
        let error = engines.running(&target, &rig.name).await.unwrap_err();
        assert_eq!(error.kind, Kind::Refused, "{error}");
        assert!(error.why.contains("its key is not known"), "{error}");
    })
    .await;
}

/// Somebody else on that machine, who looks at its processes all the time.
struct Watcher {
    done: Arc<AtomicBool>,
    seen: std::thread::JoinHandle<Vec<String>>,
}

impl Watcher {
    fn of(secret: &'static str) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let until = done.clone();
        let seen = std::thread::spawn(move || {
            let mut seen = Vec::new();
            while !until.load(Ordering::Relaxed) {
                for process in std::fs::read_dir("/proc").unwrap().flatten() {
                    let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
                    let line = String::from_utf8_lossy(&line).into_owned();
                    seen.extend(line.contains(secret).then_some(line));
                }
                std::thread::park_timeout(Duration::from_millis(2));
            }
            seen
        });
        Self { done, seen }
    }

    fn saw(self) -> Vec<String> {
        self.done.store(true, Ordering::Relaxed);
        self.seen.join().unwrap()
    }
}

/// Ends every connection of a server, as a network does that goes away; new ones
/// are served.
async fn cut_connections(server: u32) {
    let all = children(server);
    assert!(!all.is_empty(), "somebody is connected");
    for child in all {
        let mut kill = std::process::Command::new("kill");
        // One that ended with its parent is gone already.
        kill.args(["-KILL", &child.to_string()]).status().unwrap();
    }
    until("nobody is connected", || children(server).is_empty()).await;
}

/// The processes a process has started, and those they have, the lowest first.
fn children(of: u32) -> Vec<u32> {
    let path = format!("/proc/{of}/task/{of}/children");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let own: Vec<u32> = text
        .split_whitespace()
        .filter_map(|it| it.parse().ok())
        .collect();
    let below = own.iter().flat_map(|it| children(*it));
    below.chain(own.iter().copied()).collect()
}
