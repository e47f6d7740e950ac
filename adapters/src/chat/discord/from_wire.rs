//! What Discord sends, as acts of people.

mod interaction;
mod words;

use serde_json::Value;

pub(super) use interaction::Own;
pub(super) use words::{emoji, sign};

use super::commands::Commands;
use crate::chat::{Act, ChannelId, MessageRef, PlaceRef, UserId};

/// Somebody did something.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Heard {
    pub(super) by: UserId,
    pub(super) act: Act,
    pub(super) back: Back,
}

/// The way back to that person.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Back {
    pub(super) from: From,
    /// Where they were: a channel or a thread.
    pub(super) channel: ChannelId,
}

/// How they did it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum From {
    /// A message or an emoji: nothing private can be said at once.
    Event,
    /// A command.
    Command(Ticket),
    /// A command that is not finished; how far its last word begins in the line.
    Completing(Ticket, usize),
    /// A button or a menu.
    Press(Ticket),
    /// A form; whether it hangs on a message.
    Form(Ticket, bool),
}

/// What an answer is sent with, within its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ticket {
    pub(super) id: String,
    pub(super) application: String,
    pub(super) token: String,
}

/// What came of reading.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Read {
    Heard(Box<Heard>),
    /// One of the bot's own buttons, which mean nothing outside of Discord.
    Own(Box<Own>),
    /// Emoji are gone that nobody took off: what stands must be read.
    Cleared,
    Nothing,
}

impl From {
    pub(super) fn ticket(&self) -> Option<&Ticket> {
        match self {
            Self::Event => None,
            Self::Command(ticket)
            | Self::Completing(ticket, _)
            | Self::Press(ticket)
            | Self::Form(ticket, _) => Some(ticket),
        }
    }
}

/// Reads an event. Programs are not heard, the bot itself least of all.
pub(super) fn read(kind: &str, data: &Value, own: Option<&str>, commands: &Commands) -> Read {
    let heard = match kind {
        "INTERACTION_CREATE" => return interaction::read(data, commands),
        "MESSAGE_CREATE" => mention(data, own),
        "MESSAGE_REACTION_ADD" => reaction(data, own, true),
        "MESSAGE_REACTION_REMOVE" => reaction(data, own, false),
        "MESSAGE_REACTION_REMOVE_ALL" | "MESSAGE_REACTION_REMOVE_EMOJI" => return Read::Cleared,
        _ => None,
    };
    heard.map_or(Read::Nothing, |it| Read::Heard(Box::new(it)))
}

/// A message that calls the bot. Only of such does Discord show the words.
fn mention(data: &Value, own: Option<&str>) -> Option<Heard> {
    let own = own?;
    let is_program = data["author"]["bot"] == Value::Bool(true) || !data["webhook_id"].is_null();
    let mut called = data["mentions"].as_array().into_iter().flatten();
    if is_program || !called.any(|it| it["id"] == own) {
        return None;
    }
    let channel = ChannelId(text(&data["channel_id"])?);
    Some(Heard {
        by: UserId(text(&data["author"]["id"])?),
        act: Act::Said {
            place: PlaceRef {
                channel: channel.clone(),
                thread: None,
            },
            text: words::addressed(data["content"].as_str().unwrap_or_default(), own),
        },
        back: Back {
            from: From::Event,
            channel,
        },
    })
}

fn reaction(data: &Value, own: Option<&str>, added: bool) -> Option<Heard> {
    let by = text(&data["user_id"])?;
    let is_program = data["member"]["user"]["bot"] == Value::Bool(true);
    if is_program || own == Some(by.as_str()) {
        return None;
    }
    let channel = ChannelId(text(&data["channel_id"])?);
    let on = MessageRef {
        channel: channel.clone(),
        id: text(&data["message_id"])?,
    };
    Some(Heard {
        by: UserId(by),
        act: Act::Reacted {
            on,
            emoji: emoji(&data["emoji"])?,
            added,
        },
        back: Back {
            from: From::Event,
            channel,
        },
    })
}

/// A text that says something.
fn text(value: &Value) -> Option<String> {
    let text = value.as_str().filter(|it| !it.is_empty())?;
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn heard(kind: &str, data: &Value) -> Option<(String, Act)> {
        match read(kind, data, Some("1"), &Commands::default()) {
            Read::Heard(it) => Some((it.by.0, it.act)),
            Read::Own(_) | Read::Cleared | Read::Nothing => None,
        }
    }

    #[test]
    fn reactions_of_people_are_heard_and_no_others() {
        let data = |user: &str, more: Value| {
            let mut data = json!({
                "user_id": user, "channel_id": "5", "message_id": "6", "guild_id": "2",
                "emoji": { "id": null, "name": "✅" },
            });
            if let (Some(data), Value::Object(more)) = (data.as_object_mut(), more) {
                data.extend(more);
            }
            data
        };
        let (by, act) = heard("MESSAGE_REACTION_ADD", &data("7", json!({}))).unwrap();
        assert_eq!(by, "7");
        assert!(
            matches!(act, Act::Reacted { emoji, added: true, .. } if emoji == "white_check_mark")
        );
        let own = data("1", json!({}));
        let program = data("7", json!({ "member": { "user": { "bot": true } } }));
        let custom = data("7", json!({ "emoji": { "id": "99", "name": "✅" } }));
        for nothing in [own, program, custom] {
            assert_eq!(heard("MESSAGE_REACTION_ADD", &nothing), None);
        }
    }

    #[test]
    fn words_are_heard_that_call_the_bot() {
        let data = |mentions: Value, more: Value| {
            let mut data = json!({
                "channel_id": "5", "content": "<@1> status", "mentions": mentions,
                "author": { "id": "7" },
            });
            if let (Some(data), Value::Object(more)) = (data.as_object_mut(), more) {
                data.extend(more);
            }
            data
        };
        let (_, act) = heard("MESSAGE_CREATE", &data(json!([{ "id": "1" }]), json!({}))).unwrap();
        assert!(matches!(act, Act::Said { text, .. } if text == "status"));
        let other = data(json!([{ "id": "8" }]), json!({}));
        let webhook = data(json!([{ "id": "1" }]), json!({ "webhook_id": "3" }));
        let bot = data(
            json!([{ "id": "1" }]),
            json!({ "author": { "id": "7", "bot": true } }),
        );
        for nothing in [other, webhook, bot] {
            assert_eq!(heard("MESSAGE_CREATE", &nothing), None);
        }
    }
}
