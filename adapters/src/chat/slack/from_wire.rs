//! What Slack delivers, as what somebody did and the way to answer them.
//!
//! Payloads are read field by field: what is missing or new in one must not lose
//! what somebody did.

mod event;
mod interaction;
#[cfg(test)]
mod tests;
mod words;

use serde_json::Value;

use crate::chat::{Act, ChannelId, MessageRef, PlaceRef, UserId};

pub(super) use interaction::KEEP;
pub(super) use words::emoji;

/// Something a person did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) by: UserId,
    pub(super) act: Act,
    pub(super) back: Back,
}

/// The ways to answer somebody alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Back {
    /// How they were heard.
    pub(super) from: From,
    /// Where a private message goes without naming a channel; five times, for half an hour.
    pub(super) response_url: Option<String>,
    /// Lets one form open, for three seconds.
    pub(super) trigger: Option<String>,
    /// The channel they were in.
    pub(super) channel: Option<ChannelId>,
    /// The thread they were in.
    pub(super) thread: Option<MessageRef>,
}

/// How somebody was heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum From {
    /// By an event: nothing waits for an answer.
    #[default]
    Event,
    /// By a slash command: a private answer may come with the receipt.
    Command,
    /// By a button, a menu or a shortcut.
    Press,
    /// By a form that was sent in: its mistakes may come with the receipt.
    Form,
    /// By looking at the bot's own page.
    Home,
}

/// What a delivery is to the bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// Somebody did something.
    Heard(Box<Heard>),
    /// Nothing the bot cares about.
    Nothing,
}

/// Reads a delivery; `own` is the bot's own account, where known.
pub(super) fn read(kind: &str, payload: &Value, own: Option<&str>) -> Read {
    let heard = match kind {
        "events_api" => event::read(payload, own),
        "slash_commands" => command(payload),
        "interactive" => interaction::read(payload),
        _ => None,
    };
    heard.map_or(Read::Nothing, |it| Read::Heard(Box::new(it)))
}

/// `/release …`. Slack has no threads for slash commands.
fn command(payload: &Value) -> Option<Heard> {
    let channel = ChannelId(text(&payload["channel_id"])?);
    Some(Heard {
        by: UserId(text(&payload["user_id"])?),
        act: Act::Said {
            place: PlaceRef {
                channel: channel.clone(),
                thread: None,
            },
            text: words::typed(payload["text"].as_str().unwrap_or_default()),
        },
        back: Back {
            from: From::Command,
            response_url: text(&payload["response_url"]),
            trigger: text(&payload["trigger_id"]),
            channel: Some(channel),
            thread: None,
        },
    })
}

/// A text that says something.
fn text(value: &Value) -> Option<String> {
    let text = value.as_str().filter(|it| !it.is_empty())?;
    Some(text.to_owned())
}

/// A message by its channel and time stamp.
fn message(channel: &ChannelId, ts: &Value) -> Option<MessageRef> {
    Some(MessageRef {
        channel: channel.clone(),
        id: text(ts)?,
    })
}

/// The thread a message is in; a first message is in none.
fn thread(channel: &ChannelId, message: &Value) -> Option<MessageRef> {
    let first = &message["thread_ts"];
    if *first == message["ts"] {
        return None;
    }
    self::message(channel, first)
}
