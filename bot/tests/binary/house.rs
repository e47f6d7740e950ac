//! One installation of the program: a folder, its configuration, the running bot.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt as _;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use futures_util::FutureExt as _;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::people::Guest;
use crate::world::{self, World};

/// How long anything here may take. Only a test that fails waits so long: three hosts, one
/// after the other, take more than a minute of a machine that does other things too.
const PATIENCE: Duration = Duration::from_mins(5);

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(100);

const COMPOSE: &str = r#"version: "3.3"
services:
  api:
    image: nothing/api:none
    environment:
      SECRET_KEY: "${SECRET_KEY}"
    ports: ["127.0.0.1:${API_PORT}:8000"]
  frontend:
    image: nothing/frontend:none
    ports: ["127.0.0.1:${FRONTEND_PORT}:8000"]
"#;

/// What no output may ever show.
const SECRET: &str = "correct-horse-battery";

/// A house for one test, torn down with it.
pub(crate) struct House {
    folder: TempDir,
    bot: Option<Child>,
    port: u16,
    api: u16,
    frontend: u16,
    project: String,
    world: Option<World>,
}

/// How a command of the program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs a test in a house with containers, or says why it cannot.
pub(crate) async fn run(name: &str, test: impl AsyncFnOnce(&mut House)) {
    if let Some(why) = world::lacking() {
        assert!(!world::required("docker"), "docker is required: {why}");
        return world::skipped(name, &why);
    }
    let mut house = House::build(name);
    house.world = Some(World::new(&house.project));
    house.host(test).await;
}

/// Runs a test that needs no containers.
pub(crate) async fn run_alone(name: &str, test: impl AsyncFnOnce(&mut House)) {
    House::build(name).host(test).await;
}

/// Looks again and again until there is something to see.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(PAUSE).await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, looking).await;
    found.unwrap_or_else(|_| panic!("{what}: not within {PATIENCE:?}"))
}

impl House {
    /// The example for this runbook, with what only this machine and this test can know
    /// put in its place: ports, the images' names, who kai is on this machine, the
    /// project's name, and a shorter wait for stability.
    fn build(name: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [port, api, frontend] = free_ports();
        // Its own, even if the tests run twice on one machine.
        let project = format!("shipbell-e2e-{name}-{}", std::process::id());
        let house = Self {
            folder,
            bot: None,
            port,
            api,
            frontend,
            project,
            world: None,
        };
        let deploy = house.folder.path().join("deploy");
        fs::create_dir(&deploy).unwrap();
        fs::write(deploy.join("compose.production.yml"), COMPOSE).unwrap();
        let variables = format!("API_PORT={api}\nFRONTEND_PORT={frontend}\nSECRET_KEY={SECRET}\n");
        fs::write(deploy.join(".env.production"), variables).unwrap();
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/motorsport.toml");
        fs::write(house.config(), fs::read_to_string(example).unwrap()).unwrap();
        let uid = uid();
        house.rewrites("127.0.0.1:7380", &format!("127.0.0.1:{port}"));
        house.rewrites(
            "name = \"Kai Ito\"",
            &format!("name = \"Kai Ito\", unix = {uid}"),
        );
        house.rewrites("http://127.0.0.1:8080", &format!("http://127.0.0.1:{api}"));
        house.rewrites(
            "ghcr.io/acme/motorsport-api-backend",
            &world::repository("api"),
        );
        house.rewrites(
            "ghcr.io/acme/motorsport-api-frontend",
            &world::repository("frontend"),
        );
        house.rewrites("{ up = true }", "{ up = true, stable_for = \"1s\" }");
        house.rewrites(
            "env_file =",
            &format!("project = \"{}\"\nenv_file =", house.project),
        );
        house
    }

