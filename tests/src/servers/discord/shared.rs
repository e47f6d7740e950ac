//! What every part of the server shares.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::Utc;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::clock::Clock;
use super::faults::Faults;
use super::gateway::Gateway;
use super::limits::Limits;
use super::model::World;
use super::specs::Oracle;

pub(super) struct Shared {
    pub(super) clock: Clock,
    world: Mutex<World>,
    pub(super) faults: Faults,
    pub(super) limits: Limits,
    pub(super) gateway: Gateway,
    pub(super) oracle: Option<&'static Oracle>,
    /// For calls, for the gateway.
    pub(super) doors: (SocketAddr, SocketAddr),
    pub(super) shut: watch::Sender<bool>,
    /// Goes up with everything that happens.
    pub(super) news: watch::Sender<u64>,
    log: Mutex<Log>,
    tasks: Mutex<Option<JoinSet<()>>>,
}

#[derive(Default)]
struct Log {
    lines: Vec<String>,
    violations: Vec<String>,
    /// Words in violations that a test provokes.
    forgiven: Vec<String>,
}

impl Shared {
    #[expect(
        clippy::disallowed_methods,
        reason = "programs under test compare it with their own clock"
    )]
    pub(super) fn new(shut: watch::Sender<bool>, doors: (SocketAddr, SocketAddr)) -> Self {
        shipbell_adapters::tls::choose();
        Self {
            clock: Clock::new(Utc::now()),
            world: Mutex::new(World::new()),
            faults: Faults::default(),
            limits: Limits::default(),
            gateway: Gateway::default(),
            oracle: Oracle::from_environment(),
            doors,
            shut,
            news: watch::Sender::new(0),
            log: Mutex::default(),
            tasks: Mutex::new(Some(JoinSet::new())),
        }
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something happened that the bot is to hear of, if it asked for it.
    pub(super) fn dispatch(&self, kind: &str, data: &Value) {
        self.gateway.dispatch(kind, data);
        self.changed();
    }

    pub(super) fn changed(&self) {
        self.news.send_modify(|it| *it += 1);
    }

    /// Writes a line into the log.
    pub(super) fn note(&self, line: &str) {
        let at = self.clock.ran().as_secs_f64();
        self.log().lines.push(format!("{at:>7.2} s  {line}"));
        self.changed();
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.log().lines.clone()
    }

    /// Something the program must not do.
    pub(super) fn violation(&self, what: String) {
        let mut log = self.log();
        if !log.forgiven.iter().any(|it| what.contains(it.as_str())) {
            log.violations.push(what);
        }
    }

    pub(super) fn violations(&self) -> Vec<String> {
        self.log().violations.clone()
    }

    pub(super) fn forgive(&self, words: &str) {
        self.log().forgiven.push(words.to_owned());
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
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

    /// Where the gateway is; sessions are gone on with elsewhere.
    pub(super) fn gateway_url(&self, resume: bool) -> String {
        let path = if resume { "resume" } else { "gateway" };
        format!("ws://{}/{path}", self.doors.1)
    }
}

/// What is held by many.
pub(super) type House = Arc<Shared>;
