//! What every task of the engine shares.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use shipbell_domain::history::Loss;
use shipbell_domain::ids::Surface;
use shipbell_domain::settings::Settings;
use shipbell_storage::{Input, Verdict};
use tokio::sync::{mpsc, oneshot, watch};

use super::live::Live;
use super::pace::Pace;
use super::record::{Job, RecordError};
use super::roster::Roster;
use super::standing::Rereads;
use super::time::Believed;
use super::{Ports, Setup, Site};
use shipbell_domain::ids::EnvId;

/// How many inputs may wait for the writer.
const QUEUE: usize = 1024;

/// The shared part of a running engine.
pub struct Hub {
    pub(super) ports: Ports,
    surfaces: Vec<Surface>,
    setup: RwLock<Arc<Setup>>,
    roster: Mutex<Roster>,
    jobs: mpsc::Sender<Job>,
    changed: watch::Sender<u64>,
    ready: watch::Sender<bool>,
    stopped: watch::Sender<Option<Stop>>,
    pub(super) believed: Believed,
    pub(super) rereads: Rereads,
    pub(super) pace: Pace,
    pub(super) live: Live,
}

/// Why nothing is carried out and nothing recorded; questions are answered still.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// What is stored cannot be trusted any more, until the bot starts again.
    Halted(String),
    /// A part of the log is gone, until a person accepts that.
    Held(Box<Loss>),
}

impl Hub {
    pub(super) fn new(ports: Ports, setup: Setup) -> (Arc<Self>, mpsc::Receiver<Job>) {
        let surfaces = ports.chats.keys().cloned().collect();
        Self::owing(ports, setup, surfaces)
    }

    /// One that owes to platforms it need not reach itself.
    pub(super) fn owing(
        ports: Ports,
        setup: Setup,
        surfaces: Vec<Surface>,
    ) -> (Arc<Self>, mpsc::Receiver<Job>) {
        let (jobs, receiver) = mpsc::channel(QUEUE);
        let hub = Self {
            ports,
            surfaces,
            roster: Mutex::new(Roster::new(setup.clone())),
            setup: RwLock::new(Arc::new(setup)),
            jobs,
            changed: watch::Sender::new(0),
            ready: watch::Sender::new(false),
            stopped: watch::Sender::new(None),
            believed: Believed::default(),
            rereads: Rereads::default(),
            pace: Pace::default(),
            live: Live::default(),
        };
        (Arc::new(hub), receiver)
    }

    /// Records one input, and says what came of it.
    pub async fn record(&self, input: Input) -> Result<Verdict, RecordError> {
        let (answer, verdict) = oneshot::channel();
        let job = Job { input, answer };
        self.jobs
            .send(job)
            .await
            .map_err(|_| RecordError::Stopping)?;
        verdict.await.unwrap_or(Err(RecordError::Stopping))
    }

    /// The configuration in force.
    pub fn setup(&self) -> Arc<Setup> {
        Arc::clone(&self.setup.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another configuration in force; its policies are recorded apart.
    pub(super) fn replace_setup(&self, setup: Setup) {
        *self.roster() = Roster::new(setup.clone());
        self.put_in_force(setup);
    }

    pub(super) fn put_in_force(&self, setup: Setup) {
        *self.setup.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(setup);
        self.stir();
    }

    pub(super) fn roster(&self) -> MutexGuard<'_, Roster> {
        self.roster.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// People, time and titles in force.
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.setup().settings)
    }

    pub(super) fn site(&self, environment: &EnvId) -> Option<Site> {
        self.setup().sites.get(environment).cloned()
    }

    pub(super) fn surfaces(&self) -> Vec<Surface> {
        self.surfaces.clone()
    }

    /// What the clock shows; [`Hub::time`] says what to believe.
    pub fn now(&self) -> DateTime<Utc> {
        self.ports.clock.now()
    }

    /// What everything is kept in, for reading.
    pub fn ports(&self) -> &Ports {
        &self.ports
    }

    /// Wakes whoever waits for a change.
    pub(super) fn stir(&self) {
        self.changed
            .send_modify(|version| *version = version.wrapping_add(1));
    }

    /// A listener for changes.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Waits for a change, or until a time.
    pub(super) async fn change_or(
        &self,
        changes: &mut watch::Receiver<u64>,
        until: Option<DateTime<Utc>>,
    ) {
        let news = async {
            // The sender lives in this hub: it cannot be gone.
            let _gone = changes.changed().await;
        };
        match until {
            Some(at) => {
                let time = self.ports.clock.until(at);
                futures_util::future::select(Box::pin(news), time).await;
            }
            None => news.await,
        }
    }

    /// Waits for a while, whatever the clock shows.
    pub(super) async fn pause(&self, length: Duration) {
        self.ports.clock.sleep(length).await;
    }

    pub(super) fn set_ready(&self) {
        self.ready.send_replace(true);
        self.stir();
    }

    /// A listener for whether the engine serves.
    pub fn ready(&self) -> watch::Receiver<bool> {
        self.ready.subscribe()
    }

    /// Stops all effects: what is stored cannot be trusted any more.
    pub fn halt(&self, why: &str) {
        tracing::error!(why, "stopping all effects; answering questions still");
        self.stopped
            .send_replace(Some(Stop::Halted(why.to_owned())));
    }

    /// Holds everything back before it begins: a part of the log is gone.
    pub fn hold(&self, loss: Loss) {
        self.stopped.send_replace(Some(Stop::Held(Box::new(loss))));
    }

    /// Lets go what was held.
    pub(super) fn let_go(&self) {
        let held = |stop: &mut Option<Stop>| match stop {
            Some(Stop::Held(_)) => stop.take().is_some(),
            Some(Stop::Halted(_)) | None => false,
        };
        if self.stopped.send_if_modified(held) {
            self.stir();
        }
    }

    /// What is missing, if everything is held back for it.
    pub fn held(&self) -> Option<Loss> {
        match &*self.stopped.borrow() {
            Some(Stop::Held(loss)) => Some(Loss::clone(loss)),
            Some(Stop::Halted(_)) | None => None,
        }
    }

    /// Why effects were stopped, if they were.
    pub fn halted(&self) -> Option<String> {
        self.stopped.borrow().as_ref().map(ToString::to_string)
    }

    /// A listener for whether effects are stopped.
    pub fn stops(&self) -> watch::Receiver<Option<Stop>> {
        self.stopped.subscribe()
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Halted(why) => f.write_str(why),
            Self::Held(_) => f.write_str("a part of the log is gone"),
        }
    }
}
