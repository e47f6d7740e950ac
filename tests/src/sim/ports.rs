//! Time, tasks, chance and locks, as one life of the bot meets them.

use std::collections::BTreeMap;
use std::fs::File;
use std::sync::{Arc, Mutex, Weak};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shipbell::engine::ports::{Clock, Links, Locks, Random, Spawn, Task};
use shipbell_domain::ids::{EnvId, Person};

use super::containers::Engine;
use super::executor::{Executor, Owner};
use super::locked;
use super::team::project_name;

/// The clock, the tasks and the chance of one life.
#[derive(Clone)]
pub struct Life {
    /// Runs the world.
    pub executor: Executor,
    /// Whose life it is.
    pub owner: Owner,
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

/// No pages to sign in to.
pub struct Nowhere;

impl Links for Nowhere {
    fn sign_in(&self, _: &Person) -> Option<String> {
        None
    }
}

#[async_trait]
impl Clock for Life {
    fn now(&self) -> DateTime<Utc> {
        self.executor.now()
    }

    async fn until(&self, at: DateTime<Utc>) {
        self.executor.until(at).await;
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
    async fn take(&self, environment: &EnvId) -> Option<Arc<File>> {
        while self.is_held(environment) {
            self.executor.pause(100, 300).await;
        }
        // Any file will do: who holds it is what counts here.
        let file = Arc::new(File::open("/dev/null").ok()?);
        locked(&self.held).insert(environment.clone(), Arc::downgrade(&file));
        Some(file)
    }
}
