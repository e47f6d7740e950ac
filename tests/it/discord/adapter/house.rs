//! A server, the adapter, and a bot that answers what the test has it answer.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use shipbell::engine::ports::Random as _;
use shipbell::system::SystemRandom;
use shipbell_adapters::chat::discord::commands::{Commands, Slot, SlotKind, Verb};
use shipbell_adapters::chat::discord::{DiscordChat, DiscordOptions, Hands};
use shipbell_adapters::chat::{
    Act, Answer, Card, ChannelId, Chat as _, ChatError, Inbound, MessageRef, Place, UserId,
};
use shipbell_adapters::secret::Secret;
use shipbell_tests::servers::discord::{CHANNEL, Discord, OWNERS, Person, Seen, TOKEN};
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

/// How long what is waited for may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the bot answers; nothing is a bot that could not record it.
pub(super) type Script = fn(&UserId, &Act) -> Option<Answer>;

pub(super) struct House {
    pub(super) discord: Discord,
    pub(super) chat: Arc<DiscordChat>,
    script: Script,
    /// Whether the bot keeps its answers to itself.
    holds: watch::Sender<bool>,
    heard: Arc<Mutex<Vec<(UserId, Act)>>>,
    ids: Arc<Mutex<Vec<String>>>,
    closing: watch::Sender<bool>,
    ear: JoinSet<()>,
    /// In which everything of the adapter runs.
    tasks: Arc<Mutex<JoinSet<()>>>,
    folder: TempDir,
}

/// A bot that records everything and says nothing.
#[expect(clippy::unnecessary_wraps, reason = "a script may also fail to record")]
pub(super) fn silent(_: &UserId, _: &Act) -> Option<Answer> {
    Some(Answer::Done)
}

impl House {
    pub(super) async fn open(script: Script) -> Self {
        let discord = Discord::open().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (heard, ids) = (Arc::default(), Arc::default());
        let memory = folder.path().join("discord.json");
        let holds = watch::Sender::new(false);
        let told = (&heard, &ids, &holds);
        let parts = start(&discord, memory, script, told).await;
        let (chat, closing, ear, tasks) = parts;
        let house = Self {
            discord,
            chat,
            script,
            holds,
            heard,
            ids,
            closing,
            ear,
            tasks,
            folder,
        };
        house.connected().await;
        house
    }

    /// The adapter ends, properly or as killed, and another begins with what was
    /// written down; in between something may happen.
    pub(super) async fn restarts(&mut self, properly: bool, meanwhile: impl FnOnce(&Self)) {
        self.ends(properly).await;
        meanwhile(self);
        let memory = self.folder.path().join("discord.json");
        let told = (&self.heard, &self.ids, &self.holds);
        let parts = start(&self.discord, memory, self.script, told).await;
        (self.chat, self.closing, self.ear, self.tasks) = parts;
        self.connected().await;
    }

    async fn ends(&mut self, properly: bool) {
        let mut tasks = std::mem::take(&mut *lock(&self.tasks));
        if properly {
            self.closing.send_replace(true);
            // The ear writes down where it was.
            self.ear.join_next().await.unwrap().unwrap();
        }
        self.ear.shutdown().await;
        tasks.shutdown().await;
        let gone = || (!self.discord.connected()).then_some(());
        self.discord.until("the connection ends", gone).await;
    }

    /// Waits until the gateway is connected and the commands are registered.
    pub(super) async fn connected(&self) {
        let there = || {
            let whole = self.discord.connected() && self.discord.registered() > 0;
            whole.then_some(())
        };
        self.discord.until("the bot is there", there).await;
    }

    pub(super) fn person(&self, name: &str) -> Person {
        self.discord.person(name)
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

    /// From now on the bot keeps its answers to itself, or gives them.
    pub(super) fn holds(&self, holds: bool) {
        self.holds.send_replace(holds);
    }

    /// What people did, without the greeting of each connection.
    pub(super) fn heard(&self) -> Vec<(UserId, Act)> {
        let heard = lock(&self.heard).clone();
        let quiet = |(_, act): &(UserId, Act)| *act != Act::Connected;
        heard.into_iter().filter(quiet).collect()
    }

    /// The ids of all that was heard.
    pub(super) fn ids(&self) -> Vec<String> {
        lock(&self.ids).clone()
    }

    /// How often it was told that a connection is new.
    pub(super) fn greetings(&self) -> usize {
        let heard = lock(&self.heard);
        let all = heard.iter().filter(|(_, act)| *act == Act::Connected);
        all.count()
    }

    /// Waits until so much was heard, and gives the last of it.
    pub(super) async fn hears(&self, times: usize) -> (UserId, Act) {
        let what = format!("{times} acts are heard");
        let all = self.waits(&what, || {
            let heard = self.heard();
            (heard.len() >= times).then_some(heard)
        });
        let all = all.await;
        assert_eq!(all.len(), times, "{all:?}");
        all.into_iter().next_back().unwrap()
    }

    /// Waits until so many connections were greeted.
    pub(super) async fn greeted(&self, times: usize) {
        let all = || (self.greetings() >= times).then_some(());
        self.waits("a greeting", all).await;
    }

    /// Waits for what the server does not see.
    pub(super) async fn waits<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let looking = async {
            loop {
                if let Some(found) = look() {
                    return found;
                }
                tokio::task::yield_now().await;
            }
        };
        let found = tokio::time::timeout(PATIENCE, looking).await;
        found.unwrap_or_else(|_| unreachable!("{what}: not within {PATIENCE:?}"))
    }

