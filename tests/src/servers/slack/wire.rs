//! The HTTP side: reads a call, lets it go wrong if it is to, does it, and answers as Slack does.

mod read;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method as Verb, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, post};
use serde_json::{Map, Value, json};

use super::Shared;
use super::faults::How;
use super::limits::Verdict;
use super::line::Cut;
use super::log::What;
use super::methods::{self, Args, Method, Refusal, Tier, bring};
use super::responses;

/// Refusals that a program which knows Slack does not cause.
const MISTAKES: [&str; 18] = [
    "unknown_method",
    "invalid_arguments",
    "invalid_arg_name",
    "invalid_json",
    "invalid_blocks",
    "invalid_name",
    "invalid_form_data",
    "invalid_limit",
    "invalid_cursor",
    "msg_too_long",
    "no_text",
    "not_authed",
    "not_allowed_token_type",
    "metadata_must_be_sent_from_app",
    "push_limit_reached",
    "exchanged_trigger_id",
    "thread_not_found",
    "cannot_reply_to_message",
];

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/api/{method}", any(api))
        .route("/upload/{id}", post(upload))
        .route("/response/{id}", post(respond))
        .with_state(shared)
}

/// How a request asks to be answered, once it is done.
enum End {
    Well(Value),
    Badly(Refusal),
    /// Not with words of Slack.
    Raw(Response),
}

async fn api(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    RawQuery(query): RawQuery,
    (verb, headers, body): (Verb, HeaderMap, Bytes),
) -> Response {
    let request = read::Request {
        verb,
        query: query.unwrap_or_default(),
        kind: header_of(&headers, header::CONTENT_TYPE.as_str()),
        token: read::bearer(&header_of(&headers, header::AUTHORIZATION.as_str())),
        body,
    };
    let method = methods::find(&name);
    let read = read::arguments(method, &request);
    let args = read.clone().unwrap_or_default();
    let fault = shared.faults.take(&name);
    if let Some(early) = before(&shared, fault.as_ref(), &cut).await {
        log(&shared, &name, &args, Some(early.1));
        if let (Some(How::RateLimited(wait)), true) = (&fault, early.0.status() == 429) {
            let key = bucket(&name, &args);
            shared
                .limits
                .close(&key, shared.clock.ran(), Duration::from_secs(*wait));
        }
        return early.0;
    }
    let end = match limited(&shared, &name, method, &args) {
        Some(raw) => End::Raw(raw),
        None => done(&shared, &name, (method, &request), read),
    };
    after(&shared, fault.as_ref(), &cut).await;
    answer(&shared, &name, &args, end)
}

/// What goes wrong before anything is done, and what to write into the log about it.
async fn before(shared: &Shared, fault: Option<&How>, cut: &Cut) -> Option<(Response, String)> {
    match fault? {
        How::RateLimited(wait) => Some((too_many(*wait), "ratelimited".to_owned())),
        How::Status(code) => {
            let code = StatusCode::from_u16(*code).unwrap_or(StatusCode::BAD_GATEWAY);
            let said = (code, format!("{code}\n")).into_response();
            Some((said, code.as_u16().to_string()))
        }
        How::Refused(code) => {
            let said = json!({ "ok": false, "error": code });
            Some((said_as_json(shared, &said, ""), code.clone()))
        }
        How::Delay(millis) => {
            tokio::time::sleep(Duration::from_millis(*millis)).await;
            None
        }
        How::Hang => std::future::pending().await,
        How::ResetBefore => {
            shared.note(What::Noted(
                "a socket broke before the call was done".to_owned(),
            ));
            cut.now();
            std::future::pending().await
        }
        How::ResetAfter | How::HangAfter => None,
    }
}

/// What goes wrong after it was done.
async fn after(shared: &Arc<Shared>, fault: Option<&How>, cut: &Cut) {
    match fault {
        Some(How::ResetAfter) => {
            shared.note(What::Noted(
                "a socket broke after the call was done".to_owned(),
            ));
            shared.changed();
            cut.now();
            std::future::pending::<()>().await;
        }
        Some(How::HangAfter) => {
            shared.changed();
            std::future::pending::<()>().await;
        }
        _ => {}
    }
}

/// Lets it through, or says when to come again.
fn limited(
    shared: &Shared,
    name: &str,
    method: Option<&Method>,
    args: &Map<String, Value>,
) -> Option<Response> {
    let tier = match method {
        Some(method) => method.tier,
        None if name == "apps.connections.open" => Tier::Three,
        None => return None,
    };
    let key = bucket(name, args);
    let verdict = shared.limits.judge(&key, tier, shared.clock.ran());
    match verdict {
        Verdict::Through => None,
        Verdict::Wait(wait) => {
            if tier == Tier::Post {
                shared
                    .log
                    .violation(format!("{key}: two posts within a second"));
            }
            Some(too_many(wait))
        }
        Verdict::Early(wait) => {
            shared
                .log
                .violation(format!("{key}: called {wait} s before it may"));
            Some(too_many(wait))
        }
    }
}

/// What a limit is counted by.
fn bucket(name: &str, args: &Map<String, Value>) -> String {
    if name == "chat.postMessage" {
        let channel = args.get("channel").and_then(Value::as_str).unwrap_or("");
        return format!("{name} in {channel}");
    }
    name.to_owned()
}

