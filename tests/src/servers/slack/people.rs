//! People: they speak, react, press, pick, fill in, and read.

mod modal;
mod press;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

pub use self::modal::Modal;
use super::delivery::{Kind, Parcel, hand_over};
use super::draw;
use super::log::What;
use super::methods;
use super::model::{APP, BOT_USER, Message, Response, TEAM, Workspace};
use super::responses;
use super::shared::Shared;
use super::watch::{Seen, fail, until};

/// Somebody of the workspace.
pub struct Person {
    shared: Arc<Shared>,
    id: String,
    /// How many of the lines to them alone they have read.
    read: AtomicUsize,
}

/// What went wrong with a deed; a person sees why.
type Done = Result<(), String>;

impl Person {
    pub(super) fn new(shared: Arc<Shared>, id: String) -> Self {
        Self {
            shared,
            id,
            read: AtomicUsize::new(0),
        }
    }

    /// Their id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Says something in a channel, or gives a command there.
    pub async fn say(&self, channel: &str, text: &str) {
        or_fail(self.says(channel, text).await);
    }

    pub(super) async fn says(&self, channel: &str, text: &str) -> Done {
        let id = self.channel(channel)?;
        if text.starts_with('/') {
            self.command(&id, text).await;
        } else {
            self.utter(&id, None, text);
        }
        Ok(())
    }

    /// Says something under a message; commands do not work there, a mention does.
    pub async fn reply(&self, to: &Seen, text: &str) -> Seen {
        tokio::task::yield_now().await;
        self.utter(&to.channel, Some(&to.stamp), text)
    }

    /// Puts an emoji on a message.
    pub fn react(&self, on: &Seen, emoji: &str) {
        or_fail(self.tries_to_react(on, emoji));
    }

    pub(super) fn tries_to_react(&self, on: &Seen, emoji: &str) -> Done {
        let now = self.shared.clock.now();
        let (at, by) = (
            (on.channel.as_str(), on.stamp.as_str()),
            (self.id.as_str(), emoji),
        );
        let done = methods::react(&mut self.shared.world(), at, by, now);
        self.shared.changed();
        done.map_err(|it| it.code)
    }

    /// Takes an emoji off a message.
    pub fn unreact(&self, on: &Seen, emoji: &str) {
        or_fail(self.tries_to_unreact(on, emoji));
    }

    pub(super) fn tries_to_unreact(&self, on: &Seen, emoji: &str) -> Done {
        let now = self.shared.clock.now();
        let (at, by) = (
            (on.channel.as_str(), on.stamp.as_str()),
            (self.id.as_str(), emoji),
        );
        let done = methods::unreact(&mut self.shared.world(), at, by, now);
        self.shared.changed();
        done.map_err(|it| it.code)
    }

    /// Opens the app's home tab.
    pub async fn opens_home(&self) {
        let event = {
            let mut world = self.shared.world();
            let stamp = world.stamp(self.shared.clock.now());
            let mut event = json!({
                "type": "app_home_opened", "user": self.id, "tab": "home", "channel": "D0HOME",
                "event_ts": stamp,
            });
            if let Some(view) = world.screens.homes.get(&self.id) {
                event["view"] = view.told(&serde_json::Map::new());
            }
            event
        };
        let now = self.shared.clock.now();
        self.shared.world().tell(&event, now);
        self.shared.changed();
        tokio::task::yield_now().await;
    }

    /// What is on their home tab, if anything.
    pub fn home(&self) -> Option<String> {
        let world = self.shared.world();
        let view = world.screens.homes.get(&self.id)?;
        Some(draw::view(&world, view))
    }

    /// Every line they alone can see, oldest first.
    pub fn heard(&self) -> Vec<String> {
        let world = self.shared.world();
        let lines = world.private.iter().filter(|it| it.user == self.id);
        lines.map(|it| draw::private(&world, it)).collect()
    }

    /// Waits for a line to them alone that says this, among those they have not read.
    pub async fn hears(&self, words: &str) -> String {
        let what = format!("{} is told {words:?}", self.id);
        until(&self.shared, &what, || {
            let lines = self.heard();
            let from = self.read.load(Ordering::Relaxed).min(lines.len());
            let place = lines[from..].iter().position(|it| draw::says(it, words))?;
            self.read.store(from + place + 1, Ordering::Relaxed);
            Some(lines[from + place].clone())
        })
        .await
    }

    /// Waits for any line to them alone that they have not read.
    pub async fn hears_something(&self) -> String {
        self.hears("").await
    }

