//! The Web API's methods: what each takes and needs, and where it is done.

pub(super) mod chat;
mod conversations;
mod files;
mod groups;
mod pins;
mod reactions;
pub(super) mod views;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

pub(super) use self::files::bring;
pub(super) use self::reactions::{react, unreact};
use super::model::{APP, BOT, BOT_USER, TEAM, Workspace};

/// A method.
pub(super) struct Method {
    pub(super) name: &'static str,
    /// How often a minute it may be called; Slack's documentation calls these tiers.
    pub(super) tier: Tier,
    /// Any one of these is enough; none is needed if there are none.
    pub(super) scopes: &'static [&'static str],
    /// Whether it reads a JSON body; Slack's reading methods do not.
    pub(super) json: bool,
    pub(super) takes: &'static [Argument],
    run: Run,
}

/// Slack's tiers: at least this many calls a minute are let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tier {
    /// 20.
    Two,
    /// 50.
    Three,
    /// 100.
    Four,
    /// One a second in each channel.
    Post,
    /// Several hundred.
    Special,
}

/// An argument of a method.
pub(super) struct Argument {
    pub(super) name: &'static str,
    pub(super) form: Form,
    pub(super) needed: bool,
}

/// What an argument's value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Words,
    Number,
    Flag,
    /// Written as a JSON string where the call itself is no JSON.
    Structure,
}

type Run = fn(&mut Workspace, &Args<'_>) -> Result<Value, Refusal>;

/// What a method was called with.
pub(super) struct Args<'a> {
    given: &'a Map<String, Value>,
    pub(super) now: DateTime<Utc>,
}

/// Slack's own error code, and what else it says.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) code: String,
    pub(super) more: Value,
}

impl Refusal {
    pub(super) fn with(code: &str, messages: &[String]) -> Self {
        let more = json!({ "response_metadata": { "messages": messages } });
        Self {
            code: code.to_owned(),
            more,
        }
    }
}

impl From<&str> for Refusal {
    fn from(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            more: Value::Null,
        }
    }
}

impl<'a> Args<'a> {
    pub(super) fn new(given: &'a Map<String, Value>, now: DateTime<Utc>) -> Self {
        Self { given, now }
    }

    pub(super) fn words(&self, name: &str) -> Option<&'a str> {
        self.given.get(name).and_then(Value::as_str)
    }

    /// A needed argument; that it is there has been checked.
    pub(super) fn need(&self, name: &str) -> &'a str {
        self.words(name).unwrap_or_default()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.given.get(name).and_then(Value::as_bool) == Some(true)
    }

    pub(super) fn number(&self, name: &str) -> Option<u64> {
        self.given.get(name).and_then(Value::as_u64)
    }

    pub(super) fn structure(&self, name: &str) -> Value {
        self.given.get(name).cloned().unwrap_or(Value::Null)
    }
}

/// A method by its name.
pub(super) fn find(name: &str) -> Option<&'static Method> {
    let lists = [
        OWN,
        chat::METHODS,
        conversations::METHODS,
        files::METHODS,
        groups::METHODS,
        pins::METHODS,
        reactions::METHODS,
        views::METHODS,
    ];
    lists.into_iter().flatten().find(|it| it.name == name)
}

impl Method {
    /// Does it, or says why not.
    pub(super) fn run(&self, world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
        (self.run)(world, args)
    }
}

const OWN: &[Method] = &[
    Method {
        name: "auth.test",
        tier: Tier::Special,
        scopes: &[],
        json: true,
        takes: &[],
        run: auth_test,
    },
    Method {
        name: "api.test",
        tier: Tier::Four,
        scopes: &[],
        json: true,
        takes: &[words("error"), words("foo")],
        run: |_, args| match args.words("error") {
            Some(error) => Err(error.into()),
            None => Ok(json!({ "args": args.given })),
        },
    },
];

#[expect(
    clippy::unnecessary_wraps,
    reason = "every method is called the same way"
)]
fn auth_test(world: &mut Workspace, _: &Args<'_>) -> Result<Value, Refusal> {
    let user = world.users.get(BOT_USER).map(|it| it.name.as_str());
    Ok(json!({
        "url": "https://ship.example.com/", "team": "Ship", "user": user,
        "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT, "app_id": APP,
        "is_enterprise_install": false,
    }))
}

const fn words(name: &'static str) -> Argument {
    argument(name, Form::Words, false)
}

const fn needed(name: &'static str) -> Argument {
    argument(name, Form::Words, true)
}

const fn number(name: &'static str) -> Argument {
    argument(name, Form::Number, false)
}

const fn flag(name: &'static str) -> Argument {
    argument(name, Form::Flag, false)
}

const fn structure(name: &'static str) -> Argument {
    argument(name, Form::Structure, false)
}

const fn argument(name: &'static str, form: Form, needed: bool) -> Argument {
    Argument { name, form, needed }
}
