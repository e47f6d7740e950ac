//! The bot's lives: it is started, dies at any moment, and is started again.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use shipbell::engine::ports::{Destination, Ports};
use shipbell::engine::{Engine as Bot, Setup, Site};
use shipbell_adapters::hosts::Host;
use shipbell_domain::ids::Surface;
use tokio::sync::{mpsc, oneshot};

use super::chat::{Line, Service, channel};
use super::containers::Engine;
use super::diary::Diary;
use super::disk::Disk;
use super::executor::{Executor, Owner};
use super::mutants::Mutant;
use super::ports::{Life, LockFiles, Nowhere, notary};
use super::probes::Addresses;
use super::store::{Edges, Ledger};
use super::team::Team;
use super::weather::{Fault, Weather};

/// How many deliveries may wait for the bot.
const QUEUE: usize = 64;

/// Everything that outlives the bot.
#[derive(Clone)]
pub struct Ground {
    /// Runs the world.
    pub executor: Executor,
    /// How bad the world is.
    pub weather: Arc<Weather>,
    /// What is told.
    pub diary: Arc<Diary>,
    /// The team.
    pub team: Team,
    /// The database.
    pub disk: Disk,
    /// What was claimed in it.
    pub ledger: Ledger,
    /// The platforms.
    pub services: Vec<Service>,
    /// The engine of the containers.
    pub engine: Engine,
    /// The lock files.
    pub locks: LockFiles,
    /// From when on the configuration holds the team's later policy.
    pub reform: DateTime<Utc>,
    /// The mistake this bot makes.
    pub mutant: Option<Mutant>,
}

impl Ground {
    /// Keeps the bot alive, life after life, for ever.
    pub async fn keep_alive(self) {
        for life in 1.. {
            let owner = Owner::Bot(life);
            let gone = self.start(owner);
            self.executor
                .spawn(Owner::World, Box::pin(self.clone().connections(life)));
            // The sender is dropped with the bot's own task, however that ends.
            drop(gone.await);
            self.executor.kill(owner);
            self.diary.write("bot", format!("life {life} ends"));
            for service in &self.services {
                service.listen(None);
            }
            let long = !self.weather.is_calm() && self.executor.draw(|it| it.happens(50_000));
            let (least, most) = if long {
                (600_000, 2_400_000)
            } else {
                (1_000, 30_000)
            };
            self.executor.pause(least, most).await;
            if self.weather.strikes(Fault::Pruned) {
                self.diary.write("host", "somebody clears containers away");
                self.engine.host().prune(self.executor.now());
            }
        }
    }

    fn start(&self, owner: Owner) -> oneshot::Receiver<()> {
        let (ear, arrivals) = mpsc::channel(QUEUE);
        let bot = Bot::new(self.ports(owner), self.setup());
        let (alive, gone) = oneshot::channel();
        let task = async move {
            bot.run(arrivals).await;
            drop(alive);
        };
        self.diary.write("bot", format!("{owner:?} begins"));
        self.executor.spawn(owner, Box::pin(task));
        for service in &self.services {
            service.listen(Some(ear.clone()));
        }
        gone
    }

    /// Each platform says when its connection is new: at once, and after it was away.
    async fn connections(self, life: u32) {
        let now = self.executor.now();
        let mut news: Vec<_> = self.services.iter().map(|it| (now, it.clone())).collect();
        for service in &self.services {
            let returns = self.weather.returns(service.name());
            news.extend(
                returns
                    .into_iter()
                    .filter(|it| *it > now)
                    .map(|at| (at, service.clone())),
            );
        }
        news.sort_by_key(|(at, _)| *at);
        for (number, (at, service)) in news.into_iter().enumerate() {
            self.executor.until(at).await;
            if !self.executor.is_alive(Owner::Bot(life)) {
                return;
            }
            service
                .connected(&format!("connection-{life}-{number}"))
                .await;
        }
    }

    fn setup(&self) -> Setup {
        let later = self.executor.now() >= self.reform;
        let policy = if later {
            self.team.policies.last()
        } else {
            self.team.policies.first()
        };
        let state_dir = PathBuf::from("/var/lib/shipbell");
        let site = |(id, (target, project)): (&_, &(_, _))| {
            let (id, target): (&shipbell_domain::ids::EnvId, _) = (id, Clone::clone(target));
            let (project, state_dir) = (Clone::clone(project), state_dir.clone());
            (
                id.clone(),
                Site {
                    target,
                    host: Host::Here,
                    project,
                    state_dir,
                    secrets: BTreeMap::new(),
                    fleet: Vec::new(),
                },
            )
        };
        Setup {
            settings: self.team.settings.clone(),
            policies: policy.cloned().into_iter().collect(),
            repositories: BTreeMap::new(),
            sites: self.team.sites.iter().map(site).collect(),
            identities: self.team.identities.clone(),
            groups: BTreeMap::new(),
            // Nobody else is in these worlds.
            compare_every: None,
            keep_versions: 0,
        }
    }

    fn ports(&self, owner: Owner) -> Ports {
        let executor = self.executor.clone();
        let life = Arc::new(Life {
            executor: executor.clone(),
            owner,
            weather: self.weather.clone(),
            since: executor.now(),
        });
        let edges = Edges {
            inner: self.disk.open(),
            executor: executor.clone(),
            weather: self.weather.clone(),
            ledger: self.ledger.clone(),
            owner,
        };
        let mut chats = BTreeMap::new();
        for service in &self.services {
            let surface = Surface::new(service.name()).expect("platforms are named by words");
            let (chat, channel) = (Arc::new(Line(service.clone())), channel());
            chats.insert(surface, Destination { chat, channel });
        }
        let probes = Addresses::new(executor, self.weather.clone(), self.engine.clone());
        let ports = Ports {
            clock: life.clone(),
            spawn: life.clone(),
            random: life,
            store: Arc::new(edges),
            decide: Arc::new(shipbell_domain::turn),
            chats,
            containers: Arc::new(self.engine.clone()),
            hosts: Arc::new(self.engine.clone()),
            probes: Arc::new(probes),
            forge: Arc::new(Nowhere),
            locks: Arc::new(self.locks.clone()),
            links: Arc::new(Nowhere),
            notary: Arc::new(notary()),
        };
        match self.mutant {
            Some(mutant) => mutant.infect(ports, &self.executor, owner),
            None => ports,
        }
    }
}
