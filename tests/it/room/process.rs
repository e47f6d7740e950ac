//! The real program in a process of its own, which can be killed.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::Room;

/// How long a start may take.
const PATIENCE: Duration = Duration::from_mins(1);

impl Room {
    /// Starts it, to die at a point if one is named; returns when it is connected.
    pub(crate) async fn lives(&self, crash_at: Option<&str>) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_crashing"));
        command.arg("--config").arg(self.config()).arg("serve");
        command.env("SHIPBELL_CRASH_AT", crash_at.unwrap_or("AfterExec:1000000"));
        command
            .kill_on_drop(true)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut bot = command.spawn().unwrap();
        let mut said = BufReader::new(bot.stdout.take().unwrap()).lines();
        let serves = timeout(PATIENCE, said.next_line()).await;
        serves.expect("it starts in time").unwrap();
        self.is_there().await;
        bot
    }

    /// Kills it where it stands; returns when every platform has noticed.
    pub(crate) async fn kills(&self, mut bot: Child) {
        bot.kill().await.unwrap();
        if let Some(slack) = &self.slack {
            let gone = || (slack.sockets() == 0).then_some(());
            slack.until("that it is gone from Slack", gone).await;
        }
        if let Some(discord) = &self.discord {
            let gone = || (!discord.connected()).then_some(());
            discord.until("that it is gone from Discord", gone).await;
        }
    }
}
