//! Messages and the reactions on them.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};

use super::columns::{Json, Millis};
use super::events::{Subject, note};
use super::sql::{all, maybe, one, run};
use super::{Result, Spot, Store};
use crate::chat::Card;

/// A message as it stands.
#[derive(Clone, Debug)]
pub(in super::super) struct Message {
    pub(in super::super) id: i64,
    pub(in super::super) spot: Spot,
    pub(in super::super) author: String,
    pub(in super::super) body: Body,
    pub(in super::super) posted: DateTime<Utc>,
    pub(in super::super) edited: Option<DateTime<Utc>>,
    pub(in super::super) deleted: bool,
    /// Emoji and account, in that order.
    pub(in super::super) reactions: Vec<(String, String)>,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) enum Body {
    /// What the bot says.
    Card(Card),
    /// What a person typed.
    Words(String),
    /// A text file.
    File { name: String, text: String },
}

/// A message to be.
#[derive(Debug)]
pub(in super::super) struct NewMessage {
    pub(in super::super) spot: Spot,
    pub(in super::super) author: String,
    /// The bot's own key.
    pub(in super::super) key: Option<String>,
    /// The form it was typed in: sent twice, it is still one message.
    pub(in super::super) request: Option<String>,
    pub(in super::super) body: Body,
    pub(in super::super) at: DateTime<Utc>,
}

impl Store {
    /// Its number; the earlier number when the same form was sent before.
    pub(in super::super) async fn add_message(&self, new: NewMessage) -> Result<i64> {
        self.record(move |tx| {
            let insert = "INSERT INTO message
                 (channel, thread, author, key, request, body, posted_at)
                 VALUES (?, ?, ?, ?, ?, ?, ?)
                 ON CONFLICT (author, request) DO NOTHING RETURNING id";
            let Spot { channel, thread } = &new.spot;
            let (author, request) = (&new.author, &new.request);
            let (body, at) = (Json(&new.body), Millis(new.at));
            let values = (channel, thread, author, &new.key, request, body, at);
            let Some((id,)) = maybe(tx, insert, values)? else {
                let query = "SELECT id FROM message WHERE author = ? AND request = ?";
                let (earlier,) = one(tx, query, (author, request))?;
                return Ok((earlier, None));
            };
            let event = note(tx, &new.spot, None, Subject::Message(id))?;
            Ok((id, Some(event)))
        })
        .await
    }

    /// Whether there was such a message of `author` to change.
    pub(in super::super) async fn edit_message(
        &self,
        id: i64,
        author: &str,
        body: Body,
        at: DateTime<Utc>,
    ) -> Result<bool> {
        let author = author.to_owned();
        self.record(move |tx| {
            let Some(old) = of_author(tx, id, &author)? else {
                return Ok((false, None));
            };
            if old.body == body {
                return Ok((true, None));
            }
            let change = "UPDATE message SET body = ?, edited_at = ? WHERE id = ?";
            run(tx, change, (Json(body), Millis(at), id))?;
            let event = note(tx, &old.spot, None, Subject::Message(id))?;
            Ok((true, Some(event)))
        })
        .await
    }

    /// Deletes what `author` said; what it said is forgotten, its place stays.
    pub(in super::super) async fn delete_message(&self, id: i64, author: &str) -> Result<()> {
        let author = author.to_owned();
        self.record(move |tx| {
            let Some(old) = of_author(tx, id, &author)? else {
                return Ok(((), None));
            };
            let nothing = Json(Body::Words(String::new()));
            let change = "UPDATE message SET deleted = 1, body = ? WHERE id = ?";
            run(tx, change, (nothing, id))?;
            run(tx, "DELETE FROM reaction WHERE message = ?", (id,))?;
            let event = note(tx, &old.spot, None, Subject::Message(id))?;
            Ok(((), Some(event)))
        })
        .await
    }

    /// Whether anything changed.
    pub(in super::super) async fn set_reaction(
        &self,
        on: &Message,
        account: &str,
        emoji: &'static str,
        there: bool,
    ) -> Result<bool> {
        let change = if there {
            "INSERT INTO reaction (message, account, emoji) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        } else {
            "DELETE FROM reaction WHERE message = ? AND account = ? AND emoji = ?"
        };
        let (id, spot, account) = (on.id, on.spot.clone(), account.to_owned());
        self.record(move |tx| {
            if run(tx, change, (id, account, emoji))? == 0 {
                return Ok((false, None));
            }
            let event = note(tx, &spot, None, Subject::Message(id))?;
            Ok((true, Some(event)))
        })
        .await
    }

