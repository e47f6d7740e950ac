//! `[allow]`: the roles that may do something.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use shipbell_domain::ids::Role;
use shipbell_domain::policy::Action;

use super::at::At;
use super::desk::{Desk, closest, comma};

/// `[allow]`: a list of roles by the word for the action.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Allow(BTreeMap<At<String>, At<Vec<At<String>>>>);

pub(super) fn lower(section: &Allow, desk: &mut Desk) -> BTreeMap<Action, Vec<Role>> {
    let mut allow = BTreeMap::new();
    for (word, written) in &section.0 {
        let Some(action) = Action::ALL
            .into_iter()
            .find(|it| it.word() == word.as_str())
        else {
            unknown(word, desk);
            continue;
        };
        if written.is_empty() && !desk.gone.touches(&["allow", word]) {
            let noted = desk.note(written.span(), format!("nobody could {}", action.word()));
            noted.help("name a role, or leave the line out");
        }
        let mut roles: Vec<Role> = written.iter().filter_map(|it| desk.role(it)).collect();
        // The order of a list nobody ranks must not look like another policy.
        roles.sort();
        roles.dedup();
        allow.insert(action, roles);
    }
    allow
}

fn unknown(word: &At<String>, desk: &mut Desk) {
    let known = Action::ALL.map(Action::word);
    let help = match closest(word, known.into_iter()) {
        Some(close) => format!("did you mean `{close}`?"),
        None => format!("actions: {}", comma(known)),
    };
    let noted = desk.note(word.span(), format!("unknown field `{}`", **word));
    noted.label("not an action shipbell knows").help(help);
}

impl JsonSchema for Allow {
    fn schema_name() -> Cow<'static, str> {
        "Allow".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut properties = serde_json::Map::new();
        for action in Action::ALL {
            let roles = serde_json::json!({
                "type": "array",
                "items": { "type": "string" },
                "minItems": 1,
            });
            properties.insert(action.word().to_owned(), roles);
        }
        json_schema!({
            "description": "The roles that may do something; what is not named is open to everyone with a role, except override.",
            "type": "object",
            "properties": properties,
            "additionalProperties": false,
        })
    }
}
