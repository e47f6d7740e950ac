//! The port `Chat`, on Slack's Web API.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::fault::Fault;
use super::from_wire;
use super::method::Method;
use super::to_wire::{self, Drawn};
use super::{SlackChat, find};
use crate::chat::{
    Account, Card, Chat, ChatError, File, Limits, MessageRef, Place, Reaction, UserId,
};

/// What our messages' metadata is called.
pub(super) const METADATA: &str = "shipbell_message";

#[async_trait]
impl Chat for SlackChat {
    fn limits(&self) -> Limits {
        Limits {
            settle: Duration::from_secs(30),
            // <https://docs.slack.dev/apis/web-api/rate-limits>
            post_every: Duration::from_millis(1050),
            edit_every: Duration::from_secs(2),
        }
    }

    async fn post(&self, to: &Place, key: &str, card: &Card) -> Result<MessageRef, ChatError> {
        let answer = self
            .natively(card, |drawn| self.send(to, key, drawn))
            .await?;
        let at = MessageRef {
            channel: to.channel.clone(),
            id: stamp(&answer)?,
        };
        self.pins
            .settle((&self.api, &self.hands.spawn), &at, card.pin);
        Ok(at)
    }

    async fn edit(&self, at: &MessageRef, card: &Card) -> Result<(), ChatError> {
        self.natively(card, |drawn| self.change(at, drawn)).await?;
        self.pins
            .settle((&self.api, &self.hands.spawn), at, card.pin);
        Ok(())
    }

    async fn delete_own(&self, at: &MessageRef) -> Result<(), ChatError> {
        let arguments = json!({ "channel": at.channel, "ts": at.id });
        match self.api.call(Method::DeleteMessage, arguments).await {
            Ok(_) => Ok(()),
            Err(fault) if fault.is(&["message_not_found"]) => Ok(()),
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
        let arguments = json!({
            "channel": at.channel,
            "timestamp": at.id,
            "name": from_wire::emoji(emoji),
        });
        match self.api.call(Method::AddReaction, arguments).await {
            Ok(_) => Ok(()),
            Err(fault) if fault.is(&["already_reacted"]) => Ok(()),
            Err(fault) => Err(fault.into()),
        }
    }

    async fn reactions(&self, at: &MessageRef) -> Result<Vec<Reaction>, ChatError> {
        self.reads.share(at, || self.read_reactions(at)).await
    }

    async fn account(&self, user: &UserId) -> Result<Account, ChatError> {
        self.people.account(&self.api, &self.me, user).await
    }

    async fn link(&self, at: &MessageRef) -> Result<Option<String>, ChatError> {
        let arguments = json!({ "channel": at.channel, "message_ts": at.id });
        let answer = self.api.call(Method::Permalink, arguments).await?;
        Ok(answer["permalink"].as_str().map(str::to_owned))
    }

    async fn upload(&self, to: &Place, key: &str, file: &File) -> Result<MessageRef, ChatError> {
        self.put_file(to, key, file).await
    }
}

impl SlackChat {
    /// Sends a card with Slack's newer blocks; refused, it is sent with the old
    /// ones at once, and the refusal is remembered.
    pub(super) async fn natively<T, F, Sent>(&self, card: &Card, send: F) -> Result<T, Fault>
    where
        F: Fn(Drawn) -> Sent + Send + Sync,
        Sent: Future<Output = Result<T, Fault>> + Send,
        T: Send,
    {
        let drawn = to_wire::message(card, self.natives());
        let used = drawn.used;
        match send(drawn).await {
            // A refusal is certain: nothing was shown.
            Err(fault) if used != to_wire::Natives::NONE && fault.is(&REFUSED_BLOCKS) => {
                tracing::warn!(?used, ?fault, "Slack refuses a block; using older ones");
                let answer = send(to_wire::message(card, to_wire::Natives::NONE)).await;
                // Old ones that are refused too say that it was something else. Any other
                // failure must not have the newer ones tried again and again.
                if !matches!(&answer, Err(fault) if fault.is(&REFUSED_BLOCKS)) {
                    self.refuse_natives(used);
                }
                answer
            }
            answer => answer,
        }
    }

