//! Socket Mode: connections that were bought with a ticket, and what goes over them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::time::interval;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};

use super::Shared;
use super::faults::How;
use super::line::Line;
use super::log::What;
use super::model::APP;

/// How many connections an app may have.
pub(super) const MOST: usize = 10;

/// How many frames may wait for a connection.
const FRAMES: usize = 4096;

/// How long Slack keeps a connection it has asked to leave.
const GRACE: Duration = Duration::from_secs(10);

/// How often Slack asks whether somebody is there.
const PING: Duration = Duration::from_secs(5);

/// How a socket is troubled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// `disconnect` because of `warning`: it will be closed soon.
    Warning,
    /// `disconnect` because of `refresh_requested`.
    RefreshRequested,
    /// `disconnect` because of `link_disabled`: Socket Mode was switched off.
    LinkDisabled,
    /// `disconnect` because of `too_many_websockets`.
    TooMany,
    /// Closed properly.
    Closed,
    /// Cut.
    Cut,
    /// Open for all that can be seen, and nothing comes or goes.
    HalfOpen,
}

/// What is sent over one connection.
enum Frame {
    Words(String),
    Trouble(Trouble),
}

/// One connection.
struct Connection {
    id: u64,
    frames: mpsc::Sender<Frame>,
    /// It was asked to leave, so nothing more is sent over it.
    retiring: bool,
    /// It is half open.
    mute: bool,
}

/// Every connection, and who waits for an acknowledgement over it.
#[derive(Default)]
pub(super) struct Sockets {
    made: AtomicU64,
    tickets: Mutex<BTreeSet<String>>,
    open: Mutex<Vec<Connection>>,
    waiting: Mutex<BTreeMap<String, (u64, oneshot::Sender<Acknowledgement>)>>,
}

/// Over which connection it came, and what came along with it.
type Acknowledgement = (u64, Value);

impl Sockets {
    /// The right to connect once.
    pub(super) fn ticket(&self) -> String {
        let ticket = format!("t{}", self.made.fetch_add(1, Ordering::Relaxed));
        lock(&self.tickets).insert(ticket.clone());
        ticket
    }

    /// How many are in service.
    pub(super) fn in_service(&self) -> usize {
        let open = lock(&self.open);
        open.iter().filter(|it| !it.retiring && !it.mute).count()
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        lock(&self.open).len()
    }

    /// Any connection, and not the same twice in a row if there are others.
    pub(super) fn choose(&self, not: Option<u64>) -> Option<u64> {
        let open = lock(&self.open);
        let able: Vec<u64> = open
            .iter()
            .filter(|it| !it.retiring)
            .map(|it| it.id)
            .collect();
        let others: Vec<u64> = able.iter().copied().filter(|it| Some(*it) != not).collect();
        let among = if others.is_empty() { &able } else { &others };
        let turn = self.made.fetch_add(1, Ordering::Relaxed);
        let turn = usize::try_from(turn).unwrap_or_default();
        among.get(turn.checked_rem(among.len())?).copied()
    }

    /// Sends words over a connection; whether it can.
    pub(super) fn send(&self, over: u64, words: &Value) -> bool {
        let open = lock(&self.open);
        let connection = open.iter().find(|it| it.id == over);
        connection.is_some_and(|it| it.frames.try_send(Frame::Words(words.to_string())).is_ok())
    }

    /// Whoever sends over this connection wants to hear of the acknowledgement.
    pub(super) fn await_ack(
        &self,
        envelope: &str,
        over: u64,
    ) -> oneshot::Receiver<Acknowledgement> {
        let (told, hears) = oneshot::channel();
        lock(&self.waiting).insert(envelope.to_owned(), (over, told));
        hears
    }

    /// Whether a connection is there and well.
    pub(super) fn is_well(&self, id: u64) -> bool {
        let open = lock(&self.open);
        open.iter().any(|it| it.id == id && !it.mute)
    }

    /// Troubles every connection, or the oldest so many.
    pub(super) fn trouble(&self, trouble: Trouble, most: usize) -> usize {
        let mut open = lock(&self.open);
        let mut troubled = 0;
        for connection in open.iter_mut().take(most) {
            match trouble {
                Trouble::Warning | Trouble::RefreshRequested | Trouble::TooMany => {
                    connection.retiring = true;
                }
                Trouble::HalfOpen => connection.mute = true,
                Trouble::LinkDisabled | Trouble::Closed | Trouble::Cut => {}
            }
            if connection.frames.try_send(Frame::Trouble(trouble)).is_ok() {
                troubled += 1;
            }
        }
        troubled
    }

    fn add(&self, frames: mpsc::Sender<Frame>) -> (u64, usize) {
        let id = self.made.fetch_add(1, Ordering::Relaxed) + 1;
        let mut open = lock(&self.open);
        open.push(Connection {
            id,
            frames,
            retiring: false,
            mute: false,
        });
        (id, open.len())
    }

    fn remove(&self, id: u64) {
        lock(&self.open).retain(|it| it.id != id);
        // Whoever waits hears that nothing comes any more.
        lock(&self.waiting).retain(|_, (over, _)| *over != id);
    }

    fn acknowledged(&self, envelope: &str, by: u64, payload: Value) {
        let waiting = lock(&self.waiting).remove(envelope);
        if let Some((_, told)) = waiting {
            // Whoever waited may have given up at this very moment.
            told.send((by, payload)).ok();
        }
    }
}

