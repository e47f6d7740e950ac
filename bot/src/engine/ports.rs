//! Everything the engine may touch, in one place: nothing else is the world to it.

use std::collections::BTreeMap;
use std::fs::File;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shipbell_adapters::chat::{ChannelId, Chat};
use shipbell_adapters::containers::Containers;
use shipbell_adapters::forge::Forge;
use shipbell_adapters::hosts::Hosts;
use shipbell_adapters::probes::Probes;
use shipbell_domain::history::{Checkpoint, LogEnd};
use shipbell_domain::ids::{EnvId, Person, Surface};
use shipbell_storage::{Decide, Store};

/// The world, as the engine sees it.
#[derive(Clone)]
pub struct Ports {
    /// What time it is, and waiting.
    pub clock: Arc<dyn Clock>,
    /// Where tasks are started that somebody joins.
    pub spawn: Arc<dyn Spawn>,
    /// Where chance comes from.
    pub random: Arc<dyn Random>,
    /// What survives a restart.
    pub store: Arc<dyn Store>,
    /// What decides.
    pub decide: Decide,
    /// Where people talk, by platform.
    pub chats: BTreeMap<Surface, Destination>,
    /// Where steps run.
    pub containers: Arc<dyn Containers>,
    /// Where programs run that are no container's.
    pub hosts: Arc<dyn Hosts>,
    /// What asks addresses.
    pub probes: Arc<dyn Probes>,
    /// What knows of commits.
    pub forge: Arc<dyn Forge>,
    /// What keeps a child of a killed bot and a new attempt apart.
    pub locks: Arc<dyn Locks>,
    /// What signs people in to the pages.
    pub links: Arc<dyn Links>,
    /// What signs where the log stands.
    pub notary: Arc<dyn Notary>,
}

/// One platform and the channel there.
#[derive(Clone)]
pub struct Destination {
    /// The platform.
    pub chat: Arc<dyn Chat>,
    /// The channel.
    pub channel: ChannelId,
}

/// Tells the time and waits; a test can turn its hands.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> DateTime<Utc>;

    /// Returns when that time has come.
    async fn until(&self, at: DateTime<Utc>);

    /// How much time has passed since some moment of this life; setting the clock
    /// does not change it.
    fn passed(&self) -> Duration;

    /// Returns when so much time has passed.
    async fn sleep(&self, length: Duration);
}

/// A task.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Starts tasks.
pub trait Spawn: Send + Sync {
    /// Runs a task beside the others until it ends.
    fn spawn(&self, name: &'static str, task: Task);
}

/// Gives chance.
pub trait Random: Send + Sync {
    /// Thirty-two bytes nobody can foresee.
    fn seed(&self) -> [u8; 32];
}

/// One lock file an environment, held open by every child that changes it.
#[async_trait]
pub trait Locks: Send + Sync {
    /// Takes the lock of an environment, or says who holds it; does not wait.
    ///
    /// Nothing where no child of this program can outlive it.
    async fn take(&self, environment: &EnvId) -> Result<Option<Arc<File>>, Held>;

    /// Ends the children of earlier lives that hold it: asks, then insists.
    async fn end_holders(&self, environment: &EnvId);
}

/// Why a lock could not be taken, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Held(pub String);

/// Makes links that sign somebody in once.
pub trait Links: Send + Sync {
    /// A link for a person, good for a minute; none for somebody unlisted.
    fn sign_in(&self, person: &Person) -> Option<String>;
}

/// Signs where the log stands; the key stays behind it.
pub trait Notary: Send + Sync {
    /// A statement that this is where the log ends. The same end, the same statement.
    fn sign(&self, end: &LogEnd) -> Checkpoint;
}
