//! What a call was made with: query, form with JSON strings inside, or JSON.

use axum::body::Bytes;
use axum::http::Method as Verb;
use serde_json::{Map, Value, json};

use crate::servers::slack::methods::{Form, Method, Refusal};

/// A call as it came.
pub(super) struct Request {
    pub(super) verb: Verb,
    pub(super) query: String,
    /// Its content type.
    pub(super) kind: String,
    pub(super) token: String,
    pub(super) body: Bytes,
}

/// The token of `Authorization: Bearer`.
pub(super) fn bearer(header: &str) -> String {
    header
        .strip_prefix("Bearer ")
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// The arguments in their right form, or why the call cannot be understood.
pub(super) fn arguments(
    method: Option<&Method>,
    request: &Request,
) -> Result<Map<String, Value>, Refusal> {
    let is_json = request.kind.starts_with("application/json");
    let is_form = request
        .kind
        .starts_with("application/x-www-form-urlencoded");
    let mut given = pairs(request.query.as_bytes());
    if is_json && !request.body.is_empty() {
        let body = serde_json::from_slice(&request.body).map_err(|_| "invalid_json")?;
        let Value::Object(body) = body else {
            return Err("json_not_object".into());
        };
        // A method that reads no JSON does as if nothing had been said.
        if method.is_none_or(|it| it.json) {
            given.extend(body);
        }
    } else if is_form {
        given.extend(pairs(&request.body));
    } else if request.verb == Verb::POST && !request.body.is_empty() {
        let kind = if request.kind.is_empty() {
            "missing_post_type"
        } else {
            "invalid_post_type"
        };
        return Err(kind.into());
    }
    // Every method takes these two; the official client sends them of its own accord.
    given.remove("token");
    given.remove("team_id");
    // Absent and null are the same to Slack.
    given.retain(|_, value| !value.is_null());
    match method {
        Some(method) => typed(method, given),
        None => Ok(given),
    }
}

fn pairs(encoded: &[u8]) -> Map<String, Value> {
    let pairs = form_urlencoded::parse(encoded);
    pairs
        .map(|(name, value)| (name.into_owned(), json!(value)))
        .collect()
}

fn typed(method: &Method, given: Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    let mut args = Map::new();
    let mut wrong = Vec::new();
    for (name, value) in given {
        let Some(argument) = method.takes.iter().find(|it| it.name == name) else {
            let unknown = format!("[ERROR] no such argument: {name}");
            return Err(Refusal::with("invalid_arg_name", &[unknown]));
        };
        match as_form(argument.form, value) {
            Some(value) => drop(args.insert(name, value)),
            None => wrong.push(format!("[ERROR] not of its type [json-pointer:/{name}]")),
        }
    }
    for argument in method.takes.iter().filter(|it| it.needed) {
        let there = args.get(argument.name);
        if there.is_none_or(|it| it == "") {
            wrong.push(format!("[ERROR] missing required field: {}", argument.name));
        }
    }
    if wrong.is_empty() {
        return Ok(args);
    }
    Err(Refusal::with("invalid_arguments", &wrong))
}

fn as_form(form: Form, value: Value) -> Option<Value> {
    match (form, value) {
        (Form::Number, Value::String(it)) => it.parse::<u64>().ok().map(|it| json!(it)),
        (Form::Flag, Value::String(it)) => match it.as_str() {
            "true" | "1" | "True" => Some(json!(true)),
            "false" | "0" | "False" => Some(json!(false)),
            _ => None,
        },
        (Form::Structure, Value::String(it)) => serde_json::from_str(&it).ok(),
        (Form::Words, value) => value.is_string().then_some(value),
        (Form::Number, value) => value.is_number().then_some(value),
        (Form::Flag, value) => value.is_boolean().then_some(value),
        (Form::Structure, value) => Some(value),
    }
}
