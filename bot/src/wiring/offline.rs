//! What one command needs while no bot runs: everything but the platforms.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use shipbell_domain::ids::Person;
use shipbell_storage::{SqliteStore, Store as _};

use super::{Options, discord, hands, setup, slack, surface, terminal};
use crate::audit::key;
use crate::config::Config;
use crate::engine::Alone;
use crate::engine::ports::{Links, Ports, Random as _};
use crate::failure::Failure;
use crate::seen;
use crate::system::{FileLocks, SystemClock, SystemRandom, Tasks};

/// An engine without a bot, over a database that no bot has.
pub(crate) struct Offline {
    /// The engine.
    pub(crate) alone: Alone,
    tasks: Arc<Tasks>,
    data: PathBuf,
}

impl Offline {
    /// Over a store that is open, which is to say that nobody else works on it.
    pub(crate) fn open(config: &Config, store: Arc<SqliteStore>) -> Result<Self, Failure> {
        let notary = key::load_or_make(&config.key, store.instance(), SystemRandom.seed())?;
        let hands = hands::hands(config, &Options::default())?;
        let setup = setup(config)?;
        let tasks = Arc::new(Tasks::default());
        let ports = Ports {
            clock: Arc::new(SystemClock),
            spawn: Arc::clone(&tasks) as Arc<_>,
            random: Arc::new(SystemRandom),
            store,
            decide: Arc::new(shipbell_domain::turn),
            chats: BTreeMap::new(),
            containers: hands.containers,
            hosts: hands.hosts,
            probes: hands.probes,
            forge: hands.forge,
            locks: Arc::new(FileLocks::new(config.data.join("locks"))),
            links: Arc::new(Nowhere),
            notary: Arc::new(notary),
        };
        let mut owed_to = vec![surface()];
        owed_to.extend(slack::surfaces(config));
        owed_to.extend(discord::surfaces(config));
        Ok(Self {
            alone: Alone::begin(ports, setup, terminal(), owed_to),
            tasks,
            data: config.data.clone(),
        })
    }

    /// Stops, wherever it is, and notes how far the log went.
    pub(crate) async fn stop(&self) {
        self.tasks.stop().await;
        seen::note(self.alone.hub(), &self.data, &mut None).await;
    }
}

/// Nobody signs in to pages that nobody serves.
struct Nowhere;

impl Links for Nowhere {
    fn sign_in(&self, _: &Person) -> Option<String> {
        None
    }
}
