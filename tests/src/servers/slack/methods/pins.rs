//! `pins.*`: what a channel keeps in sight.

use serde_json::{Value, json};

use super::super::model::{BOT_USER, Workspace};
use super::chat::known;
use super::{Args, Method, Refusal, Tier, needed};

/// How many a channel keeps.
const MOST: usize = 100;

pub(super) const METHODS: &[Method] = &[
    Method {
        name: "pins.add",
        tier: Tier::Two,
        scopes: &["pins:write"],
        json: true,
        takes: &[needed("channel"), needed("timestamp")],
        run: add,
    },
    Method {
        name: "pins.remove",
        tier: Tier::Two,
        scopes: &["pins:write"],
        json: true,
        takes: &[needed("channel"), needed("timestamp")],
        run: remove,
    },
    Method {
        name: "pins.list",
        tier: Tier::Two,
        scopes: &["pins:read"],
        json: false,
        takes: &[needed("channel")],
        run: list,
    },
];

fn add(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let id = inside(world, args)?;
    let stamp = args.need("timestamp");
    let message = world.message(&id, stamp);
    message.filter(|it| !it.gone).ok_or("message_not_found")?;
    let channel = world.channels.get_mut(&id).ok_or("channel_not_found")?;
    if channel.pins.iter().any(|it| it == stamp) {
        return Err("already_pinned".into());
    }
    if channel.pins.len() >= MOST {
        return Err("too_many_pins".into());
    }
    channel.pins.push(stamp.to_owned());
    Ok(json!({}))
}

fn remove(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let id = inside(world, args)?;
    let stamp = args.need("timestamp");
    let channel = world.channels.get_mut(&id).ok_or("channel_not_found")?;
    let at = channel.pins.iter().position(|it| it == stamp);
    let at = at.ok_or(if channel.messages.contains_key(stamp) {
        "not_pinned"
    } else {
        "message_not_found"
    })?;
    channel.pins.remove(at);
    Ok(json!({}))
}

fn list(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let id = inside(world, args)?;
    let channel = &world.channels[&id];
    let pinned = channel.pins.iter().rev();
    let items = pinned
        .filter_map(|it| channel.messages.get(it))
        .map(|it| json!({ "type": "message", "channel": id, "created": 1, "message": it.told() }));
    Ok(json!({ "items": items.collect::<Vec<_>>() }))
}

fn inside(world: &Workspace, args: &Args<'_>) -> Result<String, Refusal> {
    let id = known(world, args.need("channel"))?;
    if world.channels[&id].members.contains(BOT_USER) {
        return Ok(id);
    }
    Err("not_in_channel".into())
}
