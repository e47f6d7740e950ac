//! What a conversation needs before it begins: the stand-ins, the demo's files, and a
//! configuration that knows the team on each platform.

use std::fs;
use std::path::Path;

use shipbell::demo::Rehearsal;
use shipbell_tests::servers::discord::{CHANNEL, Discord, TOKEN};
use shipbell_tests::servers::slack::{APP_TOKEN, BOT_TOKEN, Setup, Slack};

use super::{Over, Room};

/// The team, by the names the demo gives them, with their accounts in Slack and Discord.
const ACCOUNTS: [(&str, &str, &str); 4] = [
    ("Ana Ruiz", "U0ANA", "118700000000000001"),
    ("Bo Lindqvist", "U0BO", "118700000000000002"),
    ("Chloé Martin", "U0CHLOE", "118700000000000003"),
    ("Dan Okoye", "U0DAN", "118700000000000004"),
];

/// How patient the demo is, and how patient its tests are.
const BRISK: [(&str, &str); 3] = [
    ("stable_for = \"2s\"", "stable_for = \"1s\""),
    (
        "for = \"15s\", every = \"5s\"",
        "for = \"5s\", every = \"5s\"",
    ),
    ("after = \"10s\"", "after = \"5s\""),
];

impl Room {
    /// Everything but the bot, whose configuration may be changed once more.
    pub(crate) async fn prepared(
        over: Over,
        setup: Setup,
        change: impl FnOnce(String, &Path) -> String,
    ) -> Self {
        let slack = match over {
            Over::Slack | Over::Both | Over::All => Some(Slack::open(setup).await.unwrap()),
            Over::Web | Over::Discord => None,
        };
        let discord = match over {
            Over::Discord | Over::Both | Over::All => Some(Discord::open().await.unwrap()),
            Over::Web | Over::Slack => None,
        };
        let folder = tempfile::tempdir().unwrap();
        let Rehearsal { config, containers } = Rehearsal::open(folder.path()).await.unwrap();
        let mut sections = String::new();
        if let Some(slack) = &slack {
            sections.push_str(&in_slack(slack, folder.path()));
        }
        if let Some(discord) = &discord {
            sections.push_str(&in_discord(discord, folder.path()));
        }
        let text = fs::read_to_string(&config).unwrap();
        let text = known(&text, over).replace("[people]", &format!("{sections}[people]"));
        fs::write(&config, change(text, folder.path())).unwrap();
        Self {
            over,
            browser: None,
            slack,
            discord,
            folder,
            config,
            containers,
            between: None,
            bot: None,
        }
    }
}

fn in_slack(slack: &Slack, folder: &Path) -> String {
    format!(
        "[chat.slack]\nchannel = \"C0RELEASE\"\nbot_token = {}\napp_token = {}\napi_url = \"{}\"\n\n",
        secret(folder, "bot-token", BOT_TOKEN),
        secret(folder, "app-token", APP_TOKEN),
        slack.api_url(),
    )
}

fn in_discord(discord: &Discord, folder: &Path) -> String {
    format!(
        "[chat.discord]\nchannel = \"{CHANNEL}\"\ntoken = {}\napi_url = \"{}\"\n\n",
        secret(folder, "discord-token", TOKEN),
        discord.api_url(),
    )
}

fn secret(folder: &Path, name: &str, value: &str) -> String {
    let file = folder.join(name);
    fs::write(&file, value).unwrap();
    format!("{{ file = \"{}\" }}", file.display())
}

/// The demo's configuration with everybody's accounts, and with less patience.
fn known(text: &str, over: Over) -> String {
    let mut text = text.to_owned();
    for (name, slack, discord) in ACCOUNTS {
        let accounts = match over {
            Over::Web => continue,
            Over::Slack => format!("slack = \"{slack}\""),
            Over::Discord => format!("discord = \"{discord}\""),
            Over::Both | Over::All => format!("slack = \"{slack}\", discord = \"{discord}\""),
        };
        let named = format!("name = \"{name}\"");
        text = text.replace(&named, &format!("{named}, {accounts}"));
    }
    for (patient, brisk) in BRISK {
        assert!(text.contains(patient), "{patient}");
        text = text.replace(patient, brisk);
    }
    text
}
