//! What every test stands on: an engine, a project of its own, a tiny image.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use shipbell_adapters::containers::docker::{DockerEngines, Settings};
use shipbell_adapters::containers::image::{ImageHealthcheck, ImageSpec, binary_with_libraries};
use shipbell_adapters::containers::{
    ContainerError, Containers as _, Flavour, Home, Labels, LineSink, OneOff, OutputLine, Pinned,
    Project, Running, Session, Target, Up, UpReport, Wait,
};
use shipbell_adapters::redact::Redactor;
use shipbell_adapters::secret::Secret;

use crate::composes;

/// Marks what a test made.
pub(crate) const MARK: &str = "io.shipbell.test";

/// What a service does: as told by its image.
const SERVE: &str = r#"echo "started $VERSION"
case "$STATE" in crash) sleep 0.3; echo "out of luck" >&2; exit 7 ;; esac
while :; do sleep 60; done"#;

/// One test's engine and project.
pub(crate) struct Rig {
    pub(crate) engines: DockerEngines,
    pub(crate) settings: Settings,
    pub(crate) target: Target,
    pub(crate) name: String,
    pub(crate) directory: tempfile::TempDir,
}

/// Remembers every line.
#[derive(Default)]
pub(crate) struct Heard(Mutex<Vec<OutputLine>>);

/// Runs a test under a name of its own and removes what it made, pass or fail.
pub(crate) async fn run(name: &str, test: impl AsyncFnOnce(&Rig)) {
    let directory = tempfile::tempdir().unwrap();
    let settings = Settings {
        home: directory.path().to_owned(),
        ..Settings::default()
    };
    on(name, (directory, settings), test).await;
}

/// The same once with each Compose, under which it sees no other.
pub(crate) async fn each(name: &str, test: impl AsyncFn(&Rig, Flavour)) {
    for flavour in composes::all(name) {
        let directory = tempfile::tempdir().unwrap();
        let settings = composes::settings(directory.path(), &[flavour]);
        let name = format!("{name}-{}", composes::word(flavour));
        on(&name, (directory, settings), async |rig| {
            test(rig, flavour).await;
        })
        .await;
    }
}

async fn on(
    name: &str,
    (directory, settings): (tempfile::TempDir, Settings),
    test: impl AsyncFnOnce(&Rig),
) {
    let redactor = Redactor::knowing([&"swordfish".into()]);
    let rig = Rig {
        engines: DockerEngines::new(settings.clone(), redactor),
        settings,
        target: Target::local(),
        name: format!("shipbell-test-{name}"),
        directory,
    };
    if let Err(error) = rig.clean().await {
        assert!(!requires("docker"), "docker is required: {error}");
        say(&format!("skipped: {name}: {error}"));
        return;
    }
    let outcome = AssertUnwindSafe(test(&rig)).catch_unwind().await;
    rig.clean().await.unwrap();
    if let Err(panic) = outcome {
        // Which of the two it was would be told by nothing else.
        say(&format!("failed: {}", rig.name));
        std::panic::resume_unwind(panic);
    }
}

/// Says so where the test runner hides nothing.
pub(crate) fn say(what: &str) {
    writeln!(std::io::stderr().lock(), "{what}").unwrap();
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration file"
)]
pub(crate) fn requires(what: &str) -> bool {
    std::env::var("SHIPBELL_REQUIRE").is_ok_and(|all| all.split(',').any(|one| one == what))
}

impl Rig {
    async fn clean(&self) -> Result<(), ContainerError> {
        self.engines.remove(&self.target, &self.labels()).await?;
        self.engines.down(&self.target, &self.name).await
    }

    pub(crate) fn labels(&self) -> Labels {
        Labels::from([(MARK.to_owned(), self.name.clone())])
    }

    /// Loads the tiny image, differing by version and by what becomes of it.
    pub(crate) async fn image(&self, version: &str, state: &str) -> Pinned {
        let mut files = binary_with_libraries(Path::new("/bin/sh"), "/bin/sh")
            .await
            .unwrap();
        for file in binary_with_libraries(Path::new("/bin/sleep"), "/bin/sleep")
            .await
            .unwrap()
        {
            if files.iter().all(|known| known.path != file.path) {
                files.push(file);
            }
        }
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let spec = ImageSpec {
            tag: format!("shipbell-test:{version}-{state}"),
            files,
            entrypoint: words(&["/bin/sh", "-c"]),
            command: words(&[SERVE]),
            env: [("VERSION", version), ("STATE", state), ("PATH", "/bin")]
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
            healthcheck: Some(ImageHealthcheck {
                command: words(&[
                    "/bin/sh",
                    "-c",
                    r#"echo "I am $STATE"; test "$STATE" != sick"#,
                ]),
                interval: Duration::from_millis(100),
                timeout: Duration::from_secs(5),
                retries: 3,
            }),
            stop_signal: Some("SIGKILL".into()),
            ..ImageSpec::default()
        };
        self.engines.load(&self.target, &spec).await.unwrap()
    }

