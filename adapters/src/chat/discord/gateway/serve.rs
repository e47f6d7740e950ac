//! One connection: what it brings is handed on, and how it ended is told.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use serde_json::Value;
use tokio::time::{Instant, timeout};
use twilight_gateway::{Message, Shard, ShardState};

use super::dispatch;
use super::queue::Budget;
use crate::chat::discord::api::Body;
use crate::chat::discord::deliver::Event;
use crate::chat::discord::home::Me;
use crate::chat::discord::memory::Session;
use crate::chat::discord::route::{Kind, Route};
use crate::chat::discord::settled::Settled;
use crate::chat::discord::{DiscordChat, commands};
use crate::chat::keyed::mark;

/// How long Discord may take to greet, and then to begin.
const GREETED: Duration = Duration::from_secs(15);
const BEGUN: Duration = Duration::from_mins(1);

/// The longest silence of a connection at work: its own heartbeats are answered about
/// every forty seconds, and the library notices well before when they are not.
const SILENT: Duration = Duration::from_mins(3);

/// How often it is written down how far the session was dealt with.
const WRITTEN: Duration = Duration::from_secs(2);

/// How many events may be at work before hints are left out and read up on later.
const AT_WORK: usize = 1000;

/// How a connection ended.
pub(super) enum End {
    /// It can be tried again; whether it had served.
    Lost { served: bool },
    /// The session is gone: what happened meanwhile is never told.
    Invalid,
    /// Trying again is of no use before a person did something.
    Fatal(String),
}

/// What a connection has done so far.
struct Served {
    settled: Arc<Settled>,
    session: Option<String>,
    stage: Stage,
    /// Hints were left out.
    skipped: bool,
    written: Instant,
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// It has not begun.
    New,
    /// What came before is sent again.
    Replaying,
    /// It serves.
    Serving,
    /// Its session is no good.
    Invalid,
}

/// Serves a connection to its end; the session goes on with the next.
pub(super) async fn serve(
    chat: &Arc<DiscordChat>,
    mut shard: Shard<Budget>,
) -> (End, Option<Session>) {
    let mut served = Served {
        settled: Arc::default(),
        session: shard.session().map(|it| it.id().to_owned()),
        stage: match shard.session() {
            Some(_) => Stage::Replaying,
            None => Stage::New,
        },
        skipped: false,
        written: Instant::now(),
    };
    let mut within = GREETED;
    loop {
        let Ok(next) = timeout(within, shard.next()).await else {
            tracing::info!("Discord is silent; another connection is tried");
            break;
        };
        match next {
            Some(Ok(Message::Text(text))) => {
                served.hear(chat, &text);
                within = match served.stage {
                    Stage::Serving => SILENT,
                    Stage::New | Stage::Replaying | Stage::Invalid => BEGUN,
                };
            }
            Some(Ok(Message::Close(frame))) => {
                let code = frame.as_ref().map_or(0, |it| it.code);
                tracing::info!(code, "the connection to Discord ended");
                if shard.state() == ShardState::FatallyClosed {
                    return (End::Fatal(advice(code)), None);
                }
            }
            Some(Err(error)) => {
                let cause = std::error::Error::source(&error).map(ToString::to_string);
                tracing::info!(%error, cause, "the gateway");
            }
            None => break,
        }
        served.write_down(chat).await;
        if matches!(shard.state(), ShardState::Disconnected { .. }) {
            break;
        }
    }
    let next = shard.session().map(|it| Session {
        id: it.id().to_owned(),
        sequence: it.sequence(),
        resume_url: shard.resume_url().map(str::to_owned),
    });
    if next.is_none() {
        chat.memory.set_session(None);
    }
    let end = if next.is_none() && served.stage == Stage::Invalid {
        End::Invalid
    } else {
        let served = matches!(served.stage, Stage::Serving | Stage::Invalid);
        End::Lost { served }
    };
    (end, next)
}

