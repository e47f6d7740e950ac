//! What the database of a world lies on: memory, or a real file that SQLite keeps.
//!
//! A call to SQLite is driven to its end at once, so that its threads cannot
//! decide anything: in virtual time it is one moment.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use shipbell_domain::effect::Effect;
use shipbell_domain::ids::{AppId, EnvId, Hash, Key, ReleaseId, Surface};
use shipbell_domain::settings::Settings;
use shipbell_domain::{Fold, Needs, StreamId, World};
use shipbell_storage::{
    Claim, Commit, Doubt, EventRow, MemoryDisk, MemoryStore, Message, Owed, OwedId, Settlement,
    SqliteOptions, SqliteStore, Store, StoreError, Swept, Verdict, WakeUp,
};
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use super::locked;

/// The name every simulated database has.
const INSTANCE: [u8; 16] = [7; 16];

/// Where files need not be written to anything that turns.
const FAST: &str = "/dev/shm";

/// Which kind of store a world has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Medium {
    /// Fast.
    #[default]
    Memory,
    /// The one of production.
    Sqlite,
}

/// A disk that outlives the bot; clones are the same disk.
#[derive(Clone)]
pub enum Disk {
    /// In memory.
    Memory(Arc<MemoryDisk>),
    /// A file.
    File(Arc<FileDisk>),
}

/// A file, and whoever has it open.
pub struct FileDisk {
    folder: TempDir,
    runtime: Arc<Runtime>,
    open: Mutex<Option<Arc<SqliteStore>>>,
}

impl Disk {
    /// An empty one.
    pub fn new(medium: Medium) -> Self {
        match medium {
            Medium::Memory => Self::Memory(MemoryDisk::new(INSTANCE)),
            Medium::Sqlite => {
                let folder = TempDir::new_in(FAST).or_else(|_| TempDir::new());
                let runtime = Builder::new_current_thread().enable_all().build();
                Self::File(Arc::new(FileDisk {
                    folder: folder.expect("there is room for a folder"),
                    runtime: Arc::new(runtime.expect("a runtime begins")),
                    open: Mutex::default(),
                }))
            }
        }
    }

    /// Opens it for another life of the bot; the life before is over.
    pub fn open(&self) -> Arc<dyn Store> {
        match self {
            Self::Memory(disk) => Arc::new(MemoryStore::open(disk.clone())),
            Self::File(disk) => {
                let store = disk.reopen();
                let runtime = disk.runtime.clone();
                Arc::new(AtOnce { store, runtime })
            }
        }
    }

    /// The same as the last life has it, to be read.
    pub fn look(&self) -> Arc<dyn Store> {
        match self {
            Self::Memory(_) => self.open(),
            Self::File(disk) => {
                let store = disk.current();
                let runtime = disk.runtime.clone();
                Arc::new(AtOnce { store, runtime })
            }
        }
    }

    /// What the store itself finds wrong with its chain and its tables.
    pub fn damage(&self) -> Vec<String> {
        let (chain, tables, rebuilt) = match self {
            Self::Memory(disk) => {
                let store = MemoryStore::open(disk.clone());
                let chain = store.verify_chain(0).now_or_never();
                let tables = store.tables().now_or_never();
                let rebuilt = store.rebuild().now_or_never();
                let waits = "memory waits for nobody";
                (
                    chain.expect(waits),
                    tables.expect(waits),
                    rebuilt.expect(waits),
                )
            }
            Self::File(disk) => {
                let (store, runtime) = (disk.current(), &disk.runtime);
                (
                    runtime.block_on(store.verify_chain(0)),
                    runtime.block_on(store.tables()),
                    runtime.block_on(store.rebuild()),
                )
            }
        };
        let mut damage: Vec<String> = chain.err().iter().map(ToString::to_string).collect();
        match (tables, rebuilt) {
            (Ok(tables), Ok(rebuilt)) => damage.extend(tables.differences(&rebuilt)),
            (Err(error), _) | (_, Err(error)) => damage.push(error.to_string()),
        }
        damage
    }
}

