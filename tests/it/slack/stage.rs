//! The real bot over the stand-in: the demo's team, its pretended containers, a real SQLite file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::Utc;
use shipbell::config::Config;
use shipbell::demo::Rehearsal;
use shipbell::wiring::{self, Options, Running};
use shipbell_adapters::containers::Containers;
use shipbell_tests::servers::slack::{APP_TOKEN, BOT_TOKEN, Person, Setup, Slack};
use tempfile::TempDir;

pub(super) struct Stage {
    pub(super) slack: Slack,
    folder: TempDir,
    config: PathBuf,
    containers: Arc<dyn Containers>,
    bot: Option<Running>,
}

impl Stage {
    /// The team at work, with short watches.
    pub(super) async fn open() -> Self {
        Self::with(Setup::default()).await
    }

    pub(super) async fn with(setup: Setup) -> Self {
        let mut stage = Self::prepared(setup).await;
        stage.starts().await;
        stage
    }

    /// Everything but the bot.
    pub(super) async fn prepared(setup: Setup) -> Self {
        let slack = Slack::open(setup).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let Rehearsal { config, containers } = Rehearsal::open(folder.path()).await.unwrap();
        let text = fs::read_to_string(&config).unwrap();
        fs::write(&config, over_slack(&text, &slack, folder.path())).unwrap();
        Self {
            slack,
            folder,
            config,
            containers,
            bot: None,
        }
    }

    /// The bot's configuration.
    pub(super) fn config(&self) -> &Path {
        &self.config
    }

    /// Starts the bot; returns when it is connected.
    pub(super) async fn starts(&mut self) {
        self.starts_alone().await;
        let there = || (self.slack.connected() > 0).then_some(());
        self.slack.until("the bot's sockets", there).await;
    }

    /// Starts the bot, whether Slack is there or not.
    pub(super) async fn starts_alone(&mut self) {
        let config = Config::load(&self.config, now());
        let config = config.map_err(|report| report.render(false)).unwrap();
        let options = Options {
            containers: Some(Arc::clone(&self.containers)),
            ..Options::default()
        };
        self.bot = Some(wiring::start(&config, options).await.unwrap());
    }

    pub(super) async fn stops(&mut self) {
        if let Some(bot) = self.bot.take() {
            bot.stop().await;
        }
    }

    /// Closes the curtain: nothing was against Slack's rules, and nothing is there twice.
    pub(super) async fn closes(mut self) {
        self.slack.quiet().await;
        self.stops().await;
        assert_eq!(self.slack.doubles(), Vec::<String>::new());
        drop(self.folder);
        self.slack.close();
    }

    pub(super) fn person(&self, name: &str) -> Person {
        self.slack.person(name)
    }
}

/// The demo's configuration with Slack beside the browser, and with less patience.
fn over_slack(text: &str, slack: &Slack, folder: &Path) -> String {
    let secret = |name: &str, value: &str| {
        let file = folder.join(name);
        fs::write(&file, value).unwrap();
        format!("{{ file = \"{}\" }}", file.display())
    };
    let section = format!(
        "[chat.slack]\nchannel = \"C0RELEASE\"\nbot_token = {}\napp_token = {}\napi_url = \"{}\"\n\n[people]",
        secret("bot-token", BOT_TOKEN),
        secret("app-token", APP_TOKEN),
        slack.api_url(),
    );
    let mut text = text.replace("[people]", &section);
    for (name, account) in [
        ("Ana Ruiz", "U0ANA"),
        ("Bo Lindqvist", "U0BO"),
        ("Chloé Martin", "U0CHLOE"),
        ("Dan Okoye", "U0DAN"),
    ] {
        let with = format!("name = \"{name}\", slack = \"{account}\"");
        text = text.replace(&format!("name = \"{name}\""), &with);
    }
    for (patient, brisk) in [
        ("stable_for = \"2s\"", "stable_for = \"1s\""),
        (
            "for = \"15s\", every = \"5s\"",
            "for = \"5s\", every = \"5s\"",
        ),
        ("after = \"10s\"", "after = \"5s\""),
    ] {
        assert!(text.contains(patient), "{patient}");
        text = text.replace(patient, brisk);
    }
    text
}

#[expect(
    clippy::disallowed_methods,
    reason = "a real program runs by the real clock"
)]
fn now() -> chrono::DateTime<Utc> {
    Utc::now()
}
