//! Messages, threads, reactions and pins.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Call, Done, mistake, nothing, ok, refuse};
use crate::servers::discord::check;
use crate::servers::discord::model::{BOT, CHANNEL, GUILD, MODERN, Message};
use crate::servers::discord::shapes::add;
use crate::servers::discord::shared::House;

/// The permissions, by their bits.
const SEND: u64 = 1 << 11;
const ADD_REACTIONS: u64 = 1 << 6;
const PIN: u64 = 1 << 51;
const THREADS: u64 = 1 << 35;

pub(super) fn perform(
    shared: &House,
    call: &Call,
    body: &Value,
    files: Vec<(String, String)>,
) -> Done {
    let channel = call.part(1);
    if !shared.world().is_channel(channel) {
        return refuse(404, 10003, "Unknown Channel");
    }
    let needed = match call.name {
        "post" => SEND,
        "react" => ADD_REACTIONS,
        "pin" | "unpin" => PIN,
        "thread" => THREADS,
        _ => 0,
    };
    if shared.world().permissions & needed != needed {
        return refuse(403, 50013, "Missing Permissions");
    }
    match call.name {
        "post" => return post(shared, call, body, files),
        "list" => return list(shared, call),
        _ => {}
    }
    let id = if matches!(call.name, "pin" | "unpin") {
        call.part(4)
    } else {
        call.part(3)
    };
    let there = shared
        .world()
        .message(id)
        .is_some_and(|it| it.channel == channel);
    if !there {
        return refuse(404, 10008, "Unknown Message");
    }
    let done = on_message(shared, call, body, id);
    shared.changed();
    done
}

fn on_message(shared: &House, call: &Call, body: &Value, id: &str) -> Done {
    match call.name {
        "edit" => edit(shared, call, body, id),
        "thread" => thread(shared, call, body, id),
        "reactors" => reactors(shared, call, id),
        "react" | "unreact" => {
            react(shared, id, (call.part(5), BOT), call.name == "react");
            nothing()
        }
        "delete" => {
            let mut world = shared.world();
            let own = world.message(id).is_some_and(|it| it.author == BOT);
            if !own {
                return refuse(403, 50013, "Missing Permissions");
            }
            world.messages.remove(&id.parse().unwrap_or_default());
            drop(world);
            let gone = json!({ "id": id, "channel_id": call.part(1), "guild_id": GUILD });
            shared.dispatch("MESSAGE_DELETE", &gone);
            nothing()
        }
        "pin" | "unpin" => {
            if let Some(message) = shared.world().message_mut(id) {
                message.pinned = call.name == "pin";
            }
            let pins = json!({
                "channel_id": call.part(1), "guild_id": GUILD, "last_pin_timestamp": null,
            });
            shared.dispatch("CHANNEL_PINS_UPDATE", &pins);
            nothing()
        }
        _ => {
            let world = shared.world();
            let message = world.message(id).map(|it| world.shown(it));
            ok(message.unwrap_or_default())
        }
    }
}

fn post(shared: &House, call: &Call, body: &Value, files: Vec<(String, String)>) -> Done {
    let knows = shared.world().components;
    if body["flags"].as_u64().unwrap_or_default() & MODERN != 0 && !knows {
        return refuse(400, 50035, "Invalid Form Body");
    }
    if files.is_empty()
        && let Err(what) = check::message(body, knows)
    {
        return mistake(shared, call, &what);
    }
    let Some(called) = called(body) else {
        return mistake(shared, call, "whom it may call is not said");
    };
    let nonce = body["nonce"].as_str().map(str::to_owned);
    if nonce.as_ref().is_some_and(|it| it.len() > 25) {
        return mistake(shared, call, "a nonce of more than 25");
    }
    let mut world = shared.world();
    // The same nonce within minutes is the same message.
    if body["enforce_nonce"] == true
        && let Some(there) = world.messages.values().find(|it| it.nonce == nonce)
    {
        return ok(world.shown(there));
    }
    let id = world.id(shared.clock.now());
    let message = Message {
        id: id.clone(),
        channel: call.part(1).to_owned(),
        author: BOT.to_owned(),
        body: numbered(body),
        edited: None,
        called,
        reactions: Vec::new(),
        files,
        nonce: nonce.clone(),
        pinned: false,
        only: None,
    };
    let mut shown = world.shown(&message);
    // Discord tells it once, and does not keep it.
    shown["nonce"] = json!(nonce);
    let mut told = world.told(&message);
    told["nonce"] = json!(nonce);
    world
        .messages
        .insert(id.parse().unwrap_or_default(), message);
    drop(world);
    shared.dispatch("MESSAGE_CREATE", &told);
    ok(shown)
}

/// Whom a message calls: those it lists, and nobody where it lists nobody.
fn called(body: &Value) -> Option<Vec<String>> {
    let allowed = body["allowed_mentions"].as_object()?;
    if allowed.get("parse")?.as_array()?.is_empty() {
        let users = allowed.get("users").and_then(Value::as_array);
        // Ids may be numbers too in what is sent.
        let id = |it: &Value| match it {
            Value::String(id) => Some(id.clone()),
            Value::Number(id) => Some(id.to_string()),
            _ => None,
        };
        return Some(users.into_iter().flatten().filter_map(id).collect());
    }
    None
}

