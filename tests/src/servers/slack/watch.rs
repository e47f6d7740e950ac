//! Looking at the workspace: what is written where, and waiting for it.

use std::time::Duration;

use tokio::time::timeout;

use super::draw;
use super::model::Message;
use super::shared::Shared;
use super::{Slack, What};

/// How long what is waited for may take, by the real clock.
const PATIENCE: Duration = Duration::from_mins(1);

/// A message, as one may point at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The channel's id.
    pub channel: String,
    /// The message's stamp.
    pub stamp: String,
}

impl Slack {
    /// Waits until there is something to see.
    pub async fn until<T>(&self, what: &str, look: impl FnMut() -> Option<T>) -> T {
        until(&self.shared, what, look).await
    }

    /// Waits for a message of the channel itself that says this.
    pub async fn message(&self, channel: &str, words: &str) -> Seen {
        let what = format!("a message in {channel} that says {words:?}");
        self.until(&what, || self.find(channel, None, words)).await
    }

    /// Waits for a message under another one that says this.
    pub async fn reply(&self, to: &Seen, words: &str) -> Seen {
        let what = format!("a reply that says {words:?}");
        self.until(&what, || self.reply_now(to, words)).await
    }

    /// The newest message under another one that says this, if there is one now.
    pub fn reply_now(&self, to: &Seen, words: &str) -> Option<Seen> {
        let channel = self.shared.world().channels.get(&to.channel)?.name.clone();
        self.find(&channel, Some(&to.stamp), words)
    }

    fn find(&self, channel: &str, thread: Option<&str>, words: &str) -> Option<Seen> {
        let world = self.shared.world();
        let id = world.channel_named(channel)?;
        let messages = world.channels.get(&id)?.messages.values().rev();
        let mut inside = messages.filter(|it| it.thread.as_deref() == thread);
        let found = inside.find(|it| draw::says(&draw::message(&world, it), words))?;
        Some(Seen {
            channel: id.clone(),
            stamp: found.stamp.clone(),
        })
    }

    /// What a message says now, or nothing if it is gone.
    pub fn reads(&self, at: &Seen) -> String {
        let world = self.shared.world();
        let message = world.message(&at.channel, &at.stamp);
        message
            .map(|it| draw::message(&world, it))
            .unwrap_or_default()
    }

    /// The first line of what a notification of it says.
    pub fn notification(&self, at: &Seen) -> String {
        let world = self.shared.world();
        let message = world.message(&at.channel, &at.stamp);
        message.map(|it| it.text.clone()).unwrap_or_default()
    }

    /// The channel's own messages, oldest first, as everybody reads them.
    pub fn transcript(&self, channel: &str) -> Vec<String> {
        self.lines(channel, |it| it.thread.is_none())
    }

    /// The messages under another one, oldest first.
    pub fn thread(&self, of: &Seen) -> Vec<String> {
        let name = self
            .shared
            .world()
            .channels
            .get(&of.channel)
            .map(|it| it.name.clone());
        let inside = |it: &Message| it.thread.as_deref() == Some(&of.stamp);
        self.lines(&name.unwrap_or_default(), inside)
    }

    fn lines(&self, channel: &str, which: impl Fn(&Message) -> bool) -> Vec<String> {
        let world = self.shared.world();
        let channel = world
            .channel_named(channel)
            .and_then(|it| world.channels.get(&it));
        let messages = channel.into_iter().flat_map(|it| it.messages.values());
        let shown = messages.filter(|it| which(it));
        shown.map(|it| draw::message(&world, it)).collect()
    }

    /// What is pinned in a channel, oldest first.
    pub fn pins(&self, channel: &str) -> Vec<String> {
        let world = self.shared.world();
        let channel = world
            .channel_named(channel)
            .and_then(|it| world.channels.get(&it));
        let Some(channel) = channel else {
            return Vec::new();
        };
        let pinned = channel
            .pins
            .iter()
            .filter_map(|it| channel.messages.get(it));
        pinned.map(|it| draw::message(&world, it)).collect()
    }

