//! Delivery over HTTP: Slack calls the bot, and signs what it says.
//!
//! Three addresses, behind whatever speaks TLS: `/slack/events`,
//! `/slack/commands` and `/slack/interactivity`.

mod signature;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::post;
use serde_json::{Map, Value};
use tokio::net::TcpListener;
use tokio::sync::watch;

pub(super) use signature::Signatures;

use super::SlackChat;
use super::deliver::{Outcome, Parcel, Receipt};

/// The largest delivery.
const LARGEST: usize = 1024 * 1024;

/// What the addresses share.
struct Desk {
    chat: Arc<SlackChat>,
    signatures: Signatures,
}

/// Serves until the bot closes, then lets what is under way finish.
pub(super) async fn run(
    chat: Arc<SlackChat>,
    listener: TcpListener,
    signatures: Signatures,
    mut closing: watch::Receiver<bool>,
) {
    // What happened while nobody listened may have been missed.
    chat.announce();
    let app = Router::new()
        .route("/slack/events", post(events))
        .route("/slack/commands", post(commands))
        .route("/slack/interactivity", post(interactivity))
        .layer(DefaultBodyLimit::max(LARGEST))
        .with_state(Arc::new(Desk { chat, signatures }));
    let closed = async move {
        // The sender is gone only when the bot is.
        let _gone = closing.wait_for(|closing| *closing).await;
    };
    if let Err(error) = axum::serve(listener, app)
        .with_graceful_shutdown(closed)
        .await
    {
        tracing::error!(%error, "Slack cannot call the bot any more");
    }
}

async fn events(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(text) = desk.signed(&headers, &body) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let Ok(payload) = serde_json::from_str::<Value>(text) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if payload["type"] == "url_verification" {
        let challenge = payload["challenge"].as_str().unwrap_or_default();
        return challenge.to_owned().into_response();
    }
    desk.deliver("events_api", payload).await
}

async fn commands(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(text) = desk.signed(&headers, &body) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    // Slack asks now and then whether the address is alive.
    let fields = fields(text);
    if fields.contains_key("ssl_check") {
        return StatusCode::OK.into_response();
    }
    desk.deliver("slash_commands", Value::Object(fields)).await
}

async fn interactivity(State(desk): State<Arc<Desk>>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(text) = desk.signed(&headers, &body) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let fields = fields(text);
    let payload = fields.get("payload").and_then(Value::as_str);
    let payload = payload.and_then(|it| serde_json::from_str::<Value>(it).ok());
    match payload {
        Some(payload) => desk.deliver("interactive", payload).await,
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

impl Desk {
    /// The body, if Slack signed it lately.
    fn signed<'a>(&self, headers: &HeaderMap, body: &'a Bytes) -> Option<&'a str> {
        let now = (self.chat.hands.clock)();
        match self.signatures.check(headers, body, now) {
            Ok(text) => Some(text),
            Err(why) => {
                tracing::warn!(why, "a request that is not Slack's was turned away");
                None
            }
        }
    }

    async fn deliver(&self, kind: &str, payload: Value) -> Response {
        let parcel = Parcel {
            kind: kind.to_owned(),
            envelope: String::new(),
            payload,
        };
        let Outcome { receipt, rest } = self.chat.receive(parcel).await;
        if let Some(rest) = rest {
            let chat = Arc::clone(&self.chat);
            let finish = async move { chat.finish(rest).await };
            (self.chat.hands.spawn)(Box::pin(finish));
        }
        match receipt {
            Receipt::Taken(Some(payload)) => Json(payload).into_response(),
            Receipt::Taken(None) => StatusCode::OK.into_response(),
            Receipt::Dropped => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        }
    }
}

/// A form's fields.
fn fields(text: &str) -> Map<String, Value> {
    url::form_urlencoded::parse(text.as_bytes())
        .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
        .collect()
}
