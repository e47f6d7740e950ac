//! Requests held against the platform's own published descriptions, where they lie on this machine.

mod exceptions;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

/// The published descriptions.
pub(super) struct Oracle {
    /// By method, from the platform's own types.
    types: BTreeMap<&'static str, Validator>,
    /// By method, from the older description: every argument, and whether it is needed.
    arguments: BTreeMap<String, Vec<(String, bool)>>,
}

/// What the types call the arguments of each method.
const TYPES: [(&str, &str); 15] = [
    ("chat.postMessage", "PostMessage"),
    ("chat.update", "Update"),
    ("chat.postEphemeral", "PostEphemeral"),
    ("views.open", "ViewsOpen"),
    ("views.push", "ViewsOpen"),
    ("views.update", "ViewsUpdate"),
    ("views.publish", "Home"),
    ("reactions.add", "ReactionsAdd"),
    ("reactions.remove", "ReactionsRemove"),
    ("reactions.get", "ReactionsGet"),
    ("pins.add", "PinsAdd"),
    ("usergroups.users.list", "UsergroupsUsersList"),
    ("files.getUploadURLExternal", "GetUploadURL"),
    ("files.completeUploadExternal", "CompleteUpload"),
    ("conversations.info", "ConversationsInfo"),
];

impl Oracle {
    /// Reads what the environment points at; none if it points nowhere.
    #[expect(
        clippy::disallowed_methods,
        reason = "tests have no configuration file"
    )]
    pub(super) fn from_environment() -> Option<&'static Self> {
        // Reading them takes a second, so it is done once for all.
        static ORACLE: LazyLock<Option<Oracle>> = LazyLock::new(|| {
            let folder = std::env::var("SHIPBELL_API_SPECS").ok()?;
            Some(Oracle::read(Path::new(&folder)))
        });
        ORACLE.as_ref()
    }

    fn read(folder: &Path) -> Self {
        let types = read(&folder.join("slack-types.schema.json"));
        let validator = |name: &str| {
            let schema = json!({
                "$schema": types["$schema"],
                "definitions": types["definitions"],
                "$ref": format!("#/definitions/{name}"),
            });
            jsonschema::validator_for(&schema).expect("the published types are a schema")
        };
        let older = read(&folder.join("slack-web-openapi-2021.json"));
        let paths = older["paths"].as_object().into_iter().flatten();
        let arguments = paths.filter_map(|(path, verbs)| {
            let verb = verbs.as_object()?.values().next()?;
            let all = verb["parameters"].as_array().into_iter().flatten();
            let argument = |it: &Value| {
                let name = it["name"].as_str().unwrap_or_default().to_owned();
                (name, it["required"] == true)
            };
            let all = all.map(argument).filter(|(name, _)| name != "token");
            Some((path.trim_start_matches('/').to_owned(), all.collect()))
        });
        Self {
            types: TYPES.map(|(method, name)| (method, validator(name))).into(),
            arguments: arguments.collect(),
        }
    }

    /// What of this call is not as published, but for the known exceptions.
    pub(super) fn check(&self, method: &str, args: &Map<String, Value>) -> Vec<String> {
        let mut mistakes = self.by_types(method, args);
        mistakes.extend(self.by_arguments(method, args));
        mistakes
    }

    fn by_types(&self, method: &str, args: &Map<String, Value>) -> Vec<String> {
        let Some(validator) = self.types.get(method) else {
            return Vec::new();
        };
        let mut given = args.clone();
        for it in exceptions::TYPES.iter().filter(|it| it.method == method) {
            given.remove(it.argument);
        }
        let given = Value::Object(given);
        let errors = validator.iter_errors(&given);
        let words = errors.map(|it| format!("{} at {}", cut(&it.to_string()), it.instance_path()));
        words.take(5).collect()
    }

    fn by_arguments(&self, method: &str, args: &Map<String, Value>) -> Vec<String> {
        let Some(published) = self.arguments.get(method) else {
            return Vec::new();
        };
        let excepted = |name: &str| {
            let mut all = exceptions::OLDER.iter();
            all.any(|it| it.method == method && it.argument == name)
        };
        let unknown = args
            .keys()
            .filter(|name| !excepted(name) && !published.iter().any(|(known, _)| known == *name));
        let mut mistakes: Vec<String> = unknown
            .map(|it| format!("the older description has no argument {it}"))
            .collect();
        let missing = published
            .iter()
            .filter(|(name, needed)| *needed && !args.contains_key(name));
        mistakes.extend(missing.map(|(name, _)| format!("the older description needs {name}")));
        mistakes
    }
}

fn read(file: &Path) -> Value {
    let text = fs::read_to_string(file);
    let text = text.expect("SHIPBELL_API_SPECS is the folder of the published descriptions");
    serde_json::from_str(&text).expect("a published description is JSON")
}

/// An error repeats what it is about, which may be long.
fn cut(words: &str) -> String {
    words.chars().take(400).collect()
}
