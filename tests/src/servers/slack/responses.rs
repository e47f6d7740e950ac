//! Answers to what somebody did: by its own address, or along with the acknowledgement.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use super::methods::chat::says_something;
use super::methods::{Args, Refusal, views};
use super::model::{BOT_USER, Message, Private, Response, Workspace};

/// How often and how long an address may be used.
const USES: u32 = 5;
const LIVES: Duration = Duration::from_mins(30);

/// Takes an answer that came to an address.
pub(super) fn take(
    world: &mut Workspace,
    id: &str,
    said: &Value,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let response = world.responses.get_mut(id).ok_or("used_url")?;
    let age = (now - response.at).to_std().unwrap_or_default();
    if age > LIVES {
        return Err("expired_url".into());
    }
    if response.uses >= USES {
        return Err("used_url".into());
    }
    response.uses += 1;
    let response = response.clone();
    if said["delete_original"] == true {
        world
            .private
            .retain(|it| Some(&it.stamp) != response.of.as_ref());
        return Ok(());
    }
    say(world, &response, said, now)
}

/// Takes words that came along with the acknowledgement of a command.
pub(super) fn say(
    world: &mut Workspace,
    response: &Response,
    said: &Value,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let empty = Map::new();
    let given = said.as_object().unwrap_or(&empty);
    says_something(world, &Args::new(given, now))?;
    let text = said["text"].as_str().unwrap_or_default().to_owned();
    let thread = said["thread_ts"].as_str().map(str::to_owned);
    let thread = thread.or_else(|| response.thread.clone());
    let stamp = world.stamp(now);
    if said["response_type"] == "in_channel" {
        let mut message = Message::new(stamp.clone(), BOT_USER);
        message.text = text;
        message.blocks = said["blocks"].clone();
        message.thread = thread;
        if let Some(channel) = world.channels.get_mut(&response.channel) {
            channel.messages.insert(stamp, message);
        }
        return Ok(());
    }
    let replaced = said["replace_original"] == true;
    let old = world
        .private
        .iter_mut()
        .find(|it| Some(&it.stamp) == response.of.as_ref());
    if let (true, Some(old)) = (replaced, old) {
        old.text = text;
        old.blocks = said["blocks"].clone();
        return Ok(());
    }
    world.private.push(Private {
        user: response.user.clone(),
        channel: response.channel.clone(),
        thread,
        stamp,
        text,
        blocks: said["blocks"].clone(),
    });
    Ok(())
}

/// What an acknowledged form says to the modal it came from.
pub(super) fn submitted(
    world: &mut Workspace,
    user: &str,
    said: &Value,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    match said["response_action"].as_str() {
        None => {
            if let Some(stack) = world.screens.modals.get_mut(user) {
                stack.pop();
            }
        }
        Some("clear") => drop(world.screens.modals.remove(user)),
        Some("errors") => {
            let stack = world.screens.modals.get_mut(user);
            let view = stack.and_then(|it| it.last_mut()).ok_or("not_found")?;
            let errors = said["errors"].as_object().filter(|it| !it.is_empty());
            let errors = errors.ok_or("invalid_errors")?;
            let blocks = view.blocks().to_vec();
            let known = |name: &String| {
                let mut inputs = blocks.iter().filter(|it| it["type"] == "input");
                inputs.any(|it| it["block_id"] == name.as_str())
            };
            if !errors.keys().all(known) {
                return Err("errors_name_no_input".into());
            }
            let words = |(name, words): (&String, &Value)| {
                (name.clone(), words.as_str().unwrap_or_default().to_owned())
            };
            view.errors = errors.iter().map(words).collect();
        }
        Some("update") => {
            let new = views::read(world, said["view"].clone(), now)?;
            let stack = world.screens.modals.get_mut(user);
            let old = stack.and_then(|it| it.last_mut()).ok_or("not_found")?;
            views::replace(old, new);
        }
        Some("push") => {
            let view = views::read(world, said["view"].clone(), now)?;
            views::lay(world, user, view)?;
        }
        Some(other) => {
            let more = json!({ "response_action": other });
            let code = "invalid_response_action".to_owned();
            return Err(Refusal { code, more });
        }
    }
    Ok(())
}