impl Served {
    fn hear(&mut self, chat: &Arc<DiscordChat>, text: &str) {
        let Some((kind, sequence, data)) = dispatch(text) else {
            // Nine says that the session is no good.
            let op = serde_json::from_str::<Value>(text).ok();
            if op.is_some_and(|it| it["op"].as_u64() == Some(9)) {
                self.stage = Stage::Invalid;
            }
            return;
        };
        match kind.as_str() {
            "READY" => {
                self.settled = Arc::default();
                self.begin(chat, sequence, &data);
            }
            "RESUMED" => {
                self.serves(chat);
                self.hand_over(chat, kind, sequence, data);
            }
            _ => self.hand_over(chat, kind, sequence, data),
        }
    }

    fn begin(&mut self, chat: &Arc<DiscordChat>, sequence: u64, data: &Value) {
        let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        self.session = Some(text(&data["session_id"]));
        chat.memory.set_session(Some(Session {
            id: text(&data["session_id"]),
            sequence,
            resume_url: data["resume_gateway_url"].as_str().map(str::to_owned),
        }));
        chat.home.learn(Me {
            application: text(&data["application"]["id"]),
            user: text(&data["user"]["id"]),
        });
        self.serves(chat);
        let house = Arc::clone(chat);
        (chat.hands.spawn)(Box::pin(async move { register(&house).await }));
    }

    fn serves(&mut self, chat: &DiscordChat) {
        self.stage = Stage::Serving;
        chat.api.report(Kind::Gateway, None);
        // It is written down at once: a restart may come at any time.
        self.written = Instant::now().checked_sub(WRITTEN).unwrap_or(self.written);
        chat.announce();
    }

    fn hand_over(&mut self, chat: &Arc<DiscordChat>, kind: String, sequence: u64, data: Value) {
        let Some(session) = self.session.clone() else {
            return;
        };
        if self.settled.at_work() >= AT_WORK {
            // What stands is read when there is room again: nothing is lost.
            self.skipped = true;
            return;
        }
        if std::mem::take(&mut self.skipped) {
            chat.announce();
        }
        self.settled.begin(sequence);
        let event = Event {
            key: format!("{session}:{sequence}"),
            kind,
            data,
            replayed: self.stage == Stage::Replaying,
        };
        let (chat, settled) = (Arc::clone(chat), Arc::clone(&self.settled));
        let spawn = Arc::clone(&chat.hands.spawn);
        spawn(Box::pin(async move {
            chat.receive(event).await;
            chat.memory.settle(&session, settled.end(sequence));
        }));
    }

    async fn write_down(&mut self, chat: &DiscordChat) {
        if self.written.elapsed() >= WRITTEN {
            self.written = Instant::now();
            chat.memory.save().await;
        }
    }
}

/// Registers the commands with the server, if they are others than before.
async fn register(chat: &DiscordChat) {
    let all = commands::registration(&chat.commands);
    let home = async {
        let guild = chat.home.guild(&chat.api).await?;
        Ok::<_, crate::chat::ChatError>((guild, chat.home.me(&chat.api).await?))
    };
    let (guild, me) = match home.await {
        Ok(home) => home,
        Err(error) => {
            tracing::warn!(%error, "the commands were not registered");
            return;
        }
    };
    let text = format!("{} {guild} {all}", me.application);
    let hash = mark(&text);
    if chat.memory.commands().as_deref() == Some(hash.as_str()) {
        return;
    }
    let route = Route::register(&me.application, guild);
    match chat.api.call(route, Body::Json(all)).await {
        Ok(_) => {
            chat.memory.set_commands(hash);
            chat.memory.save().await;
        }
        Err(fault) => tracing::warn!(?fault, "the commands were not registered"),
    }
}

/// What to do about a connection Discord does not want.
fn advice(code: u16) -> String {
    match code {
        4004 => "the gateway refuses the token: reset it on the application's page under Bot, put the new one where the configuration says, and start the bot again".to_owned(),
        4013 | 4014 => "the gateway refuses what the bot wants to be told of; it needs no privileged intent".to_owned(),
        other => format!("the gateway closed the connection for good (code {other}); is this the newest version of the bot?"),
    }
}
