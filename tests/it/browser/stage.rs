//! A channel, a scripted bot, and a browser to look at them with.

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use shipbell_adapters::chat::web::{Person, WebChannel, WebOptions};
use shipbell_adapters::chat::{
    Act, Answer, Card, ChannelId, Chat as _, Inbound, MessageRef, Place, UserId,
};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::window::Window;

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long to wait before looking again.
const PAUSE: Duration = Duration::from_millis(50);

/// What the bot answers to an act of a person.
pub(super) type Script = fn(&UserId, &Act) -> Answer;

/// Everything one test needs.
pub(super) struct Stage {
    name: String,
    folder: TempDir,
    script: Script,
    driver: Child,
    port: u16,
    windows: Mutex<Vec<Window>>,
    house: Option<House>,
}

/// A channel that is open.
struct House {
    channel: Arc<WebChannel>,
    heard: Arc<Mutex<Vec<Act>>>,
    stop: oneshot::Sender<()>,
    tasks: JoinSet<()>,
}

/// Runs a test with a channel and a browser, or says why it cannot.
pub(super) async fn run(name: &str, script: Script, test: impl AsyncFnOnce(&mut Stage)) {
    let (driver, port) = match driver().await {
        Ok(driver) => driver,
        Err(why) => {
            assert!(!required(), "a browser is required: {why}");
            // The test runner hides what is printed; in one piece, so that no words mix.
            let line = format!("skipped: {name}: {why}\n");
            std::io::stderr().write_all(line.as_bytes()).unwrap();
            return;
        }
    };
    shipbell_adapters::tls::choose();
    let folder = tempfile::tempdir().unwrap();
    let name = name.to_owned();
    let windows = Mutex::default();
    let mut stage = Stage {
        name,
        folder,
        script,
        driver,
        port,
        windows,
        house: None,
    };
    stage.opens("127.0.0.1:0".parse().unwrap()).await;
    let outcome = AssertUnwindSafe(test(&mut stage)).catch_unwind().await;
    let windows = std::mem::take(
        stage
            .windows
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner),
    );
    let base = stage.base();
    for (number, window) in windows.into_iter().enumerate() {
        let picture = stage.picture(number);
        let closed = AssertUnwindSafe(window.close(&picture, outcome.is_ok().then_some(&base)));
        if let (Err(panic), true) = (closed.catch_unwind().await, outcome.is_ok()) {
            drop(stage.driver.kill().await);
            std::panic::resume_unwind(panic);
        }
    }
    drop(stage.driver.kill().await);
    if let Err(panic) = outcome {
        writeln!(
            std::io::stderr().lock(),
            "{}: the bot heard {:#?}",
            stage.name,
            stage.heard()
        )
        .unwrap();
        std::panic::resume_unwind(panic);
    }
    stage.closes().await;
}

/// Looks again and again until there is something to see.
pub(super) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
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

impl Stage {
    /// Opens a browser window of somebody's own and signs them in by their link.
    pub(super) async fn enter(&self, who: &str) -> Window {
        let window = Window::open(self.port, true).await;
        self.let_in(window, who).await
    }

    /// The same with script switched off.
    pub(super) async fn enter_without_script(&self, who: &str) -> Window {
        let window = Window::open(self.port, false).await;
        self.let_in(window, who).await
    }

    async fn let_in(&self, window: Window, who: &str) -> Window {
        self.remembers(window.clone());
        let link = self.link(who);
        window.goes_to(&link).await;
        window
            .presses(&format!("Sign in as {}", name_of(who)))
            .await;
        window.sees("#release").await;
        window
    }

    /// Windows are closed after the test, pass or fail.
    fn remembers(&self, window: Window) {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        windows.push(window);
    }

    pub(super) fn link(&self, who: &str) -> String {
        self.channel().issue_link(&UserId(who.to_owned())).unwrap()
    }

    /// Posts a card to the channel.
    pub(super) async fn posts(&self, card: &Card) -> MessageRef {
        self.posts_to(None, card).await
    }

    /// Posts a card under another message.
    pub(super) async fn posts_to(&self, thread: Option<&MessageRef>, card: &Card) -> MessageRef {
        let channel = ChannelId("release".to_owned());
        let place = Place {
            channel,
            thread: thread.cloned(),
        };
        self.channel()
            .post(&place, &card.summary, card)
            .await
            .unwrap()
    }

    pub(super) async fn edits(&self, at: &MessageRef, card: &Card) {
        self.channel().edit(at, card).await.unwrap();
    }

    /// What people did, without the greeting at each start.
    pub(super) fn heard(&self) -> Vec<Act> {
        let heard = self.house.as_ref().unwrap().heard.lock();
        let heard = heard.unwrap_or_else(PoisonError::into_inner).clone();
        let quiet = |act: &Act| !matches!(act, Act::Connected | Act::Completing { .. });
        heard.into_iter().filter(quiet).collect()
    }

