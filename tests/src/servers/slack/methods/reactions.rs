//! `reactions.*`: who stands on a message with which emoji.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::super::model::{BOT_USER, Reacted, Workspace};
use super::chat::known;
use super::{Args, Method, Refusal, Tier, flag, needed};

/// How many users an answer names, unless all are asked for.
const NAMED: usize = 50;

pub(super) const METHODS: &[Method] = &[
    Method {
        name: "reactions.add",
        tier: Tier::Three,
        scopes: &["reactions:write"],
        json: true,
        takes: &[needed("channel"), needed("timestamp"), needed("name")],
        run: add,
    },
    Method {
        name: "reactions.remove",
        tier: Tier::Two,
        scopes: &["reactions:write"],
        json: true,
        takes: &[needed("channel"), needed("timestamp"), needed("name")],
        run: remove,
    },
    Method {
        name: "reactions.get",
        tier: Tier::Three,
        scopes: &["reactions:read"],
        json: false,
        takes: &[needed("channel"), needed("timestamp"), flag("full")],
        run: get,
    },
];

/// Emoji that have a second name; Slack keeps the first.
const ALIASES: [(&str, &str); 4] = [
    ("thumbsup", "+1"),
    ("thumbsdown", "-1"),
    ("heavy_check_mark_button", "white_check_mark"),
    (
        "negative_squared_cross_mark_button",
        "negative_squared_cross_mark",
    ),
];

fn add(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let id = known(world, args.need("channel"))?;
    if !world.channels[&id].members.contains(BOT_USER) {
        return Err("not_in_channel".into());
    }
    let on = (id.as_str(), args.need("timestamp"));
    react(world, on, (BOT_USER, args.need("name")), args.now)?;
    Ok(json!({}))
}

fn remove(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let id = known(world, args.need("channel"))?;
    let on = (id.as_str(), args.need("timestamp"));
    unreact(world, on, (BOT_USER, args.need("name")), args.now)?;
    Ok(json!({}))
}

fn get(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let id = known(world, args.need("channel"))?;
    let message = world.message(&id, args.need("timestamp"));
    let message = message.filter(|it| !it.gone).ok_or("message_not_found")?;
    let mut told = message.told();
    if let Some(reactions) = told["reactions"]
        .as_array_mut()
        .filter(|_| !args.flag("full"))
    {
        for reaction in reactions {
            if let Some(users) = reaction["users"].as_array_mut() {
                users.truncate(NAMED);
            }
        }
    }
    told["permalink"] = json!(format!("https://ship.example.com/archives/{id}"));
    Ok(json!({ "type": "message", "channel": id, "message": told }))
}

/// Puts an emoji on a message as somebody, and tells the app.
pub(crate) fn react(
    world: &mut Workspace,
    (channel, stamp): (&str, &str),
    (user, name): (&str, &str),
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let name = canonical(name)?;
    let message = world.message_mut(channel, stamp).filter(|it| !it.gone);
    let message = message.ok_or("message_not_found")?;
    let author = message.user.clone();
    match message.reactions.iter_mut().find(|it| it.name == name) {
        Some(it) if it.users.iter().any(|it| it == user) => return Err("already_reacted".into()),
        Some(it) => it.users.push(user.to_owned()),
        None => message.reactions.push(Reacted {
            name: name.clone(),
            users: vec![user.to_owned()],
        }),
    }
    let event = event("reaction_added", (channel, stamp), (user, &name), &author);
    tell(world, event, now);
    Ok(())
}

/// Takes somebody's emoji off a message, and tells the app.
pub(crate) fn unreact(
    world: &mut Workspace,
    (channel, stamp): (&str, &str),
    (user, name): (&str, &str),
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let name = canonical(name)?;
    let message = world.message_mut(channel, stamp).filter(|it| !it.gone);
    let message = message.ok_or("message_not_found")?;
    let author = message.user.clone();
    let reacted = message.reactions.iter_mut().find(|it| it.name == name);
    let reacted = reacted.ok_or("no_reaction")?;
    let at = reacted
        .users
        .iter()
        .position(|it| it == user)
        .ok_or("no_reaction")?;
    reacted.users.remove(at);
    message.reactions.retain(|it| !it.users.is_empty());
    let event = event("reaction_removed", (channel, stamp), (user, &name), &author);
    tell(world, event, now);
    Ok(())
}

fn tell(world: &mut Workspace, mut event: Value, now: DateTime<Utc>) {
    event["event_ts"] = json!(world.stamp(now));
    world.tell(&event, now);
}

fn event(kind: &str, on: (&str, &str), by: (&str, &str), author: &str) -> Value {
    json!({
        "type": kind, "user": by.0, "reaction": by.1, "item_user": author,
        "item": { "type": "message", "channel": on.0, "ts": on.1 },
    })
}

/// The name Slack keeps; it knows no emoji of such characters otherwise.
fn canonical(name: &str) -> Result<String, Refusal> {
    let (plain, tone) = name.split_once("::").unwrap_or((name, ""));
    let fits = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || "_-+'".contains(it);
    if plain.is_empty() || !plain.chars().all(fits) {
        return Err("invalid_name".into());
    }
    if !tone.is_empty() && !tone.starts_with("skin-tone-") {
        return Err("invalid_name".into());
    }
    let known = ALIASES.iter().find(|(alias, _)| *alias == plain);
    let plain = known.map_or(plain, |(_, name)| name);
    if tone.is_empty() {
        return Ok(plain.to_owned());
    }
    Ok(format!("{plain}::{tone}"))
}
