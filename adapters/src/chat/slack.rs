//! Slack: one workspace through an app of one's own, behind the port
//! [`Chat`](super::Chat).
//!
//! What people do arrives over websockets the bot opens (Socket Mode), or by
//! signed HTTP requests; either way Slack gets its receipt when the bot has
//! recorded it. Everything else goes through the Web API, at the pace Slack
//! promises to take. Opening the channel asks Slack nothing: a workspace that is
//! down holds nothing up.

mod api;
mod deliver;
mod fault;
mod find;
mod from_wire;
pub mod health;
mod http;
pub mod manifest;
mod method;
mod pace;
mod people;
mod pins;
mod port;
mod reply;
mod seen;
mod socket;
mod to_wire;
mod turns;
mod upload;
mod wire;

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::sync::watch;

use self::api::Api;
use self::http::Signatures;
use self::people::{Me, People};
use self::pins::Pins;
use self::seen::Seen;
use self::to_wire::Natives;
use self::turns::Turns;
pub use super::hands::{Clock, Hands, Randomness, Spawn};
use super::reads::Reads;
use crate::secret::Secret;

/// Slack's own API.
pub const API: &str = "https://slack.com/api";

/// How many sockets are kept open if nothing else is said: one serves while the
/// other is replaced. Slack takes up to ten.
pub const SOCKETS: usize = 2;

/// How the app is reached.
#[derive(Clone, Debug)]
pub struct SlackOptions {
    /// The Web API, without a slash at its end: [`API`], or another that speaks the same.
    pub api_url: String,
    /// The bot's token, `xoxb-…`.
    pub bot_token: Secret,
    /// How deliveries come.
    pub transport: Transport,
    /// The user groups whose members matter, by id.
    pub groups: Vec<String>,
}

/// How deliveries come.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Over websockets the bot opens: nothing has to be reachable.
    Socket {
        /// The app's token with `connections:write`, `xapp-…`.
        app_token: Secret,
        /// How many sockets are kept open.
        sockets: usize,
    },
    /// By HTTP requests Slack makes.
    Http {
        /// Where to listen; something in front of it speaks TLS.
        listen: SocketAddr,
        /// The app's signing secret, and the one before it while it is replaced.
        signing_secrets: Vec<Secret>,
    },
}

/// Why Slack could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum SlackError {
    /// The API's address would carry the token in the clear, or makes no sense.
    #[error("api_url: {0}")]
    Address(String),
    /// TLS trusts nobody.
    #[error("the system's certificates cannot be read")]
    Certificates(#[source] io::Error),
    /// Somebody else listens there.
    #[error("cannot listen on {0}")]
    Listen(SocketAddr, #[source] io::Error),
}

/// The workspace as the bot sees it: a [`Chat`](super::Chat).
pub struct SlackChat {
    api: Arc<Api>,
    me: Me,
    people: People,
    pins: Pins,
    reads: Reads,
    turns: Turns,
    seen: Seen,
    /// The newer blocks Slack still takes.
    natives: Mutex<Natives>,
    /// Whether own messages have been seen with their keys.
    sighted: AtomicBool,
    hands: Hands,
}

/// What hears Slack, ready to run.
pub struct SlackEar {
    chat: Arc<SlackChat>,
    tls: Arc<rustls::ClientConfig>,
    way: Way,
}

enum Way {
    Sockets(usize),
    Http(TcpListener, Signatures),
}

impl SlackChat {
    /// Makes everything ready. Slack is asked nothing before the ear runs or the
    /// bot wants something.
    pub async fn open(
        options: SlackOptions,
        hands: Hands,
    ) -> Result<(Arc<Self>, SlackEar), SlackError> {
        let SlackOptions {
            api_url,
            bot_token,
            transport,
            groups,
        } = options;
        let tls = wire::tls().map_err(SlackError::Certificates)?;
        let (app_token, way) = match transport {
            Transport::Socket { app_token, sockets } => (Some(app_token), Way::Sockets(sockets)),
            Transport::Http {
                listen,
                signing_secrets,
            } => {
                let listener = TcpListener::bind(listen).await;
                let listener = listener.map_err(|error| SlackError::Listen(listen, error))?;
                (None, Way::Http(listener, Signatures::new(signing_secrets)))
            }
        };
        let tokens = (&bot_token, app_token.as_ref());
        let chat = Arc::new(Self {
            api: Arc::new(api(&api_url, tls.clone(), tokens)?),
            me: Me::default(),
            people: People::new(groups),
            pins: Pins::default(),
            reads: Reads::default(),
            turns: Turns::default(),
            seen: Seen::default(),
            natives: Mutex::new(Natives::ALL),
            sighted: AtomicBool::new(false),
            hands,
        });
        let ear = SlackEar {
            chat: Arc::clone(&chat),
            tls: Arc::new(tls),
            way,
        };
        Ok((chat, ear))
    }

    /// What only a person can mend, for as long as it lasts: what Slack says and what
    /// to do. Ends when the channel is gone.
    pub async fn tell_trouble(&self, tell: impl Fn(Option<String>) + Send) {
        super::trouble::tell(self.api.trouble(), tell).await;
    }

    /// Tells the bot to read again what people did while nobody heard them.
    fn announce(&self) {
        self.hands.announce("slack");
    }

    fn own_account(&self) -> Option<String> {
        self.me.known().map(|it| it.user.clone())
    }

    fn own_team(&self) -> Option<&str> {
        self.me.known().map(|it| it.team.as_str())
    }

    fn natives(&self) -> Natives {
        *self.natives.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn refuse_natives(&self, refused: Natives) {
        let mut natives = self.natives.lock().unwrap_or_else(PoisonError::into_inner);
        *natives = natives.without(refused);
    }
}

impl SlackEar {
    /// Where it listens, if Slack calls it.
    pub fn address(&self) -> Option<SocketAddr> {
        match &self.way {
            Way::Sockets(_) => None,
            Way::Http(listener, _) => listener.local_addr().ok(),
        }
    }

    /// Hears what people do until the bot closes.
    pub async fn run(self, closing: watch::Receiver<bool>) {
        let Self { chat, tls, way } = self;
        // Who the bot is tells its own words from others'; asked again when needed.
        let knowing = {
            let chat = Arc::clone(&chat);
            async move {
                if let Err(error) = chat.me.get(&chat.api).await {
                    tracing::warn!(%error, "Slack does not say who the bot is");
                }
            }
        };
        let hearing = async {
            match way {
                Way::Sockets(sockets) => socket::run(chat, tls, sockets, closing).await,
                Way::Http(listener, signatures) => {
                    http::run(chat, listener, signatures, closing).await;
                }
            }
        };
        tokio::join!(knowing, hearing);
    }
}

fn api(
    url: &str,
    tls: rustls::ClientConfig,
    tokens: (&Secret, Option<&Secret>),
) -> Result<Api, SlackError> {
    let url = url.trim_end_matches('/');
    wire::web_address(url).map_err(SlackError::Address)?;
    Ok(Api::new(url, wire::connector(tls), tokens))
}
