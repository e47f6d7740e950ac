//! What a platform knows: messages, who stands on them, and accounts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use shipbell_adapters::chat::{Account, Card, ChannelId, MessageRef, Reaction, UserId};

use super::CHANNEL;

/// A platform's own truth.
#[derive(Default)]
pub struct Room {
    /// Every message ever posted, oldest first.
    pub posts: Vec<Post>,
    /// Everybody who has an account.
    pub accounts: BTreeMap<UserId, Account>,
}

/// A message of the bot.
#[derive(Clone, Debug)]
pub struct Post {
    /// The platform's own id.
    pub id: String,
    /// The key it was posted under.
    pub key: String,
    /// The message whose thread it is in.
    pub thread: Option<String>,
    /// What it says now.
    pub card: Card,
    /// When it appeared.
    pub at: DateTime<Utc>,
    /// Whether that was later than the platform promises.
    pub straggled: bool,
    /// How often it was changed.
    pub edits: u32,
    /// When it was deleted.
    pub deleted: Option<DateTime<Utc>>,
    /// Every emoji ever put on it.
    pub marks: Vec<Mark>,
}

/// An emoji on a message, and for how long it stood there.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Whose.
    pub by: UserId,
    /// Which.
    pub emoji: String,
    /// Since when.
    pub from: DateTime<Utc>,
    /// Until when; it still stands if not said.
    pub to: Option<DateTime<Utc>>,
}

impl Room {
    /// Shows a new message.
    pub fn post(
        &mut self,
        (at, straggled): (DateTime<Utc>, bool),
        key: &str,
        thread: Option<String>,
        card: Card,
    ) -> String {
        let id = format!("M{}", self.posts.len() + 1);
        self.posts.push(Post {
            id: id.clone(),
            key: key.to_owned(),
            thread,
            card,
            at,
            straggled,
            edits: 0,
            deleted: None,
            marks: Vec::new(),
        });
        id
    }

    /// A message that is still there.
    pub fn shown(&mut self, at: &MessageRef) -> Option<&mut Post> {
        let of_it = |it: &&mut Post| it.id == at.id && it.deleted.is_none();
        self.posts.iter_mut().find(of_it)
    }

    /// Messages that are still there, oldest first.
    pub fn visible(&self) -> impl DoubleEndedIterator<Item = &Post> {
        self.posts.iter().filter(|it| it.deleted.is_none())
    }

    /// Puts an emoji on a message; false if that changes nothing.
    pub fn put(&mut self, on: &MessageRef, by: &UserId, emoji: &str, from: DateTime<Utc>) -> bool {
        let Some(post) = self.shown(on) else {
            return false;
        };
        if post.marks.iter().any(|it| it.stands(by, emoji)) {
            return false;
        }
        let (by, emoji) = (by.clone(), emoji.to_owned());
        post.marks.push(Mark {
            by,
            emoji,
            from,
            to: None,
        });
        true
    }

    /// Takes an emoji off a message; false if that changes nothing.
    pub fn take(&mut self, off: &MessageRef, by: &UserId, emoji: &str, to: DateTime<Utc>) -> bool {
        let Some(post) = self.shown(off) else {
            return false;
        };
        let Some(mark) = post.marks.iter_mut().find(|it| it.stands(by, emoji)) else {
            return false;
        };
        mark.to = Some(to);
        true
    }
}

impl Mark {
    fn stands(&self, by: &UserId, emoji: &str) -> bool {
        self.by == *by && self.emoji == emoji && self.to.is_none()
    }
}

impl Post {
    /// Its address.
    pub fn address(&self) -> MessageRef {
        MessageRef {
            channel: ChannelId(CHANNEL.to_owned()),
            id: self.id.clone(),
        }
    }

    /// Who stands on it.
    pub fn standing(&self) -> Vec<Reaction> {
        let stands = |it: &Mark| {
            let reaction = Reaction {
                by: it.by.clone(),
                emoji: it.emoji.clone(),
            };
            it.to.is_none().then_some(reaction)
        };
        self.marks.iter().filter_map(stands).collect()
    }
}
