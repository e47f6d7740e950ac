//! Socket Mode: Slack delivers over websockets the bot opens.
//!
//! Each place in the line keeps one socket open. Asked to leave, a socket goes on
//! serving until its successor has been greeted; a socket that is lost is replaced
//! at once, and one that cannot be opened is tried again, ever more slowly. No
//! frame waits for another.

mod line;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::watch;

use self::line::{End, Line};
use super::fault::Fault;
use super::method::Method;
use super::{SlackChat, wire};
use crate::chat::backoff::Backoff;

/// How long there is for a place where nothing but a person can help.
const MENDED: Duration = Duration::from_mins(1);

/// Slack's words for an app that may not open sockets.
const HOPELESS: [&str; 8] = [
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "not_allowed_token_type",
    "missing_scope",
    "forbidden_team",
];

/// Why a socket could not be opened.
#[derive(Debug, thiserror::Error)]
enum NoSocket {
    #[error("Slack is busy")]
    Busy(Duration),
    /// Only a person can help.
    #[error("{0}")]
    Hopeless(String),
    #[error("{0}")]
    Failed(String),
}

/// What the sockets share.
struct Office {
    chat: Arc<SlackChat>,
    tls: Arc<rustls::ClientConfig>,
    /// How many are greeted and serve.
    up: AtomicUsize,
    closing: watch::Receiver<bool>,
}

/// Keeps so many sockets open until the bot closes.
pub(super) async fn run(
    chat: Arc<SlackChat>,
    tls: Arc<rustls::ClientConfig>,
    sockets: usize,
    closing: watch::Receiver<bool>,
) {
    let office = Arc::new(Office {
        chat,
        tls,
        up: AtomicUsize::new(0),
        closing,
    });
    join_all((0..sockets).map(|_| keep(Arc::clone(&office)))).await;
}

/// Keeps one place in the line filled.
async fn keep(office: Arc<Office>) {
    let mut closed = office.closing.clone();
    let closed = async move {
        // The sender is gone only when the bot is.
        let _gone = closed.wait_for(|closing| *closing).await;
    };
    tokio::select! {
        () = closed => {}
        () = forever(&office) => {}
    }
}

async fn forever(office: &Arc<Office>) {
    let mut backoff = Backoff::default();
    loop {
        let mut line = match open(office).await {
            Ok(line) => line,
            Err(error) => {
                wait(office, &mut backoff, &error).await;
                continue;
            }
        };
        office.greeted();
        let lost = loop {
            let served_long;
            (line, served_long) = match serve(office, line).await {
                Ok(next) => next,
                Err(end) => break end,
            };
            if served_long {
                backoff = Backoff::default();
            }
        };
        office.up.fetch_sub(1, Ordering::SeqCst);
        match lost {
            End::Disabled => {
                let why =
                    "Socket Mode is switched off for the app; switch it on, on the app's page";
                wait(office, &mut backoff, &NoSocket::Hopeless(why.to_owned())).await;
            }
            End::Lost { why, served } => {
                tracing::info!(why, "a socket to Slack is lost; opening another");
                if served > MENDED {
                    backoff = Backoff::default();
                }
                // A socket that was greeted and lost is replaced at once, once.
                if let Some(pause) = backoff.after_loss(&office.chat.hands.randomness) {
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }
}

/// Serves on a socket until its successor is greeted. An error is its end.
async fn serve(office: &Arc<Office>, mut line: Line) -> Result<(Line, bool), End> {
    line.until_asked_to_leave(&office.chat).await?;
    tracing::debug!("Slack asked a socket to leave");
    let successor = async {
        let mut backoff = Backoff::default();
        loop {
            match open(office).await {
                Ok(next) => return next,
                Err(error) => wait(office, &mut backoff, &error).await,
            }
        }
    };
    let next = tokio::select! {
        next = successor => next,
        end = line.until_its_end(&office.chat) => return Err(end),
    };
    let served = line.age() > MENDED;
    let chat = Arc::clone(&office.chat);
    // What was delivered on it is still acknowledged there.
    let leave = async move { line.leave(&chat).await };
    (office.chat.hands.spawn)(Box::pin(leave));
    Ok((next, served))
}

/// A socket that has been greeted.
async fn open(office: &Office) -> Result<Line, NoSocket> {
    let answer = office
        .chat
        .api
        .call(Method::ConnectionsOpen, json!({}))
        .await;
    let answer = answer.map_err(|fault| match fault {
        Fault::Busy { after, .. } => NoSocket::Busy(after),
        fault if fault.is(&HOPELESS) => {
            NoSocket::Hopeless(format!("the app-level token is not good: {fault:?}"))
        }
        fault => NoSocket::Failed(format!("{fault:?}")),
    })?;
    let address = answer["url"].as_str().unwrap_or_default();
    let address = wire::socket_address(address).map_err(NoSocket::Failed)?;
    Line::open(address, Arc::clone(&office.tls))
        .await
        .map_err(NoSocket::Failed)
}

async fn wait(office: &Office, backoff: &mut Backoff, error: &NoSocket) {
    let pause = match error {
        NoSocket::Busy(after) => backoff.at_least(*after, &office.chat.hands.randomness),
        NoSocket::Hopeless(_) => backoff.at_least(MENDED, &office.chat.hands.randomness),
        NoSocket::Failed(_) => backoff.next(&office.chat.hands.randomness),
    };
    let seconds = pause.as_secs();
    match error {
        NoSocket::Hopeless(why) => tracing::error!(why, seconds, "Slack cannot be heard"),
        NoSocket::Busy(_) | NoSocket::Failed(_) => {
            tracing::warn!(%error, seconds, "no socket to Slack; trying again");
        }
    }
    tokio::time::sleep(pause).await;
}

impl Office {
    /// A socket was greeted: what happened while there was none may have been missed.
    fn greeted(&self) {
        let before = self.up.fetch_add(1, Ordering::SeqCst);
        if before == 0 {
            self.chat.announce();
        }
    }
}

/// What a frame that is no delivery says.
fn kind(frame: &Value) -> &str {
    frame["type"].as_str().unwrap_or_default()
}
