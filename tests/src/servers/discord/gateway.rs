//! The gateway: one connection after another, sessions that can be gone on with, and
//! everything that is sent numbered and kept.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::TOKEN;
use super::line::Line;
use super::model::{APPLICATION, GUILD};
use super::shared::House;
use super::stream::Stream;

/// How often the other side says that it is there, in milliseconds.
const HEARTBEAT: u64 = 41_250;

/// What needs Discord's approval: members, presences, and the words of messages.
const PRIVILEGED: u64 = 1 << 1 | 1 << 8 | 1 << 15;

/// What tells of servers, channels and threads; of messages; and of reactions.
const GUILDS: u64 = 1;
const MESSAGES: u64 = 1 << 9;
const REACTIONS: u64 = 1 << 10;

/// How many frames may wait for a connection.
const FRAMES: usize = 4096;

/// The time between two identifications.
const APART: Duration = Duration::from_secs(5);

/// How a connection is troubled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It is asked to come again.
    Reconnect,
    /// Its session is no good; whether it may go on with it all the same.
    Invalid(bool),
    /// Closed with a code.
    Closed(u16),
    /// Closed without one.
    Bare,
    /// Cut.
    Cut,
    /// Its heartbeats are heard no more, and neither is it.
    Mute,
}

enum Frame {
    Words(String),
    Trouble(Trouble),
}

struct Session {
    id: String,
    sequence: u64,
    sent: Vec<(u64, String)>,
    intents: u64,
    alive: bool,
    out: Option<mpsc::Sender<Frame>>,
}

#[derive(Default)]
pub(super) struct Gateway(Mutex<State>);

#[derive(Default)]
struct State {
    sessions: Vec<Session>,
    identified: usize,
    resumed: usize,
    last: Option<Duration>,
    heartbeat: Option<u64>,
}

impl Gateway {
    /// How often a connection from now on must say that it is there, in milliseconds.
    pub(super) fn beats_every(&self, interval: u64) {
        self.lock().heartbeat = Some(interval);
    }

    /// Sends something to every session that asked for it; kept for those that are away.
    pub(super) fn dispatch(&self, kind: &str, data: &Value) {
        let needs = match kind {
            it if it.starts_with("MESSAGE_REACTION") => REACTIONS,
            it if it.starts_with("MESSAGE_") => MESSAGES,
            it if it.starts_with("CHANNEL_") || it.starts_with("THREAD_") => GUILDS,
            _ => 0,
        };
        let mut state = self.lock();
        for session in state.sessions.iter_mut().filter(|it| it.alive) {
            if needs == 0 || session.intents & needs != 0 {
                session.push(kind, data);
            }
        }
    }

    pub(super) fn trouble(&self, trouble: Trouble) -> bool {
        let mut state = self.lock();
        let mut any = false;
        for session in &mut state.sessions {
            if trouble == Trouble::Invalid(false) {
                session.alive = false;
            }
            if let Some(out) = &session.out {
                any |= out.try_send(Frame::Trouble(trouble)).is_ok();
            }
        }
        any
    }

