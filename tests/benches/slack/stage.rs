//! Two workspaces: in one the bot serves, in the other a bare program answers.

use std::path::Path;
use std::time::Duration;

use shipbell_tests::servers::slack::{APP_TOKEN, BOT_TOKEN, Person, Setup, Slack, What};
use tokio::process::Command;
use tokio::time::sleep;

use super::{floor, streaming};
use crate::bot::{self, Bot};
use crate::measure::Failed;

/// How many commands are in flight at most, each about a release of its own.
pub(super) const LANES: u32 = 16;

pub(super) struct Stage {
    pub(super) ours: Slack,
    pub(super) floor: Slack,
    pub(super) bot: Bot,
    pub(super) bare: Bot,
    pub(super) ana: Person,
    other: Person,
}

/// The team of the other measures, at home in Slack too.
pub(super) fn write_config(folder: &Path) -> Result<(), Failed> {
    for (name, token) in [("bot-token", BOT_TOKEN), ("app-token", APP_TOKEN)] {
        std::fs::write(folder.join(name), token)?;
    }
    bot::write_config(folder)?;
    Ok(())
}

impl Stage {
    pub(super) async fn open(folder: &Path) -> Result<Self, Failed> {
        let program = bot::program().await?;
        let (ours, floor) = (
            Slack::open(Setup::default()).await?,
            Slack::open(Setup::default()).await?,
        );
        at_home(folder, &ours.api_url())?;
        let (bot, _) = Bot::start(&program, folder).await?;
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg(floor::WORD)
            .arg(floor.api_url())
            .arg(folder.join("floor.db"));
        let (bare, _) = Bot::of(command, folder).await?;
        let stage = Self {
            ana: ours.person("ana"),
            other: floor.person("ana"),
            ours,
            floor,
            bot,
            bare,
        };
        for slack in [&stage.ours, &stage.floor] {
            let there = || (slack.connected() > 0).then_some(());
            slack.until("a socket", there).await;
        }
        Ok(stage)
    }

    /// Opens a release for each lane; returns when their images are known.
    pub(super) async fn prepare(&self) -> Result<(), Failed> {
        for lane in 0..LANES {
            let line = format!("/release new shop v{lane} --note bench");
            self.ana.say("release", &line).await;
        }
        let last = format!("v{}", LANES - 1);
        self.ours.message("release", &last).await;
        Ok(())
    }

    /// Waits until the bot has said everything it owed: a post a second.
    pub(super) async fn rest(&self) {
        let mut before = 0;
        loop {
            let calls = self.ours.log().len();
            if calls == before {
                return;
            }
            before = calls;
            sleep(Duration::from_secs(4)).await;
        }
    }

    /// Ticks an item of a lane's release, or opens it again.
    pub(super) async fn check(&self, lane: u32, number: u32) {
        let mut words = format!("/release check v{lane} 1");
        if !number.is_multiple_of(2) {
            words.push_str(" --undo");
        }
        self.ana.say("release", &words).await;
    }

    /// The same words where nobody understands them.
    pub(super) async fn check_at_the_floor(&self, number: u32) {
        let line = format!("/release check v0 {number}");
        self.other.say("release", &line).await;
    }

    pub(super) async fn close(self) -> Result<(), Failed> {
        self.bot.stop().await?;
        self.bare.stop().await
    }
}

/// Puts Slack into a bot's configuration.
fn at_home(folder: &Path, api_url: &str) -> Result<(), Failed> {
    let path = folder.join(bot::CONFIG);
    let file = |name: &str| folder.join(name).display().to_string();
    let section = format!(
        "[chat.slack]\nchannel = \"C0RELEASE\"\nbot_token = {{ file = \"{}\" }}\n\
         app_token = {{ file = \"{}\" }}\napi_url = \"{api_url}\"\n\n[people]",
        file("bot-token"),
        file("app-token"),
    );
    let text = std::fs::read_to_string(&path)?
        .replace("[people]", &section)
        .replace("\"Kai Ito\"", "\"Kai Ito\", slack = \"U0ANA\"")
        .replace("\"Lea Roy\"", "\"Lea Roy\", slack = \"U0BO\"");
    std::fs::write(&path, text + &streaming::section())?;
    streaming::write_compose(folder)?;
    Ok(())
}

/// How long each command took that was acknowledged since then.
pub(super) fn acknowledged(slack: &Slack, from: usize) -> Vec<Duration> {
    let mut commands = std::collections::BTreeSet::new();
    let mut times = Vec::new();
    for entry in slack.log().into_iter().skip(from) {
        match entry.what {
            What::Delivered { envelope, kind, .. } if kind == "/release" => {
                commands.insert(envelope);
            }
            What::Acknowledged { envelope, took, .. } if commands.contains(&envelope) => {
                times.push(took);
            }
            What::Called { .. }
            | What::Delivered { .. }
            | What::Acknowledged { .. }
            | What::Missed { .. }
            | What::Opened { .. }
            | What::Closed { .. }
            | What::Noted(_) => {}
        }
    }
    times
}
