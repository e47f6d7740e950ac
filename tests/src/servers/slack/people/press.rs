//! Buttons, menus and shortcuts.

use serde_json::{Map, Value, json};

use super::super::model::{APP, Private, Response, TEAM, View, Workspace};
use super::{Done, Person, Seen, or_fail};

/// What something to press belongs to.
enum On<'a> {
    Message(&'a Seen),
    /// A line only this person sees, by its stamp.
    Private(&'a str),
    Home,
    Modal,
}

impl Person {
    /// Presses a button of a message, by its label.
    pub async fn press(&self, on: &Seen, label: &str) {
        or_fail(self.tries_to_press(on, label).await);
    }

    pub(crate) async fn tries_to_press(&self, on: &Seen, label: &str) -> Done {
        self.act(On::Message(on), label).await
    }

    /// Picks from the overflow menu or a list of a message, by the words.
    pub async fn pick(&self, on: &Seen, label: &str) {
        or_fail(self.tries_to_pick(on, label).await);
    }

    pub(crate) async fn tries_to_pick(&self, on: &Seen, label: &str) -> Done {
        self.act(On::Message(on), label).await
    }

    /// Presses a button of the newest line only they see that has it.
    pub async fn press_private(&self, label: &str) {
        let stamp = {
            let world = self.shared.world();
            let mut lines = world.private.iter().rev().filter(|it| it.user == self.id);
            let found = lines.find(|it| find(&it.blocks, label).is_some());
            found.map(|it| it.stamp.clone())
        };
        let done = match stamp {
            Some(stamp) => self.act(On::Private(&stamp), label).await,
            None => Err(format!("no line to {} has a button {label:?}", self.id)),
        };
        or_fail(done);
    }

    /// Presses a button of their home tab.
    pub async fn press_home(&self, label: &str) {
        or_fail(self.act(On::Home, label).await);
    }

    /// Presses a button within the modal they have open.
    pub async fn press_modal(&self, label: &str) {
        or_fail(self.act(On::Modal, label).await);
    }

    /// Uses a message shortcut.
    pub async fn shortcut(&self, on: &Seen, callback: &str) {
        or_fail(self.tries_shortcut(on, callback).await);
    }

    pub(crate) async fn tries_shortcut(&self, on: &Seen, callback: &str) -> Done {
        let now = self.shared.clock.now();
        let payload = {
            let mut world = self.shared.world();
            let message = world.message(&on.channel, &on.stamp);
            let message = message.ok_or("there is no such message")?.told();
            let response = response(self, on.channel.clone(), None, now);
            let (trigger, address) = (world.trigger(&self.id, now), world.response(response));
            let stamp = world.stamp(now);
            let mut payload = self.base(&world, "message_action");
            payload["callback_id"] = json!(callback);
            payload["trigger_id"] = json!(trigger);
            payload["response_url"] = json!(address);
            payload["message_ts"] = json!(on.stamp);
            payload["message"] = message;
            payload["channel"] = channel(&world, &on.channel);
            payload["action_ts"] = json!(stamp);
            payload
        };
        self.warned(self.interact(payload).await.is_some());
        Ok(())
    }

    async fn act(&self, on: On<'_>, label: &str) -> Done {
        let payload = self.action(&on, label)?;
        self.warned(self.interact(payload).await.is_some());
        Ok(())
    }

    /// Slack shows a small warning sign where nothing was acknowledged.
    fn warned(&self, acknowledged: bool) {
        if acknowledged {
            return;
        }
        let mut world = self.shared.world();
        let stamp = world.stamp(self.shared.clock.now());
        world.private.push(Private {
            user: self.id.clone(),
            channel: String::new(),
            thread: None,
            stamp,
            text: "This app did not respond (Slack's own warning)".to_owned(),
            blocks: Value::Null,
        });
    }

    fn action(&self, on: &On<'_>, label: &str) -> Result<Value, String> {
        let now = self.shared.clock.now();
        let mut world = self.shared.world();
        let blocks = self
            .blocks(&world, on)
            .ok_or("there is no such thing to press on")?;
        let Some(mut action) = find(&blocks, label) else {
            return Err(format!("nothing there is called {label:?}: {blocks}"));
        };
        action["action_ts"] = json!(world.stamp(now));
        let trigger = world.trigger(&self.id, now);
        let mut payload = self.base(&world, "block_actions");
        payload["actions"] = json!([action]);
        payload["trigger_id"] = json!(trigger);
        payload["state"] = json!({ "values": Map::new() });
        match on {
            On::Message(seen) => {
                let message = world.message(&seen.channel, &seen.stamp);
                let message = message.map(super::Message::told).unwrap_or_default();
                payload["container"] = json!({
                    "type": "message", "message_ts": seen.stamp, "channel_id": seen.channel,
                    "is_ephemeral": false,
                });
                if !message["thread_ts"].is_null() {
                    payload["container"]["thread_ts"] = message["thread_ts"].clone();
                }
                payload["message"] = message;
                payload["channel"] = channel(&world, &seen.channel);
                let response = response(self, seen.channel.clone(), None, now);
                payload["response_url"] = json!(world.response(response));
            }
            On::Private(stamp) => {
                let line = world.private.iter().find(|it| it.stamp == *stamp);
                let place = line.map(|it| it.channel.clone()).unwrap_or_default();
                payload["container"] = json!({
                    "type": "message", "message_ts": stamp, "channel_id": place,
                    "is_ephemeral": true,
                });
                payload["channel"] = channel(&world, &place);
                let response = response(self, place, Some((*stamp).to_owned()), now);
                payload["response_url"] = json!(world.response(response));
            }
            On::Home | On::Modal => {
                let view = self.view(&world, on).map(|it| it.told(&Map::new()));
                let view = view.unwrap_or_default();
                payload["container"] = json!({ "type": "view", "view_id": view["id"] });
                payload["view"] = view;
            }
        }
        Ok(payload)
    }

    fn blocks(&self, world: &Workspace, on: &On<'_>) -> Option<Value> {
        match on {
            On::Message(seen) => {
                let message = world.message(&seen.channel, &seen.stamp)?;
                Some(message.blocks.clone())
            }
            On::Private(stamp) => {
                let line = world.private.iter().find(|it| it.stamp == *stamp)?;
                Some(line.blocks.clone())
            }
            On::Home | On::Modal => Some(self.view(world, on)?.body["blocks"].clone()),
        }
    }

    fn view<'a>(&self, world: &'a Workspace, on: &On<'_>) -> Option<&'a View> {
        match on {
            On::Home => world.screens.homes.get(&self.id),
            _ => world.screens.modals.get(&self.id)?.last(),
        }
    }

    /// What every interaction tells.
    pub(super) fn base(&self, world: &Workspace, kind: &str) -> Value {
        json!({
            "type": kind, "user": self.told(world), "api_app_id": APP,
            "token": "legacy-verification-token",
            "team": { "id": TEAM, "domain": "ship" },
            "enterprise": null, "is_enterprise_install": false,
        })
    }
}

fn channel(world: &Workspace, id: &str) -> Value {
    let name = world.channels.get(id).map(|it| it.name.as_str());
    json!({ "id": id, "name": name })
}

fn response(
    person: &Person,
    channel: String,
    of: Option<String>,
    at: chrono::DateTime<chrono::Utc>,
) -> Response {
    Response {
        user: person.id.clone(),
        channel,
        thread: None,
        of,
        at,
        uses: 0,
    }
}

/// What is pressed or picked by these words, as the app is told of it.
fn find(blocks: &Value, label: &str) -> Option<Value> {
    for block in blocks.as_array()? {
        let rows = block["elements"].as_array().into_iter().flatten();
        let accessory = std::iter::once(&block["accessory"]);
        for element in rows.chain(accessory) {
            let mut action = json!({
                "type": element["type"], "action_id": element["action_id"],
                "block_id": block["block_id"],
            });
            if element["text"]["text"] == label {
                action["text"] = element["text"].clone();
                for name in ["value", "style", "url"] {
                    if !element[name].is_null() {
                        action[name] = element[name].clone();
                    }
                }
                return Some(action);
            }
            let options = element["options"].as_array().into_iter().flatten();
            let mut options = options.filter(|it| it["text"]["text"] == label);
            if let Some(option) = options.next() {
                action["selected_option"] = option.clone();
                return Some(action);
            }
        }
        let children = &block["child_blocks"];
        if let Some(found) = find(children, label) {
            return Some(found);
        }
    }
    None
}