    /// Loads an image of nothing but a name.
    pub(crate) async fn image_named(&self, tag: &str) -> Pinned {
        let spec = ImageSpec {
            tag: tag.to_owned(),
            files: binary_with_libraries(Path::new("/bin/true"), "/bin/true")
                .await
                .unwrap(),
            entrypoint: vec!["/bin/true".into()],
            ..ImageSpec::default()
        };
        self.engines.load(&self.target, &spec).await.unwrap()
    }

    /// The ids of the images whose names a pattern fits, asked of the engine's own client.
    pub(crate) async fn ids_of(&self, pattern: &str) -> Vec<String> {
        let reference = format!("reference={pattern}");
        let asked = tokio::process::Command::new("docker")
            .args(["images", "--quiet", "--no-trunc", "--filter", &reference])
            .output()
            .await;
        let said = String::from_utf8(asked.unwrap().stdout).unwrap();
        said.lines().map(str::to_owned).collect()
    }

    /// Takes a name of an image away from the engine.
    pub(crate) async fn forget(&self, image: &str) {
        let gone = tokio::process::Command::new("docker")
            .args(["image", "rm", "-f", image])
            .output()
            .await;
        assert!(gone.unwrap().status.success(), "{image} was there");
    }

    /// A project of one service; `more` is appended to it.
    pub(crate) fn project(&self, more: &str) -> Project {
        let file = self.directory.path().join("compose.yml");
        let text = format!(
            "version: \"3.3\"\nservices:\n  web:\n    image: shipbell-test:none\n    environment:\n      \
             FROM: \"${{FROM}}\"\n{more}"
        );
        std::fs::write(&file, text).unwrap();
        Project {
            name: self.name.clone(),
            files: vec!["compose.yml".into()],
            directory: self.directory.path().to_owned(),
            env_file: None,
            vars: BTreeMap::from([("FROM".into(), Secret::from("the bot"))]),
            flavour: None,
        }
    }

    pub(crate) fn up(&self, project: Project, image: &Pinned) -> Up {
        Up {
            project,
            services: Vec::new(),
            pins: BTreeMap::from([("web".into(), image.clone())]),
            labels: Labels::from([("io.shipbell.version".into(), "costs $5".into())]),
            state_dir: self.directory.path().join("state"),
            snapshot: None,
            optional: BTreeSet::new(),
        }
    }

    /// Converges a project.
    pub(crate) async fn converges(&self, up: &Up) -> Result<UpReport, ContainerError> {
        let heard = Heard::default();
        self.engines.up(&self.target, up, &heard.session()).await
    }

    /// Waits until a project is well.
    pub(crate) async fn settles(&self, wait: &Wait) -> Result<Vec<Running>, ContainerError> {
        let heard = Heard::default();
        let session = heard.session();
        self.engines.wait_stable(&self.target, wait, &session).await
    }

    pub(crate) fn stable(&self, image: &Pinned) -> Wait {
        Wait {
            project: self.name.clone(),
            services: Vec::new(),
            pins: BTreeMap::from([("web".into(), image.clone())]),
            stable_for: Duration::from_secs(1),
            healthy_within: Duration::from_secs(30),
        }
    }

    /// A script that runs once.
    pub(crate) fn once(&self, suffix: &str, image: &Pinned, script: &str) -> OneOff {
        let (image, vars, network) = (image.clone(), BTreeMap::new(), None);
        OneOff {
            name: format!("{}-{suffix}", self.name),
            identity: ("io.shipbell.spec".into(), script.len().to_string()),
            labels: self.labels(),
            command: vec![script.to_owned()],
            home: Home::Image {
                image,
                vars,
                network,
            },
        }
    }
}

impl Heard {
    pub(crate) fn session(&self) -> Session<'_> {
        Session {
            lines: self,
            lock: None,
            within: Duration::from_mins(1),
        }
    }

    pub(crate) fn text(&self) -> String {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines
            .iter()
            .flat_map(|line| [line.text.as_str(), "\n"])
            .collect()
    }
}

impl LineSink for Heard {
    fn line(&self, line: OutputLine) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }
}
