//! Two projects alike on one engine: one that we deploy, one that commands are typed for.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use futures_util::future::join;
use shipbell_adapters::containers::docker::{DockerEngines, Settings};
use shipbell_adapters::containers::{
    Containers as _, Discard, Flavour, Labels, Pinned, Project, Session, Target, Up, Wait,
};
use shipbell_adapters::redact::Redactor;
use shipbell_adapters::secret::Secret;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use super::image::image;
use super::whole::Whole;
use crate::measure::{Failed, note, now};

/// Nobody listens at that registry: what asks it is refused at once, on this machine.
pub(super) const IMAGE: &str = "127.0.0.1:9/shipbell-bench";
const VERSIONS: [&str; 3] = ["1", "2", BAD];
/// A version that starts and never gets healthy.
pub(super) const BAD: &str = "bad";
/// How long anything here may take.
pub(super) const PATIENCE: Duration = Duration::from_mins(2);

const COMPOSE: &str = "version: \"3.3\"
services:
  web:
    image: 127.0.0.1:9/shipbell-bench:${TAG}
    ports: [\"127.0.0.1:${PORT}:8000\"]
  worker:
    image: 127.0.0.1:9/shipbell-bench:1
";

/// Who deploys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Ours,
    Typed,
}

pub(super) struct Stage {
    engines: DockerEngines,
    target: Target,
    folder: PathBuf,
    /// Docker's own configuration, if it is another than usual.
    config: Option<PathBuf>,
    flavour: Flavour,
    images: BTreeMap<&'static str, Pinned>,
    ports: [u16; 3],
}

impl Way {
    pub(super) const BOTH: [Self; 2] = [Self::Ours, Self::Typed];

    fn project(self) -> &'static str {
        match self {
            Self::Ours => "shipbell-bench-ours",
            Self::Typed => "shipbell-bench-typed",
        }
    }
}

impl Stage {
    /// An engine with the images; an error if this machine lacks what it takes.
    pub(super) async fn new(
        folder: &Path,
        flavour: Flavour,
        settings: Settings,
    ) -> Result<Self, Failed> {
        let config = settings.docker_config.clone();
        let mut stage = Self {
            engines: DockerEngines::new(settings, Redactor::default()),
            config,
            target: Target::local(),
            folder: folder.to_owned(),
            flavour,
            images: BTreeMap::new(),
            ports: [free_port()?, free_port()?, free_port()?],
        };
        std::fs::write(folder.join("docker-compose.yml"), COMPOSE)?;
        let mut asked = stage.compose();
        let answer = asked.arg("version").output().await;
        if !answer.is_ok_and(|it| it.status.success()) {
            return Err(format!("`{flavour}` does not answer").into());
        }
        for version in VERSIONS {
            let image = image(version).await?;
            let pinned = stage.engines.load(&stage.target, &image).await?;
            stage.images.insert(version, pinned);
        }
        Ok(stage)
    }

    /// A measure's name, with the Compose it was taken with.
    pub(super) fn name(&self, measure: &str) -> String {
        format!("{measure}, {}", self.flavour)
    }

    /// Brings a project to a version of its one service, without waiting until it is well.
    pub(super) async fn deploy(&self, way: Way, version: &str) -> Result<(), Failed> {
        match way {
            Way::Ours => {
                let up = self.up(version)?;
                for pinned in up.pins.values() {
                    self.engines.pull(&self.target, pinned, &session()).await?;
                }
                self.engines.up(&self.target, &up, &session()).await?;
                Ok(())
            }
            Way::Typed => self.type_commands(version).await,
        }
    }

    /// Waits until a project is healthy.
    pub(super) async fn is_well(&self, way: Way, version: &str) -> Result<(), Failed> {
        match way {
            Way::Ours => {
                self.engines
                    .wait_stable(&self.target, &self.wait(version)?, &session())
                    .await?;
                Ok(())
            }
            Way::Typed => self.looks(way, "healthy").await,
        }
    }

    /// Waits until somebody would notice that it is not.
    pub(super) async fn is_ill(&self, way: Way) -> Result<(), Failed> {
        match way {
            Way::Ours => {
                let (wait, session) = (self.wait(BAD)?, session());
                let waited = self.engines.wait_stable(&self.target, &wait, &session);
                match waited.await {
                    Ok(_) => Err("a version that is ill was called well".into()),
                    Err(_) => Ok(()),
                }
            }
            Way::Typed => self.looks(way, "unhealthy").await,
        }
    }

    /// For how long nobody answers while a project is brought to a version.
    pub(super) async fn away_during(&self, way: Way, version: &str) -> Result<Duration, Failed> {
        let port = self.port(way);
        while !answers(port).await {
            sleep(Duration::from_millis(10)).await;
        }
        let done = Cell::new(false);
        let deployed = async {
            let result = async {
                self.deploy(way, version).await?;
                self.is_well(way, version).await
            };
            let result = result.await;
            done.set(true);
            result
        };
        let asking = async {
            let (mut longest, mut last) = (Duration::ZERO, now());
            loop {
                let is_last = done.get();
                if answers(port).await {
                    longest = longest.max(last.elapsed());
                    last = now();
                    if is_last {
                        return longest;
                    }
                }
                sleep(Duration::from_millis(2)).await;
            }
        };
        let (deployed, longest) = timeout(PATIENCE, join(deployed, asking)).await?;
        deployed.map(|()| longest)
    }

