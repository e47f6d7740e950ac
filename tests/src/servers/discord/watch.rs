//! Looking at the server: what is written where, and waiting for it.

use std::time::Duration;

use serde_json::Value;
use tokio::time::timeout;

use super::model::{BOT, CHANNEL, Message};
use super::shared::Shared;
use super::{Discord, draw};

/// How long what is waited for may take, by the real clock.
const PATIENCE: Duration = Duration::from_mins(1);

/// How much of the log a failed test shows.
const LAST: usize = 60;

/// A message, as one may point at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The channel or thread.
    pub channel: String,
    /// The message.
    pub id: String,
}

impl Discord {
    /// Waits until there is something to see.
    pub async fn until<T>(&self, what: &str, look: impl FnMut() -> Option<T>) -> T {
        until(&self.shared, what, look).await
    }

    /// Waits for a message of the channel itself that says this.
    pub async fn message(&self, words: &str) -> Seen {
        let what = format!("a message that says {words:?}");
        self.until(&what, || self.find(CHANNEL, words)).await
    }

    /// Waits for a message in the thread under another one that says this.
    pub async fn reply(&self, to: &Seen, words: &str) -> Seen {
        let what = format!("a reply that says {words:?}");
        self.until(&what, || self.find(&to.id, words)).await
    }

    fn find(&self, channel: &str, words: &str) -> Option<Seen> {
        let world = self.shared.world();
        let mut all = world.messages.values().rev();
        let here = |it: &&Message| it.channel == channel && it.only.is_none();
        let found = all.find(|it| here(it) && draw::says(&draw::message(it), words))?;
        Some(Seen {
            channel: channel.to_owned(),
            id: found.id.clone(),
        })
    }

    /// What a message says now, or nothing if it is gone.
    pub fn reads(&self, at: &Seen) -> String {
        let world = self.shared.world();
        world.message(&at.id).map(draw::message).unwrap_or_default()
    }

    /// Waits until a message says this.
    pub async fn says(&self, at: &Seen, words: &str) {
        let what = format!("{} says {words:?}", at.id);
        let look = || draw::says(&self.reads(at), words).then_some(());
        self.until(&what, look).await;
    }

    /// The messages of the channel, or of the thread under a message, oldest first.
    pub fn transcript(&self, under: Option<&Seen>) -> Vec<String> {
        let channel = under.map_or(CHANNEL, |it| it.id.as_str());
        let world = self.shared.world();
        let here = world.messages.values();
        let here = here.filter(|it| it.channel == channel && it.only.is_none());
        here.map(draw::message).collect()
    }

    /// A message's body as it was sent.
    pub fn body(&self, at: &Seen) -> Value {
        let world = self.shared.world();
        world
            .message(&at.id)
            .map(|it| it.body.clone())
            .unwrap_or_default()
    }

    /// Whom a message called, by their short names.
    pub fn called(&self, at: &Seen) -> Vec<&'static str> {
        let world = self.shared.world();
        let called = world.message(&at.id).into_iter().flat_map(|it| &it.called);
        called
            .filter_map(|it| world.user(it))
            .map(|it| it.name)
            .collect()
    }

    /// How many messages are pinned.
    pub fn pins(&self) -> usize {
        let world = self.shared.world();
        world.messages.values().filter(|it| it.pinned).count()
    }

    /// The files that were shared, by name and content.
    pub fn files(&self) -> Vec<(String, String)> {
        let world = self.shared.world();
        world
            .messages
            .values()
            .flat_map(|it| it.files.clone())
            .collect()
    }

    /// What a thread is called.
    pub fn thread_name(&self, under: &Seen) -> Option<String> {
        self.shared.world().threads.get(&under.id).cloned()
    }

    /// How often commands were registered.
    pub fn registered(&self) -> usize {
        self.shared.world().registered
    }

    /// Messages the bot posted more than once under the same nonce.
    pub fn doubles(&self) -> Vec<String> {
        let world = self.shared.world();
        let own = world.messages.values().filter(|it| it.author == BOT);
        let mut all: Vec<String> = own.filter_map(|it| it.nonce.clone()).collect();
        all.sort();
        let doubles = all.windows(2).filter(|it| it[0] == it[1]);
        doubles.map(|it| it[0].clone()).collect()
    }

    /// Whether the bot has put its own mark on a message, and read what stands there.
    pub fn is_looked_at(&self, at: &Seen) -> bool {
        let world = self.shared.world();
        let message = world.message(&at.id);
        let marked = message.is_some_and(|it| it.reactions.iter().any(|(_, by)| by == BOT));
        drop(world);
        marked && self.logged(&format!("reactors {} {}", at.channel, at.id)) > 0
    }

    /// How many lines the log has.
    pub fn happened(&self) -> usize {
        self.shared.lines().len()
    }

    /// How long each first answer took from when what it answers was sent, oldest first.
    pub fn answered(&self) -> Vec<Duration> {
        let world = self.shared.world();
        world
            .interactions
            .values()
            .filter_map(|it| it.took)
            .collect()
    }

    /// How often something stands in the log.
    pub fn logged(&self, words: &str) -> usize {
        let lines = self.shared.lines();
        lines.iter().filter(|it| it.contains(words)).count()
    }

    /// Forgets which messages were sent just now, as Discord does after minutes.
    pub fn forget_nonces(&self) {
        for message in self.shared.world().messages.values_mut() {
            message.nonce = None;
        }
    }
}

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
            last(&shared.lines()),
        )),
    }
}

fn last(lines: &[String]) -> String {
    lines[lines.len().saturating_sub(LAST)..].join("\n")
}

/// A test cannot go on.
#[expect(clippy::panic, reason = "that is how a test says so")]
pub(super) fn fail(why: &str) -> ! {
    panic!("{why}")
}
