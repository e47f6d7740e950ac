//! One socket: its frames are dealt with as they come, each on its own, and a
//! socket nothing comes from any more is noticed.

use std::sync::Arc;
use std::time::Duration;

use axum::http::Uri;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream};

use super::kind;
use crate::chat::slack::SlackChat;
use crate::chat::slack::deliver::{Parcel, Receipt};

/// How long any step may take: connecting, a greeting, sending a frame.
const STEP: Duration = Duration::from_secs(3);

/// How often the other end is asked for a sign of life, and how long it may give none.
const ASK: Duration = Duration::from_secs(4);
const SILENCE: Duration = Duration::from_secs(12);

/// How long a socket that leaves goes on serving.
const FAREWELL: Duration = Duration::from_secs(4);

/// The longest frame.
const FRAME: usize = 1024 * 1024;

/// How many deliveries of one socket are dealt with at once; others come again.
const AT_ONCE: usize = 512;

/// How many receipts may wait to be sent.
const RECEIPTS: usize = 64;

/// How a socket ends.
#[derive(Debug)]
pub(super) enum End {
    /// Slack will open no other: somebody switched Socket Mode off.
    Disabled,
    /// It broke.
    Lost { why: String, served: Duration },
}

/// What a frame asks for.
enum Asked {
    Nothing,
    ToLeave,
}

/// A socket that has been greeted.
pub(super) struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    receipts: (mpsc::Sender<String>, mpsc::Receiver<String>),
    room: Arc<Semaphore>,
    began: Instant,
    heard: Instant,
    ask: Interval,
}

impl Line {
    /// Opens a socket and waits for Slack's greeting.
    pub(super) async fn open(address: Uri, tls: Arc<rustls::ClientConfig>) -> Result<Self, String> {
        let config = WebSocketConfig::default()
            .max_message_size(Some(FRAME))
            .max_frame_size(Some(FRAME));
        let tls = Some(Connector::Rustls(tls));
        let opening =
            tokio_tungstenite::connect_async_tls_with_config(address, Some(config), true, tls);
        let opened = timeout(STEP, opening).await;
        let opened = opened.map_err(|_| "connecting took too long".to_owned())?;
        let (socket, _) = opened.map_err(|error| format!("no connection: {error}"))?;
        let now = Instant::now();
        let mut ask = interval(ASK);
        ask.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut line = Self {
            socket,
            receipts: mpsc::channel(RECEIPTS),
            room: Arc::new(Semaphore::new(AT_ONCE)),
            began: now,
            heard: now,
            ask,
        };
        let greeted = timeout(STEP, line.greeting()).await;
        greeted.map_err(|_| "no greeting".to_owned())??;
        Ok(line)
    }

    async fn greeting(&mut self) -> Result<(), String> {
        while let Some(frame) = self.socket.next().await {
            let frame = frame.map_err(|error| error.to_string())?;
            if let Message::Text(text) = frame {
                let frame: Value = serde_json::from_str(&text).unwrap_or_default();
                match kind(&frame) {
                    "hello" => return Ok(()),
                    "disconnect" => return Err(format!("sent away: {}", frame["reason"])),
                    _ => {}
                }
            }
        }
        Err("closed before the greeting".to_owned())
    }

    /// How long it has served.
    pub(super) fn age(&self) -> Duration {
        self.began.elapsed()
    }

    /// Serves until Slack wants another socket in its place.
    pub(super) async fn until_asked_to_leave(&mut self, chat: &Arc<SlackChat>) -> Result<(), End> {
        loop {
            if let Asked::ToLeave = self.turn(chat).await? {
                return Ok(());
            }
        }
    }

    /// Serves as long as it lasts.
    pub(super) async fn until_its_end(&mut self, chat: &Arc<SlackChat>) -> End {
        loop {
            if let Err(end) = self.turn(chat).await {
                return end;
            }
        }
    }

