//! The calls Discord knows, and what each does.

mod answers;
mod messages;

pub(super) use messages::react;

use std::time::Duration;

use axum::http::{Method, StatusCode, Uri};
use serde_json::{Value, json};

use super::model::World;
use super::shared::House;

/// A call that was read.
pub(super) struct Call {
    /// What it is called in faults and limits.
    pub(super) name: &'static str,
    /// When it was there.
    at: Duration,
    /// What it is counted by.
    pub(super) major: String,
    path: Vec<String>,
    query: Vec<(String, String)>,
}

/// Why it is not done.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: u64,
    pub(super) message: String,
}

type Done = Result<(StatusCode, Value), Refusal>;

/// Which call it is.
pub(super) fn read(method: &Method, uri: &Uri, at: Duration) -> Option<Call> {
    let path = uri.path().strip_prefix("/api/v10/")?;
    let path: Vec<String> = path.split('/').map(decoded).collect();
    let parts: Vec<&str> = path.iter().map(String::as_str).collect();
    let name = match (method.as_str(), parts.as_slice()) {
        ("GET", ["users", "@me"]) => "me",
        ("GET", ["applications", "@me"] | ["oauth2", "applications", "@me"]) => "application",
        ("GET", ["gateway"]) => "gateway address",
        ("GET", ["gateway", "bot"]) => "gateway",
        ("GET", ["channels", _]) => "channel",
        ("PATCH", ["channels", _]) => "wake",
        ("POST", ["channels", _, "messages"]) => "post",
        ("GET", ["channels", _, "messages"]) => "list",
        ("PUT", ["channels", _, "messages", "pins", _]) => "pin",
        ("DELETE", ["channels", _, "messages", "pins", _]) => "unpin",
        ("GET", ["channels", _, "messages", _]) => "read",
        ("PATCH", ["channels", _, "messages", _]) => "edit",
        ("DELETE", ["channels", _, "messages", _]) => "delete",
        ("POST", ["channels", _, "messages", _, "threads"]) => "thread",
        ("PUT", ["channels", _, "messages", _, "reactions", _, "@me"]) => "react",
        ("DELETE", ["channels", _, "messages", _, "reactions", _, "@me"]) => "unreact",
        ("GET", ["channels", _, "messages", _, "reactions", _]) => "reactors",
        ("GET", ["guilds", _, "members", _]) => "member",
        ("GET", ["guilds", _, "roles"]) => "roles",
        ("PUT", ["applications", _, "guilds", _, "commands"]) => "register",
        ("POST", ["interactions", _, _, "callback"]) => "callback",
        ("PATCH", ["webhooks", _, _, "messages", "@original"]) => "edit original",
        ("DELETE", ["webhooks", _, _, "messages", "@original"]) => "delete original",
        _ => return None,
    };
    let query = uri.query().unwrap_or_default();
    let query = form_urlencoded::parse(query.as_bytes()).into_owned();
    Some(Call {
        name,
        at,
        major: path.get(1).cloned().unwrap_or_default(),
        query: query.collect(),
        path,
    })
}

/// Whether it needs the bot's token and has a limit.
pub(super) fn is_counted(call: &Call) -> bool {
    !matches!(call.name, "callback" | "edit original" | "delete original")
}

/// What a call is about: a channel or server, and what in it.
pub(super) fn about(call: &Call) -> String {
    // The tokens of answers are nobody's business.
    if !is_counted(call) {
        return call.part(1).to_owned();
    }
    format!("{} {}", call.part(1), call.part(3))
}

/// Does it.
pub(super) fn perform(
    shared: &House,
    call: &Call,
    body: &Value,
    files: Vec<(String, String)>,
) -> Done {
    match call.name {
        "me" => ok(shared.world().me()),
        "application" => ok(shared.world().application()),
        "gateway address" => ok(json!({ "url": shared.gateway_url(false) })),
        "gateway" => ok(json!({
            "url": shared.gateway_url(false), "shards": 1,
            "session_start_limit": { "total": 1000, "remaining": 990, "reset_after": 14_400_000, "max_concurrency": 1 },
        })),
        "channel" => {
            let world = shared.world();
            if !world.is_channel(call.part(1)) {
                return refuse(404, 10003, "Unknown Channel");
            }
            ok(world.channel(call.part(1)))
        }
        "wake" => ok(shared.world().channel(call.part(1))),
        "member" => {
            let world = shared.world();
            match world.user(call.part(3)) {
                Some(user) if user.member => ok(world.member(call.part(3))),
                Some(_) => refuse(404, 10007, "Unknown Member"),
                None => refuse(404, 10013, "Unknown User"),
            }
        }
        "roles" => ok(shared.world().roles()),
        "register" => {
            let mut world = shared.world();
            let given = body.as_array().into_iter().flatten();
            let all = given.map(|it| {
                let id = world.id(shared.clock.now());
                World::command(it, &id)
            });
            world.commands = all.collect();
            world.registered += 1;
            ok(world.commands.clone())
        }
        "callback" | "edit original" | "delete original" => answers::perform(shared, call, body),
        _ => messages::perform(shared, call, body, files),
    }
}

impl Call {
    fn part(&self, index: usize) -> &str {
        self.path.get(index).map_or("", String::as_str)
    }

    fn asked(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what is done goes well or not")]
fn ok(value: Value) -> Done {
    Ok((StatusCode::OK, value))
}

#[expect(clippy::unnecessary_wraps, reason = "what is done goes well or not")]
fn nothing() -> Done {
    Ok((StatusCode::NO_CONTENT, Value::Null))
}

fn refuse(status: u16, code: u64, message: &str) -> Done {
    Err(Refusal {
        status,
        code,
        message: message.to_owned(),
    })
}

/// What a program that knows Discord does not send.
fn mistake(shared: &House, call: &Call, what: &str) -> Done {
    shared.violation(format!("{}: {what}", call.name));
    refuse(400, 50035, "Invalid Form Body")
}

fn decoded(part: &str) -> String {
    let with = format!("x={}", part.replace('+', "%2B"));
    let mut pairs = form_urlencoded::parse(with.as_bytes());
    pairs
        .next()
        .map(|(_, it)| it.into_owned())
        .unwrap_or_default()
}