/// Does it.
fn done(
    shared: &Arc<Shared>,
    name: &str,
    (method, request): (Option<&Method>, &read::Request),
    read: Result<Map<String, Value>, Refusal>,
) -> End {
    if name == "apps.connections.open" {
        return match shared.ticket(&request.token) {
            Ok(url) => End::Well(json!({ "url": url })),
            Err(code) => End::Badly(code.into()),
        };
    }
    let Some(method) = method else {
        return End::Badly(Refusal {
            code: "unknown_method".to_owned(),
            more: json!({ "req_method": name }),
        });
    };
    if let Err(refusal) = shared.entitled(method, &request.token) {
        return End::Badly(refusal);
    }
    let args = match read {
        Ok(args) => args,
        Err(refusal) => return End::Badly(refusal),
    };
    if let Some(oracle) = &shared.oracle {
        for mistake in oracle.check(name, &args) {
            shared
                .log
                .violation(format!("{name}: not as published: {mistake}"));
        }
    }
    let mut world = shared.world();
    match method.run(&mut world, &Args::new(&args, shared.clock.now())) {
        Ok(said) => End::Well(said),
        Err(refusal) => End::Badly(refusal),
    }
}

fn answer(shared: &Arc<Shared>, name: &str, args: &Map<String, Value>, end: End) -> Response {
    let scopes = shared.scopes();
    let response = match end {
        End::Well(mut said) => {
            log(shared, name, args, None);
            said["ok"] = json!(true);
            said_as_json(shared, &said, &scopes)
        }
        End::Badly(refusal) => {
            if MISTAKES.contains(&refusal.code.as_str()) && !merely_new(shared, &refusal) {
                let why = format!("{name}: refused with {} {}", refusal.code, refusal.more);
                shared.log.violation(why);
            }
            log(shared, name, args, Some(refusal.code.clone()));
            let mut said = json!({ "ok": false, "error": refusal.code });
            for (key, value) in refusal.more.as_object().into_iter().flatten() {
                said[key] = value.clone();
            }
            said_as_json(shared, &said, &scopes)
        }
        End::Raw(response) => {
            log(
                shared,
                name,
                args,
                Some(response.status().as_u16().to_string()),
            );
            response
        }
    };
    shared.changed();
    response
}

/// Whether a Slack that knows the newer blocks would have taken it.
fn merely_new(shared: &Shared, refusal: &Refusal) -> bool {
    let messages = refusal.more["response_metadata"]["messages"].as_array();
    let new = |it: &Value| {
        it.as_str()
            .is_some_and(|it| it.contains("unsupported block type"))
    };
    let only = messages.is_some_and(|all| all.iter().all(new));
    only && !shared.world().rules.native_blocks
}

/// A file is brought to the place the app was given.
async fn upload(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    body: Bytes,
) -> Response {
    let fault = shared.faults.take("upload");
    if let Some(early) = before(&shared, fault.as_ref(), &cut).await {
        return early.0;
    }
    let brought = bring(&mut shared.world(), &id, &body);
    let error = brought.err().map(str::to_owned);
    let args = json!({ "id": id, "length": body.len() });
    after(&shared, fault.as_ref(), &cut).await;
    log(
        &shared,
        "upload",
        args.as_object().unwrap_or(&Map::new()),
        error.clone(),
    );
    match error {
        None => format!("OK - {}", body.len()).into_response(),
        Some(why) => (StatusCode::BAD_REQUEST, why).into_response(),
    }
}

/// The app answers what somebody did.
async fn respond(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    body: Bytes,
) -> Response {
    let fault = shared.faults.take("response_url");
    if let Some(early) = before(&shared, fault.as_ref(), &cut).await {
        return early.0;
    }
    let said: Value = serde_json::from_slice(&body).unwrap_or_default();
    let now = shared.clock.now();
    let outcome = responses::take(&mut shared.world(), &id, &said, now);
    after(&shared, fault.as_ref(), &cut).await;
    let error = outcome.as_ref().err().map(|it| it.code.clone());
    if let Some(code) = &error {
        shared
            .log
            .violation(format!("response_url: refused with {code}"));
    }
    log(
        &shared,
        "response_url",
        said.as_object().unwrap_or(&Map::new()),
        error,
    );
    shared.changed();
    match outcome {
        // In plain words, as Slack has it; at other times with nothing at all.
        Ok(()) => ([(header::CONTENT_TYPE, "text/html")], "ok").into_response(),
        Err(refusal) => (StatusCode::NOT_FOUND, refusal.code).into_response(),
    }
}

fn log(shared: &Shared, method: &str, args: &Map<String, Value>, error: Option<String>) {
    shared.note(What::Called {
        method: method.to_owned(),
        args: Value::Object(args.clone()),
        error,
    });
}

fn too_many(wait: u64) -> Response {
    let said = json!({ "ok": false, "error": "ratelimited" }).to_string();
    let json = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    let mut response = (StatusCode::TOO_MANY_REQUESTS, json, said).into_response();
    if wait > 0 {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, wait.into());
    }
    response
}

fn said_as_json(shared: &Shared, said: &Value, scopes: &str) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    let mut response = (json, said.to_string()).into_response();
    let headers = response.headers_mut();
    if let Ok(scopes) = HeaderValue::from_str(scopes) {
        headers.insert("x-oauth-scopes", scopes);
    }
    let date = shared.clock.now().format("%a, %d %b %Y %H:%M:%S GMT");
    if let Ok(date) = HeaderValue::from_str(&date.to_string()) {
        headers.insert(header::DATE, date);
    }
    response
}

fn header_of(headers: &HeaderMap, name: &str) -> String {
    let value = headers.get(name).and_then(|it| it.to_str().ok());
    value.unwrap_or_default().to_owned()
}
