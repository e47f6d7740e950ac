//! The gateway: one connection after another, each going on with the session of the
//! one before where Discord lets it. Every wait has an end.
//! <https://discord.com/developers/docs/events/gateway>

mod queue;
mod serve;

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;
use twilight_gateway::{ConfigBuilder, Intents, Shard, ShardId};

use self::queue::Budget;
use self::serve::{End, serve};
use super::DiscordChat;
use super::api::Body;
use super::memory::Session;
use super::route::{Kind, Route};
use crate::chat::address;
use crate::chat::backoff::Backoff;
use crate::chat::hands::Randomness;

/// What the bot is told of: none of it needs Discord's approval.
const INTENTS: Intents = Intents::GUILDS
    .union(Intents::GUILD_MESSAGES)
    .union(Intents::GUILD_MESSAGE_REACTIONS);

/// How long to wait where only a person can put it right.
const MENDED: Duration = Duration::from_mins(5);

/// Hears Discord until the bot closes.
pub(super) async fn run(chat: Arc<DiscordChat>, mut closing: watch::Receiver<bool>) {
    let hearing = hear(&chat, closing.clone());
    tokio::select! {
        () = hearing => {}
        _closed = closing.wait_for(|closing| *closing) => {}
    }
    chat.memory.save().await;
}

async fn hear(chat: &Arc<DiscordChat>, closing: watch::Receiver<bool>) {
    let mut backoff = Backoff::default();
    // Where the last connection got to; what a restart goes on with may be behind it.
    let mut session = chat.memory.session();
    let mut gateway = None;
    loop {
        if *closing.borrow() {
            return;
        }
        let wait = match connect(chat, session.take(), &mut gateway).await {
            Ok(shard) => {
                let (end, next) = serve(chat, shard).await;
                session = next;
                match end {
                    End::Lost { served } => {
                        if served {
                            backoff = Backoff::default();
                        }
                        gateway = gateway.filter(|_| served);
                        backoff.after_loss(&chat.hands.randomness)
                    }
                    End::Invalid => Some(jitter(&chat.hands.randomness)),
                    End::Fatal(why) => {
                        chat.api.report(Kind::Gateway, Some(why));
                        Some(MENDED)
                    }
                }
            }
            Err((asked, kept)) => {
                session = kept;
                Some(backoff.at_least(asked, &chat.hands.randomness))
            }
        };
        chat.memory.save().await;
        if let Some(wait) = wait {
            tokio::time::sleep(wait).await;
        }
    }
}

type NotYet = (Duration, Option<Session>);

/// A connection about to be made; or how long to wait first, with the session kept.
async fn connect(
    chat: &Arc<DiscordChat>,
    session: Option<Session>,
    gateway: &mut Option<String>,
) -> Result<Shard<Budget>, NotYet> {
    let resume = session.as_ref().and_then(|it| it.resume_url.clone());
    // An address that makes no sense, or no secret of the token, is not used.
    let resume = resume.filter(|it| address::socket(it).is_ok());
    if session.is_none()
        && let Some(wait) = chat.memory.wait((chat.hands.clock)())
    {
        let used_up = chat.memory.is_used_up();
        let told = used_up.then(|| {
            "the bot identified itself 900 times in a day, and waits lest Discord resets its token: something keeps cutting its connection".to_owned()
        });
        chat.api.report(Kind::Gateway, told);
        if used_up {
            return Err((wait.min(Duration::from_mins(10)), None));
        }
    }
    let address = match (resume.clone(), gateway.clone()) {
        (Some(resume), _) => resume,
        (None, Some(known)) => known,
        (None, None) => {
            let asked = ask(chat, session.is_none()).await;
            let asked = asked.map_err(|wait| (wait, session.clone()))?;
            gateway.insert(asked).clone()
        }
    };
    let budget = Budget::new(chat);
    let mut config = ConfigBuilder::new(chat.api.token().to_owned(), INTENTS)
        .queue(budget)
        .proxy_url(address);
    if let Some(session) = session {
        let it = twilight_gateway::Session::new(session.sequence, session.id);
        config = config.session(it);
        if let Some(resume) = resume {
            config = config.resume_url(resume.trim_end_matches('/').to_owned());
        }
    }
    Ok(Shard::with_config(ShardId::ONE, config.build()))
}

/// Where the gateway is; or how long to wait before it is asked again.
async fn ask(chat: &DiscordChat, anew: bool) -> Result<String, Duration> {
    let answer = chat.api.call(Route::gateway(), Body::Nothing).await;
    let answer = answer.map_err(|fault| {
        tracing::info!(?fault, "Discord does not say where its gateway is");
        Duration::ZERO
    })?;
    let limit = &answer["session_start_limit"];
    if anew && limit["remaining"].as_u64() == Some(0) {
        let after = limit["reset_after"].as_u64().unwrap_or(60_000);
        return Err(Duration::from_millis(after).min(MENDED));
    }
    let address = answer["url"].as_str().unwrap_or_default();
    let address = address.trim_end_matches('/');
    match address::socket(address) {
        Ok(()) => Ok(address.to_owned()),
        Err(why) => {
            tracing::warn!(why, "the gateway's address is not used");
            Err(MENDED)
        }
    }
}

/// Between one and five seconds, as Discord asks for after a session is gone.
fn jitter(randomness: &Randomness) -> Duration {
    let chance = f64::from(randomness()[0]) / 255.0;
    Duration::from_secs_f64(1.0 + 4.0 * chance)
}

/// Reads what an event's payload is in; none for what is no event.
fn dispatch(text: &str) -> Option<(String, u64, Value)> {
    let mut whole: Value = serde_json::from_str(text).ok()?;
    let kind = whole["t"].as_str()?.to_owned();
    let sequence = whole["s"].as_u64()?;
    Some((kind, sequence, whole["d"].take()))
}