    /// Runs the test; if it fails, shows what everybody saw.
    #[expect(
        clippy::print_stderr,
        reason = "the test runner shows it beside the failure"
    )]
    async fn host(mut self, test: impl AsyncFnOnce(&mut Self)) {
        let outcome = AssertUnwindSafe(test(&mut self)).catch_unwind().await;
        let log = self.log();
        if let Err(panic) = outcome {
            eprintln!("the bot's log:\n{log}");
            if let Ok(story) = tokio::time::timeout(Duration::from_secs(10), self.story()).await {
                eprintln!("the channel, as kai sees it:\n{story}");
            }
            std::panic::resume_unwind(panic);
        }
        assert!(!log.contains(SECRET), "a secret was logged:\n{log}");
    }

    async fn story(&self) -> String {
        if self.bot.is_none() {
            return "the bot does not run".to_owned();
        }
        let messages = Guest::enter(self, "kai").await.messages().await;
        let line = |it: &crate::pages::Message| {
            let place = it
                .thread
                .as_deref()
                .map_or(String::new(), |root| format!(" under {root}"));
            format!("{}{place}: {}\n", it.id, it.text)
        };
        messages.iter().map(line).collect()
    }

    /// Starts the bot and waits until it serves.
    pub(crate) async fn serves(&mut self) {
        let mut bot = self.command(&["serve"]);
        let log = fs::File::options()
            .create(true)
            .append(true)
            .open(self.log_file())
            .unwrap();
        bot.stdout(Stdio::piped()).stderr(log).kill_on_drop(true);
        let mut bot = bot.spawn().unwrap();
        let mut said = BufReader::new(bot.stdout.take().unwrap()).lines();
        let line = tokio::time::timeout(PATIENCE, said.next_line())
            .await
            .unwrap()
            .unwrap();
        let Some(line) = line else {
            panic!("the bot ended:\n{}", self.log())
        };
        assert!(line.contains(&self.base()), "{line}");
        self.bot = Some(bot);
    }

    /// Ends the bot with a signal and tells how it took it; KILL is a power cut.
    pub(crate) async fn is_told(&mut self, signal: &str) -> ExitStatus {
        let mut bot = self.bot.take().unwrap();
        signal_to(&bot, signal).await;
        tokio::time::timeout(Duration::from_secs(20), bot.wait())
            .await
            .unwrap()
            .unwrap()
    }

    /// Sends a signal the bot lives on after.
    pub(crate) async fn hears(&self, signal: &str) {
        signal_to(self.bot.as_ref().unwrap(), signal).await;
    }

    /// Runs the program, as whoever runs the tests.
    pub(crate) async fn shipbell(&self, words: &[&str]) -> Ended {
        let output = self
            .command(words)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let output = tokio::time::timeout(PATIENCE, output)
            .await
            .unwrap()
            .unwrap();
        Ended {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Begins to run the program, and gives what it prints as it does.
    pub(crate) fn begins(&self, words: &[&str]) -> (Child, Lines<BufReader<ChildStdout>>) {
        let mut command = self.command(words);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.kill_on_drop(true).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        (child, said)
    }

    /// Says a chat command on the terminal, as kai.
    pub(crate) async fn release(&self, line: &str) -> Ended {
        let mut words = vec!["release"];
        words.extend(line.split(' '));
        self.shipbell(&words).await
    }

    /// What `release new` needs to be told besides the version.
    pub(crate) fn images(version: &str) -> String {
        let one = |service| format!("--image {service}={}", world::reference(service, version));
        format!("{} {}", one("api"), one("frontend"))
    }

    /// Puts other words in place of some in the configuration, which must be there.
    pub(crate) fn rewrites(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.config()).unwrap();
        assert!(
            text.contains(from),
            "{from} is not in the configuration:\n{text}"
        );
        fs::write(self.config(), text.replace(from, to)).unwrap();
    }

    /// Puts other words in place of some in the compose file, which must be there.
    pub(crate) fn compose_says(&self, (from, to): (&str, &str)) {
        let text = fs::read_to_string(self.compose()).unwrap();
        assert!(text.contains(from), "{from} is not in:\n{text}");
        self.compose_is(&text.replace(from, to));
    }

    /// Gives the project another compose file.
    pub(crate) fn compose_is(&self, text: &str) {
        fs::write(self.compose(), text).unwrap();
    }

    /// Where a service is asked from outside.
    pub(crate) fn port_of(&self, service: &str) -> u16 {
        if service == "api" {
            self.api
        } else {
            self.frontend
        }
    }

    /// What the service answers, asked from outside.
    pub(crate) async fn says(&self, service: &str, path: &str) -> Option<String> {
        let port = self.port_of(service);
        world::answer(&format!("http://127.0.0.1:{port}{path}")).await
    }

    /// Fails unless exactly this runs, by what Docker and the services themselves say.
    pub(crate) async fn really_runs(&self, version: &str) {
        self.world().runs(version);
        for service in ["api", "frontend"] {
            let said = self.says(service, "/").await;
            assert_eq!(
                said.as_deref(),
                Some(format!("{service} {version}").as_str())
            );
        }
    }

    /// Waits until production runs a version, verified.
    pub(crate) async fn is_verified(&self, version: &str) {
        eventually(&format!("{version} is verified"), async || {
            let status = self.release("status").await.succeeded();
            let mut rows = status.lines();
            let row = rows.find(|it| it.contains("production"))?;
            (row.contains(version) && row.contains("verified")).then_some(())
        })
        .await;
    }

    pub(crate) fn world(&self) -> &World {
        self.world.as_ref().unwrap()
    }

    pub(crate) fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.folder.path().join("shipbell.toml")
    }

    fn compose(&self) -> PathBuf {
        self.folder.path().join("deploy/compose.production.yml")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("shipbell-data")
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shipbell"));
        command.arg("--config").arg(self.config()).args(words);
        command
            .env("HOME", self.folder.path())
            .current_dir(self.folder.path());
        command
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(mut bot) = self.bot.take() {
            // It may be gone already.
            drop(bot.start_kill());
        }
    }
}

impl Ended {
    /// What it printed, if it went well.
    #[track_caller]
    pub(crate) fn succeeded(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// What it said about why not.
    #[track_caller]
    pub(crate) fn failed(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:?}");
        self.err
    }
}

/// The number of whoever runs the tests.
pub(crate) fn uid() -> u32 {
    fs::metadata("/proc/self").unwrap().uid()
}

async fn signal_to(bot: &Child, signal: &str) {
    let pid = bot.id().unwrap().to_string();
    let mut kill = Command::new("/bin/sh");
    kill.args(["-c", "kill -s \"$0\" \"$1\"", signal, &pid]);
    assert!(kill.status().await.unwrap().success());
}

/// Ports that were free a moment ago.
fn free_ports() -> [u16; 3] {
    let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|it| it.local_addr().unwrap().port())
}
