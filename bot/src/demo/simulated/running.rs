//! One simulated container: a server in this program, its log, and whether it is well.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use shipbell_adapters::containers::{Health, Labels, Running};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::demo::payload::{self, Log, Manners};

/// How many lines of a log are kept.
const LINES: usize = 500;

/// How long the port may be taken by the container before, and how long that may take to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// A container that only pretends.
pub(super) struct Container {
    pub(super) version: String,
    manners: Manners,
    since: Instant,
    log: Arc<Mutex<VecDeque<String>>>,
    end: oneshot::Sender<()>,
    tasks: JoinSet<()>,
}

impl Container {
    pub(super) async fn start(port: u16, version: &str, manners: Manners) -> io::Result<Self> {
        let listener = listen(SocketAddr::from(([127, 0, 0, 1], port))).await?;
        let log: Arc<Mutex<VecDeque<String>>> = Arc::default();
        let (end, ended) = oneshot::channel();
        let mut tasks = JoinSet::new();
        let (heard, served) = (Arc::clone(&log), manners.clone());
        let note: Log = Arc::new(move |line| push(&heard, line));
        note(format!(
            "[simulated] version {version} starts in {}",
            manners.place
        ));
        tasks.spawn(async move {
            let ended = async move { drop(ended.await) };
            let served = payload::serve(listener, served, Arc::clone(&note), ended).await;
            if let Err(error) = served {
                note(format!("[simulated] cannot serve: {error}"));
            }
        });
        let (version, since) = (version.to_owned(), Instant::now());
        Ok(Self {
            version,
            manners,
            since,
            log,
            end,
            tasks,
        })
    }

    pub(super) async fn stop(self) {
        let Self { end, mut tasks, .. } = self;
        // It is told by this; whoever does not end is dropped, and so ended, below.
        drop(end);
        drop(timeout(PATIENCE, tasks.join_next()).await);
    }

    pub(super) fn is_well(&self) -> bool {
        self.manners.is_well(self.since.elapsed())
    }

    /// Its last lines.
    pub(super) fn log(&self, tail: usize) -> Vec<String> {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.iter()
            .skip(log.len().saturating_sub(tail))
            .cloned()
            .collect()
    }

    pub(super) fn seen(&self, project: &str) -> Running {
        Running {
            service: "web".to_owned(),
            container: format!("simulated-{project}"),
            image: self.version.clone(),
            image_id: self.version.clone(),
            alive: true,
            health: if self.is_well() {
                Health::Healthy
            } else {
                Health::Unhealthy
            },
            restarts: 0,
            started_at: None,
            ready_at: None,
            checks: Vec::new(),
            labels: Labels::new(),
        }
    }
}

async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let begun = Instant::now();
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return Ok(listener),
            Err(error) if begun.elapsed() >= PATIENCE => return Err(error),
            Err(_) => sleep(Duration::from_millis(50)).await,
        }
    }
}

fn push(log: &Mutex<VecDeque<String>>, line: String) {
    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
    if log.len() >= LINES {
        log.pop_front();
    }
    log.push_back(line);
}
