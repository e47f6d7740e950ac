//! Discord: commands come through the gateway and are answered by a call.

pub(crate) mod floor;

use std::io;
use std::path::Path;
use std::time::Duration;

use shipbell_tests::servers::discord::{CHANNEL, Discord, Seen, TOKEN};

use crate::chat::House;

impl House for Discord {
    const NAME: &'static str = "discord";
    const FLOOR: &'static str = floor::WORD;
    const ACCOUNTS: [&'static str; 2] = [
        "discord = \"118700000000000001\"",
        "discord = \"118700000000000002\"",
    ];
    const SIGNS: [&'static str; 2] = ["✅", "❌"];
    type Seen = Seen;

    async fn open() -> io::Result<Self> {
        let discord = Self::open().await?;
        // It is counted.
        discord.forgive("too many calls");
        Ok(discord)
    }

    fn api_url(&self) -> String {
        self.api_url()
    }

    fn section(&self, folder: &Path) -> io::Result<String> {
        let file = folder.join("discord-token");
        std::fs::write(&file, TOKEN)?;
        Ok(format!(
            "[chat.discord]\nchannel = \"{CHANNEL}\"\ntoken = {{ file = \"{}\" }}\n\
             api_url = \"{}\"\n",
            file.display(),
            self.api_url(),
        ))
    }

    async fn is_attended(&self) {
        let there = || (self.connected() && self.registered() > 0).then_some(());
        self.until("a session with commands", there).await;
    }

    async fn says(&self, path: &str, options: &[(&str, &str)]) {
        self.person("ana").command(path, options).await;
    }

    fn reacts(&self, who: &str, on: &Seen, sign: &str, put: bool) {
        let who = self.person(who);
        if put {
            who.react(on, sign);
        } else {
            who.unreact(on, sign);
        }
    }

    async fn message(&self, words: &str) -> Seen {
        self.message(words).await
    }

    async fn reply(&self, to: &Seen, words: &str) -> Seen {
        self.reply(to, words).await
    }

    async fn shows(&self, at: &Seen, words: &str) {
        self.says(at, words).await;
    }

    fn happened(&self) -> usize {
        self.happened()
    }

    fn answered(&self) -> Vec<Duration> {
        self.answered()
    }

    fn refused(&self) -> usize {
        self.logged("too many calls")
    }
}
