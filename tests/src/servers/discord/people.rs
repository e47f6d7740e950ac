//! People who act in the server, as they do in Discord: they pick a command and fill
//! its options in, press, pick, react, and read what they alone are shown.

use std::time::Duration;

use serde_json::{Value, json};

use super::draw;
use super::model::{BOT, CHANNEL, GUILD, Interaction, Message};
use super::routes::react;
use super::shapes::add;
use super::shared::House;
use super::watch::{Seen, fail, until};

/// Somebody of the server.
#[derive(Clone)]
pub struct Person {
    shared: House,
    id: String,
}

/// A form that is open.
#[derive(Clone, Debug)]
pub struct Modal {
    /// As it was sent.
    pub data: Value,
    on: Option<String>,
}

impl Person {
    pub(super) fn new(shared: House, id: String) -> Self {
        Self { shared, id }
    }

    /// Their account's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Picks a command of the bot's, as `plan` or `window add`, and fills options in.
    /// Returns when it was answered.
    pub async fn command(&self, path: &str, options: &[(&str, &str)]) -> Option<Modal> {
        let data = self.filled(path, options, None);
        let id = self.acts(2, &data, None);
        self.answered(&id).await
    }

    /// Picks a command and does not wait for what comes of it.
    pub fn says_and_leaves(&self, path: &str) {
        let data = self.filled(path, &[], None);
        self.acts(2, &data, None);
    }

    /// What is offered for an option, typed so far.
    pub async fn completes(
        &self,
        path: &str,
        options: &[(&str, &str)],
        at: (&str, &str),
    ) -> Vec<String> {
        let data = self.filled(path, options, Some(at));
        let id = self.acts(4, &data, None);
        self.answered(&id).await;
        let world = self.shared.world();
        let choices = world
            .interactions
            .get(&id)
            .map(|it| it.data["choices"].clone());
        let choices = choices.unwrap_or_default();
        let choices = choices.as_array().into_iter().flatten();
        choices
            .filter_map(|it| it["value"].as_str())
            .map(str::to_owned)
            .collect()
    }

    /// Presses a button of a message, or picks from its menu, by its words.
    pub async fn press(&self, on: &Seen, label: &str) -> Option<Modal> {
        let body = self
            .shared
            .world()
            .message(&on.id)
            .map(|it| it.body.clone());
        let id = self.presses(&body.unwrap_or_default(), on, label);
        self.answered(&id).await
    }

    /// Presses a button of the last thing they alone were shown.
    pub async fn press_private(&self, label: &str) -> Option<Modal> {
        let shown = {
            let world = self.shared.world();
            let mut own = world.messages.values().rev();
            let found = own.find(|it| it.only.as_deref() == Some(&self.id));
            found.cloned()
        };
        let Some(Message {
            id, channel, body, ..
        }) = shown
        else {
            fail("nothing was shown to them alone");
        };
        let id = self.presses(&body, &Seen { channel, id }, label);
        self.answered(&id).await
    }

    /// Presses without waiting for an answer.
    fn presses(&self, body: &Value, on: &Seen, label: &str) -> String {
        let Some(data) = carried(&body["components"], label) else {
            fail(&format!("there is no {label:?} in\n{}", draw::body(body)));
        };
        self.acts(3, &data, Some(on))
    }

    /// Sends a form in.
    pub async fn submit(&self, modal: &Modal, values: &[(&str, &str)]) -> Option<Modal> {
        let parts = modal.data["components"].as_array().into_iter().flatten();
        let mut last = 0;
        // Parts without a number got one, in the order in which they stand.
        let mut number = || {
            last += 1;
            last
        };
        let part = |it: &Value| match it["type"].as_u64() {
            Some(18) => {
                let outer = number();
                let mut inner = answer(&it["component"], values);
                inner["id"] = json!(number());
                json!({ "type": 18, "id": outer, "component": inner })
            }
            _ => json!({ "type": it["type"], "id": number() }),
        };
        let parts: Vec<Value> = parts.map(part).collect();
        let data = json!({ "custom_id": modal.data["custom_id"], "components": parts });
        let on = modal.on.as_ref().map(|id| Seen {
            channel: CHANNEL.to_owned(),
            id: id.clone(),
        });
        let id = self.acts(5, &data, on.as_ref());
        self.answered(&id).await
    }

    /// Puts an emoji on a message.
    pub fn react(&self, on: &Seen, sign: &str) {
        react(&self.shared, &on.id, (sign, &self.id), true);
    }

    /// Takes it off.
    pub fn unreact(&self, on: &Seen, sign: &str) {
        react(&self.shared, &on.id, (sign, &self.id), false);
    }

    /// Calls the bot in the channel.
    pub fn mentions(&self, words: &str) {
        let mut world = self.shared.world();
        let message = Message {
            id: world.id(self.shared.clock.now()),
            channel: CHANNEL.to_owned(),
            author: self.id.clone(),
            body: json!({ "content": format!("<@{BOT}> {words}") }),
            edited: None,
            called: vec![BOT.to_owned()],
            reactions: Vec::new(),
            files: Vec::new(),
            nonce: None,
            pinned: false,
            only: None,
        };
        let told = world.told(&message);
        let number = message.id.parse().unwrap_or_default();
        world.messages.insert(number, message);
        drop(world);
        self.shared.dispatch("MESSAGE_CREATE", &told);
    }

    /// Waits until they alone were shown this.
    pub async fn hears(&self, words: &str) -> String {
        let what = format!("{} is told {words:?}", self.id);
        until(&self.shared, &what, || {
            let world = self.shared.world();
            let mut told = world.told.iter().rev();
            let found = told.find(|(to, it)| *to == self.id && draw::says(it, words));
            found.map(|(_, it)| it.clone())
        })
        .await
    }

