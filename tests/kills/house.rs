//! One installation of the program that is to die: its folder, its configuration, its lives.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::lanes::LANES;
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

/// Three applications on one machine. Everybody may ask for a release, and another
/// of them must consent; `drafts` is never deployed.
const CONFIG: &str = r#"timezone = "UTC"

[chat.web]
listen = "127.0.0.1:PORT_BOT"

[people]
kai = { name = "Kai Ito" }
lea = { name = "Lea Roy" }
mia = { name = "Mia Sato" }

[roles]
operator = ["kai", "lea", "mia"]

[app.drafts]
images = { web = "IMAGES/drafts" }

[app.drafts.env.live]
compose = "compose.yml"
project = "PROJECT-drafts-live"
vars = { PORT = "1" }
deploy = [{ up = true }]
signoff = { operator = 1 }

[app.shop]
images = { web = "IMAGES/shop" }

[app.shop.env.staging]
compose = "compose.yml"
project = "PROJECT-shop-staging"
url = "http://127.0.0.1:PORT_0"
vars = { PORT = "PORT_0" }
deploy = [{ pull = "web" }, { up = true, stable_for = "1s", healthy_within = "1m" }]
smoke = [{ get = "/", contains = "web", retry = 5, every = "1s" }, { logs = "web", tail = 20 }]
signoff = { operator = 1 }
on_failure = "rollback"

[app.shop.env.production]
like = "staging"
needs = "staging"
project = "PROJECT-shop-production"
url = "http://127.0.0.1:PORT_1"
vars = { PORT = "PORT_1" }

[app.blog]
images = { web = "IMAGES/blog" }

[app.blog.env.live]
compose = "compose.yml"
project = "PROJECT-blog-live"
url = "http://127.0.0.1:PORT_2"
vars = { PORT = "PORT_2" }
deploy = [
  { pull = "web" },
  { run = ["/bin/migrate"], in = "web", once = true, title = "Migrate" },
  { up = true, stable_for = "1s", healthy_within = "1m" },
]
rollback = [{ pull = "web" }, { up = true, stable_for = "1s", healthy_within = "1m" }]
smoke = [{ get = "/", contains = "web", retry = 5, every = "1s" }]
monitor = [{ for = "10s", every = "5s", get = "/" }]
signoff = { operator = 1 }
on_failure = "rollback"

[app.mail]
images = { web = "IMAGES/mail" }

[app.mail.env.live]
compose = "compose.yml"
project = "PROJECT-mail-live"
url = "http://127.0.0.1:PORT_3"
vars = { PORT = "PORT_3" }
deploy = [
  { pull = "web" },
  { up = true, stable_for = "1s", healthy_within = "1m" },
  { exec = ["/bin/busybox", "true"], in = "web", title = "Warm up" },
]
smoke = [{ get = "/", contains = "web", retry = 5, every = "1s" }]
monitor = [{ for = "10s", every = "5s", get = "/" }]
signoff = { operator = 1 }
on_failure = "rollback"
"#;

/// A folder with everything the program has.
pub(crate) struct House {
    folder: TempDir,
    port: u16,
}

/// One life of the program.
pub(crate) struct Life {
    bot: Child,
    said: Lines<BufReader<ChildStdout>>,
}

impl House {
    pub(crate) fn build() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ports = free_ports::<5>();
        fs::write(folder.path().join("compose.yml"), COMPOSE).unwrap();
        let mut config = CONFIG
            .replace("PORT_BOT", &ports[4].to_string())
            .replace("PROJECT", &world::prefix())
            .replace("IMAGES", &world::prefix());
        for (index, port) in ports.iter().enumerate() {
            config = config.replace(&format!("PORT_{index}"), &port.to_string());
        }
        fs::write(folder.path().join("shipbell.toml"), config).unwrap();
        Self {
            folder,
            port: ports[4],
        }
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
        format!("http://127.0.0.1:{}", self.port)
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
        let held = |(app, env): (&str, &str)| {
            let path = self.data().join("locks").join(format!("{app}-{env}.lock"));
            fs::File::open(path).is_ok_and(|file| file.try_lock().is_err())
        };
        let mut all = LANES
            .iter()
            .flat_map(|lane| lane.envs.iter().map(|env| (lane.app, *env)));
        !all.any(held)
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
fn free_ports<const COUNT: usize>() -> [u16; COUNT] {
    let listeners = [(); COUNT].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|it| it.local_addr().unwrap().port())
}