    async fn send(&self, to: &Place, key: &str, drawn: Drawn) -> Result<Value, Fault> {
        let mut arguments = json!({
            "channel": to.channel,
            "text": drawn.text,
            "blocks": drawn.blocks,
            "metadata": { "event_type": METADATA, "event_payload": { "key": key } },
            "unfurl_links": false,
            "unfurl_media": false,
        });
        if let Some(thread) = &to.thread {
            arguments["thread_ts"] = json!(thread.id);
        }
        let turn = self.turns.take(&to.channel).await;
        turn.map_err(|after| Fault::Busy {
            method: Method::PostMessage,
            after,
        })?;
        self.api.call(Method::PostMessage, arguments).await
    }

    /// What a message says is replaced; its metadata stays.
    async fn change(&self, at: &MessageRef, drawn: Drawn) -> Result<Value, Fault> {
        let arguments = json!({
            "channel": at.channel,
            "ts": at.id,
            "text": drawn.text,
            "blocks": drawn.blocks,
        });
        self.api.call(Method::UpdateMessage, arguments).await
    }

    async fn read_reactions(&self, at: &MessageRef) -> Result<Vec<Reaction>, ChatError> {
        let arguments = json!({ "channel": at.channel, "timestamp": at.id, "full": true });
        let answer = self.api.call(Method::GetReactions, arguments).await?;
        standing(&answer["message"])
    }
}

/// Slack's words for blocks it does not take.
const REFUSED_BLOCKS: [&str; 3] = [
    "invalid_blocks",
    "invalid_blocks_format",
    "unsupported_block",
];

/// Who stands on a message. Slack may name fewer people than it counts: then
/// nobody knows who the others are.
fn standing(message: &Value) -> Result<Vec<Reaction>, ChatError> {
    let unreadable = |what: &str| ChatError::Unknown(format!("reactions.get: {what}"));
    if !message.is_object() {
        return Err(unreadable("the answer holds no message"));
    }
    let mut all = Vec::new();
    for reaction in message["reactions"].as_array().into_iter().flatten() {
        let name = reaction["name"].as_str();
        let emoji = from_wire::emoji(name.ok_or_else(|| unreadable("a reaction has no name"))?);
        let users = reaction["users"].as_array().into_iter().flatten();
        let users: Vec<&str> = users.filter_map(Value::as_str).collect();
        let count = reaction["count"].as_u64().unwrap_or(u64::MAX);
        if count > users.len() as u64 {
            return Err(ChatError::Later {
                what: format!("reactions.get: {} of {count} people are named", users.len()),
                after: Duration::from_secs(2),
            });
        }
        all.extend(users.into_iter().map(|user| Reaction {
            by: UserId(user.to_owned()),
            emoji: emoji.clone(),
        }));
    }
    // Two skin tones are one emoji.
    all.sort();
    all.dedup();
    Ok(all)
}

/// The time stamp that names a message. Without it the message is there, and has to be found.
fn stamp(answer: &Value) -> Result<String, ChatError> {
    let ts = answer["ts"].as_str().filter(|it| !it.is_empty());
    let missing = || ChatError::Unknown("the answer names no message".to_owned());
    ts.map(str::to_owned).ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_is_complete_or_an_error() {
        let message = json!({ "reactions": [
            { "name": "white_check_mark", "count": 2, "users": ["U1", "U2"] },
            { "name": "white_check_mark::skin-tone-2", "count": 1, "users": ["U1"] },
            { "name": "thumbsup", "count": 1, "users": ["U3"] },
        ] });
        let names: Vec<String> = standing(&message)
            .unwrap()
            .into_iter()
            .map(|it| format!("{} {}", it.by, it.emoji))
            .collect();
        assert_eq!(
            names,
            ["U1 white_check_mark", "U2 white_check_mark", "U3 +1"]
        );
        assert_eq!(standing(&json!({ "text": "bare" })), Ok(Vec::new()));
        let short = json!({ "reactions": [{ "name": "x", "count": 60, "users": ["U1"] }] });
        assert!(matches!(standing(&short), Err(ChatError::Later { .. })));
        assert!(standing(&Value::Null).is_err());
    }
}
