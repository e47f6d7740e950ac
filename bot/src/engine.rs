//! The engine: what people, time and the world say becomes inputs; one writer
//! records them; what is owed is carried out. It names nothing of the world but
//! its [`Ports`], so that the same code runs in production and in a simulated world.
//!
//! ```text
//! ingress ─┐                      ┌─▶ outbox ─▶ chat
//! timers ──┼─▶ record ─▶ store ───┼─▶ driver ─▶ containers, probes
//! reports ─┘     (one writer)     └─▶ timers
//! ```

mod alone;
mod answers;
mod build;
mod commits;
mod drift;
mod driver;
mod hub;
mod ingress;
mod keep;
mod live;
mod news;
mod outbox;
mod pace;
mod past;
pub mod ports;
mod record;
mod recover;
mod retention;
mod retry;
mod roster;
mod standing;
mod terminal;
mod time;
mod timers;
pub mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use shipbell_adapters::chat::{Inbound, UserId};
use shipbell_adapters::containers::{ContainerError, Preflight, Project, Target};
use shipbell_adapters::forge::Repository;
use shipbell_adapters::hosts::Host;
use shipbell_adapters::secret::Secret;
use shipbell_domain::ids::{AppId, EnvId, HostName, Person, Role, Surface};
use shipbell_domain::policy::{Pinned, Policy};
use shipbell_domain::settings::Settings;
use shipbell_domain::steps::Value;
use tokio::sync::mpsc;

pub use alone::Alone;
pub use hub::{Hub, Stop};
pub use ports::Ports;
pub use record::RecordError;

/// Whether an engine and the files of a project will do for a deploy of this
/// policy; why not, if they will not.
pub fn will_do(policy: &Policy, found: &Preflight) -> Result<(), ContainerError> {
    let alone = policy.alone().iter().map(ToString::to_string).collect();
    let images = (&policy.images, &alone);
    driver::preflight::judge(images, Some(&policy.allow_images), found)
}

/// What the configuration says, in the engine's words.
#[derive(Clone)]
pub struct Setup {
    /// People, time and titles.
    pub settings: Arc<Settings>,
    /// The policy of every application.
    pub policies: Vec<Pinned>,
    /// Where the commits of applications are.
    pub repositories: BTreeMap<AppId, Repository>,
    /// Where each environment is.
    pub sites: BTreeMap<EnvId, Site>,
    /// Whose accounts these are.
    pub identities: BTreeMap<(Surface, UserId), Person>,
    /// The roles that come with being in a platform's group, by its id there.
    pub groups: BTreeMap<(Surface, String), BTreeSet<Role>>,
    /// How often what runs is compared with what was deployed; never, if nothing is said.
    pub compare_every: Option<Duration>,
    /// The images of how many proven versions stay on their hosts; nothing is done about
    /// them if that is none.
    pub keep_versions: usize,
}

impl Setup {
    /// The policy of an application.
    pub fn policy(&self, app: &AppId) -> Option<&Policy> {
        let mut policies = self.policies.iter().map(|it| &it.policy);
        policies.find(|it| it.app == *app)
    }
}

/// Where an environment is.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its engine.
    pub target: Target,
    /// The machine its files are on.
    pub host: Host,
    /// Its compose project.
    pub project: Project,
    /// Where generated files go.
    pub state_dir: PathBuf,
    /// What its steps name and do not say.
    pub secrets: BTreeMap<Value, Secret>,
    /// Its hosts, if it has several, in their order; what is above is of the first.
    pub fleet: Vec<Post>,
}

/// One of several hosts of an environment.
#[derive(Clone, Debug)]
pub struct Post {
    /// Its name.
    pub name: HostName,
    /// Its engine.
    pub target: Target,
    /// The machine its files are on.
    pub host: Host,
}

impl Site {
    /// The environment on one of its hosts; none if it has no such host any more.
    pub fn on(&self, host: Option<&HostName>) -> Option<Self> {
        let Some(host) = host else {
            return Some(self.clone());
        };
        let post = self.fleet.iter().find(|it| it.name == *host)?;
        Some(self.at(post))
    }

    /// The environment on each of its hosts, with their names if it has several.
    pub fn each(&self) -> Vec<(Option<HostName>, Self)> {
        if self.fleet.is_empty() {
            return vec![(None, self.clone())];
        }
        let posts = self.fleet.iter();
        posts
            .map(|it| (Some(it.name.clone()), self.at(it)))
            .collect()
    }

    fn at(&self, post: &Post) -> Self {
        Self {
            target: post.target.clone(),
            host: post.host.clone(),
            // Hosts whose files are here would keep them in one place.
            state_dir: self.state_dir.join(post.name.as_str()),
            ..self.clone()
        }
    }
}

/// Something a person did on one platform.
#[derive(Debug)]
pub struct Arrival {
    /// The platform.
    pub surface: Surface,
    /// What.
    pub inbound: Inbound,
}

/// The engine, ready to run.
pub struct Engine {
    hub: Arc<Hub>,
    jobs: mpsc::Receiver<record::Job>,
}

impl Engine {
    /// An engine over the world as its ports show it.
    pub fn new(ports: Ports, setup: Setup) -> Self {
        let (hub, jobs) = Hub::new(ports, setup);
        Self { hub, jobs }
    }

    /// A handle for those who read, reload, or put commands from elsewhere.
    pub fn hub(&self) -> Arc<Hub> {
        Arc::clone(&self.hub)
    }

    /// Takes over what was left, then serves arrivals until there can be no more.
    pub async fn run(self, arrivals: mpsc::Receiver<Arrival>) {
        let Self { hub, jobs } = self;
        let writing = record::write(Arc::clone(&hub), jobs);
        hub.ports.spawn.spawn("writer", Box::pin(writing));
        if hub.held().is_some() {
            // Questions are answered all the same.
            let beginning = begin(Arc::clone(&hub));
            hub.ports.spawn.spawn("beginning", Box::pin(beginning));
        } else {
            begin(Arc::clone(&hub)).await;
        }
        hub.set_ready();
        ingress::run(hub, arrivals).await;
    }
}

/// Takes over what was left and begins to carry things out, once nothing is held back.
async fn begin(hub: Arc<Hub>) {
    let mut stops = hub.stops();
    let free = |stop: &Option<Stop>| !matches!(stop, Some(Stop::Held(_)));
    // The sender lives in the hub: it cannot be gone.
    drop(stops.wait_for(free).await);
    let start = |name, task: ports::Task| hub.ports.spawn.spawn(name, task);
    recover::take_over(&hub).await;
    start("outbox", Box::pin(outbox::run(Arc::clone(&hub))));
    start("timers", Box::pin(timers::run(Arc::clone(&hub))));
    start("driver", Box::pin(driver::run(Arc::clone(&hub))));
    start("sweep", Box::pin(outbox::sweep::run(Arc::clone(&hub))));
    start("clock", Box::pin(time::run(Arc::clone(&hub))));
    start("standing", Box::pin(standing::run(Arc::clone(&hub))));
    start("drift", Box::pin(drift::run(Arc::clone(&hub))));
    start("retention", Box::pin(retention::run(Arc::clone(&hub))));
}
