//! `chat.*`: messages everybody sees, and lines one person sees.

use serde_json::{Value, json};

use super::super::blocks::{self, Surface};
use super::super::model::{BOT_USER, Message, Private, Workspace};
use super::{Args, Method, Refusal, Tier, flag, needed, structure, words};

/// The longest a message may be, after which Slack refuses it.
const TEXT: usize = 40_000;

pub(super) const METHODS: &[Method] = &[
    Method {
        name: "chat.postMessage",
        tier: Tier::Post,
        scopes: &["chat:write"],
        json: true,
        takes: &[
            needed("channel"),
            words("text"),
            structure("blocks"),
            structure("attachments"),
            structure("metadata"),
            words("thread_ts"),
            flag("reply_broadcast"),
            flag("unfurl_links"),
            flag("unfurl_media"),
            flag("mrkdwn"),
            flag("link_names"),
            words("parse"),
        ],
        run: post,
    },
    Method {
        name: "chat.update",
        tier: Tier::Three,
        scopes: &["chat:write"],
        json: true,
        takes: &[
            needed("channel"),
            needed("ts"),
            words("text"),
            structure("blocks"),
            structure("attachments"),
            structure("metadata"),
            flag("reply_broadcast"),
            flag("link_names"),
            words("parse"),
        ],
        run: update,
    },
    Method {
        name: "chat.delete",
        tier: Tier::Three,
        scopes: &["chat:write"],
        json: true,
        takes: &[needed("channel"), needed("ts")],
        run: delete,
    },
    Method {
        name: "chat.postEphemeral",
        tier: Tier::Four,
        scopes: &["chat:write"],
        json: true,
        takes: &[
            needed("channel"),
            needed("user"),
            words("text"),
            structure("blocks"),
            structure("attachments"),
            words("thread_ts"),
            flag("link_names"),
            words("parse"),
        ],
        run: post_ephemeral,
    },
    Method {
        name: "chat.getPermalink",
        tier: Tier::Special,
        scopes: &[],
        json: false,
        takes: &[needed("channel"), needed("message_ts")],
        run: permalink,
    },
];

fn post(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let id = writable(world, args.need("channel"))?;
    says_something(world, args)?;
    let thread = args.words("thread_ts");
    if let Some(thread) = thread {
        // Slack starts a thread on nothing; a program that asks for that is mistaken.
        let parent = world.message(&id, thread).ok_or("thread_not_found")?;
        if parent.thread.is_some() {
            return Err("cannot_reply_to_message".into());
        }
    }
    let stamp = world.stamp(args.now);
    let mut message = Message::new(stamp.clone(), BOT_USER);
    message.thread = thread.map(str::to_owned);
    fill(&mut message, args)?;
    let told = message.told();
    world.channels.entry(id.clone()).and_modify(|it| {
        it.messages.insert(stamp.clone(), message);
    });
    Ok(json!({ "channel": id, "ts": stamp, "message": told }))
}

fn update(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let id = writable(world, args.need("channel"))?;
    says_something(world, args)?;
    let stamp = args.need("ts");
    let message = world.message_mut(&id, stamp).ok_or("message_not_found")?;
    if message.gone {
        return Err("message_not_found".into());
    }
    if !message.is_own() {
        return Err("cant_update_message".into());
    }
    fill(message, args)?;
    message.edits += 1;
    Ok(json!({ "channel": id, "ts": stamp, "text": message.text, "message": message.told() }))
}

fn delete(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let id = known(world, args.need("channel"))?;
    let stamp = args.need("ts");
    let message = world.message(&id, stamp).ok_or("message_not_found")?;
    if message.gone {
        return Err("message_not_found".into());
    }
    if !message.is_own() {
        return Err("cant_delete_message".into());
    }
    let channel = world.channels.get_mut(&id).ok_or("channel_not_found")?;
    let has_thread = channel
        .messages
        .values()
        .any(|it| it.thread.as_deref() == Some(stamp));
    channel.pins.retain(|it| it != stamp);
    match channel.messages.get_mut(stamp) {
        Some(message) if has_thread => {
            *message = Message::new(stamp.to_owned(), "USLACKBOT");
            "This message was deleted.".clone_into(&mut message.text);
            message.gone = true;
        }
        _ => drop(channel.messages.remove(stamp)),
    }
    Ok(json!({ "channel": id, "ts": stamp }))
}

fn post_ephemeral(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let id = writable(world, args.need("channel"))?;
    let user = args.need("user");
    if !world.channels[&id].members.contains(user) {
        return Err("user_not_in_channel".into());
    }
    says_something(world, args)?;
    let stamp = world.stamp(args.now);
    world.private.push(Private {
        user: user.to_owned(),
        channel: id,
        thread: args.words("thread_ts").map(str::to_owned),
        stamp: stamp.clone(),
        text: args.words("text").unwrap_or_default().to_owned(),
        blocks: args.structure("blocks"),
    });
    Ok(json!({ "message_ts": stamp }))
}

fn permalink(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let id = known(world, args.need("channel"))?;
    let stamp = args.need("message_ts");
    world.message(&id, stamp).ok_or("message_not_found")?;
    let path = stamp.replace('.', "");
    let permalink = format!("https://ship.example.com/archives/{id}/p{path}");
    Ok(json!({ "channel": id, "permalink": permalink }))
}

/// Words and blocks of a call, held against the limits.
pub(crate) fn says_something(world: &Workspace, args: &Args<'_>) -> Result<(), Refusal> {
    let text = args.words("text").unwrap_or_default();
    let written = args.structure("blocks");
    let none = written.as_array().is_none_or(Vec::is_empty);
    if text.is_empty() && none && args.structure("attachments").is_null() {
        return Err("no_text".into());
    }
    if text.chars().count() > TEXT {
        return Err("msg_too_long".into());
    }
    if written.is_null() {
        return Ok(());
    }
    let mistakes = blocks::check(&written, Surface::Message, world.rules.native_blocks);
    if mistakes.is_empty() {
        return Ok(());
    }
    Err(Refusal::with("invalid_blocks", &mistakes))
}

fn fill(message: &mut Message, args: &Args<'_>) -> Result<(), Refusal> {
    args.words("text")
        .unwrap_or_default()
        .clone_into(&mut message.text);
    message.blocks = args.structure("blocks");
    blocks::name(&mut message.blocks, &message.stamp);
    let metadata = args.structure("metadata");
    if metadata.is_null() {
        return Ok(());
    }
    if !metadata["event_type"].is_string() || !metadata["event_payload"].is_object() {
        return Err("metadata_must_be_sent_from_app".into());
    }
    message.metadata = Some(metadata);
    Ok(())
}

/// A channel the bot may write in.
fn writable(world: &Workspace, channel: &str) -> Result<String, Refusal> {
    let id = known(world, channel)?;
    let channel = &world.channels[&id];
    if channel.archived {
        return Err("is_archived".into());
    }
    if !channel.members.contains(BOT_USER) {
        return Err("not_in_channel".into());
    }
    Ok(id)
}

/// A channel the bot can see.
pub(super) fn known(world: &Workspace, channel: &str) -> Result<String, Refusal> {
    let found = world.channels.get(channel).ok_or("channel_not_found")?;
    if found.private && !found.members.contains(BOT_USER) {
        return Err("channel_not_found".into());
    }
    Ok(channel.to_owned())
}
