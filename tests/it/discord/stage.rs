//! The real bot over the server: the demo's team, its pretended containers, a real SQLite file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::Utc;
use shipbell::config::Config;
use shipbell::demo::Rehearsal;
use shipbell::wiring::{self, Options, Running};
use shipbell_adapters::containers::Containers;
use shipbell_tests::servers::discord::{CHANNEL, Discord, TOKEN};
use tempfile::TempDir;

/// The team's accounts in Discord, by the names the demo gives them.
const ACCOUNTS: [(&str, &str); 4] = [
    ("Ana Ruiz", "118700000000000001"),
    ("Bo Lindqvist", "118700000000000002"),
    ("Chloé Martin", "118700000000000003"),
    ("Dan Okoye", "118700000000000004"),
];

pub(super) struct Stage {
    pub(super) discord: Discord,
    folder: TempDir,
    config: PathBuf,
    containers: Arc<dyn Containers>,
    bot: Option<Running>,
}

impl Stage {
    /// The team at work, with short watches.
    pub(super) async fn open() -> Self {
        let mut stage = Self::prepared().await;
        stage.starts().await;
        stage
    }

    /// Everything but the bot.
    pub(super) async fn prepared() -> Self {
        Self::with(|text, _| text).await
    }

    /// Everything but the bot, whose configuration is changed once more.
    pub(super) async fn with(change: impl FnOnce(String, &Path) -> String) -> Self {
        let discord = Discord::open().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let Rehearsal { config, containers } = Rehearsal::open(folder.path()).await.unwrap();
        let text = fs::read_to_string(&config).unwrap();
        let text = over_discord(&text, &discord, folder.path());
        fs::write(&config, change(text, folder.path())).unwrap();
        Self {
            discord,
            folder,
            config,
            containers,
            bot: None,
        }
    }

    /// Starts the bot; returns when it is connected and its commands are there.
    pub(super) async fn starts(&mut self) {
        self.starts_alone().await;
        let there = || {
            let whole = self.discord.connected() && self.discord.registered() > 0;
            whole.then_some(())
        };
        self.discord.until("the bot is there", there).await;
    }

    /// Starts the bot, whether Discord is there or not.
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

    /// Closes the curtain: nothing was against Discord's rules, and nothing is there twice.
    pub(super) async fn closes(mut self) {
        self.stops().await;
        assert_eq!(self.discord.doubles(), Vec::<String>::new());
        drop(self.folder);
        self.discord.close();
    }
}

/// The demo's configuration with Discord beside the browser, and with less patience.
fn over_discord(text: &str, discord: &Discord, folder: &Path) -> String {
    let file = folder.join("discord-token");
    fs::write(&file, TOKEN).unwrap();
    let section = format!(
        "[chat.discord]\nchannel = \"{CHANNEL}\"\ntoken = {{ file = \"{}\" }}\napi_url = \"{}\"\n\n[people]",
        file.display(),
        discord.api_url(),
    );
    let mut text = text.replace("[people]", &section);
    for (name, account) in ACCOUNTS {
        let with = format!("name = \"{name}\", discord = \"{account}\"");
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
