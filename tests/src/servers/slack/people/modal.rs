//! Modals: filling them in, sending them in, closing them.

use serde_json::{Map, Value, json};

use super::super::draw;
use super::super::model::View;
use super::super::responses;
use super::super::watch::until;
use super::{Done, Person, or_fail};

/// A modal as it is on somebody's screen.
#[derive(Clone, Debug)]
pub struct Modal {
    /// All of it, as they read it.
    pub text: String,
    /// Its title.
    pub title: String,
    /// What the app said is wrong.
    pub errors: Vec<String>,
}

impl Person {
    /// The modal they have open, if any.
    pub fn modal(&self) -> Option<Modal> {
        let world = self.shared.world();
        let view = world.screens.modals.get(&self.id)?.last()?;
        Some(Modal {
            text: draw::view(&world, view),
            title: view.body["title"]["text"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            errors: view.errors.values().cloned().collect(),
        })
    }

    /// Waits for a modal that says this.
    pub async fn sees_modal(&self, words: &str) -> Modal {
        let what = format!("{} sees a modal that says {words:?}", self.id);
        let look = || self.modal().filter(|it| draw::says(&it.text, words));
        until(&self.shared, &what, look).await
    }

    /// Enters something, by the label of the question; a tick is `true` or empty.
    pub fn fill(&self, label: &str, value: &str) {
        or_fail(self.tries_to_fill(label, value));
    }

    pub(crate) fn tries_to_fill(&self, label: &str, value: &str) -> Done {
        let mut world = self.shared.world();
        let stack = world.screens.modals.get_mut(&self.id);
        let view = stack
            .and_then(|it| it.last_mut())
            .ok_or("no modal is open")?;
        let mut inputs = view.blocks().iter().filter(|it| it["type"] == "input");
        let asked = inputs.find(|it| it["label"]["text"] == label);
        let Some(asked) = asked else {
            return Err(format!("the modal does not ask {label:?}: {}", view.body));
        };
        entered(&asked["element"], Some(value))?;
        view.entered.insert(label.to_owned(), value.to_owned());
        Ok(())
    }

    /// Sends the modal in.
    pub async fn submit(&self) {
        or_fail(self.tries_to_submit().await);
    }

    pub(crate) async fn tries_to_submit(&self) -> Done {
        let now = self.shared.clock.now();
        let payload = {
            let mut world = self.shared.world();
            let view = world.screens.modals.get(&self.id).and_then(|it| it.last());
            let view = view.ok_or("no modal is open")?.clone();
            let told = view.told(&state(&view)?);
            let trigger = world.trigger(&self.id, now);
            let mut payload = self.base(&world, "view_submission");
            payload["trigger_id"] = json!(trigger);
            payload["view"] = told;
            payload["response_urls"] = json!([]);
            payload
        };
        let Some(said) = self.interact(payload).await else {
            // Slack keeps the form open and says that something went wrong.
            return Err("the form was not taken".to_owned());
        };
        let taken = responses::submitted(&mut self.shared.world(), &self.id, &said, now);
        if let Err(refusal) = taken {
            let what = format!("the answer to a form: {} {}", refusal.code, refusal.more);
            self.shared.log.violation(what);
        }
        self.shared.changed();
        Ok(())
    }

    /// Closes the modal without sending it in.
    pub async fn closes_modal(&self) {
        let payload = {
            let mut world = self.shared.world();
            let view = world.screens.modals.get_mut(&self.id).and_then(Vec::pop);
            let Some(view) = view.filter(|it| it.body["notify_on_close"] == true) else {
                return;
            };
            let mut payload = self.base(&world, "view_closed");
            payload["view"] = view.told(&Map::new());
            payload["is_cleared"] = json!(false);
            payload
        };
        self.interact(payload).await;
    }
}

/// What was entered, as the app is told; an error where Slack itself would not send it.
fn state(view: &View) -> Result<Map<String, Value>, String> {
    let mut values = Map::new();
    for block in view.blocks().iter().filter(|it| it["type"] == "input") {
        let label = block["label"]["text"].as_str().unwrap_or_default();
        let element = &block["element"];
        let value = entered(element, view.entered.get(label).map(String::as_str))?;
        let empty = ["value", "selected_option", "selected_options"]
            .iter()
            .all(|it| value[it].is_null() || value[it] == json!([]) || value[it] == "");
        if empty && block["optional"] != true {
            return Err(format!("Please complete this required field: {label}"));
        }
        let action = element["action_id"].as_str().unwrap_or_default();
        let name = block["block_id"].as_str().unwrap_or_default();
        values.insert(name.to_owned(), json!({ action: value }));
    }
    Ok(values)
}

/// One answer as the app is told; without a new one, what stands there already.
fn entered(element: &Value, value: Option<&str>) -> Result<Value, String> {
    let kind = element["type"].as_str().unwrap_or_default();
    let options = || element["options"].as_array().into_iter().flatten();
    let named = |words: &str| {
        let found = options().find(|it| it["text"]["text"] == words || it["value"] == words);
        found
            .cloned()
            .ok_or_else(|| format!("{words:?} is no choice of {element}"))
    };
    match kind {
        "static_select" | "radio_buttons" => {
            let chosen = match value {
                Some("") => Value::Null,
                Some(words) => named(words)?,
                None => element["initial_option"].clone(),
            };
            Ok(json!({ "type": kind, "selected_option": chosen }))
        }
        "checkboxes" => {
            let chosen = match value {
                Some("") => json!([]),
                Some("true") => json!(options().take(1).collect::<Vec<_>>()),
                Some(words) => {
                    let all: Result<Vec<Value>, String> = words.split(", ").map(named).collect();
                    json!(all?)
                }
                None if element["initial_options"].is_null() => json!([]),
                None => element["initial_options"].clone(),
            };
            Ok(json!({ "type": kind, "selected_options": chosen }))
        }
        _ => {
            let initial = element["initial_value"].as_str();
            let words = value.or(initial).filter(|it| !it.is_empty());
            let most = element["max_length"].as_u64().unwrap_or(3000);
            let long = words.map_or(0, |it| it.chars().count());
            if u64::try_from(long).unwrap_or(u64::MAX) > most {
                return Err(format!("Please enter no more than {most} characters"));
            }
            Ok(json!({ "type": kind, "value": words }))
        }
    }
}
