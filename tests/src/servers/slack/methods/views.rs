//! `views.*`: modals on somebody's screen, and home tabs.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::super::blocks;
use super::super::model::{View, Workspace};
use super::{Args, Form, Method, Refusal, Tier, argument, needed, words};

/// How many modals may lie on each other.
const DEEPEST: usize = 3;

pub(super) const METHODS: &[Method] = &[
    Method {
        name: "views.open",
        tier: Tier::Four,
        scopes: &[],
        json: true,
        takes: &[needed("trigger_id"), VIEW],
        run: open,
    },
    Method {
        name: "views.push",
        tier: Tier::Four,
        scopes: &[],
        json: true,
        takes: &[needed("trigger_id"), VIEW],
        run: push,
    },
    Method {
        name: "views.update",
        tier: Tier::Four,
        scopes: &[],
        json: true,
        takes: &[VIEW, words("view_id"), words("external_id"), words("hash")],
        run: update,
    },
    Method {
        name: "views.publish",
        tier: Tier::Four,
        scopes: &[],
        json: true,
        takes: &[needed("user_id"), VIEW, words("hash")],
        run: publish,
    },
];

const VIEW: super::Argument = argument("view", Form::Structure, true);

fn open(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let view = modal(world, args)?;
    let user = trigger(world, args)?;
    let told = view.told(&Map::new());
    world.screens.modals.insert(user, vec![view]);
    Ok(json!({ "view": told }))
}

fn push(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let view = modal(world, args)?;
    let user = trigger(world, args)?;
    let told = lay(world, &user, view)?;
    Ok(json!({ "view": told }))
}

/// Lays a modal on those that are open.
pub(crate) fn lay(world: &mut Workspace, user: &str, mut view: View) -> Result<Value, Refusal> {
    let stack = world.screens.modals.entry(user.to_owned()).or_default();
    let Some(below) = stack.last() else {
        return Err("not_found".into());
    };
    if stack.len() >= DEEPEST {
        return Err("push_limit_reached".into());
    }
    view.previous = Some(below.id.clone());
    view.root.clone_from(&below.root);
    let told = view.told(&Map::new());
    stack.push(view);
    Ok(told)
}

fn update(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let new = modal(world, args)?;
    let id = args.words("view_id").unwrap_or_default();
    let external = args.words("external_id");
    if id.is_empty() && external.is_none() {
        return Err("invalid_arguments".into());
    }
    let old = world.screens.find(id, external).ok_or("not_found")?;
    if args.words("hash").is_some_and(|hash| hash != old.hash) {
        return Err("hash_conflict".into());
    }
    replace(old, new);
    Ok(json!({ "view": old.told(&Map::new()) }))
}

/// Another modal in the place of one; it keeps its id.
pub(crate) fn replace(old: &mut View, new: View) {
    old.body = new.body;
    old.hash = new.hash;
    old.errors.clear();
}

fn publish(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let body = args.structure("view");
    let mistakes = blocks::check_view(&body, "home", world.rules.native_blocks);
    if !mistakes.is_empty() {
        return Err(Refusal::with("invalid_arguments", &mistakes));
    }
    let user = args.need("user_id");
    if !world.users.contains_key(user) {
        return Err("user_not_found".into());
    }
    let old = world.screens.homes.get(user);
    let stale = args.words("hash").zip(old);
    if stale.is_some_and(|(hash, old)| hash != old.hash) {
        return Err("hash_conflict".into());
    }
    let view = made(world, body, args.now);
    let told = view.told(&Map::new());
    world.screens.homes.insert(user.to_owned(), view);
    Ok(json!({ "view": told }))
}

fn modal(world: &mut Workspace, args: &Args<'_>) -> Result<View, Refusal> {
    read(world, args.structure("view"), args.now)
}

/// A modal the app wrote, held against the limits.
pub(crate) fn read(
    world: &mut Workspace,
    body: Value,
    now: DateTime<Utc>,
) -> Result<View, Refusal> {
    let mistakes = blocks::check_view(&body, "modal", world.rules.native_blocks);
    if !mistakes.is_empty() {
        return Err(Refusal::with("invalid_arguments", &mistakes));
    }
    Ok(made(world, body, now))
}

fn made(world: &mut Workspace, mut body: Value, now: DateTime<Utc>) -> View {
    let id = format!("V0{:08}", world.next());
    blocks::name(&mut body["blocks"], &id);
    let hash = format!("{}.{}", now.timestamp(), world.next());
    View::new(id, body, hash)
}

/// Uses a trigger up; says whose screen it is for.
fn trigger(world: &mut Workspace, args: &Args<'_>) -> Result<String, Refusal> {
    let lives = world.rules.trigger;
    let trigger = world.triggers.get_mut(args.need("trigger_id"));
    let trigger = trigger.ok_or("invalid_trigger_id")?;
    if trigger.used {
        return Err("exchanged_trigger_id".into());
    }
    let age = (args.now - trigger.at).to_std().unwrap_or_default();
    if age > lives {
        return Err("expired_trigger_id".into());
    }
    trigger.used = true;
    Ok(trigger.user.clone())
}
