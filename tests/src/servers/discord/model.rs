//! The server's people, its messages, and what waits for an answer.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// The bot's application, and its account, which has another id.
pub const APPLICATION: &str = "1180000000000000001";
pub(super) const BOT: &str = "1180000000000000002";
/// The server.
pub const GUILD: &str = "1180000000000000010";
/// The channel.
pub const CHANNEL: &str = "1180000000000000020";
/// A role of the server.
pub const OWNERS: &str = "1180000000000000030";

/// The moment ids are counted from, in milliseconds.
const EPOCH: i64 = 1_420_070_400_000;

/// The flag of a message only one person sees, and of one made of components.
pub(super) const PRIVATE: u64 = 1 << 6;
pub(super) const MODERN: u64 = 1 << 15;

#[derive(Clone, Debug)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) name: &'static str,
    pub(super) bot: bool,
    pub(super) pending: bool,
    pub(super) member: bool,
    pub(super) roles: Vec<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) id: String,
    pub(super) channel: String,
    pub(super) author: String,
    pub(super) body: Value,
    pub(super) edited: Option<DateTime<Utc>>,
    /// Whom it called.
    pub(super) called: Vec<String>,
    pub(super) reactions: Vec<(String, String)>,
    pub(super) files: Vec<(String, String)>,
    pub(super) nonce: Option<String>,
    pub(super) pinned: bool,
    /// The only person who sees it.
    pub(super) only: Option<String>,
}

/// Something a person did that must be answered.
#[derive(Clone, Debug)]
pub(super) struct Interaction {
    pub(super) token: String,
    pub(super) by: String,
    pub(super) kind: u64,
    pub(super) channel: String,
    /// The message it hangs on.
    pub(super) on: Option<String>,
    pub(super) born: Duration,
    /// How long the first answer took.
    pub(super) took: Option<Duration>,
    /// The kind of the first answer.
    pub(super) answered: Option<u64>,
    /// What was answered.
    pub(super) data: Value,
    /// The message that was shown.
    pub(super) shown: Option<String>,
}

pub(super) struct World {
    last: u64,
    pub(super) users: Vec<User>,
    pub(super) messages: BTreeMap<u64, Message>,
    pub(super) threads: BTreeMap<String, String>,
    pub(super) interactions: BTreeMap<String, Interaction>,
    pub(super) commands: Value,
    pub(super) registered: usize,
    pub(super) permissions: u64,
    /// Whether messages made of components are taken.
    pub(super) components: bool,
    /// Everything a person alone was shown.
    pub(super) told: Vec<(String, String)>,
}

impl World {
    pub(super) fn new() -> Self {
        let user = |number: u32, name, roles: &[&str]| User {
            id: format!("11870000000000000{number}"),
            name,
            bot: false,
            pending: false,
            member: true,
            roles: roles.iter().map(|it| (*it).to_owned()).collect(),
        };
        let users = vec![
            User {
                id: BOT.to_owned(),
                bot: true,
                ..user(0, "shipbell", &[])
            },
            user(1, "ana", &[]),
            user(2, "bo", &[]),
            user(3, "chloe", &[OWNERS]),
            user(4, "dan", &[]),
            user(5, "eve", &[]),
            User {
                bot: true,
                ..user(6, "robot", &[OWNERS])
            },
            User {
                pending: true,
                ..user(7, "newcomer", &[OWNERS])
            },
            User {
                member: false,
                ..user(8, "stranger", &[])
            },
        ];
        Self {
            last: 0,
            users,
            messages: BTreeMap::new(),
            threads: BTreeMap::new(),
            interactions: BTreeMap::new(),
            commands: json!([]),
            registered: 0,
            // All there are, but for the one that holds every other.
            permissions: !(1 << 3),
            components: true,
            told: Vec::new(),
        }
    }

    pub(super) fn id(&mut self, now: DateTime<Utc>) -> String {
        let past = u64::try_from(now.timestamp_millis() - EPOCH).unwrap_or_default();
        self.last = (past << 22).max(self.last + 1);
        self.last.to_string()
    }

    /// When an id was given out.
    pub(super) fn born(id: &str) -> DateTime<Utc> {
        let number: i64 = id.parse().unwrap_or_default();
        DateTime::from_timestamp_millis((number >> 22) + EPOCH).unwrap_or_default()
    }

    pub(super) fn user_named(&self, name: &str) -> Option<String> {
        let found = self.users.iter().find(|it| it.name == name);
        found.map(|it| it.id.clone())
    }

    pub(super) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|it| it.id == id)
    }

    pub(super) fn message(&self, id: &str) -> Option<&Message> {
        self.messages.get(&id.parse().ok()?)
    }

    pub(super) fn message_mut(&mut self, id: &str) -> Option<&mut Message> {
        self.messages.get_mut(&id.parse().ok()?)
    }

    pub(super) fn is_channel(&self, id: &str) -> bool {
        id == CHANNEL || self.threads.contains_key(id)
    }
}
