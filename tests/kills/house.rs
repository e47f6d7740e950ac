//! One installation of the program that is to die: its folder, its configuration, its lives.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::world;

/// How long a start or a stop may take.
const PATIENCE: Duration = Duration::from_mins(1);

const COMPOSE: &str = r#"version: "3.3"
services:
  web:
    image: nothing/web:none
    ports: ["127.0.0.1:${PORT}:8000"]
    volumes: ["data:/data"]
volumes:
  data: {}
"#;

/// An application and one of its environments.
pub(crate) type Place = (&'static str, &'static str);

/// A folder with everything the program has.
pub(crate) struct House {
    folder: TempDir,
    ports: [u16; 5],
    places: Vec<Place>,
    apps: Vec<String>,
}

/// One life of the program.
pub(crate) struct Life {
    bot: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl House {
    /// One with this configuration, where the words in capitals are filled in, and with
    /// these places that something is deployed to.
    pub(crate) fn build(config: &str, places: Vec<Place>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ports = free_ports();
        fs::write(folder.path().join("compose.yml"), COMPOSE).unwrap();
        let mut config = config
            .replace("PORT_BOT", &ports[4].to_string())
            .replace("PROJECT", &world::prefix())
            .replace("IMAGES", &world::prefix())
            .replace("FOLDER", &folder.path().to_string_lossy());
        for (index, port) in ports.iter().enumerate() {
            config = config.replace(&format!("PORT_{index}"), &port.to_string());
        }
        fs::write(folder.path().join("shipbell.toml"), &config).unwrap();
        let apps = config
            .lines()
            .filter_map(|it| it.strip_prefix("[app.")?.strip_suffix(']'));
        let apps = apps
            .filter(|it| !it.contains('.'))
            .map(str::to_owned)
            .collect();
        if let Some(plugin) = crate::setting("SHIPBELL_COMPOSE_V2") {
            let plugins = folder.path().join(".docker/cli-plugins");
            fs::create_dir_all(&plugins).unwrap();
            std::os::unix::fs::symlink(plugin, plugins.join("docker-compose")).unwrap();
        }
        Self {
            folder,
            ports,
            places,
            apps,
        }
    }

    /// Everything something is deployed to.
    pub(crate) fn places(&self) -> impl Iterator<Item = Place> {
        self.places.iter().copied()
    }

    /// Every application that is configured.
    pub(crate) fn apps(&self) -> &[String] {
        &self.apps
    }

    /// Starts a life, which may end itself at a point.
    pub(crate) fn starts(&self, crash_at: Option<&str>) -> Life {
        let mut command = self.command(&["serve"]);
        if let Some(point) = crash_at {
            command.env("SHIPBELL_CRASH_AT", point);
        }
        let mut log = fs::File::options();
        let log = log.create(true).append(true).open(self.log_file()).unwrap();
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut bot = command.stderr(log).kill_on_drop(true).spawn().unwrap();
        let said = BufReader::new(bot.stdout.take().unwrap()).lines();
        Life { bot, said }
    }

    /// Runs a command of the program: its exit code, and what it printed.
    pub(crate) async fn shipbell(&self, words: &[&str]) -> (Option<i32>, String) {
        let mut command = self.command(words);
        let output = command.stdin(Stdio::null()).kill_on_drop(true).output();
        let output = timeout(PATIENCE, output).await.unwrap().unwrap();
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        (output.status.code(), text)
    }

    pub(crate) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports[4])
    }

    /// Where a service answers whose port is called `PORT_0`.
    pub(crate) fn first_service(&self) -> String {
        format!("http://127.0.0.1:{}/", self.ports[0])
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("shipbell-data")
    }

    /// Everything all lives have logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// Whether no child of a dead bot is at work any more.
    pub(crate) fn is_let_alone(&self) -> bool {
        let held = |path: PathBuf| fs::File::open(path).is_ok_and(|file| file.try_lock().is_err());
        !self.places().map(|place| self.lock(place)).any(held)
    }

    /// The file that whoever works on an environment holds.
    pub(crate) fn lock(&self, (app, env): Place) -> PathBuf {
        self.data().join("locks").join(format!("{app}.{env}.lock"))
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crashing"));
        let config = self.folder.path().join("shipbell.toml");
        command.arg("--config").arg(config).args(words);
        command
            .env_remove("SHIPBELL_CRASH_AT")
            .env("HOME", self.folder.path())
            .current_dir(self.folder.path());
        command
    }
}

impl Life {
    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.bot.id().unwrap()
    }

    /// Waits until it serves; false if it ended before.
    pub(crate) async fn serves(&mut self) -> bool {
        let line = timeout(PATIENCE, self.said.next_line()).await;
        line.expect("the bot starts in time").unwrap().is_some()
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn ends(&mut self) -> ExitStatus {
        self.bot.wait().await.unwrap()
    }

    /// Ends it as a power cut does.
    pub(crate) async fn is_killed(&mut self) -> ExitStatus {
        // It may be gone already.
        drop(self.bot.start_kill());
        self.ends().await
    }

    /// Asks it to stop.
    pub(crate) async fn is_stopped(&mut self) -> ExitStatus {
        let pid = self.bot.id().unwrap().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status().await;
        assert!(told.unwrap().success());
        timeout(PATIENCE, self.ends()).await.unwrap()
    }
}

/// Ports that were free a moment ago.
fn free_ports() -> [u16; 5] {
    let listeners = [(); 5].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|it| it.local_addr().unwrap().port())
}
