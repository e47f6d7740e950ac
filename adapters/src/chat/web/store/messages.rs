//! Messages and the reactions on them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection as _, Row as _};

use super::events::{Subject, note};
use super::{Result, Spot, Store, from_json, instant, to_json};
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
#[derive(Clone, Debug, Serialize, Deserialize)]
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
pub(in super::super) struct NewMessage<'a> {
    pub(in super::super) spot: &'a Spot,
    pub(in super::super) author: &'a str,
    /// The bot's own key.
    pub(in super::super) key: Option<&'a str>,
    /// The form it was typed in: sent twice, it is still one message.
    pub(in super::super) request: Option<&'a str>,
    pub(in super::super) body: Body,
    pub(in super::super) at: DateTime<Utc>,
}

impl Store {
    /// Its number; the earlier number when the same form was sent before.
    pub(in super::super) async fn add_message(&self, new: NewMessage<'_>) -> Result<i64> {
        let body = to_json(&new.body)?;
        let mut db = self.db().await;
        let mut tx = db.begin().await?;
        let added: Option<i64> = sqlx::query_scalar(
            "INSERT INTO message (channel, thread, author, key, request, body, posted_at)
             VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (author, request) DO NOTHING RETURNING id",
        )
        .bind(&new.spot.channel)
        .bind(new.spot.thread)
        .bind(new.author)
        .bind(new.key)
        .bind(new.request)
        .bind(body)
        .bind(new.at.timestamp_millis())
        .fetch_optional(&mut *tx)
        .await?;
        let Some(id) = added else {
            return sqlx::query_scalar("SELECT id FROM message WHERE author = ? AND request = ?")
                .bind(new.author)
                .bind(new.request)
                .fetch_one(&mut *tx)
                .await;
        };
        let event = note(&mut tx, new.spot, None, Subject::Message(id)).await?;
        tx.commit().await?;
        self.wake(event);
        Ok(id)
    }

    /// Whether there was such a message of `author` to change.
    pub(in super::super) async fn edit_message(
        &self,
        id: i64,
        author: &str,
        body: &Body,
        at: DateTime<Utc>,
    ) -> Result<bool> {
        let body = to_json(body)?;
        let mut db = self.db().await;
        let mut tx = db.begin().await?;
        let Some(old) = one(&mut tx, id)
            .await?
            .filter(|m| !m.deleted && m.author == author)
        else {
            return Ok(false);
        };
        if to_json(&old.body)? == body {
            return Ok(true);
        }
        sqlx::query("UPDATE message SET body = ?, edited_at = ? WHERE id = ?")
            .bind(body)
            .bind(at.timestamp_millis())
            .bind(id)
            .execute(&mut *tx)
            .await?;
        let event = note(&mut tx, &old.spot, None, Subject::Message(id)).await?;
        tx.commit().await?;
        self.wake(event);
        Ok(true)
    }

    /// Deletes what `author` said; what it said is forgotten, its place stays.
    pub(in super::super) async fn delete_message(&self, id: i64, author: &str) -> Result<()> {
        let mut db = self.db().await;
        let mut tx = db.begin().await?;
        let Some(old) = one(&mut tx, id)
            .await?
            .filter(|m| !m.deleted && m.author == author)
        else {
            return Ok(());
        };
        let nothing = to_json(&Body::Words(String::new()))?;
        sqlx::query("UPDATE message SET deleted = 1, body = ? WHERE id = ?")
            .bind(nothing)
            .bind(id)
            .execute(&mut *tx)
            .await?;
        sqlx::query("DELETE FROM reaction WHERE message = ?")
            .bind(id)
            .execute(&mut *tx)
            .await?;
        let event = note(&mut tx, &old.spot, None, Subject::Message(id)).await?;
        tx.commit().await?;
        self.wake(event);
        Ok(())
    }

    /// Whether anything changed.
    pub(in super::super) async fn set_reaction(
        &self,
        on: &Message,
        account: &str,
        emoji: &str,
        there: bool,
    ) -> Result<bool> {
        let change = if there {
            "INSERT INTO reaction (message, account, emoji) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
        } else {
            "DELETE FROM reaction WHERE message = ? AND account = ? AND emoji = ?"
        };
        let mut db = self.db().await;
        let mut tx = db.begin().await?;
        let changed = sqlx::query(change)
            .bind(on.id)
            .bind(account)
            .bind(emoji)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        if changed == 0 {
            return Ok(false);
        }
        let event = note(&mut tx, &on.spot, None, Subject::Message(on.id)).await?;
        tx.commit().await?;
        self.wake(event);
        Ok(true)
    }

