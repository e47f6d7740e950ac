//! What every part of the workspace shares.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::Utc;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::clock::Clock;
use super::delivery::{self, Addresses};
use super::faults::Faults;
use super::limits::Limits;
use super::log::{Log, What};
use super::methods::{Method, Refusal};
use super::model::{APP, Workspace};
use super::socket::Sockets;
use super::specs::Oracle;
use super::{APP_TOKEN, BOT_TOKEN};

/// How long a call of ours may take; the three seconds are counted elsewhere.
const PATIENCE: Duration = Duration::from_secs(20);

pub(super) struct Shared {
    pub(super) clock: Clock,
    world: Mutex<Workspace>,
    pub(super) log: Log,
    pub(super) faults: Faults,
    pub(super) limits: Limits,
    pub(super) sockets: Sockets,
    pub(super) oracle: Option<&'static Oracle>,
    pub(super) client: reqwest::Client,
    /// For calls, for sockets.
    pub(super) doors: (SocketAddr, SocketAddr),
    pub(super) addresses: Option<Addresses>,
    pub(super) patience: Duration,
    pub(super) shut: watch::Sender<bool>,
    /// How many outages there were.
    pub(super) outages: watch::Sender<u64>,
    /// How much was handed over and acknowledged.
    pub(super) delivered: watch::Sender<u64>,
    /// Goes up with everything that happens.
    pub(super) news: watch::Sender<u64>,
    tasks: Mutex<Option<JoinSet<()>>>,
}

impl Shared {
    #[expect(
        clippy::disallowed_methods,
        reason = "programs under test compare it with their own clock"
    )]
    pub(super) fn new(
        mut world: Workspace,
        shut: watch::Sender<bool>,
        doors: (SocketAddr, SocketAddr),
    ) -> Self {
        shipbell_adapters::tls::choose();
        world.base = format!("http://{}", doors.0);
        let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE);
        Self {
            clock: Clock::new(Utc::now()),
            world: Mutex::new(world),
            log: Log::default(),
            faults: Faults::default(),
            limits: Limits::default(),
            sockets: Sockets::default(),
            oracle: Oracle::from_environment(),
            client: client.build().expect("a plain HTTP client can be made"),
            doors,
            addresses: None,
            patience: Duration::from_secs(3),
            shut,
            outages: watch::Sender::new(0),
            delivered: watch::Sender::new(0),
            news: watch::Sender::new(0),
            tasks: Mutex::new(Some(JoinSet::new())),
        }
    }

    pub(super) fn world(&self) -> MutexGuard<'_, Workspace> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn note(&self, what: What) {
        self.log.note(self.clock.ran(), what);
        self.news.send_modify(|it| *it += 1);
    }

    /// Something may have happened that the app is to hear of.
    pub(super) fn changed(self: &Arc<Self>) {
        let happened: Vec<_> = self.world().happened.drain(..).collect();
        for payload in happened {
            // What happens during an outage is never told, not even later.
            if *self.shut.borrow() {
                self.note(What::Noted("an event fell into an outage".to_owned()));
                continue;
            }
            let shared = Arc::clone(self);
            self.spawn(async move { delivery::event(&shared, payload).await });
        }
        self.news.send_modify(|it| *it += 1);
    }

    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(tasks) = tasks.as_mut() {
            while tasks.try_join_next().is_some() {}
            tasks.spawn(task);
        }
    }

    pub(super) fn stop(&self) {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        drop(tasks.take());
    }

    /// A ticket for a socket, as a URL.
    pub(super) fn ticket(&self, token: &str) -> Result<String, &'static str> {
        match token {
            "" => Err("not_authed"),
            BOT_TOKEN => Err("not_allowed_token_type"),
            APP_TOKEN if self.addresses.is_some() => Err("socket_mode_not_enabled"),
            APP_TOKEN => {
                let ticket = self.sockets.ticket();
                Ok(format!(
                    "ws://{}/link/?ticket={ticket}&app_id={APP}",
                    self.doors.1
                ))
            }
            _ => Err("invalid_auth"),
        }
    }

    /// Whether whoever has this token may call this method.
    pub(super) fn entitled(&self, method: &Method, token: &str) -> Result<(), Refusal> {
        match token {
            "" => return Err("not_authed".into()),
            APP_TOKEN => return Err("not_allowed_token_type".into()),
            BOT_TOKEN => {}
            _ => return Err("invalid_auth".into()),
        }
        let world = self.world();
        if world.rules.revoked {
            return Err("token_revoked".into());
        }
        let scopes = &world.rules.scopes;
        if method.scopes.is_empty() || method.scopes.iter().any(|it| scopes.contains(*it)) {
            return Ok(());
        }
        let provided: Vec<&str> = scopes.iter().map(String::as_str).collect();
        Err(Refusal {
            code: "missing_scope".to_owned(),
            more: json!({ "needed": method.scopes[0], "provided": provided.join(",") }),
        })
    }

    /// What the bot's token may do, as the header has it.
    pub(super) fn scopes(&self) -> String {
        let world = self.world();
        let scopes: Vec<&str> = world.rules.scopes.iter().map(String::as_str).collect();
        scopes.join(",")
    }
}