    /// Serves a little longer, so that nothing under way loses its receipt, and closes.
    pub(super) async fn leave(mut self, chat: &Arc<SlackChat>) {
        // It ends when it breaks or when the time is over: either is fine.
        let _either = timeout(FAREWELL, self.until_its_end(chat)).await;
        let _either = timeout(STEP, self.socket.close(None)).await;
    }

    /// Whatever comes first: a frame, a receipt to send, or the time to ask for a sign of life.
    async fn turn(&mut self, chat: &Arc<SlackChat>) -> Result<Asked, End> {
        tokio::select! {
            frame = self.socket.next() => self.frame(chat, frame),
            Some(receipt) = self.receipts.1.recv() => {
                self.send(Message::Text(receipt.into())).await?;
                Ok(Asked::Nothing)
            }
            _ = self.ask.tick() => {
                if self.heard.elapsed() > SILENCE {
                    return Err(self.lost("nothing is heard any more"));
                }
                self.send(Message::Ping(axum::body::Bytes::from_static(b"?"))).await?;
                Ok(Asked::Nothing)
            }
        }
    }

    async fn send(&mut self, message: Message) -> Result<(), End> {
        match timeout(STEP, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.lost(&error.to_string())),
            Err(_) => Err(self.lost("sending is stuck")),
        }
    }

    fn frame(
        &mut self,
        chat: &Arc<SlackChat>,
        frame: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
    ) -> Result<Asked, End> {
        let text = match frame {
            None => return Err(self.lost("the other end is gone")),
            Some(Err(error)) => return Err(self.lost(&error.to_string())),
            Some(Ok(Message::Close(_))) => return Err(self.lost("closed by the other end")),
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(
                Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Frame(_),
            )) => {
                self.heard = Instant::now();
                return Ok(Asked::Nothing);
            }
        };
        self.heard = Instant::now();
        let Ok(mut frame) = serde_json::from_str::<Value>(&text) else {
            tracing::warn!("a frame is no JSON");
            return Ok(Asked::Nothing);
        };
        if kind(&frame) == "disconnect" {
            return if frame["reason"] == "link_disabled" {
                Err(End::Disabled)
            } else {
                Ok(Asked::ToLeave)
            };
        }
        if let Some(envelope) = frame["envelope_id"].as_str() {
            let parcel = Parcel {
                kind: kind(&frame).to_owned(),
                envelope: envelope.to_owned(),
                payload: Value::Null,
            };
            let takes_answers = frame["accepts_response_payload"] == Value::Bool(true);
            let payload = frame["payload"].take();
            self.deal_with(chat, Parcel { payload, ..parcel }, takes_answers);
        }
        Ok(Asked::Nothing)
    }

    /// On a task of its own: the next frame does not wait.
    fn deal_with(&self, chat: &Arc<SlackChat>, parcel: Parcel, takes_answers: bool) {
        let Ok(permit) = Arc::clone(&self.room).try_acquire_owned() else {
            tracing::warn!("too much at once; Slack delivers again");
            return;
        };
        let spawn = Arc::clone(&chat.hands.spawn);
        let (chat, out) = (Arc::clone(chat), self.receipts.0.clone());
        let task = async move {
            let envelope = parcel.envelope.clone();
            let outcome = chat.receive(parcel).await;
            drop(permit);
            if let Receipt::Taken(payload) = outcome.receipt {
                let mut receipt = json!({ "envelope_id": envelope });
                if let Some(payload) = payload.filter(|_| takes_answers) {
                    receipt["payload"] = payload;
                }
                // If the socket is gone Slack delivers again, over another.
                let _gone = out.send(receipt.to_string()).await;
            }
            if let Some(rest) = outcome.rest {
                chat.finish(rest).await;
            }
        };
        (spawn)(Box::pin(task));
    }

    fn lost(&self, why: &str) -> End {
        End::Lost {
            why: why.to_owned(),
            served: self.age(),
        }
    }
}