    /// The containers of both projects.
    pub(super) async fn containers(&self) -> Result<Vec<String>, Failed> {
        let mut all = Vec::new();
        for way in Way::BOTH {
            let running = self.engines.running(&self.target, way.project()).await?;
            let alive = running.into_iter().filter(|it| it.alive);
            all.extend(alive.map(|it| it.container));
        }
        Ok(all)
    }

    pub(super) async fn clean(&self) -> Result<(), Failed> {
        let projects = Way::BOTH.map(Way::project).into_iter();
        for project in projects.chain([Whole::project()]) {
            self.engines.down(&self.target, project).await?;
            self.engines.retain(&self.target, project, &[]).await?;
        }
        for version in VERSIONS {
            let image = format!("{IMAGE}:{version}");
            if !says_yes(&["docker", "image", "rm", &image]).await {
                note("deploy", &format!("the image {image} stays"));
            }
        }
        Ok(())
    }

    pub(super) fn flavour(&self) -> Flavour {
        self.flavour
    }

    /// The file that every project here is made from.
    pub(super) fn compose_file(&self) -> PathBuf {
        self.folder.join("docker-compose.yml")
    }

    /// A port for a third project.
    pub(super) fn spare_port(&self) -> u16 {
        self.ports[2]
    }

    fn port(&self, way: Way) -> u16 {
        match way {
            Way::Ours => self.ports[0],
            Way::Typed => self.ports[1],
        }
    }

    /// Compose, as it is typed.
    fn compose(&self) -> Command {
        let mut command = match self.flavour {
            Flavour::V1 => Command::new("docker-compose"),
            Flavour::V2 => {
                let mut docker = Command::new("docker");
                docker.arg("compose");
                docker
            }
        };
        if let Some(config) = &self.config {
            command.env("DOCKER_CONFIG", config);
        }
        command.stdin(Stdio::null());
        command
    }

    fn up(&self, version: &str) -> Result<Up, Failed> {
        let vars = [
            ("TAG".to_owned(), Secret::new("1")),
            (
                "PORT".to_owned(),
                Secret::new(self.port(Way::Ours).to_string()),
            ),
        ];
        Ok(Up {
            project: Project {
                name: Way::Ours.project().to_owned(),
                files: vec![self.compose_file()],
                directory: self.folder.clone(),
                env_file: None,
                vars: vars.into(),
                flavour: Some(self.flavour),
            },
            services: Vec::new(),
            pins: self.pins(version)?,
            labels: Labels::from([("io.shipbell.release".to_owned(), version.to_owned())]),
            state_dir: self.folder.join("state"),
            snapshot: None,
            optional: BTreeSet::new(),
        })
    }

    fn wait(&self, version: &str) -> Result<Wait, Failed> {
        Ok(Wait {
            project: Way::Ours.project().to_owned(),
            services: Vec::new(),
            pins: self.pins(version)?,
            stable_for: Duration::ZERO,
            healthy_within: PATIENCE,
        })
    }

    fn pins(&self, version: &str) -> Result<BTreeMap<String, Pinned>, Failed> {
        let pin = |service: &str, version: &str| {
            let pinned = self.images.get(version).ok_or("there is no such version")?;
            Ok::<_, Failed>((service.to_owned(), pinned.clone()))
        };
        Ok([pin("web", version)?, pin("worker", "1")?].into())
    }

    async fn type_commands(&self, version: &str) -> Result<(), Failed> {
        for words in [
            ["config"].as_slice(),
            &["config", "--hash", "*"],
            &["pull", "--quiet", "--ignore-pull-failures"],
            &["up", "-d"],
        ] {
            let mut command = self.compose();
            command
                .args(["-p", Way::Typed.project()])
                .args(words)
                .env("TAG", version)
                .env("PORT", self.port(Way::Typed).to_string())
                .current_dir(&self.folder);
            let output = command.output().await?;
            // 1.x ends badly for a registry that does not answer, whatever it was told.
            let may_fail = words[0] == "pull";
            if !output.status.success() && !may_fail {
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                return Err(format!("`{}` failed: {said}", words.join(" ")).into());
            }
        }
        Ok(())
    }

    /// Somebody looks at the service again and again until Docker says this of its health.
    async fn looks(&self, way: Way, health: &str) -> Result<(), Failed> {
        let filters = [
            format!("label=com.docker.compose.project={}", way.project()),
            "label=com.docker.compose.service=web".to_owned(),
            format!("health={health}"),
        ];
        let looking = async {
            loop {
                let mut command = Command::new("docker");
                command.args(["ps", "-q"]).stdin(Stdio::null());
                for filter in &filters {
                    command.args(["--filter", filter]);
                }
                if !command.output().await?.stdout.is_empty() {
                    return Ok::<_, Failed>(());
                }
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, looking).await?
    }
}

fn session() -> Session<'static> {
    Session {
        lines: &Discard,
        lock: None,
        within: PATIENCE,
    }
}

/// Whether somebody answers a request as they should.
async fn answers(port: u16) -> bool {
    let asked = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await?;
        let mut said = Vec::new();
        stream.read_to_end(&mut said).await?;
        Ok::<_, std::io::Error>(
            said.starts_with(b"HTTP/1.") && said.windows(3).any(|it| it == b"200"),
        )
    };
    let asked = timeout(Duration::from_millis(500), asked).await;
    asked.is_ok_and(Result::unwrap_or_default)
}

fn free_port() -> Result<u16, Failed> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

async fn says_yes(words: &[&str]) -> bool {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null());
    let output = command.output().await;
    output.is_ok_and(|output| output.status.success())
}