    /// Gives a command.
    async fn command(&self, channel: &str, line: &str) {
        let now = self.shared.clock.now();
        let (command, text) = line.split_once(' ').unwrap_or((line, ""));
        let (payload, response) = {
            let mut world = self.shared.world();
            let response = Response {
                user: self.id.clone(),
                channel: channel.to_owned(),
                thread: None,
                of: None,
                at: now,
                uses: 0,
            };
            let address = world.response(response.clone());
            let trigger = world.trigger(&self.id, now);
            let payload = json!({
                "token": "legacy-verification-token", "team_id": TEAM, "team_domain": "ship",
                "channel_id": channel, "channel_name": world.channels[channel].name,
                "user_id": self.id, "user_name": world.users[&self.id].name,
                "command": command, "text": escaped(&world, text), "api_app_id": APP,
                "is_enterprise_install": "false", "response_url": address,
                "trigger_id": trigger,
            });
            (payload, response)
        };
        let parcel = Parcel {
            kind: Kind::Command,
            name: command.to_owned(),
            payload,
        };
        let answered = hand_over(&self.shared, &parcel).await;
        let said = match answered {
            Some(said) if said.is_object() => said,
            Some(_) => return,
            None => {
                json!({ "text": format!("{command} failed with the error \"operation_timeout\"") })
            }
        };
        let taken = responses::say(&mut self.shared.world(), &response, &said, now);
        if let Err(refusal) = taken {
            let what = format!("the answer to {line}: {} {}", refusal.code, refusal.more);
            self.shared.log.violation(what);
        }
        self.shared.changed();
    }

    /// Writes a message; the app hears of it if it is named.
    fn utter(&self, channel: &str, thread: Option<&str>, text: &str) -> Seen {
        let now = self.shared.clock.now();
        let mut world = self.shared.world();
        let stamp = world.stamp(now);
        let mut message = Message::new(stamp.clone(), &self.id);
        message.text = mentions(&world, text);
        message.thread = thread.map(str::to_owned);
        let mut event = message.told();
        if let Some(channel) = world.channels.get_mut(channel) {
            channel.messages.insert(stamp.clone(), message);
        }
        let named = event["text"]
            .as_str()
            .is_some_and(|it| it.contains(&format!("<@{BOT_USER}>")));
        if named {
            event["type"] = json!("app_mention");
            event["channel"] = json!(channel);
            event["event_ts"] = json!(stamp);
            world.tell(&event, now);
        }
        drop(world);
        self.shared.changed();
        Seen {
            channel: channel.to_owned(),
            stamp,
        }
    }

    fn channel(&self, name: &str) -> Result<String, String> {
        let world = self.shared.world();
        let id = world.channel_named(name);
        let id = id.filter(|it| world.channels[it].members.contains(&self.id));
        id.ok_or_else(|| format!("{} is not in #{name}", self.id))
    }

    /// Who it is, as interactions tell it.
    fn told(&self, world: &Workspace) -> Value {
        let user = &world.users[&self.id];
        json!({
            "id": self.id, "username": user.name, "name": user.name, "team_id": user.team,
        })
    }

    /// Hands an interaction to the app; what was answered along with the acknowledgement.
    async fn interact(&self, payload: Value) -> Option<Value> {
        let name = payload["type"].as_str().unwrap_or_default().to_owned();
        self.shared
            .note(What::Noted(format!("{}: {name}", self.id)));
        let parcel = Parcel {
            kind: Kind::Interaction,
            name,
            payload,
        };
        let answered = hand_over(&self.shared, &parcel).await;
        self.shared.changed();
        answered
    }
}

fn or_fail(done: Done) {
    if let Err(why) = done {
        fail(&why);
    }
}

/// A command's words, as an app gets them that asked for ids in them.
fn escaped(world: &Workspace, text: &str) -> String {
    let safe = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let named = |word: &str| {
        let user = word.strip_prefix('@').and_then(|it| world.user_named(it));
        let group = word.strip_prefix('@').and_then(|handle| {
            let mut groups = world.groups.iter();
            groups.find(|(_, it)| it.handle == handle).map(|(id, _)| id)
        });
        let channel = word
            .strip_prefix('#')
            .and_then(|it| world.channel_named(it));
        match (user, group, channel) {
            (Some(user), ..) => format!("<@{user}|{}>", &word[1..]),
            (_, Some(group), _) => format!("<!subteam^{group}|{word}>"),
            (.., Some(channel)) => format!("<#{channel}|{}>", &word[1..]),
            _ if word.starts_with("http://") || word.starts_with("https://") => {
                format!("<{word}>")
            }
            _ => word.to_owned(),
        }
    };
    safe.split(' ').map(named).collect::<Vec<_>>().join(" ")
}

/// A message's words, with the names in them as ids.
fn mentions(world: &Workspace, text: &str) -> String {
    let escaped = escaped(world, text);
    // In messages the name is left out.
    let mut plain = String::new();
    let mut rest = escaped.as_str();
    while let Some(from) = rest.find("<@") {
        let to = rest[from..].find('>').map_or(rest.len(), |it| from + it);
        let id = rest[from + 2..to].split('|').next().unwrap_or_default();
        plain.push_str(&rest[..from]);
        plain.extend(["<@", id, ">"]);
        rest = rest.get(to + 1..).unwrap_or_default();
    }
    plain.push_str(rest);
    plain
}
