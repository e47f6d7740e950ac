//! What a workspace consists of.

mod message;
mod people;
mod view;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

pub(super) use self::message::{Message, Private, Reacted};
pub(super) use self::people::{Group, Kind, User};
pub(super) use self::view::{Screens, View};

/// The ids everybody in these tests knows.
pub(super) const TEAM: &str = "T0SHIP";
pub(super) const STRANGERS: &str = "T0OTHER";
pub(super) const APP: &str = "A0SHIPBELL";
pub(super) const BOT_USER: &str = "U0SHIPBELL";
pub(super) const BOT: &str = "B0SHIPBELL";

/// One workspace, and what the app may do in it.
pub(super) struct Workspace {
    pub(super) users: BTreeMap<String, User>,
    pub(super) groups: BTreeMap<String, Group>,
    pub(super) channels: BTreeMap<String, Channel>,
    pub(super) screens: Screens,
    pub(super) private: Vec<Private>,
    pub(super) files: BTreeMap<String, File>,
    pub(super) triggers: BTreeMap<String, Trigger>,
    pub(super) responses: BTreeMap<String, Response>,
    pub(super) rules: Rules,
    /// What the app is yet to hear of.
    pub(super) happened: VecDeque<Value>,
    /// Where files are brought.
    pub(super) base: String,
    last_stamp: i64,
    made: u64,
}

/// How this workspace treats the app.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    /// What the bot's token may do.
    pub(super) scopes: BTreeSet<String>,
    /// The events the app is told.
    pub(super) events: BTreeSet<String>,
    /// Whether it knows `plan`, `container`, `data_table` and their like.
    pub(super) native_blocks: bool,
    /// How long a trigger may be used.
    pub(super) trigger: Duration,
    /// Whether the bot's token still counts.
    pub(super) revoked: bool,
}

/// A channel.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    pub(super) name: String,
    pub(super) private: bool,
    /// Whether another organisation is in it.
    pub(super) shared: bool,
    pub(super) archived: bool,
    pub(super) members: BTreeSet<String>,
    /// By their stamps; threads are among them.
    pub(super) messages: BTreeMap<String, Message>,
    /// Newest last.
    pub(super) pins: Vec<String>,
}

/// A file that was asked for, brought, and shared.
#[derive(Clone, Debug, Default)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) length: u64,
    pub(super) content: Option<Vec<u8>>,
    pub(super) shared: bool,
}

/// The right to open one view.
#[derive(Clone, Debug)]
pub(super) struct Trigger {
    pub(super) user: String,
    pub(super) at: DateTime<Utc>,
    pub(super) used: bool,
}

/// The right to answer what somebody did.
#[derive(Clone, Debug)]
pub(super) struct Response {
    pub(super) user: String,
    pub(super) channel: String,
    pub(super) thread: Option<String>,
    /// The private line it can replace.
    pub(super) of: Option<String>,
    pub(super) at: DateTime<Utc>,
    pub(super) uses: u32,
}

impl Workspace {
    /// The team of these tests, in its two channels.
    pub(super) fn new(rules: Rules) -> Self {
        let users = people::all();
        let everybody: BTreeSet<String> = users.keys().cloned().collect();
        let ours = |id: &String| users[id].team == TEAM && users[id].kind != Kind::Guest;
        let members: BTreeSet<String> = everybody.iter().filter(|id| ours(id)).cloned().collect();
        let channels = [
            ("C0RELEASE", channel("release", everybody)),
            ("C0GENERAL", channel("general", without_bot(&members))),
            ("G0SECRET", secret(without_bot(&members))),
        ];
        Self {
            groups: people::groups(),
            channels: channels.map(|(id, it)| (id.to_owned(), it)).into(),
            users,
            screens: Screens::default(),
            private: Vec::new(),
            files: BTreeMap::new(),
            triggers: BTreeMap::new(),
            responses: BTreeMap::new(),
            rules,
            happened: VecDeque::new(),
            base: String::new(),
            last_stamp: 0,
            made: 0,
        }
    }

    /// A number nothing else has.
    pub(super) fn next(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// A message's name: the moment, and never the same twice.
    pub(super) fn stamp(&mut self, now: DateTime<Utc>) -> String {
        self.last_stamp = now.timestamp_micros().max(self.last_stamp + 1);
        format!(
            "{}.{:06}",
            self.last_stamp / 1_000_000,
            self.last_stamp % 1_000_000
        )
    }

    /// A channel's id by its name.
    pub(super) fn channel_named(&self, name: &str) -> Option<String> {
        let found = self.channels.iter().find(|(_, it)| it.name == name);
        found.map(|(id, _)| id.clone())
    }

    /// A user's id by their name.
    pub(super) fn user_named(&self, name: &str) -> Option<String> {
        let found = self.users.iter().find(|(_, it)| it.name == name);
        found.map(|(id, _)| id.clone())
    }

    pub(super) fn message(&self, channel: &str, stamp: &str) -> Option<&Message> {
        self.channels.get(channel)?.messages.get(stamp)
    }

    pub(super) fn message_mut(&mut self, channel: &str, stamp: &str) -> Option<&mut Message> {
        self.channels.get_mut(channel)?.messages.get_mut(stamp)
    }

    /// The right to open a view, for what somebody just did.
    pub(super) fn trigger(&mut self, user: &str, now: DateTime<Utc>) -> String {
        let id = format!("{}.{}.{:032x}", self.next(), now.timestamp(), self.next());
        let trigger = Trigger {
            user: user.to_owned(),
            at: now,
            used: false,
        };
        self.triggers.insert(id.clone(), trigger);
        id
    }

    /// The address to answer what somebody just did.
    pub(super) fn response(&mut self, response: Response) -> String {
        let id = format!("{}x{:08x}", self.next(), self.made);
        let address = format!("{}/response/{id}", self.base);
        self.responses.insert(id, response);
        address
    }

    /// Tells the app of an event, if it asked for such and is where it happened.
    pub(super) fn tell(&mut self, event: &Value, now: DateTime<Utc>) {
        let kind = event["type"].as_str().unwrap_or_default();
        let place = match &event["item"]["channel"] {
            Value::String(channel) => Some(channel.as_str()),
            _ => event["channel"].as_str(),
        };
        let channel = place.and_then(|id| self.channels.get(id));
        let hears = channel.is_none_or(|it| it.members.contains(BOT_USER));
        if !self.rules.events.contains(kind) || !hears {
            return;
        }
        let shared = channel.is_some_and(|it| it.shared);
        let number = self.next();
        self.happened.push_back(json!({
            "token": "legacy-verification-token",
            "team_id": TEAM,
            "context_team_id": TEAM,
            "context_enterprise_id": null,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": format!("Ev0{number:08}"),
            "event_time": now.timestamp(),
            "authorizations": [{
                "enterprise_id": null, "team_id": TEAM, "user_id": BOT_USER,
                "is_bot": true, "is_enterprise_install": false,
            }],
            "is_ext_shared_channel": shared,
            "event_context": format!("4-{number}"),
        }));
    }
}

fn channel(name: &str, members: BTreeSet<String>) -> Channel {
    Channel {
        name: name.to_owned(),
        private: false,
        shared: name == "release",
        archived: false,
        members,
        messages: BTreeMap::new(),
        pins: Vec::new(),
    }
}

fn secret(members: BTreeSet<String>) -> Channel {
    Channel {
        private: true,
        ..channel("secret", members)
    }
}

fn without_bot(members: &BTreeSet<String>) -> BTreeSet<String> {
    members
        .iter()
        .filter(|it| *it != BOT_USER)
        .cloned()
        .collect()
}
