//! Own messages by their key: the answer to whether a message was sent when nobody
//! knows. Channels are read for this alone.

use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::DiscordChat;
use super::api::Body;
use super::fault::code;
use super::mark::{Known, Mark, nonce};
use super::route::Route;
use super::threads::channel_of;
use crate::chat::keyed::is_named;
use crate::chat::{ChannelId, ChatError, MessageRef, Place};

/// How many messages are read at once, and how often it is read on.
const PAGE: usize = 100;
const PAGES: usize = 30;

/// The moment Discord counts its ids from, in milliseconds.
const EPOCH: i64 = 1_420_070_400_000;

/// Every own message in a place under a key since a time, oldest first.
///
/// Fails if own messages are seen without their marks: then "none" means nothing.
pub(super) async fn by_key(
    chat: &DiscordChat,
    place: &Place,
    key: &str,
    since: DateTime<Utc>,
) -> Result<Vec<MessageRef>, ChatError> {
    let me = chat.home.me(&chat.api).await?;
    let channel = channel_of(place);
    let found = read_all(chat, &channel, since).await?;
    let (mark, nonce) = (Mark::of(key), nonce(key));
    let is_under = |it: &Value| {
        Known::of(it).mark == Some(mark) || it["nonce"] == nonce.as_str() || has_file(it, key)
    };
    let own = |it: &&Value| it["author"]["id"] == me.user.as_str();
    let mut under: Vec<u64> = found
        .iter()
        .filter(own)
        .filter(|it| is_under(it))
        .filter_map(id)
        .collect();
    if under.is_empty() {
        prove_sight(chat, &me.user, &channel, &found).await?;
    }
    under.sort_unstable();
    under.dedup();
    let at = |id: u64| MessageRef {
        channel: channel.clone(),
        id: id.to_string(),
    };
    Ok(under.into_iter().map(at).collect())
}

/// "None" counts only from somebody who would have seen it: some own message must be
/// seen with its mark, here or among the channel's latest. Where the bot has never
/// said anything there is nothing to prove it by.
async fn prove_sight(
    chat: &DiscordChat,
    own: &str,
    channel: &ChannelId,
    found: &[Value],
) -> Result<(), ChatError> {
    if chat.sighted.load(Ordering::Relaxed) {
        return Ok(());
    }
    let latest = page(chat, channel, None).await?;
    let mine: Vec<&Value> = found
        .iter()
        .chain(&latest)
        .filter(|it| it["author"]["id"] == own)
        .filter(|it| it["attachments"].as_array().is_none_or(Vec::is_empty))
        .collect();
    if mine.iter().any(|it| Known::of(it).mark.is_some()) {
        chat.sighted.store(true, Ordering::Relaxed);
    } else if !mine.is_empty() {
        return Err(ChatError::Unknown(
            "own messages are seen without their marks; nothing can be looked up".to_owned(),
        ));
    }
    Ok(())
}

/// Every message of a channel since a time.
async fn read_all(
    chat: &DiscordChat,
    channel: &ChannelId,
    since: DateTime<Utc>,
) -> Result<Vec<Value>, ChatError> {
    let mut found = Vec::new();
    let mut after = first_id(since);
    for _ in 0..PAGES {
        let messages = page(chat, channel, Some(after)).await?;
        let (count, last) = (messages.len(), messages.iter().filter_map(id).max());
        found.extend(messages);
        match last {
            Some(last) if count >= PAGE && last > after => after = last,
            Some(_) | None => return Ok(found),
        }
    }
    Err(ChatError::Unknown(format!(
        "more than {} messages since then; not all were looked at",
        PAGE * PAGES
    )))
}

async fn page(
    chat: &DiscordChat,
    channel: &ChannelId,
    after: Option<u64>,
) -> Result<Vec<Value>, ChatError> {
    let route = Route::list(channel, after, PAGE);
    match chat.api.call(route, Body::Nothing).await {
        Ok(Value::Array(messages)) => Ok(messages),
        Ok(_) => Err(ChatError::Unknown(
            "reading the channel: the answer is no list".to_owned(),
        )),
        // A thread that is not there has no messages.
        Err(fault) if fault.is(&[code::UNKNOWN_CHANNEL]) && *channel != chat.channel => {
            Ok(Vec::new())
        }
        Err(fault) => Err(fault.into()),
    }
}

/// A file that was put there under a key.
fn has_file(message: &Value, key: &str) -> bool {
    let mut files = message["attachments"].as_array().into_iter().flatten();
    files.any(|it| it["filename"].as_str().is_some_and(|it| is_named(it, key)))
}

fn id(message: &Value) -> Option<u64> {
    message["id"].as_str()?.parse().ok()
}

/// The last id there can be before a time.
fn first_id(since: DateTime<Utc>) -> u64 {
    let past = u64::try_from(since.timestamp_millis() - EPOCH).unwrap_or_default();
    (past << 22).saturating_sub(1)
}