    /// Waits until somebody did something like this.
    pub(super) async fn hears(&self, what: &str, like: impl Fn(&Act) -> bool) {
        eventually(what, async || self.heard().iter().any(&like).then_some(())).await;
    }

    /// The server goes away and comes back at the same address.
    pub(super) async fn restarts(&mut self) {
        let address = self.channel().address();
        self.closes().await;
        self.opens(address).await;
    }

    pub(super) fn base(&self) -> String {
        format!("http://{}", self.channel().address())
    }

    fn channel(&self) -> &WebChannel {
        &self.house.as_ref().unwrap().channel
    }

    async fn opens(&mut self, listen: SocketAddr) {
        let (inbound, queue) = mpsc::channel(16);
        let mut options = options(self.folder.path().join("channel.db"));
        options.listen = listen;
        let opened = WebChannel::open(options, Arc::new(now), Arc::new(chance), inbound).await;
        let (channel, server) = opened.unwrap();
        let heard = Arc::default();
        let (stop, stopped) = oneshot::channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let stopped = async move { drop(stopped.await) };
            server.run(stopped).await.unwrap();
        });
        tasks.spawn(bot(queue, Arc::clone(&heard), self.script));
        self.house = Some(House {
            channel,
            heard,
            stop,
            tasks,
        });
    }

    async fn closes(&mut self) {
        let Some(House {
            channel,
            stop,
            mut tasks,
            ..
        }) = self.house.take()
        else {
            return;
        };
        stop.send(()).unwrap();
        let ended = tokio::time::timeout(PATIENCE, tasks.join_next()).await;
        ended.expect("the server stops though pages are open");
        drop(channel);
        tasks.shutdown().await;
    }

    fn picture(&self, number: usize) -> PathBuf {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("browser");
        std::fs::create_dir_all(&folder).unwrap();
        folder.join(format!("{}-{number}.png", self.name))
    }
}

async fn bot(mut queue: mpsc::Receiver<Inbound>, heard: Arc<Mutex<Vec<Act>>>, script: Script) {
    while let Some(Inbound {
        by, act, responder, ..
    }) = queue.recv().await
    {
        let answer = script(&by, &act);
        heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(act);
        // Whoever asked may have gone meanwhile.
        responder.send(answer).ok();
    }
}

fn name_of(who: &str) -> &'static str {
    if who == "ana" {
        "Ana Ruiz"
    } else {
        "Bo Lindqvist"
    }
}

fn options(database: PathBuf) -> WebOptions {
    let person = |who: &str, role: &str| Person {
        user: UserId(who.to_owned()),
        name: name_of(who).to_owned(),
        role: role.to_owned(),
    };
    WebOptions {
        listen: "127.0.0.1:0".parse().unwrap(),
        database,
        instance: "test".to_owned(),
        channels: vec!["release".to_owned()],
        people: vec![person("ana", "release manager"), person("bo", "developer")],
        demo: false,
        banner: None,
        links: Vec::new(),
        hour: Arc::new(|at| at.format("%H:%M").to_string()),
    }
}

/// Sessions last as long as the browser's own clock says.
#[expect(
    clippy::disallowed_methods,
    reason = "a real browser compares it with its own"
)]
fn now() -> DateTime<Utc> {
    Utc::now()
}

fn chance() -> [u8; 32] {
    shipbell::engine::ports::Random::seed(&shipbell::system::SystemRandom)
}

/// Starts the browser's driver on a port of its own.
async fn driver() -> Result<(Child, u16), String> {
    browser().await?;
    let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr());
    let port = port.map_err(|error| error.to_string())?.port();
    let mut driver = Command::new("chromedriver");
    driver
        .arg(format!("--port={port}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let driver = driver.kill_on_drop(true).spawn();
    let mut driver = driver.map_err(|error| format!("chromedriver does not start: {error}"))?;
    let out = driver.stdout.take().ok_or("chromedriver says nothing")?;
    let mut lines = BufReader::new(out).lines();
    let ready = async {
        while let Ok(Some(line)) = lines.next_line().await {
            if line.contains("started successfully") {
                return true;
            }
        }
        false
    };
    match tokio::time::timeout(PATIENCE, ready).await {
        Ok(true) => Ok((driver, port)),
        Ok(false) | Err(_) => Err("chromedriver did not get ready".to_owned()),
    }
}

/// Whether there is a browser the driver would find.
async fn browser() -> Result<(), String> {
    for name in ["chromium", "google-chrome", "chrome"] {
        let mut asked = Command::new(name);
        asked
            .arg("--version")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if asked.status().await.is_ok_and(|it| it.success()) {
            return Ok(());
        }
    }
    Err("chromium is not installed".to_owned())
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests have no configuration file"
)]
fn required() -> bool {
    std::env::var("SHIPBELL_REQUIRE").is_ok_and(|all| all.split(',').any(|one| one == "browser"))
}
