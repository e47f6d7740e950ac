//! Time, tasks, chance, locks and signatures, as one life of the bot meets them.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use shipbell::audit::note::Signer;
use shipbell::engine::ports::{Clock, Held, Links, Locks, Random, Spawn, Task};
use shipbell_adapters::forge::{Checks, Forge, ForgeError, Kind, Repository};
use shipbell_domain::ids::{EnvId, Person};

use super::containers::Engine;
use super::executor::{Executor, Owner};
use super::locked;
use super::team::project_name;
use super::weather::Weather;

/// The clock, the tasks and the chance of one life.
#[derive(Clone)]
pub struct Life {
    /// Runs the world.
    pub executor: Executor,
    /// Whose life it is.
    pub owner: Owner,
    /// What becomes of its clock.
    pub weather: Arc<Weather>,
    /// When it began: what its clock shows then it has to believe.
    pub since: DateTime<Utc>,
}

impl Life {
    /// By how much the clock is wrong.
    fn wrong_by(&self) -> TimeDelta {
        self.weather
            .clock_is_off_by(self.since, self.executor.now())
    }
}

/// The lock files, which outlive any life.
#[derive(Clone)]
pub struct LockFiles {
    executor: Executor,
    engine: Engine,
    held: Arc<Mutex<BTreeMap<EnvId, Weak<File>>>>,
}

impl LockFiles {
    /// Locks that nobody holds.
    pub fn new(executor: Executor, engine: Engine) -> Self {
        Self {
            executor,
            engine,
            held: Arc::default(),
        }
    }

    fn is_held(&self, environment: &EnvId) -> bool {
        let project = project_name(environment.env.as_str());
        let children = self
            .engine
            .host()
            .projects
            .get(&project)
            .map_or(0, |it| it.children);
        let held = locked(&self.held)
            .get(environment)
            .is_some_and(|it| it.strong_count() > 0);
        held || children > 0
    }
}

/// What signs where the log stands, the same in every life.
pub fn notary() -> Signer {
    Signer::new("shipbell/simulated", &[7; 32])
}

/// No pages to sign in to, and no forge: no policy here demands anything of commits.
pub struct Nowhere;

#[async_trait]
impl Forge for Nowhere {
    async fn checks(&self, repository: &Repository, _: &str) -> Result<Checks, ForgeError> {
        Err(no_forge(repository))
    }

    async fn tip(&self, repository: &Repository, _: &str) -> Result<String, ForgeError> {
        Err(no_forge(repository))
    }
}

fn no_forge(repository: &Repository) -> ForgeError {
    let what = format!("asking about {}", repository.address);
    ForgeError::new(Kind::NotFound, what, "this world has no forge")
}

impl Links for Nowhere {
    fn sign_in(&self, _: &Person) -> Option<String> {
        None
    }
}

#[async_trait]
impl Clock for Life {
    fn now(&self) -> DateTime<Utc> {
        self.executor.now() + self.wrong_by()
    }

    async fn until(&self, at: DateTime<Utc>) {
        while self.now() < at {
            let right = at - self.wrong_by();
            let next = self.weather.clock_is_set_next(self.executor.now());
            self.executor
                .until(next.map_or(right, |it| it.min(right)))
                .await;
        }
    }

    fn passed(&self) -> Duration {
        (self.executor.now() - DateTime::UNIX_EPOCH)
            .to_std()
            .unwrap_or_default()
    }

    async fn sleep(&self, length: Duration) {
        let length = TimeDelta::from_std(length).unwrap_or(TimeDelta::MAX);
        self.executor.until(self.executor.now() + length).await;
    }
}

impl Spawn for Life {
    fn spawn(&self, _: &'static str, task: Task) {
        self.executor.spawn(self.owner, task);
    }
}

impl Random for Life {
    fn seed(&self) -> [u8; 32] {
        self.executor.draw(super::chance::Chance::seed)
    }
}

#[async_trait]
impl Locks for LockFiles {
    async fn take(&self, environment: &EnvId) -> Result<Option<Arc<File>>, Held> {
        if self.is_held(environment) {
            return Err(Held("a child of an earlier life holds it".to_owned()));
        }
        // Any file will do: who holds it is what counts here.
        let file = Arc::new(File::open("/dev/null").expect("every host has it"));
        locked(&self.held).insert(environment.clone(), Arc::downgrade(&file));
        Ok(Some(file))
    }

    async fn end_holders(&self, environment: &EnvId) {
        self.executor.pause(100, 300).await;
        let project = project_name(environment.env.as_str());
        self.engine.end_children(&project);
    }
}
