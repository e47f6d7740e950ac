//! Events: mentions, reactions, visits, and channels the bot comes to.

use serde_json::Value;

use super::{Back, From, Heard, message, text, thread, words};
use crate::chat::{Act, ChannelId, PlaceRef, UserId};

/// Reads what an event tells; nothing if it tells of nobody or nothing.
pub(super) fn read(payload: &Value, own: Option<&str>) -> Option<Heard> {
    let event = &payload["event"];
    let own = payload["authorizations"][0]["user_id"].as_str().or(own);
    match event["type"].as_str()? {
        "app_mention" => mention(event, own),
        "reaction_added" => reaction(event, true),
        "reaction_removed" => reaction(event, false),
        "app_home_opened" => visit(event),
        "member_joined_channel" => joined(event, own),
        _ => None,
    }
}

fn mention(event: &Value, own: Option<&str>) -> Option<Heard> {
    // What programs say is no command, the bot's own words least of all.
    if !event["bot_id"].is_null() {
        return None;
    }
    let channel = ChannelId(text(&event["channel"])?);
    let thread = thread(&channel, event);
    Some(Heard {
        by: UserId(text(&event["user"])?),
        act: Act::Said {
            place: PlaceRef {
                channel: channel.clone(),
                thread: thread.clone(),
            },
            text: words::addressed(event["text"].as_str().unwrap_or_default(), own),
        },
        back: Back {
            channel: Some(channel),
            thread,
            ..Back::default()
        },
    })
}

fn reaction(event: &Value, added: bool) -> Option<Heard> {
    let item = &event["item"];
    if item["type"] != "message" {
        return None;
    }
    let channel = ChannelId(text(&item["channel"])?);
    let on = message(&channel, &item["ts"])?;
    Some(Heard {
        by: UserId(text(&event["user"])?),
        act: Act::Reacted {
            on,
            emoji: words::emoji(event["reaction"].as_str()?),
            added,
        },
        back: Back {
            channel: Some(channel),
            ..Back::default()
        },
    })
}

fn visit(event: &Value) -> Option<Heard> {
    if event["tab"].as_str().is_some_and(|it| it != "home") {
        return None;
    }
    Some(Heard {
        by: UserId(text(&event["user"])?),
        act: Act::LookedIn,
        back: Back {
            from: From::Home,
            ..Back::default()
        },
    })
}

/// The bot itself came to a channel: what happened there before may have been missed.
fn joined(event: &Value, own: Option<&str>) -> Option<Heard> {
    let user = text(&event["user"])?;
    (own == Some(user.as_str())).then(|| Heard {
        by: UserId(user),
        act: Act::Connected,
        back: Back::default(),
    })
}
