//! The port `Chat`, on Discord's REST API.

use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::api::Body;
use super::fault::{Fault, code};
use super::mark::{Known, Make, Mark, nonce};
use super::route::Route;
use super::threads::{awake, channel_of};
use super::{DiscordChat, find, from_wire, to_wire};
use crate::chat::{
    Account, Card, Chat, ChatError, File, Limits, MessageRef, Place, Reaction, UserId,
};

/// How many people are named at once, and how often it is asked on.
const PAGE: usize = 100;
const PAGES: usize = 20;

#[async_trait]
impl Chat for DiscordChat {
    fn limits(&self) -> Limits {
        Limits {
            settle: Duration::from_secs(30),
            post_every: Duration::from_millis(1050),
            edit_every: Duration::from_secs(2),
        }
    }

    async fn post(&self, to: &Place, key: &str, card: &Card) -> Result<MessageRef, ChatError> {
        let mark = Mark::of(key);
        let make = self.make();
        let (make, answer) = match self.send(to, key, (card, make)).await {
            // A refusal is certain: nothing was shown.
            Err(fault) if make == Make::Modern && fault.is_form() => {
                tracing::warn!(?fault, "Discord refuses components; using an embed");
                let answer = self.send(to, key, (card, Make::Classic)).await?;
                self.modern.store(false, Ordering::Relaxed);
                (Make::Classic, answer)
            }
            answer => (make, answer?),
        };
        let at = message_of(to, &answer)?;
        let mark = Some(mark);
        self.owns.note(&at, Known { make, mark });
        self.threads.note(&at, card);
        self.pins
            .settle((&self.api, &self.hands.spawn), &at, card.pin);
        Ok(at)
    }

    async fn edit(&self, at: &MessageRef, card: &Card) -> Result<(), ChatError> {
        let Known { make, mark } = self.owns.get(&self.api, at).await?;
        let body = to_wire::message(card, make, mark);
        awake(&self.api, Route::edit(at), Body::Json(body)).await?;
        self.threads.note(at, card);
        self.pins
            .settle((&self.api, &self.hands.spawn), at, card.pin);
        Ok(())
    }

    async fn delete_own(&self, at: &MessageRef) -> Result<(), ChatError> {
        match awake(&self.api, Route::delete(at), Body::Nothing).await {
            Ok(_) => Ok(()),
            Err(fault) if fault.is(&[code::UNKNOWN_MESSAGE, code::UNKNOWN_CHANNEL]) => Ok(()),
            Err(fault) => Err(fault.into()),
        }
    }

    async fn find_by_key(
        &self,
        place: &Place,
        key: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<MessageRef>, ChatError> {
        find::by_key(self, place, key, since).await
    }

    async fn react(&self, at: &MessageRef, emoji: &str) -> Result<(), ChatError> {
        let route = Route::react(at, from_wire::sign(emoji));
        awake(&self.api, route, Body::Nothing).await?;
        Ok(())
    }

    async fn reactions(&self, at: &MessageRef) -> Result<Vec<Reaction>, ChatError> {
        self.reads.share(at, || self.read_reactions(at)).await
    }

    async fn account(&self, user: &UserId) -> Result<Account, ChatError> {
        self.people.account(&self.api, &self.home, user).await
    }

    async fn link(&self, at: &MessageRef) -> Result<Option<String>, ChatError> {
        let guild = self.home.guild(&self.api).await?;
        Ok(Some(format!(
            "https://discord.com/channels/{guild}/{}/{}",
            at.channel.0, at.id
        )))
    }

    async fn upload(&self, to: &Place, key: &str, file: &File) -> Result<MessageRef, ChatError> {
        self.put_file(to, key, file).await
    }
}

impl DiscordChat {
    async fn send(
        &self,
        to: &Place,
        key: &str,
        (card, make): (&Card, Make),
    ) -> Result<Value, Fault> {
        let mut body = to_wire::message(card, make, Some(Mark::of(key)));
        // Sent twice within minutes, it is there once.
        body["nonce"] = json!(nonce(key));
        body["enforce_nonce"] = json!(true);
        self.threads.say(&self.api, to, Body::Json(body)).await
    }

    /// Who stands on a message. Emoji a server made itself are left out: they may look
    /// like anything and mean nothing.
    async fn read_reactions(&self, at: &MessageRef) -> Result<Vec<Reaction>, ChatError> {
        let message = self.api.call(Route::read(at), Body::Nothing).await?;
        if !message.is_object() {
            return Err(ChatError::Unknown("the answer holds no message".to_owned()));
        }
        let mut all = Vec::new();
        for reaction in message["reactions"].as_array().into_iter().flatten() {
            let Some(name) = from_wire::emoji(&reaction["emoji"]) else {
                continue;
            };
            let sign = reaction["emoji"]["name"].as_str().unwrap_or_default();
            let counts = &reaction["count_details"];
            let some = |it: &str| counts[it].as_u64().is_none_or(|it| it > 0);
            for burst in [false, true] {
                // Where it is not counted apart, both sorts are asked for.
                if some(if burst { "burst" } else { "normal" }) {
                    let people = self.reactors(at, sign, burst).await?;
                    all.extend(people.into_iter().map(|by| Reaction {
                        by,
                        emoji: name.clone(),
                    }));
                }
            }
        }
        // Two skin tones, or two sorts, are one emoji.
        all.sort();
        all.dedup();
        Ok(all)
    }

    async fn reactors(
        &self,
        at: &MessageRef,
        sign: &str,
        burst: bool,
    ) -> Result<Vec<UserId>, ChatError> {
        let mut people: Vec<UserId> = Vec::new();
        for _ in 0..PAGES {
            let after = people.last().map_or("", |it| it.0.as_str());
            let route = Route::reactors(at, sign, (burst, after, PAGE));
            let answer = self.api.call(route, Body::Nothing).await?;
            let Value::Array(page) = answer else {
                return Err(ChatError::Unknown(
                    "reading who reacted: the answer is no list".to_owned(),
                ));
            };
            let full = page.len() >= PAGE;
            people.extend(
                page.iter()
                    .filter_map(|it| it["id"].as_str())
                    .map(|it| UserId(it.to_owned())),
            );
            if !full {
                return Ok(people);
            }
        }
        Err(ChatError::Refused(format!(
            "more than {} people reacted with one emoji; not all were read",
            PAGE * PAGES
        )))
    }
}

/// The message an answer names. Without its id the message is there, and has to be found.
pub(super) fn message_of(to: &Place, answer: &Value) -> Result<MessageRef, ChatError> {
    let id = answer["id"].as_str().filter(|it| !it.is_empty());
    let missing = || ChatError::Unknown("the answer names no message".to_owned());
    Ok(MessageRef {
        channel: channel_of(to),
        id: id.map(str::to_owned).ok_or_else(missing)?,
    })
}
