//! The store in memory, for the simulated world: no runtime, no files, no clock.
//!
//! A [`MemoryDisk`] survives what a crash takes; every opening of it begins an
//! epoch, and an earlier opening can write no more.

mod desk;
mod disk;
mod outbox;

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shipbell_domain::effect::Effect;
use shipbell_domain::ids::{AppId, EnvId, Hash, Key, ReleaseId, Surface};
use shipbell_domain::settings::Settings;
use shipbell_domain::{Fold, Needs, StreamId, World};
use tokio::sync::{Mutex, MutexGuard};

use crate::store::{
    Claim, Commit, Doubt, EventRow, Message, Owed, OwedId, Settlement, Store, Swept, Tables,
    Verdict, WakeUp,
};
use crate::{StoreError, batch, chain, load};
use desk::Desktop;
use disk::Contents;

/// What is left after a crash.
pub struct MemoryDisk {
    instance: String,
    epoch: AtomicU64,
    contents: Mutex<Contents>,
}

/// One opening of a [`MemoryDisk`].
pub struct MemoryStore {
    disk: Arc<MemoryDisk>,
    epoch: u64,
}

impl MemoryDisk {
    /// An empty disk; the random bytes name it.
    pub fn new(instance: [u8; 16]) -> Arc<Self> {
        let mut name = String::with_capacity(32);
        for byte in instance {
            write!(name, "{byte:02x}").expect("writing to a string cannot fail");
        }
        let contents = Mutex::new(Contents::new());
        Arc::new(Self {
            instance: name,
            epoch: AtomicU64::new(0),
            contents,
        })
    }

    /// Puts another event into the log's place for one: what a vandal would do.
    #[cfg(test)]
    pub(crate) async fn forge(&self, seq: u64, event: shipbell_domain::Event) {
        self.contents.lock().await.forge(seq, event);
    }
}

impl MemoryStore {
    /// Opens a disk and begins an epoch.
    pub fn open(disk: Arc<MemoryDisk>) -> Self {
        let epoch = disk.epoch.fetch_add(1, Ordering::SeqCst) + 1;
        Self { disk, epoch }
    }

    /// Hashes the log again from a position on. The position of the last event.
    pub async fn verify_chain(&self, from: u64) -> Result<u64, StoreError> {
        self.contents().await.verify(from)
    }

    /// What the tables ought to say: the whole log folded anew.
    pub async fn rebuild(&self) -> Result<Tables, StoreError> {
        self.contents().await.rebuild()
    }

    /// What the tables say.
    pub async fn tables(&self) -> Result<Tables, StoreError> {
        Ok(self.contents().await.tables())
    }

    async fn contents(&self) -> MutexGuard<'_, Contents> {
        self.disk.contents.lock().await
    }

    /// To write; refused once somebody else has opened the disk.
    async fn mine(&self) -> Result<MutexGuard<'_, Contents>, StoreError> {
        let contents = self.contents().await;
        if self.disk.epoch.load(Ordering::SeqCst) == self.epoch {
            Ok(contents)
        } else {
            Err(StoreError::replaced())
        }
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn commit(&self, commit: Commit) -> Result<Vec<Verdict>, StoreError> {
        let mut contents = self.mine().await?;
        let head = contents.head();
        let mut desk = Desktop {
            contents: &mut contents,
            epoch: self.epoch,
        };
        let batch = batch::decide(&mut desk, &commit, head)?;
        Ok(contents.apply(batch, commit.seed))
    }

    async fn owed(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Owed>, StoreError> {
        Ok(self.contents().await.outbox.owed(now, limit))
    }

    async fn next_owed(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(self.contents().await.outbox.next(self.epoch))
    }

    async fn claim(&self, id: &OwedId, now: DateTime<Utc>) -> Result<Option<Claim>, StoreError> {
        Ok(self.mine().await?.outbox.claim(id, self.epoch, now))
    }

    async fn settle(&self, claim: &Claim, settlement: Settlement) -> Result<(), StoreError> {
        self.mine()
            .await?
            .outbox
            .settle(claim, self.epoch, settlement);
        Ok(())
    }

    async fn doubtful(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Doubt>, StoreError> {
        Ok(self.contents().await.outbox.doubtful(now, limit))
    }

    async fn swept(&self, id: &OwedId, swept: &Swept) -> Result<(), StoreError> {
        self.mine().await?.outbox.swept(id, swept);
        Ok(())
    }

    async fn message(
        &self,
        surface: &Surface,
        channel: &str,
        id: &str,
    ) -> Result<Option<Effect>, StoreError> {
        let (surface, channel, id) = (surface.clone(), channel.to_owned(), id.to_owned());
        Ok(self.contents().await.outbox.about(&Message {
            surface,
            channel,
            id,
        }))
    }

    async fn messages(&self, key: &Key) -> Result<Vec<Message>, StoreError> {
        Ok(self.contents().await.outbox.messages(key))
    }

    async fn due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<WakeUp>, StoreError> {
        Ok(self.contents().await.due(now, limit))
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(self.contents().await.next_due())
    }

    async fn fold(&self, stream: &StreamId) -> Result<Option<Fold>, StoreError> {
        Ok(self.contents().await.fold(stream))
    }

    async fn open_folds(
        &self,
        app: Option<&AppId>,
        limit: usize,
    ) -> Result<Vec<(StreamId, Fold)>, StoreError> {
        Ok(self.contents().await.open_folds(app, limit))
    }

    async fn releases(&self, app: Option<&AppId>, limit: usize) -> Result<Vec<Fold>, StoreError> {
        Ok(self.contents().await.releases(app, limit))
    }

    async fn asked(&self, limit: usize) -> Result<Vec<ReleaseId>, StoreError> {
        Ok(self.contents().await.asked(limit))
    }

    async fn active(&self) -> Result<Vec<EnvId>, StoreError> {
        Ok(self.contents().await.active())
    }

    async fn world(&self, needs: &Needs, settings: Arc<Settings>) -> Result<World, StoreError> {
        let mut contents = self.contents().await;
        let mut desk = Desktop {
            contents: &mut contents,
            epoch: self.epoch,
        };
        load::world(&mut desk, needs, settings)
    }

    async fn events(
        &self,
        stream: Option<&StreamId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        self.contents().await.events(stream, after, limit)
    }

    async fn head(&self) -> Result<(u64, Hash), StoreError> {
        self.contents().await.hashed_head()
    }

    async fn keep(&self, bytes: &[u8]) -> Result<Hash, StoreError> {
        let hash = chain::keepable(bytes)?;
        self.mine()
            .await?
            .blobs
            .insert(hash.clone(), bytes.to_vec());
        Ok(hash)
    }

    async fn kept(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.contents().await.blobs.get(hash).cloned())
    }

    fn epoch(&self) -> u64 {
        self.epoch
    }

    fn instance(&self) -> &str {
        &self.disk.instance
    }
}

#[cfg(test)]
mod tests;
