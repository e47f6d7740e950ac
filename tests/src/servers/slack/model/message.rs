//! Messages everybody sees, and lines one person sees.

use serde_json::{Value, json};

use super::{APP, BOT, BOT_USER, TEAM};

/// A message everybody in the channel sees.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) stamp: String,
    /// The first message of the thread it is in.
    pub(crate) thread: Option<String>,
    pub(crate) user: String,
    pub(crate) text: String,
    /// An array, or nothing.
    pub(crate) blocks: Value,
    /// What the app attached to it, for itself.
    pub(crate) metadata: Option<Value>,
    /// In the order they were put on it.
    pub(crate) reactions: Vec<Reacted>,
    pub(crate) edits: u32,
    pub(crate) files: Vec<(String, String)>,
    /// It was deleted, and its thread remains.
    pub(crate) gone: bool,
}

/// One emoji on a message, and whose.
#[derive(Clone, Debug)]
pub(crate) struct Reacted {
    pub(crate) name: String,
    pub(crate) users: Vec<String>,
}

/// A line one person sees.
#[derive(Clone, Debug)]
pub(crate) struct Private {
    pub(crate) user: String,
    pub(crate) channel: String,
    pub(crate) thread: Option<String>,
    pub(crate) stamp: String,
    pub(crate) text: String,
    pub(crate) blocks: Value,
}

impl Message {
    pub(crate) fn new(stamp: String, user: &str) -> Self {
        Self {
            stamp,
            thread: None,
            user: user.to_owned(),
            text: String::new(),
            blocks: Value::Null,
            metadata: None,
            reactions: Vec::new(),
            edits: 0,
            files: Vec::new(),
            gone: false,
        }
    }

    pub(crate) fn is_own(&self) -> bool {
        self.user == BOT_USER
    }

    /// As the Web API and events tell it, without the reactions' names if nobody reacted.
    pub(crate) fn told(&self) -> Value {
        let mut told = json!({
            "type": "message", "ts": self.stamp, "user": self.user, "text": self.text,
            "team": TEAM,
        });
        if self.is_own() {
            told["bot_id"] = json!(BOT);
            told["app_id"] = json!(APP);
        }
        if self.blocks.is_array() {
            told["blocks"] = self.blocks.clone();
        }
        if let Some(thread) = &self.thread {
            told["thread_ts"] = json!(thread);
        }
        if self.edits > 0 {
            told["edited"] = json!({ "user": self.user, "ts": self.stamp });
        }
        if self.gone {
            told["subtype"] = json!("tombstone");
        }
        if !self.reactions.is_empty() {
            let reactions = self.reactions.iter().map(Reacted::told);
            told["reactions"] = reactions.collect();
        }
        if !self.files.is_empty() {
            let file = |(id, title): &(String, String)| json!({ "id": id, "title": title });
            told["files"] = self.files.iter().map(file).collect();
        }
        told
    }
}

impl Reacted {
    pub(crate) fn told(&self) -> Value {
        json!({ "name": self.name, "users": self.users, "count": self.users.len() })
    }
}
