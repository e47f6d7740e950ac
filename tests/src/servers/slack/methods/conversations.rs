//! `conversations.*`: channels, who is in them, and what was said.

use serde_json::{Value, json};

use super::super::model::{BOT_USER, Channel, Message, TEAM, Workspace};
use super::chat::known;
use super::{Args, Method, Refusal, Tier, flag, needed, number, words};

const READ: &[&str] = &["channels:read", "groups:read", "im:read", "mpim:read"];
const HISTORY: &[&str] = &["channels:history", "groups:history", "im:history"];

/// How many messages a page of history has if nobody says.
const PAGE: u64 = 100;

pub(super) const METHODS: &[Method] = &[
    Method {
        name: "conversations.info",
        tier: Tier::Three,
        scopes: READ,
        json: false,
        takes: &[
            needed("channel"),
            flag("include_locale"),
            flag("include_num_members"),
        ],
        run: info,
    },
    Method {
        name: "conversations.members",
        tier: Tier::Four,
        scopes: READ,
        json: false,
        takes: &[needed("channel"), number("limit"), words("cursor")],
        run: members,
    },
    Method {
        name: "conversations.history",
        tier: Tier::Three,
        scopes: HISTORY,
        json: false,
        takes: &[
            needed("channel"),
            words("latest"),
            words("oldest"),
            flag("inclusive"),
            number("limit"),
            words("cursor"),
            flag("include_all_metadata"),
        ],
        run: history,
    },
    Method {
        name: "conversations.replies",
        tier: Tier::Three,
        scopes: HISTORY,
        json: false,
        takes: &[
            needed("channel"),
            needed("ts"),
            words("latest"),
            words("oldest"),
            flag("inclusive"),
            number("limit"),
            words("cursor"),
            flag("include_all_metadata"),
        ],
        run: replies,
    },
    Method {
        name: "conversations.join",
        tier: Tier::Three,
        scopes: &["channels:join"],
        json: true,
        takes: &[needed("channel")],
        run: join,
    },
    Method {
        name: "conversations.open",
        tier: Tier::Three,
        scopes: &["im:write", "mpim:write"],
        json: true,
        takes: &[words("channel"), words("users"), flag("return_im")],
        run: open,
    },
];

fn info(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let id = known(world, args.need("channel"))?;
    scoped(world, &id, &["channels:read", "groups:read"])?;
    Ok(json!({ "channel": told(&id, &world.channels[&id]) }))
}

fn told(id: &str, channel: &Channel) -> Value {
    json!({
        "id": id, "name": channel.name, "name_normalized": channel.name,
        "is_channel": !channel.private, "is_group": channel.private, "is_im": false,
        "is_mpim": false, "is_private": channel.private, "created": 1_700_000_000,
        "is_archived": channel.archived, "is_general": false, "unlinked": 0,
        "is_shared": channel.shared, "is_ext_shared": channel.shared, "is_org_shared": false,
        "is_pending_ext_shared": false, "pending_shared": [],
        "is_member": channel.members.contains(BOT_USER), "creator": "U0ANA",
        "context_team_id": TEAM, "num_members": channel.members.len(),
        "topic": { "value": "", "creator": "", "last_set": 0 },
        "purpose": { "value": "", "creator": "", "last_set": 0 },
        "previous_names": [],
    })
}

fn members(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let id = known(world, args.need("channel"))?;
    let all: Vec<&String> = world.channels[&id].members.iter().collect();
    let (page, cursor) = page(&all, args)?;
    Ok(json!({ "members": page, "response_metadata": { "next_cursor": cursor } }))
}

fn history(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let id = readable(world, args.need("channel"))?;
    let messages = world.channels[&id].messages.values();
    // Newest first, and no replies: so Slack has it.
    let top = messages
        .rev()
        .filter(|it| it.thread.is_none() && within(it, args));
    let all: Vec<Value> = top.map(|it| shown(it, args)).collect();
    let (page, cursor) = page(&all, args)?;
    let more = !cursor.is_empty();
    Ok(json!({
        "messages": page, "has_more": more, "pin_count": world.channels[&id].pins.len(),
        "response_metadata": { "next_cursor": cursor },
    }))
}