    /// Everything closes properly; whatever was against Discord's rules fails the test.
    pub(super) async fn closes(mut self) {
        self.ends(true).await;
        assert_eq!(self.discord.doubles(), Vec::<String>::new());
        self.discord.close();
    }
}

type Parts = (
    Arc<DiscordChat>,
    watch::Sender<bool>,
    JoinSet<()>,
    Arc<Mutex<JoinSet<()>>>,
);
type Told<'a> = (
    &'a Arc<Mutex<Vec<(UserId, Act)>>>,
    &'a Arc<Mutex<Vec<String>>>,
    &'a watch::Sender<bool>,
);

async fn start(discord: &Discord, memory: PathBuf, script: Script, told: Told<'_>) -> Parts {
    let (inbound, queue) = mpsc::channel(64);
    let tasks: Arc<Mutex<JoinSet<()>>> = Arc::default();
    let spawning = Arc::clone(&tasks);
    let hands = Hands {
        clock: Arc::new(now),
        randomness: Arc::new(|| SystemRandom.seed()),
        spawn: Arc::new(move |task| drop(lock(&spawning).spawn(task))),
        inbound,
    };
    let options = DiscordOptions {
        api_url: discord.api_url(),
        token: Secret::from(TOKEN.to_owned()),
        channel: channel().channel,
        roles: vec![OWNERS.to_owned()],
        commands: commands(),
        memory,
    };
    let (chat, ear) = DiscordChat::open(options, hands).await.unwrap();
    let closing = watch::Sender::new(false);
    let mut hearing = JoinSet::new();
    hearing.spawn(ear.run(closing.subscribe()));
    let (heard, ids) = (Arc::clone(told.0), Arc::clone(told.1));
    let holds = told.2.subscribe();
    lock(&tasks).spawn(bot(queue, (heard, ids, holds), script));
    (chat, closing, hearing, tasks)
}

type Keeps = (
    Arc<Mutex<Vec<(UserId, Act)>>>,
    Arc<Mutex<Vec<String>>>,
    watch::Receiver<bool>,
);

async fn bot(mut queue: mpsc::Receiver<Inbound>, (heard, ids, mut holds): Keeps, script: Script) {
    while let Some(Inbound {
        id,
        by,
        act,
        responder,
    }) = queue.recv().await
    {
        let answer = script(&by, &act);
        lock(&ids).push(id);
        lock(&heard).push((by, act));
        holds.wait_for(|holds| !*holds).await.unwrap();
        if let Some(answer) = answer {
            // Whoever asked may be gone.
            drop(responder.send(answer));
        }
    }
}

fn commands() -> Commands {
    let slot = |name: &str, kind, long| Slot {
        name: name.to_owned(),
        about: format!("The {name}"),
        kind,
        long,
    };
    let slots = vec![
        slot("app", SlotKind::Word, false),
        slot("environment", SlotKind::Word, false),
        slot("override", SlotKind::Named, true),
    ];
    let verb = |name: &str, slots| Verb {
        name: name.to_owned(),
        about: format!("{name} something"),
        slots,
        verbs: Vec::new(),
    };
    Commands {
        name: "release".to_owned(),
        about: "Releases".to_owned(),
        verbs: vec![verb("deploy", slots), verb("status", Vec::new())],
        keep: "Keep it".to_owned(),
    }
}

/// The channel everything happens in.
pub(super) fn channel() -> Place {
    Place {
        channel: ChannelId(CHANNEL.to_owned()),
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
        id: message.id.clone(),
    }
}

pub(super) fn card(summary: &str) -> Card {
    Card {
        summary: summary.to_owned(),
        ..Card::default()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server compares it with its own clock"
)]
pub(super) fn now() -> DateTime<Utc> {
    Utc::now()
}