    pub(super) fn forget(&self) {
        for session in &mut self.lock().sessions {
            session.alive = false;
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.lock()
            .sessions
            .iter()
            .any(|it| it.alive && it.out.is_some())
    }

    pub(super) fn counts(&self) -> (usize, usize) {
        let state = self.lock();
        (state.identified, state.resumed)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Session {
    fn push(&mut self, kind: &str, data: &Value) {
        self.sequence += 1;
        let words = json!({ "op": 0, "s": self.sequence, "t": kind, "d": data }).to_string();
        self.sent.push((self.sequence, words.clone()));
        if let Some(out) = &self.out {
            // Whoever is gone reads it when they go on.
            drop(out.try_send(Frame::Words(words)));
        }
    }
}

/// Lets a program in and serves it to its end.
pub(super) async fn welcome(shared: House, line: Line) {
    let mut path = String::new();
    #[expect(clippy::result_large_err, reason = "the library asks for it")]
    let look = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        path = request.uri().to_string();
        Ok(response)
    };
    let Ok(socket) = tokio_tungstenite::accept_hdr_async(line, look).await else {
        return;
    };
    let stream = Stream::asked(&path);
    let Some(stream) = stream.filter(|_| path.contains("v=10") && path.contains("encoding=json"))
    else {
        shared.violation(format!(
            "the gateway was opened as {path}; here it speaks version 10 and JSON, \
             compressed as zlib-stream or not at all"
        ));
        return;
    };
    let own = serve(&shared, (socket, stream), path.starts_with("/resume")).await;
    if let Some(id) = own {
        let mut state = shared.gateway.lock();
        if let Some(session) = state.sessions.iter_mut().find(|it| it.id == id)
            && session.out.as_ref().is_some_and(mpsc::Sender::is_closed)
        {
            session.out = None;
        }
    }
    shared.note("the gateway's connection ended");
}

/// Serves a connection; the session it was for.
async fn serve(
    shared: &House,
    (socket, mut leaves): (WebSocketStream<Line>, Stream),
    resumes: bool,
) -> Option<String> {
    let (mut sink, mut stream) = socket.split();
    let (out, mut frames) = mpsc::channel(FRAMES);
    let interval = shared.gateway.lock().heartbeat.unwrap_or(HEARTBEAT);
    let hello = json!({ "op": 10, "s": null, "t": null, "d": { "heartbeat_interval": interval } });
    sink.send(leaves.message(&hello.to_string())).await.ok()?;
    let (mut own, mut mute) = (None, false);
    loop {
        tokio::select! {
            frame = frames.recv() => match frame? {
                Frame::Words(words) => if !mute {
                    sink.send(leaves.message(&words)).await.ok();
                },
                Frame::Trouble(Trouble::Mute) => mute = true,
                Frame::Trouble(Trouble::Cut) => return own,
                Frame::Trouble(it) => {
                    sink.send(trouble(it, &mut leaves)).await.ok();
                }
            },
            heard = stream.next() => match heard {
                Some(Ok(Message::Text(words))) => {
                    let said: Value = serde_json::from_str(&words).unwrap_or_default();
                    if let Some(back) = hear(shared, &said, (&out, &mut own, resumes)) && !mute {
                        sink.send(leaves.message(&back.to_string())).await.ok();
                    }
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return own,
                Some(Ok(_)) => {}
            },
        }
    }
}

fn trouble(it: Trouble, leaves: &mut Stream) -> Message {
    let mut says = |op: u64, data: Value| {
        let words = json!({ "op": op, "s": null, "t": null, "d": data });
        leaves.message(&words.to_string())
    };
    match it {
        Trouble::Reconnect => says(7, Value::Null),
        Trouble::Invalid(resumable) => says(9, json!(resumable)),
        Trouble::Closed(code) => Message::Close(Some(CloseFrame {
            code: code.into(),
            reason: "".into(),
        })),
        Trouble::Bare | Trouble::Cut | Trouble::Mute => Message::Close(None),
    }
}

type Own<'a> = (&'a mpsc::Sender<Frame>, &'a mut Option<String>, bool);

/// What is answered to something that was said.
fn hear(shared: &House, said: &Value, (out, own, resumes): Own<'_>) -> Option<Value> {
    let invalid = json!({ "op": 9, "s": null, "t": null, "d": false });
    match said["op"].as_u64() {
        Some(1) => Some(json!({ "op": 11, "s": null, "t": null, "d": null })),
        Some(2) => match identify(shared, &said["d"], out) {
            Some(id) => {
                *own = Some(id);
                None
            }
            None => Some(invalid),
        },
        Some(6) => {
            let (id, from) = (
                said["d"]["session_id"].as_str()?,
                said["d"]["seq"].as_u64()?,
            );
            let mut state = shared.gateway.lock();
            let session = state.sessions.iter_mut().find(|it| it.id == id && it.alive);
            let Some(session) = session else {
                drop(state);
                shared.note("a session cannot be gone on with");
                return Some(invalid);
            };
            session.out = Some(out.clone());
            for (_, words) in session.sent.iter().filter(|(at, _)| *at > from) {
                drop(out.try_send(Frame::Words(words.clone())));
            }
            session.push("RESUMED", &json!({}));
            state.resumed += 1;
            drop(state);
            if !resumes {
                shared.note("a session is gone on with at the first address");
            }
            shared.note("a session is gone on with");
            *own = Some(id.to_owned());
            None
        }
        _ => {
            shared.violation(format!("the gateway heard {said}"));
            None
        }
    }
}

fn identify(shared: &House, said: &Value, out: &mpsc::Sender<Frame>) -> Option<String> {
    let token = said["token"].as_str().unwrap_or_default();
    if token.trim_start_matches("Bot ") != TOKEN {
        drop(out.try_send(Frame::Trouble(Trouble::Closed(4004))));
        return Some(String::new());
    }
    let intents = said["intents"].as_u64().unwrap_or_default();
    if intents & PRIVILEGED != 0 {
        shared.violation(format!("privileged intents: {intents}"));
    }
    if !said["properties"].is_object() {
        shared.violation("an identification without properties".to_owned());
    }
    let now = shared.clock.ran();
    let (me, guild) = {
        let world = shared.world();
        (world.me(), world.guild())
    };
    let mut state = shared.gateway.lock();
    if state.last.is_some_and(|last| now < last + APART) {
        shared.violation("two identifications within five seconds".to_owned());
        return None;
    }
    (state.last, state.identified) = (Some(now), state.identified + 1);
    let id = format!("session{}", state.identified);
    let mut session = Session {
        id: id.clone(),
        sequence: 0,
        sent: Vec::new(),
        intents,
        alive: true,
        out: Some(out.clone()),
    };
    let ready = json!({
        "v": 10, "user": me, "session_id": id, "resume_gateway_url": shared.gateway_url(true),
        "guilds": [{ "id": GUILD, "unavailable": true }], "shard": [0, 1],
        "application": { "id": APPLICATION, "flags": 0 },
        "private_channels": [], "presences": [], "relationships": [], "session_type": "normal",
    });
    session.push("READY", &ready);
    if intents & GUILDS != 0 {
        session.push("GUILD_CREATE", &guild);
    }
    state.sessions.push(session);
    drop(state);
    shared.note("the bot identified itself");
    Some(id)
}