fn replies(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let id = readable(world, args.need("channel"))?;
    let stamp = args.need("ts");
    let parent = world.message(&id, stamp).ok_or("thread_not_found")?;
    let thread = parent.thread.clone().unwrap_or_else(|| stamp.to_owned());
    let messages = world.channels[&id].messages.values();
    let inside = messages.filter(|it| {
        let is_parent = it.stamp == thread;
        is_parent || (it.thread.as_deref() == Some(&thread) && within(it, args))
    });
    let all: Vec<Value> = inside.map(|it| shown(it, args)).collect();
    let (page, cursor) = page(&all, args)?;
    let more = !cursor.is_empty();
    Ok(json!({
        "messages": page, "has_more": more, "response_metadata": { "next_cursor": cursor },
    }))
}

/// A channel whose words the bot may read.
fn readable(world: &Workspace, channel: &str) -> Result<String, Refusal> {
    let id = known(world, channel)?;
    scoped(world, &id, &["channels:history", "groups:history"])?;
    if world.channels[&id].members.contains(BOT_USER) {
        return Ok(id);
    }
    Err("not_in_channel".into())
}

/// Public and private channels have a scope each.
fn scoped(world: &Workspace, id: &str, scopes: &[&str; 2]) -> Result<(), Refusal> {
    let wanted = scopes[usize::from(world.channels[id].private)];
    if world.rules.scopes.contains(wanted) {
        return Ok(());
    }
    let provided: Vec<&str> = world.rules.scopes.iter().map(String::as_str).collect();
    Err(Refusal {
        code: "missing_scope".to_owned(),
        more: json!({ "needed": wanted, "provided": provided.join(",") }),
    })
}

fn within(message: &Message, args: &Args<'_>) -> bool {
    let inclusive = args.flag("inclusive");
    let stamp = micros(&message.stamp);
    let after = args.words("oldest").is_none_or(|it| {
        let oldest = micros(it);
        stamp > oldest || (inclusive && stamp == oldest)
    });
    let before = args.words("latest").is_none_or(|it| {
        let latest = micros(it);
        stamp < latest || (inclusive && stamp == latest)
    });
    after && before
}

/// A stamp as a number, whatever its digits.
fn micros(stamp: &str) -> i64 {
    let (whole, part) = stamp.split_once('.').unwrap_or((stamp, ""));
    let digits: String = part.chars().chain("000000".chars()).take(6).collect();
    let whole: i64 = whole.parse().unwrap_or_default();
    whole * 1_000_000 + digits.parse::<i64>().unwrap_or_default()
}

fn shown(message: &Message, args: &Args<'_>) -> Value {
    let mut told = message.told();
    match &message.metadata {
        Some(metadata) if args.flag("include_all_metadata") => {
            told["metadata"] = metadata.clone();
        }
        // Without the switch, only what kind it is.
        Some(metadata) => told["metadata"] = json!({ "event_type": metadata["event_type"] }),
        None => {}
    }
    told
}

/// A page of a list, and the name of the next one.
fn page<T: Clone>(all: &[T], args: &Args<'_>) -> Result<(Vec<T>, String), Refusal> {
    let limit = args.number("limit").unwrap_or(PAGE);
    if limit == 0 || limit > 1000 {
        return Err("invalid_limit".into());
    }
    let from = match args.words("cursor") {
        None | Some("") => 0,
        Some(cursor) => cursor
            .strip_prefix("next:")
            .and_then(|it| it.parse().ok())
            .ok_or("invalid_cursor")?,
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let page: Vec<T> = all.iter().skip(from).take(limit).cloned().collect();
    let next = from + page.len();
    let cursor = if next < all.len() {
        format!("next:{next}")
    } else {
        String::new()
    };
    Ok((page, cursor))
}

fn join(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let id = known(world, args.need("channel"))?;
    let channel = world.channels.get_mut(&id).ok_or("channel_not_found")?;
    if channel.private {
        return Err("method_not_supported_for_channel_type".into());
    }
    if channel.archived {
        return Err("is_archived".into());
    }
    let new = channel.members.insert(BOT_USER.to_owned());
    let told = told(&id, channel);
    if !new {
        return Ok(json!({ "channel": told, "warning": "already_in_channel" }));
    }
    let event = json!({
        "type": "member_joined_channel", "user": BOT_USER, "channel": id,
        "channel_type": "C", "team": TEAM, "event_ts": world.stamp(args.now),
    });
    world.tell(&event, args.now);
    Ok(json!({ "channel": told }))
}

fn open(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let user = args.words("users").ok_or("users_list_not_supplied")?;
    if !world.users.contains_key(user) {
        return Err("user_not_found".into());
    }
    let id = user.replacen('U', "D", 1);
    Ok(json!({ "no_op": true, "already_open": true, "channel": { "id": id } }))
}
