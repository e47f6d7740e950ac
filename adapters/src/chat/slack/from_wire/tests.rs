//! What each delivery means.

use serde_json::json;

use super::*;
use crate::chat::slack::to_wire::{Origin, SAY_AGAIN};

fn heard(kind: &str, payload: &Value) -> Heard {
    match read(kind, payload, Some("U0BOT")) {
        Read::Heard(heard) => *heard,
        Read::Nothing => panic!("nothing was heard in {payload}"),
    }
}

fn event(event: &Value) -> Value {
    json!({ "event_id": "Ev1", "team_id": "T1", "event": event })
}

fn at(id: &str) -> MessageRef {
    MessageRef {
        channel: ChannelId("C1".to_owned()),
        id: id.to_owned(),
    }
}

#[test]
fn a_slash_command_is_said_in_its_channel() {
    let payload = json!({
        "command": "/release", "text": "new &lt;x&gt; <http://a.example|a.example>",
        "user_id": "U1", "channel_id": "C1", "trigger_id": "1.2", "response_url": "https://r",
    });
    let heard = heard("slash_commands", &payload);
    assert_eq!(heard.by, UserId("U1".to_owned()));
    let Act::Said { place, text } = heard.act else {
        panic!("{:?}", heard.act)
    };
    assert_eq!(text, "new <x> a.example");
    assert_eq!(place.thread, None);
    assert_eq!(heard.back.from, From::Command);
    assert_eq!(heard.back.trigger.as_deref(), Some("1.2"));
}

#[test]
fn a_mention_is_said_in_its_thread() {
    let payload = event(&json!({
        "type": "app_mention", "user": "U1", "channel": "C1",
        "text": "<@U0BOT> status", "ts": "2.0", "thread_ts": "1.0",
    }));
    let heard = heard("events_api", &payload);
    let Act::Said { place, text } = heard.act else {
        panic!("{:?}", heard.act)
    };
    assert_eq!((text.as_str(), place.thread), ("status", Some(at("1.0"))));
    let by_a_program = event(&json!({
        "type": "app_mention", "user": "U1", "bot_id": "B1", "channel": "C1",
        "text": "<@U0BOT> status", "ts": "2.0",
    }));
    assert_eq!(read("events_api", &by_a_program, None), Read::Nothing);
}

#[test]
fn reactions_are_hints_with_one_name() {
    for (kind, added) in [("reaction_added", true), ("reaction_removed", false)] {
        let payload = event(&json!({
            "type": kind, "user": "U1", "reaction": "white_check_mark::skin-tone-4",
            "item": { "type": "message", "channel": "C1", "ts": "1.0" },
        }));
        let expected = Act::Reacted {
            on: at("1.0"),
            emoji: "white_check_mark".to_owned(),
            added,
        };
        assert_eq!(heard("events_api", &payload).act, expected);
    }
    let on_a_file = event(&json!({
        "type": "reaction_added", "user": "U1", "reaction": "x", "item": { "type": "file" },
    }));
    assert_eq!(read("events_api", &on_a_file, None), Read::Nothing);
}

#[test]
fn buttons_and_menus_bring_their_value() {
    let press = |action: Value| {
        json!({
            "type": "block_actions", "user": { "id": "U1" }, "trigger_id": "1.2",
            "response_url": "https://r", "actions": [action],
            "container": {
                "type": "message", "channel_id": "C1", "message_ts": "2.0", "thread_ts": "1.0",
            },
        })
    };
    let pressed = |action: &str| Act::Pressed {
        on: at("2.0"),
        action: action.to_owned(),
    };
    let button = press(json!({ "type": "button", "action_id": "b0", "value": "yes:r1" }));
    let heard_button = heard("interactive", &button);
    assert_eq!(heard_button.act, pressed("yes:r1"));
    assert_eq!(heard_button.back.thread, Some(at("1.0")));
    let overflow = press(json!({
        "type": "overflow", "action_id": "more", "selected_option": { "value": "show:r1" },
    }));
    assert_eq!(heard("interactive", &overflow).act, pressed("show:r1"));
    let again = press(json!({ "type": "button", "action_id": SAY_AGAIN, "value": "new shop" }));
    let Act::Said { text, place } = heard("interactive", &again).act else {
        panic!("the command is said again")
    };
    assert_eq!((text.as_str(), place.thread), ("new shop", Some(at("1.0"))));
}

