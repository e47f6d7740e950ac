//! A compose deploy that changes nothing, against the commands somebody would type.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use shipbell::wiring::engine_settings;
use shipbell_adapters::containers::docker::DockerEngines;
use shipbell_adapters::containers::image::{ImageSpec, binary_with_libraries};
use shipbell_adapters::containers::{
    Containers as _, Discard, Labels, Project, Session, Target, Up,
};
use shipbell_adapters::redact::Redactor;
use tokio::process::Command;

use crate::measure::{Failed, Pairs, folder, note, time};

const BOUND: f64 = 1.2;
const TURNS: u32 = 10;
const WARM_UP: u32 = 1;

/// The projects: the one that is deployed, and the one that is typed for.
const OURS: &str = "shipbell-bench-ours";
const TYPED: &str = "shipbell-bench-typed";
/// Nobody listens at that registry: what asks it is refused at once, on this machine.
const IMAGE: &str = "127.0.0.1:9/shipbell-bench:1";
const SERVICES: [&str; 2] = ["web", "worker"];

pub(crate) async fn run() -> Result<(), Failed> {
    let folder = folder()?;
    let bench = match Bench::new(folder.path()).await {
        Ok(bench) => bench,
        Err(why) => {
            note("deploy", &format!("skipped: {why}"));
            return Ok(());
        }
    };
    let measured = bench.measure().await;
    bench.clean().await?;
    measured
}

struct Bench {
    engines: DockerEngines,
    target: Target,
    up: Up,
    /// How Compose is called here.
    compose: &'static [&'static str],
}

impl Bench {
    /// An engine with the image; an error if this machine lacks what it takes.
    async fn new(folder: &Path) -> Result<Self, Failed> {
        let engines = DockerEngines::new(engine_settings(None), Redactor::default());
        let target = Target::local();
        let project = Project {
            name: OURS.to_owned(),
            files: vec![write_compose(folder)?],
            directory: folder.to_owned(),
            env_file: None,
            vars: BTreeMap::new(),
            flavour: None,
        };
        engines.preflight(&target, &project, &session()).await?;
        let image = image().await?;
        let pinned = engines.load(&target, &image).await?;
        let pins = SERVICES.map(|service| (service.to_owned(), pinned.clone()));
        let plugin = says_yes(&["docker", "compose", "version"]).await;
        Ok(Self {
            engines,
            target,
            up: Up {
                project,
                services: Vec::new(),
                pins: pins.into(),
                labels: Labels::from([("io.shipbell.release".to_owned(), "1".to_owned())]),
                state_dir: folder.join("state"),
                snapshot: None,
                optional: BTreeSet::new(),
            },
            compose: if plugin {
                &["docker", "compose"]
            } else {
                &["docker-compose"]
            },
        })
    }

    async fn measure(&self) -> Result<(), Failed> {
        // The first turn makes the containers.
        self.deploy().await?;
        self.type_commands().await?;
        let before = (self.containers(OURS).await?, self.containers(TYPED).await?);
        let mut pairs = Pairs::default();
        for turn in 1..=WARM_UP + TURNS {
            let (done, ours) = time(self.deploy()).await;
            done?;
            let (done, typed) = time(self.type_commands()).await;
            done?;
            if turn > WARM_UP {
                pairs.push(ours, typed);
            }
        }
        if before != (self.containers(OURS).await?, self.containers(TYPED).await?) {
            return Err("something was changed that was to be left alone".into());
        }
        pairs.report("no-change deploy / typed by hand", BOUND);
        Ok(())
    }

    /// What the steps `pull` and `up` do, without the wait for stability.
    async fn deploy(&self) -> Result<(), Failed> {
        for pinned in self.up.pins.values() {
            self.engines.pull(&self.target, pinned, &session()).await?;
        }
        self.engines.up(&self.target, &self.up, &session()).await?;
        Ok(())
    }

    async fn type_commands(&self) -> Result<(), Failed> {
        for words in [
            ["config"].as_slice(),
            &["config", "--hash", "*"],
            &["pull", "--quiet", "--ignore-pull-failures"],
            &["up", "-d"],
        ] {
            let project = &self.up.project;
            let mut command = Command::new(self.compose[0]);
            command
                .args(&self.compose[1..])
                .args(["-p", TYPED])
                .args(words)
                .current_dir(&project.directory)
                .stdin(Stdio::null());
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

    async fn containers(&self, project: &str) -> Result<Vec<String>, Failed> {
        let running = self.engines.running(&self.target, project).await?;
        let alive = running.into_iter().filter(|it| it.alive);
        Ok(alive.map(|it| it.container).collect())
    }

    async fn clean(&self) -> Result<(), Failed> {
        for project in [OURS, TYPED] {
            self.engines.down(&self.target, project).await?;
        }
        if !says_yes(&["docker", "image", "rm", IMAGE]).await {
            note("deploy", &format!("the image {IMAGE} stays"));
        }
        Ok(())
    }
}

fn session() -> Session<'static> {
    Session {
        lines: &Discard,
        lock: None,
        within: Duration::from_mins(2),
    }
}

fn write_compose(folder: &Path) -> Result<std::path::PathBuf, Failed> {
    let service = |name| format!("  {name}:\n    image: {IMAGE}\n");
    let services: String = SERVICES.into_iter().map(service).collect();
    let text = format!("version: \"3.3\"\nservices:\n{services}");
    let path = folder.join("docker-compose.yml");
    std::fs::write(&path, text)?;
    Ok(path)
}

/// An image that only waits.
async fn image() -> Result<ImageSpec, Failed> {
    Ok(ImageSpec {
        tag: IMAGE.to_owned(),
        files: binary_with_libraries(Path::new("/bin/sleep"), "/bin/sleep").await?,
        entrypoint: vec!["/bin/sleep".to_owned()],
        command: vec!["86400".to_owned()],
        stop_signal: Some("SIGKILL".to_owned()),
        ..ImageSpec::default()
    })
}

async fn says_yes(words: &[&str]) -> bool {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdin(Stdio::null());
    command
        .output()
        .await
        .is_ok_and(|output| output.status.success())
}