    /// Everything they alone were shown.
    pub fn heard(&self) -> Vec<String> {
        let world = self.shared.world();
        let told = world.told.iter().filter(|(to, _)| *to == self.id);
        told.map(|(_, it)| it.clone()).collect()
    }

    /// Something is sent to the bot that must be answered.
    fn acts(&self, kind: u64, data: &Value, on: Option<&Seen>) -> String {
        let mut world = self.shared.world();
        let id = world.id(self.shared.clock.now());
        let channel = on.map_or(CHANNEL, |it| it.channel.as_str()).to_owned();
        let mut it = Interaction {
            token: format!("token-{id}"),
            by: self.id.clone(),
            kind,
            channel: channel.clone(),
            on: on.map(|it| it.id.clone()),
            born: self.shared.clock.ran(),
            took: None,
            answered: None,
            data: Value::Null,
            shown: None,
        };
        let mut event = json!({ "id": id, "type": kind, "token": it.token, "data": data });
        add(&mut event, world.circumstances(&self.id, &channel));
        if let Some(on) = on {
            let message = world.message(&on.id).map(|it| world.shown(it));
            event["message"] = message.unwrap_or_else(|| json!({ "id": on.id }));
        }
        it.born = self.shared.clock.ran();
        world.interactions.insert(id.clone(), it);
        drop(world);
        self.shared.dispatch("INTERACTION_CREATE", &event);
        let (house, late) = (std::sync::Arc::clone(&self.shared), id.clone());
        self.shared.spawn(async move {
            house.clock.passes(Duration::from_secs(3)).await;
            let world = house.world();
            let silent = world
                .interactions
                .get(&late)
                .is_some_and(|it| it.answered.is_none());
            drop(world);
            if silent {
                house.violation("the application did not respond".to_owned());
            }
        });
        id
    }

    /// Waits for the first answer; the form that opened, if one did.
    async fn answered(&self, id: &str) -> Option<Modal> {
        let it = until(&self.shared, "an answer", || {
            let world = self.shared.world();
            let it = world.interactions.get(id)?;
            it.answered.map(|_| it.clone())
        });
        let it = it.await;
        (it.answered == Some(9)).then(|| Modal {
            data: it.data,
            on: it.on,
        })
    }

    /// A command as it is sent, as far as it is registered.
    fn filled(&self, path: &str, options: &[(&str, &str)], at: Option<(&str, &str)>) -> Value {
        let commands = self.shared.world().commands.clone();
        let top = &commands[0];
        let mut known = top;
        let mut names: Vec<(&str, &Value)> = Vec::new();
        for name in path.split(' ') {
            let found = known["options"].as_array().into_iter().flatten();
            let Some(found) = found.clone().find(|it| it["name"] == name) else {
                fail(&format!("there is no command {path}"));
            };
            names.push((name, &found["type"]));
            known = found;
        }
        let value = |name: &str, value: &str, focused: bool| {
            let found = known["options"].as_array().into_iter().flatten();
            let Some(option) = found.clone().find(|it| it["name"] == name) else {
                fail(&format!("{path} has no option {name}"));
            };
            let value = match option["type"].as_u64() {
                Some(4) => json!(value.parse::<i64>().ok()),
                Some(5) => json!(value == "true"),
                _ => json!(value),
            };
            let mut given = json!({ "name": name, "type": option["type"], "value": value });
            if focused {
                assert_eq!(option["autocomplete"], true, "{name} fills itself in");
                given["focused"] = json!(true);
            }
            given
        };
        let mut inside: Vec<Value> = options
            .iter()
            .map(|(name, it)| value(name, it, false))
            .collect();
        inside.extend(at.map(|(name, it)| value(name, it, true)));
        for (name, kind) in names.iter().rev() {
            inside = vec![json!({ "name": name, "type": kind, "options": inside })];
        }
        let (id, name) = (&top["id"], &top["name"]);
        json!({ "id": id, "guild_id": GUILD, "name": name, "type": 1, "options": inside })
    }
}

/// What a button carries, or a menu's option, by its words.
fn carried(components: &Value, label: &str) -> Option<Value> {
    components.as_array()?.iter().find_map(|it| {
        let says = |it: &Value| it["label"].as_str().is_some_and(|it| draw::says(it, label));
        if it["type"] == 2 && says(it) {
            return Some(json!({ "custom_id": it["custom_id"], "component_type": 2 }));
        }
        let option = it["options"]
            .as_array()
            .and_then(|all| all.iter().find(|it| says(it)));
        if let Some(option) = option {
            let values = [&option["value"]];
            return Some(
                json!({ "custom_id": it["custom_id"], "component_type": 3, "values": values }),
            );
        }
        carried(&it["components"], label)
    })
}

/// How a question is answered: with what is given, or what stands in it.
fn answer(component: &Value, values: &[(&str, &str)]) -> Value {
    let name = component["custom_id"].as_str().unwrap_or_default();
    let given = values.iter().find(|(it, _)| *it == name);
    if component["type"] == 3 {
        let options = component["options"].as_array().into_iter().flatten();
        let picked = options.filter(|it| match given {
            Some((_, wanted)) => wanted.split(',').any(|wanted| it["value"] == wanted),
            None => it["default"] == true,
        });
        let picked: Vec<&Value> = picked.map(|it| &it["value"]).collect();
        return json!({ "type": 3, "custom_id": name, "values": picked });
    }
    let stands = component["value"].as_str().unwrap_or_default();
    let typed = given.map_or(stands, |(_, it)| it);
    json!({ "type": 4, "custom_id": name, "value": typed })
}
