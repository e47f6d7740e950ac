//! The browser channel: a small chat platform served on this machine alone.
//!
//! It has channels, messages, threads, reactions, buttons, menus, forms, private
//! answers and a composer with completion. It keeps its own file, apart from
//! whatever the bot keeps, and talks to the bot as any platform does: through
//! [`Chat`](super::Chat) one way and [`Inbound`] the other.
//!
//! # Over HTTP
//!
//! Everything is an ordinary page or form, so a plain HTTP client can do what a
//! person does. A `GET` never changes anything. Every `POST` but `/enter` needs
//! the session's cookie and the field `csrf`; a header `Origin`, when there is
//! one, must be this server's.
//!
//! | Request | Fields | What it does |
//! | --- | --- | --- |
//! | `GET /enter?token=…` | | a page with a button; the link is good once, for 60 s |
//! | `POST /enter` | `token` | signs in: answers with the cookie |
//! | `POST /leave` | | signs out |
//! | `GET /channel/{name}` | `before` | the newest messages, or older ones |
//! | `GET /thread/{id}` | | one message and its replies |
//! | `GET /file/{id}` | | an uploaded text file |
//! | `GET /events` | `channel`, `thread`, `after` | server-sent events, below |
//! | `POST /say` | `text`, `channel`, `thread` | a message, or a command for the bot |
//! | `POST /react` | `on`, `emoji`, `to` (`on` or `off`) | puts a reaction on, or takes it off |
//! | `POST /press` | `on`, `action` | presses a button of a card |
//! | `POST /submit` | `v.` and the question's name, for each | sends the open form in |
//! | `POST /dismiss` | `on` | puts a private answer or the form away |
//! | `GET /complete` | `text` | how a command may go on, as list items |
//!
//! A message's id is `m-12`, a private answer's `p-5`; either goes in `on`.
//! Every rendered form carries its own field `request`: the same value sent twice
//! is the same act. The `csrf` value stands in `data-csrf` of `body`. In a demo
//! every request also takes `as`, the account to act as.
//!
//! A `POST` answers with a redirect to where the act can be seen. With the header
//! `X-Shipbell-Live: channel` (on a thread's page, its number) it answers instead with the changed HTML fragments, with
//! status 503 if the bot took nothing, and with a fresh request id in the header
//! `X-Shipbell-Request`.
//!
//! An event `html` carries fragments, each with an id: they replace what has that
//! id, or go to the end of the element named in their `data-into`. `gone` carries
//! the id of what to take away, `resync` says that too much was missed and the
//! page must be read again. `Last-Event-ID` resumes.

mod actions;
mod cut;
mod draw;
mod emoji;
mod notes;
mod outcome;
mod pages;
mod port;
mod routes;
mod session;
mod store;
mod stream;
mod trouble;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};

use self::session::OneTimeLinks;
use self::store::Store;
use super::{Act, Inbound, UserId};

/// The account the bot itself has here.
pub const BOT: &str = "shipbell";

/// What time it is.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Bytes nobody can guess.
pub type Randomness = Arc<dyn Fn() -> [u8; 32] + Send + Sync>;

/// How an instant is shown beside a message: `14:05`.
pub type Hour = Arc<dyn Fn(DateTime<Utc>) -> String + Send + Sync>;

/// Somebody who may enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The account.
    pub user: UserId,
    /// The name everybody sees.
    pub name: String,
    /// What the person is here, in words: "product owner".
    pub role: String,
}

/// How the channel is set up.
#[derive(Clone)]
pub struct WebOptions {
    /// Where to listen: a loopback address; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The channel's own file.
    pub database: PathBuf,
    /// Keeps the cookies of two instances on one machine apart.
    pub instance: String,
    /// The channels, without `#`; the first is where people land.
    pub channels: Vec<String>,
    /// Who may enter.
    pub people: Vec<Person>,
    /// Lets everybody act as everybody, to try things out.
    pub demo: bool,
    /// A sentence on every page, such as what the workspace is for.
    pub banner: Option<String>,
    /// Other pages to offer beside the channels: words and address.
    pub links: Vec<(String, String)>,
    /// How instants are shown.
    pub hour: Hour,
}