/// Parts without a number get one.
fn numbered(body: &Value) -> Value {
    fn walk(parts: &mut Value, next: &mut u64) {
        for part in parts.as_array_mut().into_iter().flatten() {
            if part["id"].is_null() {
                part["id"] = json!(*next);
                *next += 1;
            }
            if part["components"].is_array() {
                walk(&mut part["components"], next);
            }
        }
    }
    let mut body = body.clone();
    let mut next = 1;
    walk(&mut body["components"], &mut next);
    body
}

fn edit(shared: &House, call: &Call, body: &Value, id: &str) -> Done {
    let own = shared
        .world()
        .message(id)
        .is_some_and(|it| it.author == BOT);
    if !own {
        return refuse(403, 50005, "Cannot edit a message authored by another user");
    }
    match rewrite(shared, id, body) {
        Ok(message) => ok(shared.world().shown(&message)),
        Err(what) => mistake(shared, call, &what),
    }
}

/// Changes a message as an edit says, which whoever sees it is told; what the edit
/// leaves out stays.
pub(super) fn rewrite(shared: &House, id: &str, edit: &Value) -> Result<Message, String> {
    let mut world = shared.world();
    let (knows, now) = (world.components, shared.clock.now());
    let message = world.message_mut(id).ok_or("there is no such message")?;
    let flags = |it: &Value| it["flags"].as_u64().unwrap_or_default();
    let before = flags(&message.body);
    if before & MODERN != 0 && edit["flags"].is_u64() && flags(edit) & MODERN == 0 {
        return Err("a message of components became another".to_owned());
    }
    let mut body = message.body.clone();
    add(&mut body, edit.clone());
    body["flags"] = json!(before | flags(edit));
    check::message(&body, knows)?;
    (message.body, message.edited) = (numbered(&body), Some(now));
    let message = message.clone();
    let told = world.told(&message);
    drop(world);
    match message.only {
        None => shared.dispatch("MESSAGE_UPDATE", &told),
        Some(_) => shared.changed(),
    }
    Ok(message)
}

fn list(shared: &House, call: &Call) -> Done {
    let world = shared.world();
    let limit = call
        .asked("limit")
        .and_then(|it| it.parse().ok())
        .unwrap_or(50);
    if !(1..=100).contains(&limit) {
        drop(world);
        return mistake(shared, call, "the limit is 1 to 100");
    }
    let after = call.asked("after").and_then(|it| it.parse::<u64>().ok());
    let here = world
        .messages
        .range(after.map_or(0, |it| it + 1)..)
        .filter(|(_, it)| it.channel == call.part(1) && it.only.is_none());
    let mut page: Vec<Value> = if after.is_some() {
        here.take(limit).map(|(_, it)| world.shown(it)).collect()
    } else {
        let latest: Vec<_> = here.collect();
        let from = latest.len().saturating_sub(limit);
        let latest = latest[from..].iter();
        latest.map(|(_, it)| world.shown(it)).collect()
    };
    page.reverse();
    ok(json!(page))
}

fn thread(shared: &House, call: &Call, body: &Value, id: &str) -> Done {
    let name = body["name"].as_str().unwrap_or_default();
    if !(1..=100).contains(&name.chars().count()) || call.part(1) != CHANNEL {
        return mistake(shared, call, "a thread's name or place");
    }
    let mut world = shared.world();
    if world.threads.contains_key(id) {
        return refuse(
            400,
            160_004,
            "A thread has already been created for this message",
        );
    }
    world.threads.insert(id.to_owned(), name.to_owned());
    let thread = world.channel(id);
    drop(world);
    let mut told = thread.clone();
    told["newly_created"] = json!(true);
    shared.dispatch("THREAD_CREATE", &told);
    Ok((StatusCode::CREATED, thread))
}

fn reactors(shared: &House, call: &Call, id: &str) -> Done {
    let world = shared.world();
    let limit = call
        .asked("limit")
        .and_then(|it| it.parse().ok())
        .unwrap_or(25);
    let after = call.asked("after").unwrap_or_default();
    if call.asked("type") == Some("1") {
        return ok(json!([]));
    }
    let message = world.message(id);
    let all = message.into_iter().flat_map(|it| &it.reactions);
    let mut people: Vec<&String> = all
        .filter(|(sign, by)| sign == call.part(5) && by.as_str() > after)
        .map(|(_, by)| by)
        .collect();
    people.sort();
    people.truncate(limit);
    ok(people.into_iter().map(|it| world.account(it)).collect())
}

/// Puts an emoji on a message, or takes it off; told if that is news.
pub(in crate::servers::discord) fn react(
    shared: &House,
    id: &str,
    (sign, by): (&str, &str),
    added: bool,
) {
    let mut world = shared.world();
    let Some(message) = world.message_mut(id) else {
        return;
    };
    let own = (sign.to_owned(), by.to_owned());
    let there = message.reactions.contains(&own);
    if there == added {
        return;
    }
    if added {
        message.reactions.push(own);
    } else {
        message.reactions.retain(|it| *it != own);
    }
    let (channel, author) = (message.channel.clone(), message.author.clone());
    let mut data = json!({
        "user_id": by, "channel_id": channel, "message_id": id, "guild_id": GUILD,
        "emoji": { "id": null, "name": sign }, "burst": false, "type": 0,
        "message_author_id": author,
    });
    // Who took one off comes without what they are.
    if added {
        data["member"] = world.member(by);
    }
    drop(world);
    let kind = if added {
        "MESSAGE_REACTION_ADD"
    } else {
        "MESSAGE_REACTION_REMOVE"
    };
    shared.dispatch(kind, &data);
}