    /// Who stands on a message with which emoji.
    pub fn reactions(&self, at: &Seen) -> Vec<(String, Vec<String>)> {
        let world = self.shared.world();
        let message = world.message(&at.channel, &at.stamp);
        let reactions = message.into_iter().flat_map(|it| &it.reactions);
        reactions
            .map(|it| (it.name.clone(), it.users.clone()))
            .collect()
    }

    /// Whether the app has asked who stands on a message.
    pub fn is_looked_at(&self, at: &Seen) -> bool {
        let about = |args: &serde_json::Value| {
            args["channel"] == at.channel.as_str() && args["timestamp"] == at.stamp.as_str()
        };
        self.log().iter().any(|it| match &it.what {
            What::Called { method, args, .. } => method == "reactions.get" && about(args),
            _ => false,
        })
    }

    /// Every message everywhere that the app marked with this, its own key for it.
    pub fn marked(&self, key: &str) -> usize {
        let world = self.shared.world();
        let all = world.channels.values().flat_map(|it| it.messages.values());
        let marks = all.filter_map(|it| it.metadata.as_ref());
        marks
            .filter(|it| it["event_payload"].to_string().contains(key))
            .count()
    }

    /// Messages the app posted more than once under the same mark.
    pub fn doubles(&self) -> Vec<String> {
        let world = self.shared.world();
        let all = world.channels.values().flat_map(|it| it.messages.values());
        let mut marks: Vec<String> = all
            .filter_map(|it| it.metadata.as_ref())
            .map(|it| it["event_payload"].to_string())
            .collect();
        marks.sort();
        let doubles = marks.windows(2).filter(|it| it[0] == it[1]);
        doubles.map(|it| it[0].clone()).collect()
    }

    /// The files that were shared, by title and content.
    pub fn files(&self) -> Vec<(String, String)> {
        let world = self.shared.world();
        let shared = world.files.values().filter(|it| it.shared);
        let content = |it: &Vec<u8>| String::from_utf8_lossy(it).into_owned();
        shared
            .map(|it| {
                (
                    it.name.clone(),
                    it.content.as_ref().map(content).unwrap_or_default(),
                )
            })
            .collect()
    }

    /// Waits until nothing that was handed over is unanswered.
    pub async fn quiet(&self) {
        self.until("every acknowledgement", || {
            let log = self.log();
            let count = |which: fn(&What) -> bool| log.iter().filter(|it| which(&it.what)).count();
            let out = count(|it| matches!(it, What::Delivered { .. }));
            let back = |it: &What| matches!(it, What::Acknowledged { .. } | What::Missed { .. });
            (count(back) >= out).then_some(())
        })
        .await;
    }

    /// How often a method was called, and how often that went well.
    pub fn calls(&self, name: &str) -> (usize, usize) {
        let log = self.log();
        let errors: Vec<bool> = log
            .iter()
            .filter_map(|it| match &it.what {
                What::Called { method, error, .. } if method == name => Some(error.is_some()),
                _ => None,
            })
            .collect();
        (
            errors.len(),
            errors.iter().filter(|failed| !**failed).count(),
        )
    }
}

/// How much of the log a failed test shows.
const LAST: usize = 40;

/// Waits until there is something to see.
pub(super) async fn until<T>(
    shared: &Shared,
    what: &str,
    mut look: impl FnMut() -> Option<T>,
) -> T {
    let mut news = shared.news.subscribe();
    let looking = async {
        loop {
            news.borrow_and_update();
            if let Some(found) = look() {
                return Some(found);
            }
            if news.changed().await.is_err() {
                return None;
            }
        }
    };
    match timeout(PATIENCE, looking).await {
        Ok(Some(found)) => found,
        Ok(None) | Err(_) => fail(&format!(
            "{what}: not within {PATIENCE:?}\n{}\n{}",
            draw::everything(&shared.world()),
            shared.log.last(LAST)
        )),
    }
}

/// A test cannot go on.
#[expect(clippy::panic, reason = "that is how a test says so")]
pub(super) fn fail(why: &str) -> ! {
    panic!("{why}")
}