/// Lets somebody in who has a ticket, and talks with them to the end.
pub(super) async fn welcome(shared: Arc<Shared>, line: Line) {
    match shared.faults.take("socket") {
        Some(How::Hang | How::HangAfter) => std::future::pending().await,
        Some(How::Delay(millis)) => tokio::time::sleep(Duration::from_millis(millis)).await,
        Some(How::ResetBefore | How::ResetAfter) => return,
        Some(How::Status(code)) => return refuse(line, code).await,
        Some(How::RateLimited(_)) => return refuse(line, 429).await,
        Some(How::Refused(_)) => return refuse(line, 403).await,
        None => {}
    }
    let may_enter = Arc::clone(&shared);
    let accepted = tokio_tungstenite::accept_hdr_async(
        line,
        #[expect(clippy::result_large_err, reason = "the library's own type")]
        move |request: &Request, response: Response| {
            let query = request.uri().query().unwrap_or_default().as_bytes();
            let mut pairs = form_urlencoded::parse(query);
            let ticket = pairs.find(|(name, _)| name == "ticket");
            let known = ticket.is_some_and(|(_, it)| lock(&may_enter.sockets.tickets).remove(&*it));
            if known {
                return Ok(response);
            }
            let why = "a socket was opened without a ticket, or with a used one";
            may_enter.log.violation(why.to_owned());
            Err(no(403))
        },
    );
    if let Ok(socket) = accepted.await {
        talk(&shared, socket).await;
    }
}

async fn refuse(line: Line, code: u16) {
    #[expect(clippy::result_large_err, reason = "the library's own type")]
    let refusal = move |_: &Request, _: Response| Err(no(code));
    // That it is refused is the purpose.
    drop(tokio_tungstenite::accept_hdr_async(line, refusal).await);
}

fn no(code: u16) -> ErrorResponse {
    let mut response = ErrorResponse::new(None);
    if let Ok(code) = code.try_into() {
        *response.status_mut() = code;
    }
    response
}

async fn talk(shared: &Arc<Shared>, mut socket: WebSocketStream<Line>) {
    let (frames, queue) = mpsc::channel(FRAMES);
    let (id, open) = shared.sockets.add(frames);
    shared.note(What::Opened {
        connection: id,
        open,
    });
    let hello = json!({
        "type": "hello", "num_connections": open,
        "debug_info": {
            "host": "applink-1", "build_number": 1, "approximate_connection_time": 18060,
        },
        "connection_info": { "app_id": APP },
    });
    let greeted = socket.send(Message::text(hello.to_string())).await;
    if open > MOST {
        shared
            .log
            .violation(format!("{open} sockets are more than {MOST}"));
        shared.sockets.trouble(Trouble::TooMany, 1);
    }
    shared.changed();
    let why = match greeted {
        Ok(()) => exchange(shared, (id, &mut socket), queue).await,
        Err(_) => "the app was gone",
    };
    shared.sockets.remove(id);
    shared.note(What::Closed {
        connection: id,
        why: why.to_owned(),
    });
    shared.changed();
}

/// Frames one way, acknowledgements the other.
async fn exchange(
    shared: &Shared,
    (id, socket): (u64, &mut WebSocketStream<Line>),
    mut queue: mpsc::Receiver<Frame>,
) -> &'static str {
    let mut pings = interval(PING);
    let mut leaving = Box::pin(shared.clock.passes(Duration::MAX / 4));
    loop {
        tokio::select! {
            frame = queue.recv() => match frame {
                Some(Frame::Words(words)) => {
                    if socket.send(Message::text(words)).await.is_err() {
                        return "it broke while Slack wrote";
                    }
                }
                Some(Frame::Trouble(Trouble::Cut)) | None => return "cut",
                Some(Frame::Trouble(Trouble::Closed)) => {
                    // The app may not answer; that is its affair.
                    drop(socket.close(None).await);
                    return "closed by Slack";
                }
                Some(Frame::Trouble(Trouble::HalfOpen)) => return deaf(&mut queue).await,
                Some(Frame::Trouble(trouble)) => {
                    let words = disconnect(trouble).to_string();
                    if socket.send(Message::text(words)).await.is_err() {
                        return "it broke while Slack wrote";
                    }
                    leaving = Box::pin(shared.clock.passes(GRACE));
                }
            },
            () = &mut leaving => return "Slack had asked it to leave",
            _ = pings.tick() => {
                if socket.send(Message::Ping(b"ping".as_slice().into())).await.is_err() {
                    return "it broke while Slack asked";
                }
            }
            came = socket.next() => match came {
                Some(Ok(Message::Text(words))) => hear(shared, id, &words),
                Some(Ok(Message::Close(_))) => return "closed by the app",
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return "broken by the app",
            }
        }
    }
}

/// Neither reads nor writes until it is cut.
async fn deaf(queue: &mut mpsc::Receiver<Frame>) -> &'static str {
    loop {
        match queue.recv().await {
            Some(Frame::Trouble(Trouble::Cut | Trouble::Closed)) | None => return "cut",
            Some(_) => {}
        }
    }
}

fn hear(shared: &Shared, id: u64, words: &str) {
    let said: Value = serde_json::from_str(words).unwrap_or_default();
    let Some(envelope) = said["envelope_id"].as_str() else {
        let what = format!("a frame that acknowledges nothing: {words}");
        return shared.log.violation(what);
    };
    shared
        .sockets
        .acknowledged(envelope, id, said["payload"].clone());
}

fn disconnect(trouble: Trouble) -> Value {
    let reason = match trouble {
        Trouble::LinkDisabled => "link_disabled",
        Trouble::TooMany => "too_many_websockets",
        Trouble::RefreshRequested => "refresh_requested",
        Trouble::Warning | Trouble::Closed | Trouble::Cut | Trouble::HalfOpen => "warning",
    };
    json!({ "type": "disconnect", "reason": reason, "debug_info": { "host": "applink-1" } })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