/// Why the channel could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// It would be reachable from elsewhere.
    #[error(
        "{0} can be reached from other machines; the browser channel listens on a loopback address only, such as 127.0.0.1:0"
    )]
    NotLoopback(SocketAddr),
    /// There is nowhere to post.
    #[error("no channel is named; name at least one, in lower-case letters, digits and hyphens")]
    NoChannel,
    /// A channel's name does not fit into an address.
    #[error(
        "{0:?} cannot be a channel's name; use lower-case letters, digits and hyphens, at most 60"
    )]
    ChannelName(String),
    /// Somebody else listens there.
    #[error("{0} is taken by another program; choose another port, or port 0 for any free one")]
    Taken(SocketAddr),
    /// Listening failed for another reason.
    #[error("cannot listen on {0}")]
    Listen(SocketAddr, #[source] io::Error),
    /// The file cannot be used.
    #[error("cannot use {0} as the channel's file")]
    Database(PathBuf, #[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The channel as the bot sees it: a [`Chat`](super::Chat).
pub struct WebChannel {
    address: SocketAddr,
    cookie: String,
    options: WebOptions,
    people: RwLock<Arc<[Person]>>,
    banner: RwLock<Option<String>>,
    links: OneTimeLinks,
    store: Store,
    clock: Clock,
    randomness: Randomness,
    inbound: mpsc::Sender<Inbound>,
    /// How many more pages may listen for events.
    streams: Arc<Semaphore>,
    closing: watch::Sender<bool>,
}

/// The channel's HTTP server, ready to run.
pub struct WebServer {
    listener: TcpListener,
    channel: Arc<WebChannel>,
    router: Router,
}

impl WebChannel {
    /// Opens the channel's file and its port. People get in once the server runs.
    pub async fn open(
        options: WebOptions,
        clock: Clock,
        randomness: Randomness,
        inbound: mpsc::Sender<Inbound>,
    ) -> Result<(Arc<Self>, WebServer), WebError> {
        check(&options)?;
        let listener =
            TcpListener::bind(options.listen)
                .await
                .map_err(|error| match error.kind() {
                    io::ErrorKind::AddrInUse => WebError::Taken(options.listen),
                    _ => WebError::Listen(options.listen, error),
                })?;
        let address = listener
            .local_addr()
            .map_err(|error| WebError::Listen(options.listen, error))?;
        let store = Store::open(&options.database)
            .await
            .map_err(|error| WebError::Database(options.database.clone(), error.into()))?;
        let channel = Arc::new(Self {
            address,
            cookie: cookie_name(&options.instance),
            people: RwLock::new(options.people.clone().into()),
            banner: RwLock::new(options.banner.clone()),
            options,
            links: OneTimeLinks::default(),
            store,
            clock,
            randomness,
            inbound,
            streams: Arc::new(Semaphore::new(STREAMS)),
            closing: watch::Sender::new(false),
        });
        let server = WebServer {
            listener,
            router: routes::router().with_state(Arc::clone(&channel)),
            channel: Arc::clone(&channel),
        };
        Ok((channel, server))
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A link that lets `user` in once, within 60 s; none for somebody unlisted.
    pub fn issue_link(&self, user: &UserId) -> Option<String> {
        self.person(user)?;
        let token = hex(&(self.randomness)());
        self.links.add(&token, user, (self.clock)());
        Some(format!("http://{}/enter?token={token}", self.address))
    }

    /// Who has the session that came with a request, if anybody.
    pub async fn signed_in(&self, headers: &HeaderMap) -> Option<UserId> {
        session::signed_in(self, headers).await.ok()
    }

    /// Replaces the list of people; whoever is not on it is out at once.
    pub fn set_people(&self, people: Vec<Person>) {
        *self.people.write().unwrap_or_else(PoisonError::into_inner) = people.into();
    }

    /// Puts another sentence on every page, or none.
    pub fn set_banner(&self, banner: Option<String>) {
        *self.banner.write().unwrap_or_else(PoisonError::into_inner) = banner;
    }

    fn banner(&self) -> Option<String> {
        let banner = self.banner.read().unwrap_or_else(PoisonError::into_inner);
        banner.clone()
    }

    fn people(&self) -> Arc<[Person]> {
        Arc::clone(&self.people.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn person(&self, user: &UserId) -> Option<Person> {
        self.people().iter().find(|p| p.user == *user).cloned()
    }

    fn has_channel(&self, name: &str) -> bool {
        self.options.channels.iter().any(|channel| channel == name)
    }

    fn first_channel(&self) -> &str {
        self.options.channels.first().map_or("", String::as_str)
    }
}

impl WebServer {
    /// Serves further pages behind the same checks of host and origin.
    pub fn with_pages(mut self, pages: Router) -> Self {
        self.router = self.router.merge(pages);
        self
    }

    /// Serves until `shutdown` ends, then lets what is under way finish.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let Self {
            listener,
            channel,
            router,
        } = self;
        channel.announce();
        let app = routes::guarded(router, Arc::clone(&channel));
        axum::serve(listener, app)
            .with_graceful_shutdown(async move {
                shutdown.await;
                channel.closing.send_replace(true);
            })
            .await
    }
}

impl WebChannel {
    /// Tells the bot to read again what people did while it was away.
    fn announce(&self) {
        let (responder, _) = oneshot::channel();
        let connected = Inbound {
            id: format!("web:connected:{}", hex(&(self.randomness)()[..16])),
            by: UserId(BOT.to_owned()),
            act: Act::Connected,
            responder,
        };
        if self.inbound.try_send(connected).is_err() {
            tracing::warn!("the queue of inputs is full; the channel's start was not announced");
        }
    }
}

/// How many pages may listen for events at once.
const STREAMS: usize = 256;

fn check(options: &WebOptions) -> Result<(), WebError> {
    if !options.listen.ip().is_loopback() {
        return Err(WebError::NotLoopback(options.listen));
    }
    if options.channels.is_empty() {
        return Err(WebError::NoChannel);
    }
    let fits = |name: &&String| {
        (1..=60).contains(&name.len())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    match options.channels.iter().find(|name| !fits(name)) {
        Some(name) => Err(WebError::ChannelName(name.clone())),
        None => Ok(()),
    }
}

fn cookie_name(instance: &str) -> String {
    let plain: String = instance
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(40)
        .collect();
    format!("shipbell_{plain}")
}

fn hash(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(DIGITS[usize::from(nibble)]))
        .collect()
}
