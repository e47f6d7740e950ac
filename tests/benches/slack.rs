//! Slack: commands are answered in the acknowledgement.

pub(crate) mod floor;

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::time::Duration;

use shipbell_tests::servers::slack::{APP_TOKEN, BOT_TOKEN, Seen, Setup, Slack, What};

use crate::chat::House;

const CHANNEL: &str = "release";

impl House for Slack {
    const NAME: &'static str = "slack";
    const FLOOR: &'static str = floor::WORD;
    const ACCOUNTS: [&'static str; 2] = ["slack = \"U0ANA\"", "slack = \"U0BO\""];
    const SIGNS: [&'static str; 2] = ["white_check_mark", "x"];
    type Seen = Seen;

    async fn open() -> io::Result<Self> {
        Self::open(Setup::default()).await
    }

    fn api_url(&self) -> String {
        self.api_url()
    }

    fn section(&self, folder: &Path) -> io::Result<String> {
        let secret = |name: &str, token: &str| {
            let file = folder.join(name);
            std::fs::write(&file, token)?;
            Ok::<_, io::Error>(format!("{{ file = \"{}\" }}", file.display()))
        };
        Ok(format!(
            "[chat.slack]\nchannel = \"C0RELEASE\"\nbot_token = {}\napp_token = {}\n\
             api_url = \"{}\"\n",
            secret("bot-token", BOT_TOKEN)?,
            secret("app-token", APP_TOKEN)?,
            self.api_url(),
        ))
    }

    async fn is_attended(&self) {
        let there = || (self.connected() > 0).then_some(());
        self.until("a socket", there).await;
    }

    async fn says(&self, path: &str, options: &[(&str, &str)]) {
        let word = |(name, value): &(&str, &str)| match *name {
            "undo" => " --undo".to_owned(),
            "note" => format!(" --note {value}"),
            _ => format!(" {value}"),
        };
        let words: String = options.iter().map(word).collect();
        let line = format!("/release {path}{words}");
        self.person("ana").say(CHANNEL, &line).await;
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
        self.message(CHANNEL, words).await
    }

    async fn reply(&self, to: &Seen, words: &str) -> Seen {
        self.reply(to, words).await
    }

    async fn shows(&self, at: &Seen, words: &str) {
        let says = || self.reads(at).contains(words).then_some(());
        self.until(words, says).await;
    }

    fn happened(&self) -> usize {
        self.log().len()
    }

    fn answered(&self) -> Vec<Duration> {
        let mut commands = BTreeSet::new();
        let mut times = Vec::new();
        for entry in self.log() {
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

    fn refused(&self) -> usize {
        let log = self.log();
        let refused = log.iter().filter(|entry| {
            matches!(&entry.what, What::Called { error: Some(error), .. } if error == "ratelimited")
        });
        refused.count()
    }
}
