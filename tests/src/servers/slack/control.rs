//! A page and a few addresses, to look and to meddle by hand.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Json, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::draw;
use super::faults::Fault;
use super::people::Person;
use super::shared::Shared;
use super::socket::Trouble;
use super::watch::Seen;

const PAGE: &str = "<!doctype html><meta charset=utf-8><title>Slack stand-in</title>
<h1>A Slack that is none</h1><pre id=all></pre>
<form><select name=who><option>ana<option>bo<option>chloe<option>dan</select>
<input name=text size=70 placeholder='/release status'><button>Say</button></form>
<script>
const look = async () => { all.textContent = await (await fetch('/control/text')).text() };
document.forms[0].onsubmit = async e => { e.preventDefault();
  const f = new FormData(e.target); await fetch('/control/act', { method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ who: f.get('who'), act: 'say', text: f.get('text') }) }); look() };
setInterval(look, 1000); look();
</script>";

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(async || Html(PAGE)))
        .route("/control/text", get(text))
        .route("/control/state", get(state))
        .route("/control/fault", post(fault))
        .route("/control/trouble", post(trouble))
        .route("/control/clock", post(clock))
        .route("/control/act", post(act))
        .with_state(shared)
}

async fn text(State(shared): State<Arc<Shared>>) -> String {
    draw::everything(&shared.world())
}

async fn state(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let text = draw::everything(&shared.world());
    let log: Vec<Value> = shared
        .log
        .entries()
        .iter()
        .filter_map(|it| serde_json::to_value(it).ok())
        .collect();
    Json(json!({
        "text": text, "log": log, "violations": shared.log.violations(),
        "sockets": shared.sockets.count(),
    }))
}

async fn fault(State(shared): State<Arc<Shared>>, Json(fault): Json<Fault>) -> StatusCode {
    shared.faults.add(fault);
    StatusCode::NO_CONTENT
}

/// A trouble for every socket.
#[derive(Deserialize)]
struct Wanted {
    how: String,
}

async fn trouble(State(shared): State<Arc<Shared>>, Json(wanted): Json<Wanted>) -> Response {
    let trouble = match wanted.how.as_str() {
        "warning" => Trouble::Warning,
        "refresh_requested" => Trouble::RefreshRequested,
        "link_disabled" => Trouble::LinkDisabled,
        "too_many_websockets" => Trouble::TooMany,
        "closed" => Trouble::Closed,
        "cut" => Trouble::Cut,
        "half_open" => Trouble::HalfOpen,
        other => {
            let why = format!("there is no trouble called {other}\n");
            return (StatusCode::BAD_REQUEST, why).into_response();
        }
    };
    let troubled = shared.sockets.trouble(trouble, usize::MAX);
    Json(json!({ "troubled": troubled })).into_response()
}

#[derive(Deserialize)]
struct Turned {
    seconds: u64,
}

async fn clock(State(shared): State<Arc<Shared>>, Json(turned): Json<Turned>) -> StatusCode {
    shared.clock.turn_on(Duration::from_secs(turned.seconds));
    StatusCode::NO_CONTENT
}

/// What somebody does.
#[derive(Deserialize)]
struct Act {
    who: String,
    #[serde(flatten)]
    deed: Deed,
}

#[derive(Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
enum Deed {
    Say { text: String },
    React { on: Pointed, emoji: String },
    Unreact { on: Pointed, emoji: String },
    Press { on: Pointed, label: String },
    Pick { on: Pointed, label: String },
    Shortcut { on: Pointed, callback: String },
    Fill { label: String, value: String },
    Submit,
    Home,
}

/// A message.
#[derive(Deserialize)]
struct Pointed {
    channel: String,
    ts: String,
}

impl From<Pointed> for Seen {
    fn from(it: Pointed) -> Self {
        Self {
            channel: it.channel,
            stamp: it.ts,
        }
    }
}

async fn act(State(shared): State<Arc<Shared>>, Json(act): Json<Act>) -> Response {
    let Some(id) = shared.world().user_named(&act.who) else {
        return (StatusCode::NOT_FOUND, "there is nobody of that name\n").into_response();
    };
    let person = Person::new(Arc::clone(&shared), id);
    let done = match act.deed {
        Deed::Say { text } => person.says("release", &text).await,
        Deed::React { on, emoji } => person.tries_to_react(&on.into(), &emoji),
        Deed::Unreact { on, emoji } => person.tries_to_unreact(&on.into(), &emoji),
        Deed::Press { on, label } => person.tries_to_press(&on.into(), &label).await,
        Deed::Pick { on, label } => person.tries_to_pick(&on.into(), &label).await,
        Deed::Shortcut { on, callback } => person.tries_shortcut(&on.into(), &callback).await,
        Deed::Fill { label, value } => person.tries_to_fill(&label, &value),
        Deed::Submit => person.tries_to_submit().await,
        Deed::Home => {
            person.opens_home().await;
            Ok(())
        }
    };
    match done {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(why) => (StatusCode::BAD_REQUEST, format!("{why}\n")).into_response(),
    }
}
