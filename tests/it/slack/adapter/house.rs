//! A workspace, the adapter, and a bot that answers what the test has it answer.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use shipbell::engine::ports::Random as _;
use shipbell::system::SystemRandom;
use shipbell_adapters::chat::slack::{Hands, SlackChat, SlackOptions, Transport};
use shipbell_adapters::chat::{
    Act, Answer, Card, ChannelId, Chat as _, ChatError, Inbound, MessageRef, Place, UserId,
};
use shipbell_adapters::secret::Secret;
use shipbell_tests::servers::slack::{APP_TOKEN, BOT_TOKEN, Person, Seen, Setup, Slack};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// What the bot answers; nothing is a bot that could not record it.
pub(super) type Script = fn(&UserId, &Act) -> Option<Answer>;

pub(super) struct House {
    pub(super) slack: Slack,
    pub(super) chat: Arc<SlackChat>,
    heard: Arc<Mutex<Vec<(UserId, Act)>>>,
    closing: watch::Sender<bool>,
    /// In which everything of the adapter runs.
    tasks: Arc<Mutex<JoinSet<()>>>,
}

/// A bot that records everything and says nothing.
#[expect(clippy::unnecessary_wraps, reason = "a script may also fail to record")]
pub(super) fn silent(_: &UserId, _: &Act) -> Option<Answer> {
    Some(Answer::Done)
}

impl House {
    pub(super) async fn open(script: Script) -> Self {
        Self::with(Setup::default(), 1, script).await
    }

    pub(super) async fn with(setup: Setup, sockets: usize, script: Script) -> Self {
        let slack = Slack::open(setup).await.unwrap();
        let (inbound, queue) = mpsc::channel(64);
        let tasks: Arc<Mutex<JoinSet<()>>> = Arc::default();
        let spawning = Arc::clone(&tasks);
        let hands = Hands {
            clock: Arc::new(now),
            randomness: Arc::new(|| SystemRandom.seed()),
            spawn: Arc::new(move |task| drop(lock(&spawning).spawn(task))),
            inbound,
        };
        let options = SlackOptions {
            api_url: slack.api_url(),
            bot_token: Secret::from(BOT_TOKEN.to_owned()),
            transport: Transport::Socket {
                app_token: Secret::from(APP_TOKEN.to_owned()),
                sockets,
            },
            groups: vec!["S0OWNERS".to_owned(), "S0MIXED".to_owned()],
        };
        let (chat, ear) = SlackChat::open(options, hands).await.unwrap();
        let closing = watch::Sender::new(false);
        let heard = Arc::default();
        lock(&tasks).spawn(ear.run(closing.subscribe()));
        lock(&tasks).spawn(bot(queue, Arc::clone(&heard), script));
        let house = Self {
            slack,
            chat,
            heard,
            closing,
            tasks,
        };
        house.connected(sockets).await;
        house
    }

    /// Waits until so many sockets are in service.
    pub(super) async fn connected(&self, sockets: usize) {
        let all = || (self.slack.connected() == sockets).then_some(());
        self.slack.until("the sockets", all).await;
    }

    pub(super) fn person(&self, name: &str) -> Person {
        self.slack.person(name)
    }

    /// Posts a card to the channel under a key.
    pub(super) async fn posts(&self, key: &str, card: &Card) -> Result<MessageRef, ChatError> {
        self.chat.post(&channel(), key, card).await
    }

    /// Own messages under a key in the channel, a minute back.
    pub(super) async fn finds(&self, key: &str) -> Result<Vec<MessageRef>, ChatError> {
        let since = now() - TimeDelta::minutes(1);
        self.chat.find_by_key(&channel(), key, since).await
    }

    /// What people did, without the greeting of each connection.
    pub(super) fn heard(&self) -> Vec<(UserId, Act)> {
        let heard = lock(&self.heard).clone();
        let quiet = |(_, act): &(UserId, Act)| *act != Act::Connected;
        heard.into_iter().filter(quiet).collect()
    }

    /// How often it was told that a connection is new.
    pub(super) fn greetings(&self) -> usize {
        let heard = lock(&self.heard);
        heard
            .iter()
            .filter(|(_, act)| *act == Act::Connected)
            .count()
    }

    /// Waits until so much was heard, and gives the last of it.
    pub(super) async fn hears(&self, times: usize) -> (UserId, Act) {
        let what = format!("{times} acts are heard");
        let all = self.slack.until(&what, || {
            let heard = self.heard();
            (heard.len() >= times).then_some(heard)
        });
        let all = all.await;
        assert_eq!(all.len(), times, "{all:?}");
        all.into_iter().next_back().unwrap()
    }

    /// Everything closes properly; whatever was against Slack's rules fails the test.
    pub(super) async fn closes(self) {
        self.slack.quiet().await;
        self.closing.send_replace(true);
        let mut tasks = std::mem::take(&mut *lock(&self.tasks));
        tasks.shutdown().await;
        self.slack.close();
    }
}

/// The channel everything happens in.
pub(super) fn channel() -> Place {
    Place {
        channel: ChannelId("C0RELEASE".to_owned()),
        thread: None,
    }
}

/// The thread under a message.
pub(super) fn under(message: &MessageRef) -> Place {
    Place {
        thread: Some(message.clone()),
        ..channel()
    }
}

/// A message as people point at it.
pub(super) fn seen(message: &MessageRef) -> Seen {
    Seen {
        channel: message.channel.0.clone(),
        stamp: message.id.clone(),
    }
}

pub(super) fn card(summary: &str) -> Card {
    Card {
        summary: summary.to_owned(),
        ..Card::default()
    }
}

async fn bot(
    mut queue: mpsc::Receiver<Inbound>,
    heard: Arc<Mutex<Vec<(UserId, Act)>>>,
    script: Script,
) {
    while let Some(Inbound {
        by, act, responder, ..
    }) = queue.recv().await
    {
        if let Some(answer) = script(&by, &act) {
            // Whoever asked may have gone meanwhile.
            responder.send(answer).ok();
        }
        lock(&heard).push((by, act));
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Slack names messages by its own clock, which is this one.
#[expect(
    clippy::disallowed_methods,
    reason = "the workspace compares it with its own"
)]
pub(super) fn now() -> DateTime<Utc> {
    Utc::now()
}
