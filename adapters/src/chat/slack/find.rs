//! Own messages by their key, which is in their metadata: the answer to whether a
//! message was sent when nobody knows. Channels are read for this alone.

use std::sync::atomic::Ordering;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::SlackChat;
use super::method::Method;
use super::people::Own;
use super::port::METADATA;
use crate::chat::keyed::is_named;
use crate::chat::{ChatError, MessageRef, Place};

/// How many messages are read at once, and how often it is read on.
const PAGE: u32 = 200;
const PAGES: usize = 15;

/// Every own message in a place under a key since a time, oldest first.
///
/// Fails if own messages are seen without their keys: then "none" means nothing.
pub(super) async fn by_key(
    chat: &SlackChat,
    place: &Place,
    key: &str,
    since: DateTime<Utc>,
) -> Result<Vec<MessageRef>, ChatError> {
    let own = chat.me.get(&chat.api).await?;
    let found = read_all(chat, place, since).await?;
    let mut under: Vec<MessageRef> = found
        .iter()
        .filter(|it| is_own(it, own))
        .filter_map(|it| {
            let id = if is_keyed(it) && it["metadata"]["event_payload"]["key"] == key {
                it["ts"].as_str()
            } else {
                file(it, key)
            };
            Some(MessageRef {
                channel: place.channel.clone(),
                id: id?.to_owned(),
            })
        })
        .collect();
    if under.is_empty() {
        prove_sight(chat, place, own, &found).await?;
    }
    under.sort_by(|one, other| one.id.cmp(&other.id));
    under.dedup();
    Ok(under)
}

/// "None" counts only from somebody who would have seen it: some own message must
/// be seen with its key, here or among the channel's latest. Where the bot has
/// never said anything there is nothing to prove it by.
async fn prove_sight(
    chat: &SlackChat,
    place: &Place,
    own: &Own,
    found: &[Value],
) -> Result<(), ChatError> {
    if chat.sighted.load(Ordering::Relaxed) {
        return Ok(());
    }
    let arguments = json!({
        "channel": place.channel,
        "include_all_metadata": true,
        "limit": PAGE,
    });
    let latest = chat.api.call(Method::History, arguments).await?;
    let latest = latest["messages"].as_array().into_iter().flatten();
    let mine: Vec<&Value> = found
        .iter()
        .chain(latest)
        .filter(|it| is_own(it, own))
        .collect();
    if mine.iter().any(|it| is_keyed(it)) {
        chat.sighted.store(true, Ordering::Relaxed);
    } else if !mine.is_empty() {
        return Err(ChatError::Unknown(
            "own messages are seen without their metadata; nothing can be looked up".to_owned(),
        ));
    }
    Ok(())
}

/// The file of a message that was put there under a key.
fn file<'a>(message: &'a Value, key: &str) -> Option<&'a str> {
    let files = message["files"].as_array()?;
    let named = |it: &&Value| it["name"].as_str().is_some_and(|it| is_named(it, key));
    files.iter().find(named)?["id"].as_str()
}

fn is_own(message: &Value, own: &Own) -> bool {
    let bot = own.bot.as_deref();
    message["user"] == own.user.as_str() || bot.is_some_and(|bot| message["bot_id"] == bot)
}

fn is_keyed(message: &Value) -> bool {
    message["metadata"]["event_type"] == METADATA
}

/// Every message of a place since a time; of a thread, its first one too.
async fn read_all(
    chat: &SlackChat,
    place: &Place,
    since: DateTime<Utc>,
) -> Result<Vec<Value>, ChatError> {
    let mut found = Vec::new();
    let mut cursor: Option<String> = None;
    for _ in 0..PAGES {
        let mut arguments = json!({
            "channel": place.channel,
            "oldest": format!("{}.{:06}", since.timestamp(), since.timestamp_subsec_micros()),
            "inclusive": true,
            "include_all_metadata": true,
            "limit": PAGE,
        });
        let method = match &place.thread {
            Some(first) => {
                arguments["ts"] = json!(first.id);
                Method::Replies
            }
            None => Method::History,
        };
        if let Some(cursor) = &cursor {
            arguments["cursor"] = json!(cursor);
        }
        let answer = match chat.api.call(method, arguments).await {
            Ok(answer) => answer,
            // A thread that is not there has no messages.
            Err(fault) if fault.is(&["thread_not_found"]) => return Ok(found),
            Err(fault) => return Err(fault.into()),
        };
        let messages = answer["messages"].as_array().cloned();
        let missing = || ChatError::Unknown(format!("{}: no messages", method.name()));
        found.extend(messages.ok_or_else(missing)?);
        let next = answer["response_metadata"]["next_cursor"].as_str();
        cursor = next.filter(|it| !it.is_empty()).map(str::to_owned);
        if cursor.is_none() {
            return Ok(found);
        }
    }
    Err(ChatError::Unknown(format!(
        "more than {} messages since then; not all were looked at",
        PAGE as usize * PAGES
    )))
}