impl FileDisk {
    fn reopen(&self) -> Arc<SqliteStore> {
        let mut open = locked(&self.open);
        // The last life is dead: what it had open goes with it.
        drop(open.take());
        let path: PathBuf = self.folder.path().join("shipbell.db");
        let options = SqliteOptions {
            instance: INSTANCE,
            readers: 1,
        };
        let store = self.runtime.block_on(SqliteStore::open(path, options));
        let store = Arc::new(store.expect("nobody else has the file open"));
        *open = Some(store.clone());
        store
    }

    fn current(&self) -> Arc<SqliteStore> {
        let current = locked(&self.open).clone();
        current.unwrap_or_else(|| self.reopen())
    }
}

/// A store whose every call ends before anything else moves.
struct AtOnce {
    store: Arc<SqliteStore>,
    runtime: Arc<Runtime>,
}

macro_rules! at_once {
    ($self:ident, $method:ident($($argument:expr),*)) => {
        $self.runtime.block_on($self.store.$method($($argument),*))
    };
}

#[async_trait]
impl Store for AtOnce {
    async fn commit(&self, commit: Commit) -> Result<Vec<Verdict>, StoreError> {
        at_once!(self, commit(commit))
    }

    async fn owed(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Owed>, StoreError> {
        at_once!(self, owed(now, limit))
    }

    async fn next_owed(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        at_once!(self, next_owed())
    }

    async fn claim(&self, id: &OwedId, now: DateTime<Utc>) -> Result<Option<Claim>, StoreError> {
        at_once!(self, claim(id, now))
    }

    async fn settle(&self, claim: &Claim, settlement: Settlement) -> Result<(), StoreError> {
        at_once!(self, settle(claim, settlement))
    }

    async fn message(
        &self,
        surface: &Surface,
        channel: &str,
        id: &str,
    ) -> Result<Option<Effect>, StoreError> {
        at_once!(self, message(surface, channel, id))
    }

    async fn doubtful(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Doubt>, StoreError> {
        at_once!(self, doubtful(now, limit))
    }

    async fn swept(&self, id: &OwedId, swept: &Swept) -> Result<(), StoreError> {
        at_once!(self, swept(id, swept))
    }

    async fn messages(&self, key: &Key) -> Result<Vec<Message>, StoreError> {
        at_once!(self, messages(key))
    }

    async fn due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<WakeUp>, StoreError> {
        at_once!(self, due(now, limit))
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        at_once!(self, next_due())
    }

    async fn fold(&self, stream: &StreamId) -> Result<Option<Fold>, StoreError> {
        at_once!(self, fold(stream))
    }

    async fn open_folds(
        &self,
        app: Option<&AppId>,
        limit: usize,
    ) -> Result<Vec<(StreamId, Fold)>, StoreError> {
        at_once!(self, open_folds(app, limit))
    }

    async fn releases(&self, app: Option<&AppId>, limit: usize) -> Result<Vec<Fold>, StoreError> {
        at_once!(self, releases(app, limit))
    }

    async fn asked(&self, limit: usize) -> Result<Vec<ReleaseId>, StoreError> {
        at_once!(self, asked(limit))
    }

    async fn active(&self) -> Result<Vec<EnvId>, StoreError> {
        at_once!(self, active())
    }

    async fn world(&self, needs: &Needs, settings: Arc<Settings>) -> Result<World, StoreError> {
        at_once!(self, world(needs, settings))
    }

    async fn events(
        &self,
        stream: Option<&StreamId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        at_once!(self, events(stream, after, limit))
    }

    async fn head(&self) -> Result<(u64, Hash), StoreError> {
        at_once!(self, head())
    }

    async fn keep(&self, bytes: &[u8]) -> Result<Hash, StoreError> {
        at_once!(self, keep(bytes))
    }

    async fn kept(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        at_once!(self, kept(hash))
    }

    fn epoch(&self) -> u64 {
        self.store.epoch()
    }

    fn instance(&self) -> &str {
        self.store.instance()
    }
}
