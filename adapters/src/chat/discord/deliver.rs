//! Hands what somebody did to the bot, and answers that person within Discord's three
//! seconds: with what came of it if that is known by then, and otherwise later.

use std::time::Duration;

use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout, timeout_at};

use super::DiscordChat;
use super::from_wire::{self, From, Heard, Read};
use super::reply::Line;
use crate::chat::{Answer, Inbound};

/// How long an answer is waited for before the person is shown that one will come:
/// half of what Discord gives.
const AT_ONCE: Duration = Duration::from_millis(1500);

/// How long an answer is waited for altogether.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long the queue may be full before nothing was done.
const QUEUE: Duration = Duration::from_secs(2);

/// How often a hint is handed over again that was not recorded, and how long after.
const AGAIN: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);

/// Something the gateway brought.
pub(super) struct Event {
    /// The same on every delivery.
    pub(super) key: String,
    pub(super) kind: String,
    pub(super) data: Value,
    /// It was sent before, to a connection that is gone.
    pub(super) replayed: bool,
}

impl DiscordChat {
    /// Deals with an event.
    pub(super) async fn receive(&self, event: Event) {
        let Event {
            key,
            kind,
            data,
            replayed,
        } = event;
        let own = self.home.known().map(|it| it.user.as_str());
        let read = from_wire::read(&kind, &data, own, &self.commands);
        if read == Read::Nothing || self.is_elsewhere(&data).await {
            return;
        }
        match read {
            Read::Heard(heard) if heard.back.from == From::Event => {
                self.hint(key, *heard).await;
            }
            Read::Heard(heard) => {
                // The same interaction has the same id in any session.
                let id = data["id"].as_str().unwrap_or(&key).to_owned();
                self.interaction(id, *heard, replayed).await;
            }
            Read::Own(own) => self.press_own(*own).await,
            Read::Cleared => self.announce(),
            Read::Nothing => {}
        }
    }

    /// A command, a press or a form: the person waits for an answer.
    async fn interaction(&self, id: String, heard: Heard, replayed: bool) {
        let Some(ticket) = heard.back.from.ticket().cloned() else {
            return;
        };
        let mut line = Line::new(self, ticket, &heard);
        let completes = matches!(heard.back.from, From::Completing(..));
        // Whoever was told that it failed must not find it done later: what was sent
        // before counts only if Discord still takes an answer to it.
        if replayed && (completes || !line.defer().await) {
            tracing::info!("an old interaction is left out; the person was told it failed");
            return;
        }
        let until = Instant::now() + AT_ONCE;
        let Some(mut answer) = self.hand_over(format!("int:{id}"), &heard).await else {
            line.not_recorded().await;
            return;
        };
        let told = match timeout_at(until, &mut answer).await {
            Ok(told) => told.ok(),
            Err(_) if completes => return,
            Err(_) => {
                line.defer().await;
                timeout(PATIENCE, answer).await.ok().and_then(Result::ok)
            }
        };
        match told {
            Some(answer) => line.tell(answer).await,
            None => line.not_recorded().await,
        }
    }

    /// A message or an emoji. Discord does not send it again: it is handed over until
    /// it is recorded, and read up on if it never is.
    async fn hint(&self, key: String, heard: Heard) {
        for _ in 0..AGAIN {
            let id = format!("ev:{key}");
            if let Some(answer) = self.hand_over(id, &heard).await
                && let Ok(Ok(answer)) = timeout(PATIENCE, answer).await
            {
                self.nudge(&heard, answer).await;
                return;
            }
            tokio::time::sleep(PAUSE).await;
        }
        self.announce();
    }

    async fn hand_over(&self, id: String, heard: &Heard) -> Option<oneshot::Receiver<Answer>> {
        let (responder, answer) = oneshot::channel();
        let inbound = Inbound {
            id: format!("discord:{id}"),
            by: heard.by.clone(),
            act: heard.act.clone(),
            responder,
        };
        let sent = self.hands.inbound.send_timeout(inbound, QUEUE).await;
        if sent.is_err() {
            tracing::warn!("the queue of inputs is full; something people did is not recorded");
            return None;
        }
        Some(answer)
    }

    /// Whether an event is of a server that is not the channel's: nothing done there
    /// counts. Where that cannot be told, nothing does.
    async fn is_elsewhere(&self, data: &Value) -> bool {
        let known = self.home.known_guild();
        let guild = match known {
            Some(known) => Ok(known),
            None => self.home.guild(&self.api).await,
        };
        match guild {
            Ok(own) => data["guild_id"].as_str() != Some(own),
            Err(error) => {
                tracing::info!(%error, "Discord does not say which server the channel is in");
                // What stands is read when it is known.
                self.announce();
                true
            }
        }
    }
}
