//! The edges of the store: where a crash or a lost answer hurts most. A wrapper round `Store`.

use std::future::pending;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shipbell_domain::effect::Effect;
use shipbell_domain::ids::{AppId, EnvId, Hash, Key, ReleaseId, Surface};
use shipbell_domain::settings::Settings;
use shipbell_domain::{Fold, Needs, StreamId, World};
use shipbell_storage::{
    Claim, Commit, Doubt, EventRow, Message, Owed, OwedId, Settlement, Store, StoreError, Swept,
    Verdict, WakeUp,
};

use super::executor::{Executor, Owner};
use super::locked;
use super::weather::{Fault, Weather};

/// The database among those who can be away.
pub const DATABASE: &str = "database";

/// What was claimed, seen from outside the bot.
#[derive(Clone, Default)]
pub struct Ledger(Arc<Mutex<Vec<Claimed>>>);

/// One claim that was committed.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// What.
    pub id: OwedId,
    /// When.
    pub at: DateTime<Utc>,
}

/// A store as one life of the bot meets it.
pub struct Edges {
    /// The store itself.
    pub inner: Arc<dyn Store>,
    /// Runs the world.
    pub executor: Executor,
    /// How bad the world is.
    pub weather: Arc<Weather>,
    /// Hears of claims.
    pub ledger: Ledger,
    /// Who dies at an edge.
    pub owner: Owner,
}

impl Ledger {
    /// Every claim there was.
    pub fn claims(&self) -> Vec<Claimed> {
        locked(&self.0).clone()
    }
}

impl Edges {
    async fn crash_if(&self, fault: Fault) {
        if self.weather.strikes(fault) {
            self.executor.kill(self.owner);
            pending::<()>().await;
        }
    }

    async fn before(&self) -> Result<(), StoreError> {
        self.executor.pause(0, 4).await;
        if self.is_busy() {
            return Err(StoreError::Unavailable("database is locked".to_owned()));
        }
        self.crash_if(Fault::CrashBeforeCommit).await;
        Ok(())
    }

    async fn after<T: Send>(&self, done: Result<T, StoreError>) -> Result<T, StoreError> {
        self.crash_if(Fault::CrashAfterCommit).await;
        self.executor.pause(0, 4).await;
        if self.weather.strikes(Fault::StoreSilent) {
            return Err(StoreError::Unknown("the connection was lost".to_owned()));
        }
        done
    }

    async fn read(&self) -> Result<(), StoreError> {
        // Most reads are done at once; some take long enough for others to come in between.
        if self.executor.draw(|it| it.happens(250_000)) {
            self.executor.pause(0, 5).await;
        }
        if self.is_busy() {
            return Err(StoreError::Unavailable("database is locked".to_owned()));
        }
        Ok(())
    }

    fn is_busy(&self) -> bool {
        self.weather.is_away(DATABASE) || self.weather.strikes(Fault::StoreBusy)
    }
}

#[async_trait]
impl Store for Edges {
    async fn commit(&self, commit: Commit) -> Result<Vec<Verdict>, StoreError> {
        self.before().await?;
        let done = self.inner.commit(commit).await;
        self.after(done).await
    }

    async fn claim(&self, id: &OwedId, now: DateTime<Utc>) -> Result<Option<Claim>, StoreError> {
        self.before().await?;
        let done = self.inner.claim(id, now).await;
        if matches!(done, Ok(Some(_))) {
            locked(&self.ledger.0).push(Claimed {
                id: id.clone(),
                at: self.executor.now(),
            });
        }
        self.after(done).await
    }

    async fn settle(&self, claim: &Claim, settlement: Settlement) -> Result<(), StoreError> {
        self.before().await?;
        let done = self.inner.settle(claim, settlement).await;
        self.after(done).await
    }

    async fn keep(&self, bytes: &[u8]) -> Result<Hash, StoreError> {
        self.before().await?;
        let done = self.inner.keep(bytes).await;
        self.after(done).await
    }

    async fn owed(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Owed>, StoreError> {
        self.read().await?;
        self.inner.owed(now, limit).await
    }

    async fn next_owed(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read().await?;
        self.inner.next_owed().await
    }

    async fn message(
        &self,
        surface: &Surface,
        channel: &str,
        id: &str,
    ) -> Result<Option<Effect>, StoreError> {
        self.read().await?;
        self.inner.message(surface, channel, id).await
    }

    async fn doubtful(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Doubt>, StoreError> {
        self.read().await?;
        self.inner.doubtful(now, limit).await
    }

    async fn swept(&self, id: &OwedId, swept: &Swept) -> Result<(), StoreError> {
        self.before().await?;
        self.after(self.inner.swept(id, swept).await).await
    }

    async fn messages(&self, key: &Key) -> Result<Vec<Message>, StoreError> {
        self.read().await?;
        self.inner.messages(key).await
    }

    async fn due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<WakeUp>, StoreError> {
        self.read().await?;
        self.inner.due(now, limit).await
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.read().await?;
        self.inner.next_due().await
    }

    async fn fold(&self, stream: &StreamId) -> Result<Option<Fold>, StoreError> {
        self.read().await?;
        self.inner.fold(stream).await
    }

    async fn open_folds(
        &self,
        app: Option<&AppId>,
        limit: usize,
    ) -> Result<Vec<(StreamId, Fold)>, StoreError> {
        self.read().await?;
        self.inner.open_folds(app, limit).await
    }

    async fn releases(&self, app: Option<&AppId>, limit: usize) -> Result<Vec<Fold>, StoreError> {
        self.read().await?;
        self.inner.releases(app, limit).await
    }

    async fn asked(&self, limit: usize) -> Result<Vec<ReleaseId>, StoreError> {
        self.read().await?;
        self.inner.asked(limit).await
    }

    async fn active(&self) -> Result<Vec<EnvId>, StoreError> {
        self.read().await?;
        self.inner.active().await
    }

    async fn world(&self, needs: &Needs, settings: Arc<Settings>) -> Result<World, StoreError> {
        self.read().await?;
        self.inner.world(needs, settings).await
    }

    async fn events(
        &self,
        stream: Option<&StreamId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        self.read().await?;
        self.inner.events(stream, after, limit).await
    }

    async fn head(&self) -> Result<(u64, Hash), StoreError> {
        self.read().await?;
        self.inner.head().await
    }

    async fn kept(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        self.read().await?;
        self.inner.kept(hash).await
    }

    fn epoch(&self) -> u64 {
        self.inner.epoch()
    }

    fn instance(&self) -> &str {
        self.inner.instance()
    }
}
