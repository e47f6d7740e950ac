//! Modals and home tabs: what people have on their screens.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{APP, BOT, TEAM};

/// A modal or a home tab.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) id: String,
    /// As the app wrote it.
    pub(crate) body: Value,
    pub(crate) hash: String,
    pub(crate) root: String,
    pub(crate) previous: Option<String>,
    /// What was entered, by the label of the question.
    pub(crate) entered: BTreeMap<String, String>,
    /// What the app said is wrong, by block.
    pub(crate) errors: BTreeMap<String, String>,
}

/// What is open, for whom.
#[derive(Clone, Debug, Default)]
pub(crate) struct Screens {
    /// Modals, the top one last.
    pub(crate) modals: BTreeMap<String, Vec<View>>,
    pub(crate) homes: BTreeMap<String, View>,
}

impl View {
    pub(crate) fn new(id: String, body: Value, hash: String) -> Self {
        Self {
            root: id.clone(),
            id,
            body,
            hash,
            previous: None,
            entered: BTreeMap::new(),
            errors: BTreeMap::new(),
        }
    }

    pub(crate) fn blocks(&self) -> &[Value] {
        self.body["blocks"].as_array().map_or(&[], Vec::as_slice)
    }

    /// As the Web API and interactions tell it.
    pub(crate) fn told(&self, values: &Map<String, Value>) -> Value {
        let text = |key: &str| self.body.get(key).cloned().unwrap_or(json!(""));
        let flag = |key: &str| self.body.get(key).cloned().unwrap_or(json!(false));
        let maybe = |key: &str| self.body.get(key).cloned().unwrap_or(Value::Null);
        json!({
            "id": self.id, "team_id": TEAM, "type": self.body["type"],
            "blocks": self.body["blocks"],
            "private_metadata": text("private_metadata"),
            "callback_id": text("callback_id"), "external_id": text("external_id"),
            "state": { "values": values }, "hash": self.hash,
            "title": self.body.get("title").cloned()
                .unwrap_or(json!({ "type": "plain_text", "text": "View Title", "emoji": true })),
            "clear_on_close": flag("clear_on_close"),
            "notify_on_close": flag("notify_on_close"),
            "close": maybe("close"), "submit": maybe("submit"),
            "previous_view_id": self.previous, "root_view_id": self.root,
            "app_id": APP, "app_installed_team_id": TEAM, "bot_id": BOT,
        })
    }
}

impl Screens {
    /// Whose modal it is, and where in their stack.
    pub(crate) fn find(&mut self, id: &str, external: Option<&str>) -> Option<&mut View> {
        let modals = self.modals.values_mut().flatten();
        let homes = self.homes.values_mut();
        modals.chain(homes).find(|it| {
            it.id == id || external.is_some_and(|external| it.body["external_id"] == external)
        })
    }
}