#[test]
fn a_button_at_home_is_on_no_message() {
    let payload = json!({
        "type": "block_actions", "user": { "id": "U1" }, "trigger_id": "1.2",
        "container": { "type": "view", "view_id": "V1" },
        "actions": [{ "action_id": "b0", "value": "say:status" }],
    });
    let heard = heard("interactive", &payload);
    assert!(matches!(heard.act, Act::Pressed { .. }));
    assert_eq!(heard.back.channel, None);
}

#[test]
fn a_form_brings_its_answers_and_where_it_was_asked_for() {
    let origin = Origin {
        form: "plan:shop".to_owned(),
        channel: Some(ChannelId("C1".to_owned())),
        thread: Some("1.0".to_owned()),
    };
    let payload = json!({
        "type": "view_submission", "user": { "id": "U1" }, "trigger_id": "1.2",
        "view": {
            "callback_id": "form",
            "private_metadata": serde_json::to_string(&origin).unwrap(),
            "state": { "values": {
                "why": { "answer": { "type": "plain_text_input", "value": "a\r\nb" } },
                "env": { "answer": { "selected_option": { "value": "staging" } } },
                "sure": { "answer": { "selected_options": [{ "value": "true" }] } },
                "not": { "answer": { "selected_options": [] } },
                "none": { "answer": { "value": null } },
            } },
        },
    });
    let heard = heard("interactive", &payload);
    let Act::Submitted { form, mut values } = heard.act else {
        panic!("{:?}", heard.act)
    };
    values.sort();
    let values: Vec<(&str, &str)> = values
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    assert_eq!(form, "plan:shop");
    let expected = [
        ("env", "staging"),
        ("none", ""),
        ("not", ""),
        ("sure", "true"),
        ("why", "a\nb"),
    ];
    assert_eq!(values, expected);
    assert_eq!(heard.back.thread, Some(at("1.0")));
}

#[test]
fn the_shortcut_keeps_what_a_message_says() {
    let payload = json!({
        "type": "message_action", "callback_id": KEEP, "user": { "id": "U1" },
        "channel": { "id": "C1" }, "trigger_id": "1.2", "response_url": "https://r",
        "message": { "ts": "2.0", "thread_ts": "1.0", "text": "disk &amp; memory" },
    });
    let expected = Act::Kept {
        on: at("2.0"),
        thread: Some(at("1.0")),
        text: "disk & memory".to_owned(),
    };
    assert_eq!(heard("interactive", &payload).act, expected);
}

#[test]
fn visits_and_arrivals_are_heard() {
    let home = event(&json!({ "type": "app_home_opened", "user": "U1", "tab": "home" }));
    assert_eq!(heard("events_api", &home).act, Act::LookedIn);
    let messages = event(&json!({ "type": "app_home_opened", "user": "U1", "tab": "messages" }));
    assert_eq!(read("events_api", &messages, None), Read::Nothing);
    let joined = |user: &str| {
        event(&json!({
            "type": "member_joined_channel", "user": user, "channel": "C1",
        }))
    };
    assert_eq!(heard("events_api", &joined("U0BOT")).act, Act::Connected);
    assert_eq!(
        read("events_api", &joined("U1"), Some("U0BOT")),
        Read::Nothing
    );
}

#[test]
fn what_makes_no_sense_is_nothing() {
    for payload in [
        json!({}),
        json!(null),
        json!([]),
        json!({ "type": "block_actions" }),
    ] {
        for kind in ["events_api", "slash_commands", "interactive", "", "later"] {
            assert_eq!(
                read(kind, &payload, None),
                Read::Nothing,
                "{kind} {payload}"
            );
        }
    }
}
