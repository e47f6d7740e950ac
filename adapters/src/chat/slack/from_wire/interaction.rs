//! Buttons, menus, forms and shortcuts.

use serde_json::Value;

use super::{Back, From, Heard, message, text, thread, words};
use crate::chat::slack::to_wire::{Origin, SAY_AGAIN};
use crate::chat::{Act, ChannelId, MessageRef, PlaceRef, UserId};

/// The shortcut on messages that keeps one.
pub(in crate::chat::slack) const KEEP: &str = "keep_message";

/// Reads what was pressed, sent in or picked.
pub(super) fn read(payload: &Value) -> Option<Heard> {
    let by = UserId(text(&payload["user"]["id"])?);
    match payload["type"].as_str()? {
        "block_actions" => pressed(by, payload),
        "view_submission" => submitted(by, payload),
        "message_action" if payload["callback_id"] == KEEP => kept(by, payload),
        _ => None,
    }
}

fn pressed(by: UserId, payload: &Value) -> Option<Heard> {
    let action = &payload["actions"][0];
    let value = text(&action["value"]).or_else(|| text(&action["selected_option"]["value"]))?;
    let container = &payload["container"];
    let channel = text(&container["channel_id"]).or_else(|| text(&payload["channel"]["id"]));
    let channel = channel.map(ChannelId);
    let first = text(&container["thread_ts"]).or_else(|| text(&payload["message"]["thread_ts"]));
    let stamp = text(&container["message_ts"]).or_else(|| text(&payload["message"]["ts"]));
    let thread = channel.as_ref().zip(first).map(|(channel, id)| MessageRef {
        channel: channel.clone(),
        id,
    });
    // A page at home and a modal have buttons, and are no messages.
    let on = MessageRef {
        channel: channel.clone().unwrap_or_else(|| ChannelId(String::new())),
        id: stamp.unwrap_or_default(),
    };
    let act = if action["action_id"] == SAY_AGAIN {
        let place = PlaceRef {
            channel: channel.clone()?,
            thread: thread.clone(),
        };
        Act::Said { place, text: value }
    } else {
        Act::Pressed { on, action: value }
    };
    Some(Heard {
        by,
        act,
        back: Back {
            from: From::Press,
            response_url: text(&payload["response_url"]),
            trigger: text(&payload["trigger_id"]),
            channel,
            thread,
        },
    })
}

fn submitted(by: UserId, payload: &Value) -> Option<Heard> {
    let view = &payload["view"];
    let carried = view["private_metadata"].as_str()?;
    let Origin {
        form,
        channel,
        thread,
    } = serde_json::from_str(carried).ok()?;
    let thread = channel
        .as_ref()
        .zip(thread)
        .map(|(channel, id)| MessageRef {
            channel: channel.clone(),
            id,
        });
    Some(Heard {
        by,
        act: Act::Submitted {
            form,
            values: values(&view["state"]["values"]),
        },
        back: Back {
            from: From::Form,
            response_url: None,
            trigger: text(&payload["trigger_id"]),
            channel,
            thread,
        },
    })
}

/// Names and answers, one of each block.
fn values(blocks: &Value) -> Vec<(String, String)> {
    let blocks = blocks.as_object().into_iter().flatten();
    blocks
        .filter_map(|(name, answers)| {
            let answer = answers.as_object()?.values().next()?;
            Some((name.clone(), answered(answer)))
        })
        .collect()
}

fn answered(answer: &Value) -> String {
    let picked = &answer["selected_option"]["value"];
    let ticked = &answer["selected_options"][0]["value"];
    let typed = answer["value"].as_str().or_else(|| picked.as_str());
    let typed = typed.or_else(|| ticked.as_str()).unwrap_or_default();
    typed.replace("\r\n", "\n")
}

fn kept(by: UserId, payload: &Value) -> Option<Heard> {
    let channel = ChannelId(text(&payload["channel"]["id"])?);
    let said = &payload["message"];
    let stamp = if said["ts"].is_null() {
        &payload["message_ts"]
    } else {
        &said["ts"]
    };
    let thread = thread(&channel, said);
    Some(Heard {
        by,
        act: Act::Kept {
            on: message(&channel, stamp)?,
            thread: thread.clone(),
            text: words::typed(said["text"].as_str().unwrap_or_default()),
        },
        back: Back {
            from: From::Press,
            response_url: text(&payload["response_url"]),
            trigger: text(&payload["trigger_id"]),
            channel: Some(channel),
            thread,
        },
    })
}
