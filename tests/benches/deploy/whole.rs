//! The whole program deploys: from the command until the version is verified, with all
//! that it looks at, keeps and records besides.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use shipbell_adapters::containers::Flavour;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use super::stage::{BAD, IMAGE, PATIENCE, Stage};
use crate::bot::{self, Bot};
use crate::measure::{Failed, now, time};

/// For how long a version must stay well; nobody who types commands waits for that.
const STABLE: Duration = Duration::from_secs(1);

const PROJECT: &str = "shipbell-bench-whole";
const VERIFIED: &str = "environment.attempt_verified";
const FAILED: &str = "environment.attempt_failed";

/// The program, serving, with one environment in which nobody need be asked.
pub(super) struct Whole {
    bot: Bot,
    /// How many commands it was given.
    said: std::cell::Cell<u32>,
}

impl Whole {
    /// Starts it over a folder of its own, beside the compose file of the stage.
    pub(super) async fn start(
        folder: &Path,
        (stage, plugin): (&Stage, Option<PathBuf>),
    ) -> Result<Self, Failed> {
        use std::os::unix::fs::MetadataExt as _;
        let home = folder.join("whole");
        std::fs::create_dir_all(&home)?;
        let unix = std::fs::metadata(folder)?.uid();
        let (compose, port) = (stage.compose_file(), stage.spare_port());
        let text = format!(
            r#"
[chat.web]
listen = "127.0.0.1:0"

[people]
kai = {{ name = "Kai Ito", unix = {unix} }}

[roles]
operator = ["kai"]

[app.bench]
version = "any"
images  = {{ web = "{IMAGE}:{{version}}", worker = "{IMAGE}:{{version}}" }}

[app.bench.env.live]
compose    = "{}"
project    = "{PROJECT}"
vars       = {{ TAG = "1", PORT = "{port}" }}
deploy     = [{{ pull = "web" }}, {{ pull = "worker" }}, {{ up = true, stable_for = "1s" }}]
on_failure = "rollback"
"#,
            compose.display()
        );
        std::fs::write(home.join(bot::CONFIG), text)?;
        if let (Some(plugin), Flavour::V2) = (plugin, stage.flavour()) {
            super::lay(&plugin, &home.join(".docker"))?;
        }
        let mut command = Command::new(bot::program().await?);
        command
            .arg("--config")
            .arg(home.join(bot::CONFIG))
            .arg("serve")
            .env("HOME", &home)
            .stdin(Stdio::null())
            .stderr(std::fs::File::create(home.join("serve.log"))?);
        let (bot, _) = Bot::of(command, &home).await?;
        Ok(Self {
            bot,
            said: std::cell::Cell::new(0),
        })
    }

    /// Brings a version there; how long it took, the wait for stability aside.
    pub(super) async fn deploys(&self, version: &str) -> Result<Duration, Failed> {
        let release = self.opens(version).await?;
        let before = self.count(VERIFIED)?;
        let (done, took) = time(async {
            self.says(&["deploy", "bench", "live", &release]).await?;
            self.until(VERIFIED, before).await
        })
        .await;
        done.map(|()| took.saturating_sub(STABLE))
    }

    /// Brings a version there that never gets healthy; how long it took from the moment
    /// that was noticed until the one before was back, the wait for stability aside.
    pub(super) async fn goes_back(&self) -> Result<Duration, Failed> {
        let release = self.opens(BAD).await?;
        let (failed, verified) = (self.count(FAILED)?, self.count(VERIFIED)?);
        self.says(&["deploy", "bench", "live", &release]).await?;
        self.until(FAILED, failed).await?;
        let (done, took) = time(self.until(VERIFIED, verified)).await;
        done?;
        self.says(&["unlock", "bench", "live", "it was meant to fail"])
            .await?;
        Ok(took.saturating_sub(STABLE))
    }

    pub(super) async fn stop(self) -> Result<(), Failed> {
        self.bot.stop().await
    }

    /// The project it brings versions to.
    pub(super) const fn project() -> &'static str {
        PROJECT
    }

    /// Opens a release of a version and waits until its images are pinned.
    async fn opens(&self, version: &str) -> Result<String, Failed> {
        let release = format!("t{}", self.said.get());
        let (web, worker) = (
            format!("web={IMAGE}:{version}"),
            format!("worker={IMAGE}:1"),
        );
        let known = "release.manifest_fixed";
        let before = self.count(known)?;
        let words = [
            "new", "bench", &release, "--image", &web, "--image", &worker,
        ];
        self.says(&words).await?;
        self.until(known, before).await?;
        Ok(release)
    }

    async fn says(&self, words: &[&str]) -> Result<(), Failed> {
        let number = self.said.get();
        self.said.set(number + 1);
        let response = self.bot.say(format!("c{number}"), words).await?;
        if response.ok {
            Ok(())
        } else {
            Err(format!("{}: {}", words.join(" "), response.text).into())
        }
    }

    /// Waits until there is one more event of a kind.
    async fn until(&self, kind: &str, before: u32) -> Result<(), Failed> {
        let waiting = async {
            while self.count(kind)? == before {
                sleep(Duration::from_millis(5)).await;
            }
            Ok(())
        };
        let begun = now();
        let waited = timeout(PATIENCE, waiting).await;
        waited.map_err(|_| format!("no {kind} within {:?}", begun.elapsed()))?
    }

    fn count(&self, kind: &str) -> Result<u32, Failed> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let log = Connection::open_with_flags(self.bot.database(), flags)?;
        let sql = "SELECT count(*) FROM event WHERE kind = ?";
        Ok(log.query_row(sql, (kind,), |row| row.get(0))?)
    }
}
