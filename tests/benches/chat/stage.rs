//! Two servers: in one the bot serves, in the other a bare program answers.

use std::path::Path;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::sleep;

use super::{House, streaming};
use crate::bot::{self, Bot};
use crate::measure::Failed;

/// How many commands are in flight at most, each about a release of its own.
pub(super) const LANES: u32 = 16;

pub(super) struct Stage<H> {
    pub(super) ours: H,
    pub(super) floor: H,
    pub(super) bot: Bot,
    pub(super) bare: Bot,
}

impl<H: House> Stage<H> {
    /// The bot over a folder with the team's configuration, and the bare program.
    pub(super) async fn open(folder: &Path) -> Result<Self, Failed> {
        let program = bot::program().await?;
        let (ours, floor) = (H::open().await?, H::open().await?);
        at_home(folder, &ours)?;
        let (bot, _) = Bot::start(&program, folder).await?;
        let mut command = Command::new(std::env::current_exe()?);
        command
            .arg(H::FLOOR)
            .arg(floor.api_url())
            .arg(folder.join("floor.db"));
        let (bare, _) = Bot::of(command, folder).await?;
        ours.is_attended().await;
        floor.is_attended().await;
        Ok(Self {
            ours,
            floor,
            bot,
            bare,
        })
    }

    /// Opens a release for each lane; returns when their images are known.
    pub(super) async fn prepare(&self) -> Result<(), Failed> {
        for lane in 0..LANES {
            self.release("shop", &format!("v{lane}")).await;
        }
        let last = format!("v{}", LANES - 1);
        self.ours.message(&last).await;
        Ok(())
    }

    /// Opens a release.
    pub(super) async fn release(&self, app: &str, version: &str) {
        let options = [("app", app), ("version", version), ("note", "bench")];
        self.ours.says("new", &options).await;
    }

    /// Waits until the bot has said everything it owed: a post a second.
    pub(super) async fn rest(&self) {
        let mut before = 0;
        loop {
            let happened = self.ours.happened();
            if happened == before {
                return;
            }
            before = happened;
            sleep(Duration::from_secs(4)).await;
        }
    }

    /// Ticks an item of a lane's release, or opens it again.
    pub(super) async fn check(&self, lane: u32, number: u32) {
        let release = format!("v{lane}");
        let options = [
            ("release", release.as_str()),
            ("item", "1"),
            ("undo", "true"),
        ];
        let undone = usize::from(!number.is_multiple_of(2));
        self.ours.says("check", &options[..2 + undone]).await;
    }

    /// The same words where nobody understands them.
    pub(super) async fn check_at_the_floor(&self, number: u32) {
        let item = number.to_string();
        let options = [("release", "v0"), ("item", item.as_str())];
        self.floor.says("check", &options).await;
    }

    pub(super) async fn close(self) -> Result<(), Failed> {
        self.bot.stop().await?;
        self.bare.stop().await
    }
}

/// Puts the platform into a bot's configuration.
fn at_home<H: House>(folder: &Path, house: &H) -> Result<(), Failed> {
    let path = folder.join(bot::CONFIG);
    let section = format!("{}\n[people]", house.section(folder)?);
    let [ana, bo] = H::ACCOUNTS;
    let text = std::fs::read_to_string(&path)?
        .replace("[people]", &section)
        .replace("\"Kai Ito\"", &format!("\"Kai Ito\", {ana}"))
        .replace("\"Lea Roy\"", &format!("\"Lea Roy\", {bo}"));
    std::fs::write(&path, text + &streaming::section())?;
    streaming::write_compose(folder)?;
    Ok(())
}
