//! Answers to people: within three seconds, once, and for a quarter of an hour after that.

use std::time::Duration;

use serde_json::{Value, json};

use super::messages::rewrite;
use super::{Call, Done, mistake, nothing, ok, refuse};
use crate::servers::discord::model::{BOT, GUILD, Interaction, MODERN, Message, PRIVATE, World};
use crate::servers::discord::shared::House;
use crate::servers::discord::{check, draw};

const IN_TIME: Duration = Duration::from_secs(3);
const TOKEN_HOLDS: Duration = Duration::from_mins(15);

pub(super) fn perform(shared: &House, call: &Call, body: &Value) -> Done {
    let now = call.at;
    if call.name == "callback" {
        let found = shared.world().interactions.get(call.part(1)).cloned();
        let Some(it) = found.filter(|it| it.token == call.part(2)) else {
            return refuse(404, 10062, "Unknown interaction");
        };
        if it.answered.is_some() {
            return refuse(400, 40060, "Interaction has already been acknowledged.");
        }
        if now > it.born + IN_TIME {
            return refuse(404, 10062, "Unknown interaction");
        }
        return first(shared, call, &it, body);
    }
    let found = {
        let world = shared.world();
        let mut all = world.interactions.iter();
        let found = all.find(|(_, it)| it.token == call.part(2));
        found.map(|(id, it)| (id.clone(), it.clone()))
    };
    let Some((id, it)) = found.filter(|(_, it)| now <= it.born + TOKEN_HOLDS) else {
        return refuse(401, 50027, "Invalid Webhook Token");
    };
    let Some(shown) = it.shown.clone() else {
        return refuse(404, 10008, "Unknown Message");
    };
    if call.name == "delete original" {
        let mut world = shared.world();
        world.messages.remove(&shown.parse().unwrap_or_default());
        if let Some(it) = world.interactions.get_mut(&id) {
            it.shown = None;
        }
        drop(world);
        shared.changed();
        return nothing();
    }
    let knows = shared.world().components;
    if body["flags"].as_u64().unwrap_or_default() & MODERN != 0 && !knows {
        return refuse(400, 50035, "Invalid Form Body");
    }
    match rewrite(shared, &shown, body) {
        Ok(message) => {
            let private = it.on.as_deref() != Some(shown.as_str());
            if private {
                let words = draw::body(&message.body);
                shared.world().told.push((it.by, words));
            }
            ok(shared.world().shown(&message))
        }
        Err(what) => mistake(shared, call, &what),
    }
}

fn first(shared: &House, call: &Call, it: &Interaction, body: &Value) -> Done {
    let (kind, data) = (body["type"].as_u64().unwrap_or_default(), &body["data"]);
    let fits = match kind {
        4 | 5 => it.kind != 4,
        6 | 7 => it.kind == 3 || it.kind == 5 && it.on.is_some(),
        8 => it.kind == 4,
        9 => matches!(it.kind, 2 | 3),
        _ => false,
    };
    if !fits {
        return mistake(shared, call, &format!("{kind} is no answer to {}", it.kind));
    }
    let knows = shared.world().components;
    let modern = data["flags"].as_u64().unwrap_or_default() & MODERN != 0;
    if matches!(kind, 4 | 7) && modern && !knows {
        return refuse(400, 50035, "Invalid Form Body");
    }
    let judged = match kind {
        4 => check::message(data, knows),
        9 => check::modal(data),
        8 => choices(data),
        _ => Ok(()),
    };
    if let Err(what) = judged {
        return mistake(shared, call, &what);
    }
    let private = data["flags"].as_u64().unwrap_or_default() & PRIVATE != 0;
    if matches!(kind, 4 | 5) && !private {
        return mistake(shared, call, "everybody would see an answer to one person");
    }
    if let (7, Some(on)) = (kind, &it.on)
        && let Err(what) = rewrite(shared, on, data)
    {
        return mistake(shared, call, &what);
    }
    let mut world = shared.world();
    let shown = match kind {
        4 | 5 => {
            let message = private_message(&mut world, shared, it, data);
            let id = message.id.clone();
            world
                .messages
                .insert(id.parse().unwrap_or_default(), message);
            Some(id)
        }
        6 | 7 => it.on.clone(),
        _ => None,
    };
    if kind == 4 {
        world.told.push((it.by.clone(), draw::body(data)));
    }
    let answer = told(&world, (call.part(1), it), kind, shown.as_deref());
    if let Some(known) = world.interactions.get_mut(call.part(1)) {
        known.took = Some(call.at.saturating_sub(it.born));
        (known.answered, known.data, known.shown) = (Some(kind), data.clone(), shown);
    }
    drop(world);
    shared.changed();
    // Discord tells what became of it to whoever asks.
    match call.asked("with_response") {
        Some("true" | "1") => ok(answer),
        Some(_) | None => nothing(),
    }
}

/// What became of an answer.
fn told(world: &World, (id, it): (&str, &Interaction), kind: u64, shown: Option<&str>) -> Value {
    let mut interaction = json!({
        "id": id, "type": it.kind, "channel_id": it.channel, "guild_id": GUILD,
    });
    let mut resource = json!({ "type": kind });
    let message = shown.and_then(|id| world.message(id));
    if let Some(message) = message.filter(|_| matches!(kind, 4 | 5 | 7)) {
        interaction["response_message_id"] = json!(message.id);
        interaction["response_message_loading"] = json!(kind == 5);
        interaction["response_message_ephemeral"] = json!(message.only.is_some());
        resource["message"] = world.shown(message);
    }
    json!({ "interaction": interaction, "resource": resource })
}

fn private_message(world: &mut World, shared: &House, it: &Interaction, data: &Value) -> Message {
    Message {
        id: world.id(shared.clock.now()),
        channel: it.channel.clone(),
        author: BOT.to_owned(),
        body: data.clone(),
        edited: None,
        called: Vec::new(),
        reactions: Vec::new(),
        files: Vec::new(),
        nonce: None,
        pinned: false,
        only: Some(it.by.clone()),
    }
}

fn choices(data: &Value) -> Result<(), String> {
    let all = data["choices"].as_array().map_or(&[][..], Vec::as_slice);
    let length = |it: &Value| it.as_str().map_or(0, |it| it.chars().count());
    let good = |it: &Value| {
        (1..=100).contains(&length(&it["name"])) && (1..=100).contains(&length(&it["value"]))
    };
    if all.len() > 25 || !all.iter().all(good) {
        return Err(json!(all).to_string());
    }
    Ok(())
}
