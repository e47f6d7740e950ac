//! The port `Chat`, on the channel's own file.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::emoji::Emoji;
use super::store::{Body, Message, NewMessage, Spot, StoreTrouble};
use super::{BOT, WebChannel, cut};
use crate::chat::{
    Account, Card, Chat, ChatError, File, Limits, MessageRef, Place, Reaction, Standing, UserId,
};

#[async_trait]
impl Chat for WebChannel {
    fn limits(&self) -> Limits {
        Limits {
            settle: Duration::from_secs(1),
            post_every: Duration::from_millis(20),
            edit_every: Duration::from_millis(250),
        }
    }

    async fn post(&self, to: &Place, key: &str, card: &Card) -> Result<MessageRef, ChatError> {
        let body = Body::Card(cut::card(card.clone()));
        self.add(to, key, body).await
    }

    async fn edit(&self, at: &MessageRef, card: &Card) -> Result<(), ChatError> {
        let id = number(at).ok_or(ChatError::Gone)?;
        let body = Body::Card(cut::card(card.clone()));
        let found = self
            .store
            .edit_message(id, BOT, body, (self.clock)())
            .await
            .map_err(|error| unknown(&error))?;
        if found { Ok(()) } else { Err(ChatError::Gone) }
    }

    async fn delete_own(&self, at: &MessageRef) -> Result<(), ChatError> {
        let Some(id) = number(at) else {
            return Ok(());
        };
        self.store
            .delete_message(id, BOT)
            .await
            .map_err(|error| unknown(&error))
    }

    async fn find_by_key(
        &self,
        place: &Place,
        key: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<MessageRef>, ChatError> {
        let spot = self.spot(place).await?;
        let found = self
            .store
            .by_key(&spot, (BOT, key), since)
            .await
            .map_err(|error| later(&error))?;
        Ok(found
            .into_iter()
            .map(|id| reference(&spot.channel, id))
            .collect())
    }

    async fn react(&self, at: &MessageRef, emoji: &str) -> Result<(), ChatError> {
        let emoji = Emoji::named(emoji).ok_or_else(|| {
            let all = Emoji::ALL.map(Emoji::name).join(", ");
            ChatError::Refused(format!("no reaction is called {emoji}; there are {all}"))
        })?;
        let message = self.existing(at).await?;
        self.store
            .set_reaction(&message, BOT, emoji.name(), true)
            .await
            .map_err(|error| unknown(&error))
            .map(drop)
    }

    async fn reactions(&self, at: &MessageRef) -> Result<Vec<Reaction>, ChatError> {
        let message = self.existing(at).await?;
        Ok(message
            .reactions
            .into_iter()
            .map(|(emoji, account)| Reaction {
                by: UserId(account),
                emoji,
            })
            .collect())
    }

    async fn account(&self, user: &UserId) -> Result<Account, ChatError> {
        let standing = if user.0 == BOT {
            Standing::Bot
        } else if self.person(user).is_some() {
            Standing::Member
        } else {
            Standing::Gone
        };
        Ok(Account {
            standing,
            groups: Vec::new(),
            name: self.person(user).map(|it| it.name),
        })
    }

    async fn link(&self, at: &MessageRef) -> Result<Option<String>, ChatError> {
        let message = self.existing(at).await?;
        let page = match message.spot.thread {
            Some(root) => format!("thread/{root}"),
            None => format!("channel/{}", message.spot.channel),
        };
        Ok(Some(format!("http://{}/{page}#{}", self.address, at.id)))
    }

    async fn upload(&self, to: &Place, key: &str, file: &File) -> Result<MessageRef, ChatError> {
        let body = Body::File {
            name: file.name.clone(),
            text: cut::file(file.text.clone()),
        };
        self.add(to, key, body).await
    }
}

/// A message's id as everybody outside sees it.
pub(super) fn reference(channel: &str, id: i64) -> MessageRef {
    MessageRef {
        channel: crate::chat::ChannelId(channel.to_owned()),
        id: format!("m-{id}"),
    }
}

impl WebChannel {
    async fn add(&self, to: &Place, key: &str, body: Body) -> Result<MessageRef, ChatError> {
        let spot = self.spot(to).await?;
        let channel = spot.channel.clone();
        let new = NewMessage {
            spot,
            author: BOT.to_owned(),
            key: Some(key.to_owned()),
            request: None,
            body,
            at: (self.clock)(),
        };
        let id = self
            .store
            .add_message(new)
            .await
            .map_err(|error| unknown(&error))?;
        Ok(reference(&channel, id))
    }

    /// Where a place is; a reply's thread is the thread it is itself in.
    async fn spot(&self, place: &Place) -> Result<Spot, ChatError> {
        let channel = place.channel.0.clone();
        if !self.has_channel(&channel) {
            return Err(ChatError::Refused(format!(
                "there is no channel #{channel} here"
            )));
        }
        let thread = match &place.thread {
            Some(first) => {
                let first = self.existing(first).await?;
                Some(first.spot.thread.unwrap_or(first.id))
            }
            None => None,
        };
        Ok(Spot { channel, thread })
    }

    async fn existing(&self, at: &MessageRef) -> Result<Message, ChatError> {
        let id = number(at).ok_or(ChatError::Gone)?;
        self.store
            .message(id)
            .await
            .map_err(|error| later(&error))?
            .filter(|message| !message.deleted && message.spot.channel == at.channel.0)
            .ok_or(ChatError::Gone)
    }
}

fn number(at: &MessageRef) -> Option<i64> {
    at.id.strip_prefix("m-")?.parse().ok()
}

/// Nothing was written.
fn later(error: &StoreTrouble) -> ChatError {
    ChatError::Later {
        what: format!("the channel's file cannot be read: {error}"),
        after: Duration::from_secs(1),
    }
}

fn unknown(error: &StoreTrouble) -> ChatError {
    ChatError::Unknown(format!("the channel's file failed: {error}"))
}
