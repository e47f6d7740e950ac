//! Requests held against Discord's own published description, where it lies on this machine.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

/// The published description.
pub(super) struct Oracle(BTreeMap<&'static str, Validator>);

/// What the description calls the body of each call.
const BODIES: [(&str, &str, &str); 7] = [
    ("post", "post", "/channels/{channel_id}/messages"),
    (
        "edit",
        "patch",
        "/channels/{channel_id}/messages/{message_id}",
    ),
    (
        "thread",
        "post",
        "/channels/{channel_id}/messages/{message_id}/threads",
    ),
    ("wake", "patch", "/channels/{channel_id}"),
    (
        "register",
        "put",
        "/applications/{application_id}/guilds/{guild_id}/commands",
    ),
    (
        "callback",
        "post",
        "/interactions/{interaction_id}/{interaction_token}/callback",
    ),
    (
        "edit original",
        "patch",
        "/webhooks/{webhook_id}/{webhook_token}/messages/@original",
    ),
];

impl Oracle {
    /// Reads what the environment points at; none if it points nowhere.
    #[expect(
        clippy::disallowed_methods,
        reason = "tests have no configuration file"
    )]
    pub(super) fn from_environment() -> Option<&'static Self> {
        // Reading it takes a second, so it is done once for all.
        static ORACLE: LazyLock<Option<Oracle>> = LazyLock::new(|| {
            let folder = std::env::var("SHIPBELL_API_SPECS").ok()?;
            Some(Oracle::read(
                &Path::new(&folder).join("discord-openapi.json"),
            ))
        });
        ORACLE.as_ref()
    }

    fn read(file: &Path) -> Self {
        let text = std::fs::read_to_string(file);
        let text = text.expect("SHIPBELL_API_SPECS is the folder of the published descriptions");
        let whole: Value = serde_json::from_str(&text).expect("a published description is JSON");
        let validator = |(call, verb, path): (&'static str, &str, &str)| {
            let body = &whole["paths"][path][verb]["requestBody"]["content"]["application/json"];
            let mut schema = body["schema"].clone();
            assert!(schema.is_object(), "{verb} {path} is described");
            schema["components"] = whole["components"].clone();
            schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
            let validator = jsonschema::validator_for(&schema);
            (
                call,
                validator.expect("the published description is a schema"),
            )
        };
        Self(BODIES.into_iter().map(validator).collect())
    }

    /// What of this call is not as published.
    pub(super) fn check(&self, call: &str, body: &Value) -> Vec<String> {
        let Some(validator) = self.0.get(call) else {
            return Vec::new();
        };
        let body = &as_published(body);
        let errors = validator.iter_errors(body);
        let words = errors.map(|it| {
            let words: String = it.to_string().chars().take(400).collect();
            format!("{words} at {}", it.instance_path())
        });
        words.take(5).collect()
    }
}

/// Ids may be sent as numbers too, which the description does not know: files are
/// numbered so in <https://discord.com/developers/docs/reference#uploading-files>.
fn as_published(body: &Value) -> Value {
    let as_text = |id: &mut Value| {
        if let Some(number) = id.as_u64() {
            *id = json!(number.to_string());
        }
    };
    let mut body = body.clone();
    for file in list(&mut body, "/attachments") {
        if let Some(id) = file.get_mut("id") {
            as_text(id);
        }
    }
    for users in ["/allowed_mentions/users", "/data/allowed_mentions/users"] {
        list(&mut body, users).for_each(as_text);
    }
    body
}

fn list<'a>(body: &'a mut Value, at: &str) -> impl Iterator<Item = &'a mut Value> {
    let found = body.pointer_mut(at).and_then(Value::as_array_mut);
    found.into_iter().flatten()
}
