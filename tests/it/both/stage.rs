//! The real bot over both stand-ins.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use chrono::Utc;
use shipbell::config::Config;
use shipbell::demo::Rehearsal;
use shipbell::wiring::{self, Options, Running};
use shipbell_tests::servers::discord::{self, CHANNEL, Discord, TOKEN};
use shipbell_tests::servers::slack::{self, APP_TOKEN, BOT_TOKEN, Setup, Slack};
use tempfile::TempDir;

/// One message, in both channels.
pub(super) struct Copies {
    pub(super) slack: slack::Seen,
    pub(super) discord: discord::Seen,
}

pub(super) struct Stage {
    pub(super) slack: Slack,
    pub(super) discord: Discord,
    folder: TempDir,
    bot: Running,
}

impl Stage {
    pub(super) async fn open() -> Self {
        let slack = Slack::open(Setup::default()).await.unwrap();
        let discord = Discord::open().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let Rehearsal { config, containers } = Rehearsal::open(folder.path()).await.unwrap();
        let text = fs::read_to_string(&config).unwrap();
        fs::write(&config, over_both(&text, (&slack, &discord), folder.path())).unwrap();
        let config = Config::load(&config, now());
        let config = config.map_err(|report| report.render(false)).unwrap();
        let options = Options {
            containers: Some(Arc::clone(&containers)),
            ..Options::default()
        };
        let bot = wiring::start(&config, options).await.unwrap();
        let there = || (slack.connected() > 0).then_some(());
        slack.until("the bot's sockets", there).await;
        let there = || (discord.connected() && discord.registered() > 0).then_some(());
        discord.until("the bot is there", there).await;
        Self {
            slack,
            discord,
            folder,
            bot,
        }
    }

    /// Closes the curtain: no rule of either was broken, and nothing is there twice.
    pub(super) async fn closes(self) {
        self.slack.quiet().await;
        self.bot.stop().await;
        assert_eq!(self.slack.doubles(), Vec::<String>::new());
        assert_eq!(self.discord.doubles(), Vec::<String>::new());
        drop(self.folder);
        self.slack.close();
        self.discord.close();
    }
}

/// The demo's configuration with both beside the browser, and everybody known on both.
fn over_both(text: &str, (slack, discord): (&Slack, &Discord), folder: &Path) -> String {
    let secret = |name: &str, value: &str| {
        let file = folder.join(name);
        fs::write(&file, value).unwrap();
        format!("{{ file = \"{}\" }}", file.display())
    };
    let section = format!(
        "[chat.slack]\nchannel = \"C0RELEASE\"\nbot_token = {}\napp_token = {}\napi_url = \"{}\"\n\n\
         [chat.discord]\nchannel = \"{CHANNEL}\"\ntoken = {}\napi_url = \"{}\"\n\n[people]",
        secret("bot-token", BOT_TOKEN),
        secret("app-token", APP_TOKEN),
        slack.api_url(),
        secret("discord-token", TOKEN),
        discord.api_url(),
    );
    let mut text = text.replace("[people]", &section);
    for (number, (name, account)) in [
        ("Ana Ruiz", "U0ANA"),
        ("Bo Lindqvist", "U0BO"),
        ("Chloé Martin", "U0CHLOE"),
        ("Dan Okoye", "U0DAN"),
    ]
    .into_iter()
    .enumerate()
    {
        let with = format!(
            "name = \"{name}\", slack = \"{account}\", discord = \"11870000000000000{}\"",
            number + 1
        );
        text = text.replace(&format!("name = \"{name}\""), &with);
    }
    text.replace("stable_for = \"2s\"", "stable_for = \"1s\"")
        .replace(
            "for = \"15s\", every = \"5s\"",
            "for = \"5s\", every = \"5s\"",
        )
}

#[expect(
    clippy::disallowed_methods,
    reason = "a real program runs by the real clock"
)]
fn now() -> chrono::DateTime<Utc> {
    Utc::now()
}
