//! Commands, buttons, menus and forms.

use serde_json::Value;

use super::{Back, From, Heard, Read, Ticket, text};
use crate::chat::discord::commands::{self, Commands};
use crate::chat::discord::{kept, to_wire};
use crate::chat::{Act, ChannelId, MessageRef, PlaceRef, UserId};

/// A press of one of the bot's own buttons.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::chat::discord) struct Own {
    pub(in crate::chat::discord) by: UserId,
    pub(in crate::chat::discord) what: kept::Press,
    pub(in crate::chat::discord) on: MessageRef,
    pub(in crate::chat::discord) ticket: Ticket,
}

/// Discord's kinds of interactions.
const COMMAND: u64 = 2;
const COMPONENT: u64 = 3;
const COMPLETING: u64 = 4;
const MODAL: u64 = 5;

/// Its kind of command that stands in a message's menu.
const ON_A_MESSAGE: u64 = 3;

/// Its kinds of channels that are threads.
const THREADS: std::ops::RangeInclusive<u64> = 10..=12;

pub(super) fn read(data: &Value, commands: &Commands) -> Read {
    whole(data, commands).unwrap_or(Read::Nothing)
}

fn whole(data: &Value, commands: &Commands) -> Option<Read> {
    // In a server the person comes as a member; elsewhere nobody is heard.
    let user = &data["member"]["user"];
    if user["bot"] == Value::Bool(true) {
        return None;
    }
    let by = UserId(text(&user["id"])?);
    let ticket = Ticket {
        id: text(&data["id"])?,
        application: text(&data["application_id"])?,
        token: text(&data["token"])?,
    };
    let said = &data["data"];
    let (place, channel) = place(data)?;
    let (act, from) = match data["type"].as_u64()? {
        COMMAND if said["type"].as_u64() == Some(ON_A_MESSAGE) => {
            (kept(said, &place, &channel)?, From::Command(ticket))
        }
        COMMAND => {
            let text = commands::typed(commands, said)?.line;
            (Act::Said { place, text }, From::Command(ticket))
        }
        COMPLETING => {
            let typed = commands::typed(commands, said)?;
            let act = Act::Completing { text: typed.line };
            (act, From::Completing(ticket, typed.at))
        }
        COMPONENT => {
            let on = MessageRef {
                channel: channel.clone(),
                id: text(&data["message"]["id"])?,
            };
            let pressed = text(&said["custom_id"])?;
            if let Some(what) = kept::Press::read(&pressed) {
                let own = Own {
                    by,
                    what,
                    on,
                    ticket,
                };
                return Some(Read::Own(Box::new(own)));
            }
            let action = if pressed == to_wire::MENU_ID {
                text(&said["values"][0])?
            } else {
                pressed
            };
            (Act::Pressed { on, action }, From::Press(ticket))
        }
        MODAL => {
            let act = Act::Submitted {
                form: text(&said["custom_id"])?,
                values: values(&said["components"]),
            };
            (act, From::Form(ticket, data["message"].is_object()))
        }
        _ => return None,
    };
    let back = Back { from, channel };
    Some(Read::Heard(Box::new(Heard { by, act, back })))
}

/// Where it was done: the place, and the channel or thread itself.
fn place(data: &Value) -> Option<(PlaceRef, ChannelId)> {
    let channel = &data["channel"];
    let own = ChannelId(text(&channel["id"]).or_else(|| text(&data["channel_id"]))?);
    let is_thread = channel["type"]
        .as_u64()
        .is_some_and(|it| THREADS.contains(&it));
    let parent = text(&channel["parent_id"])
        .filter(|_| is_thread)
        .map(ChannelId);
    let place = match parent {
        // A thread is named like the message it hangs on.
        Some(parent) => PlaceRef {
            thread: Some(MessageRef {
                channel: parent.clone(),
                id: own.0.clone(),
            }),
            channel: parent,
        },
        None => PlaceRef {
            channel: own.clone(),
            thread: None,
        },
    };
    Some((place, own))
}

/// A message somebody wants kept.
fn kept(said: &Value, place: &PlaceRef, channel: &ChannelId) -> Option<Act> {
    let id = text(&said["target_id"])?;
    let message = &said["resolved"]["messages"][&id];
    let on = MessageRef {
        channel: channel.clone(),
        id,
    };
    Some(Act::Kept {
        on,
        thread: place.thread.clone(),
        text: message["content"].as_str().unwrap_or_default().to_owned(),
    })
}

/// Names and answers, whatever they are wrapped in.
fn values(components: &Value) -> Vec<(String, String)> {
    let mut values = Vec::new();
    let mut open: Vec<&Value> = components.as_array().into_iter().flatten().collect();
    open.reverse();
    while let Some(it) = open.pop() {
        let inside = it["components"].as_array().into_iter().flatten().rev();
        open.extend(inside);
        if it["component"].is_object() {
            open.push(&it["component"]);
        }
        let Some(name) = it["custom_id"].as_str() else {
            continue;
        };
        let picked = it["values"].as_array();
        if name.starts_with(to_wire::TICKS) {
            let ticked = picked.into_iter().flatten().filter_map(Value::as_str);
            values.extend(ticked.map(|it| (it.to_owned(), "true".to_owned())));
        } else if let Some(picked) = picked {
            let first = picked.first().and_then(Value::as_str);
            values.push((name.to_owned(), first.unwrap_or_default().to_owned()));
        } else if let Some(typed) = it["value"].as_str() {
            values.push((name.to_owned(), typed.replace("\r\n", "\n")));
        }
    }
    values
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn answers_are_found_in_labels_and_in_rows() {
        let components = json!([
            { "type": 10 },
            { "type": 18, "component": { "type": 4, "custom_id": "why", "value": "a\r\nb" } },
            { "type": 18, "component": { "type": 3, "custom_id": "release", "values": ["r1"] } },
            { "type": 18, "component": { "type": 3, "custom_id": "~ticksitem1", "values": ["item1", "item3"] } },
            { "type": 1, "components": [{ "type": 4, "custom_id": "env", "value": "production" }] },
        ]);
        let values = values(&components);
        let values: Vec<(&str, &str)> = values
            .iter()
            .map(|(name, it)| (name.as_str(), it.as_str()))
            .collect();
        assert_eq!(
            values,
            [
                ("why", "a\nb"),
                ("release", "r1"),
                ("item1", "true"),
                ("item3", "true"),
                ("env", "production"),
            ]
        );
    }

    #[test]
    fn a_press_in_a_thread_says_which_message_the_thread_hangs_on() {
        let data = json!({
            "id": "1", "application_id": "2", "token": "t", "type": 3,
            "member": { "user": { "id": "7" } },
            "channel": { "id": "60", "type": 11, "parent_id": "5" },
            "message": { "id": "61" },
            "data": { "custom_id": "~menu", "values": ["stop:r1"] },
        });
        let Read::Heard(heard) = read(&data, &Commands::default()) else {
            panic!("it is a press")
        };
        let Act::Pressed { on, action } = &heard.act else {
            panic!("it is a press")
        };
        assert_eq!((on.channel.0.as_str(), on.id.as_str()), ("60", "61"));
        assert_eq!(action, "stop:r1");
        let (place, _) = place(&data).unwrap();
        assert_eq!(place.channel.0, "5");
        assert_eq!(place.thread.unwrap().id, "60");
    }
}