    pub(in super::super) async fn message(&self, id: i64) -> Result<Option<Message>> {
        let mut db = self.db().await;
        let Some(mut message) = one(&mut db, id).await? else {
            return Ok(None);
        };
        let rows = sqlx::query(
            "SELECT message, emoji, account FROM reaction WHERE message = ? ORDER BY emoji, account",
        )
        .bind(id)
        .fetch_all(&mut *db)
        .await?;
        give(std::slice::from_mut(&mut message), &rows)?;
        Ok(Some(message))
    }

    /// The newest `limit` first messages of a channel before number `before`, oldest first.
    pub(in super::super) async fn roots(
        &self,
        channel: &str,
        before: i64,
        limit: u32,
    ) -> Result<Vec<Message>> {
        let mut db = self.db().await;
        let rows = sqlx::query(
            "SELECT * FROM message WHERE channel = ? AND thread IS NULL AND id < ?
             ORDER BY id DESC LIMIT ?",
        )
        .bind(channel)
        .bind(before)
        .bind(limit)
        .fetch_all(&mut *db)
        .await?;
        let mut found = rows.iter().rev().map(read).collect::<Result<Vec<_>>>()?;
        if let (Some(first), Some(last)) = (found.first(), found.last()) {
            let rows = sqlx::query(
                "SELECT r.message, r.emoji, r.account FROM reaction r
                 JOIN message m ON m.id = r.message
                 WHERE m.channel = ? AND m.thread IS NULL AND m.id BETWEEN ? AND ?
                 ORDER BY r.message, r.emoji, r.account",
            )
            .bind(channel)
            .bind(first.id)
            .bind(last.id)
            .fetch_all(&mut *db)
            .await?;
            give(&mut found, &rows)?;
        }
        Ok(found)
    }

    /// The newest `limit` replies in the threads of messages `first` to `last`, oldest first.
    pub(in super::super) async fn replies(
        &self,
        channel: &str,
        (first, last): (i64, i64),
        limit: u32,
    ) -> Result<Vec<Message>> {
        let mut db = self.db().await;
        let rows = sqlx::query(
            "SELECT * FROM message WHERE channel = ? AND thread BETWEEN ? AND ?
             ORDER BY id DESC LIMIT ?",
        )
        .bind(channel)
        .bind(first)
        .bind(last)
        .bind(limit)
        .fetch_all(&mut *db)
        .await?;
        let mut found = rows.iter().rev().map(read).collect::<Result<Vec<_>>>()?;
        let rows = sqlx::query(
            "SELECT r.message, r.emoji, r.account FROM reaction r
             JOIN message m ON m.id = r.message
             WHERE m.channel = ? AND m.thread BETWEEN ? AND ?
             ORDER BY r.message, r.emoji, r.account",
        )
        .bind(channel)
        .bind(first)
        .bind(last)
        .fetch_all(&mut *db)
        .await?;
        give(&mut found, &rows)?;
        Ok(found)
    }

    /// The numbers of `author`'s messages under `key` in a place since then, oldest first.
    pub(in super::super) async fn by_key(
        &self,
        spot: &Spot,
        (author, key): (&str, &str),
        since: DateTime<Utc>,
    ) -> Result<Vec<i64>> {
        sqlx::query_scalar(
            "SELECT id FROM message WHERE key = ? AND channel = ? AND thread IS ?
             AND author = ? AND posted_at >= ? AND deleted = 0 ORDER BY id",
        )
        .bind(key)
        .bind(&spot.channel)
        .bind(spot.thread)
        .bind(author)
        .bind(since.timestamp_millis())
        .fetch_all(&mut *self.db().await)
        .await
    }
}

async fn one(db: &mut SqliteConnection, id: i64) -> Result<Option<Message>> {
    sqlx::query("SELECT * FROM message WHERE id = ?")
        .bind(id)
        .fetch_optional(db)
        .await?
        .as_ref()
        .map(read)
        .transpose()
}

fn read(row: &SqliteRow) -> Result<Message> {
    Ok(Message {
        id: row.try_get("id")?,
        spot: Spot {
            channel: row.try_get("channel")?,
            thread: row.try_get("thread")?,
        },
        author: row.try_get("author")?,
        body: from_json(row.try_get("body")?)?,
        posted: instant(row.try_get("posted_at")?)?,
        edited: row
            .try_get::<Option<i64>, _>("edited_at")?
            .map(instant)
            .transpose()?,
        deleted: row.try_get("deleted")?,
        reactions: Vec::new(),
    })
}

/// Hands each reaction to its message; the messages are sorted by number.
fn give(messages: &mut [Message], rows: &[SqliteRow]) -> Result<()> {
    for row in rows {
        let id: i64 = row.try_get("message")?;
        if let Ok(at) = messages.binary_search_by_key(&id, |message| message.id) {
            messages[at]
                .reactions
                .push((row.try_get("emoji")?, row.try_get("account")?));
        }
    }
    Ok(())
}