    pub(in super::super) async fn message(&self, id: i64) -> Result<Option<Message>> {
        self.call(move |db| {
            let Some(mut message) = by_id(db, id)? else {
                return Ok(None);
            };
            let query = "SELECT emoji, account FROM reaction WHERE message = ?
                 ORDER BY emoji, account";
            message.reactions = all(db, query, (id,))?;
            Ok(Some(message))
        })
        .await
    }

    /// The newest `limit` first messages of a channel before number `before`, oldest first.
    pub(in super::super) async fn roots(
        &self,
        channel: &str,
        before: i64,
        limit: u32,
    ) -> Result<Vec<Message>> {
        let channel = channel.to_owned();
        self.call(move |db| {
            let query = "SELECT * FROM message WHERE channel = ? AND thread IS NULL AND id < ?
                 ORDER BY id DESC LIMIT ?";
            let mut found: Vec<Message> = all(db, query, (&channel, before, limit))?;
            found.reverse();
            if let (Some(first), Some(last)) = (found.first(), found.last()) {
                let query = "SELECT r.message, r.emoji, r.account FROM reaction r
                     JOIN message m ON m.id = r.message
                     WHERE m.channel = ? AND m.thread IS NULL AND m.id BETWEEN ? AND ?
                     ORDER BY r.message, r.emoji, r.account";
                let reactions = all(db, query, (&channel, first.id, last.id))?;
                give(&mut found, reactions);
            }
            Ok(found)
        })
        .await
    }

    /// The newest `limit` replies in the threads of messages `first` to `last`, oldest first.
    pub(in super::super) async fn replies(
        &self,
        channel: &str,
        (first, last): (i64, i64),
        limit: u32,
    ) -> Result<Vec<Message>> {
        let channel = channel.to_owned();
        self.call(move |db| {
            let query = "SELECT * FROM message WHERE channel = ? AND thread BETWEEN ? AND ?
                 ORDER BY id DESC LIMIT ?";
            let mut found: Vec<Message> = all(db, query, (&channel, first, last, limit))?;
            found.reverse();
            let query = "SELECT r.message, r.emoji, r.account FROM reaction r
                 JOIN message m ON m.id = r.message
                 WHERE m.channel = ? AND m.thread BETWEEN ? AND ?
                 ORDER BY r.message, r.emoji, r.account";
            let reactions = all(db, query, (&channel, first, last))?;
            give(&mut found, reactions);
            Ok(found)
        })
        .await
    }

    /// The numbers of `author`'s messages under `key` in a place since then, oldest first.
    pub(in super::super) async fn by_key(
        &self,
        spot: &Spot,
        (author, key): (&str, &str),
        since: DateTime<Utc>,
    ) -> Result<Vec<i64>> {
        let (Spot { channel, thread }, author, key) =
            (spot.clone(), author.to_owned(), key.to_owned());
        self.call(move |db| {
            let query = "SELECT id FROM message WHERE key = ? AND channel = ? AND thread IS ?
                 AND author = ? AND posted_at >= ? AND deleted = 0 ORDER BY id";
            let found: Vec<(i64,)> = all(db, query, (key, channel, thread, author, Millis(since)))?;
            Ok(found.into_iter().map(|(id,)| id).collect())
        })
        .await
    }
}

/// The message, without the reactions on it.
fn by_id(db: &Connection, id: i64) -> rusqlite::Result<Option<Message>> {
    maybe(db, "SELECT * FROM message WHERE id = ?", (id,))
}

/// The message, if it is `author`'s and still there to be changed.
fn of_author(db: &Connection, id: i64, author: &str) -> rusqlite::Result<Option<Message>> {
    let found = by_id(db, id)?;
    Ok(found.filter(|message| !message.deleted && message.author == author))
}

impl TryFrom<&Row<'_>> for Message {
    type Error = rusqlite::Error;

    fn try_from(row: &Row<'_>) -> rusqlite::Result<Self> {
        let Json(body) = row.get("body")?;
        let Millis(posted) = row.get("posted_at")?;
        let edited: Option<Millis> = row.get("edited_at")?;
        Ok(Self {
            id: row.get("id")?,
            spot: row.try_into()?,
            author: row.get("author")?,
            body,
            posted,
            edited: edited.map(|Millis(at)| at),
            deleted: row.get("deleted")?,
            reactions: Vec::new(),
        })
    }
}

/// Hands each reaction to its message; the messages are sorted by number.
fn give(messages: &mut [Message], reactions: Vec<(i64, String, String)>) {
    for (id, emoji, account) in reactions {
        if let Ok(at) = messages.binary_search_by_key(&id, |message| message.id) {
            messages[at].reactions.push((emoji, account));
        }
    }
}
