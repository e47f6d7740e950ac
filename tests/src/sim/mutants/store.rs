//! Mistakes in recording.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shipbell_domain::effect::Effect;
use shipbell_domain::ids::{AppId, EnvId, Hash, Key, ReleaseId, Surface};
use shipbell_domain::settings::Settings;
use shipbell_domain::{Command, Fold, Needs, Reply, StreamId, World};
use shipbell_storage::{
    Claim, Commit, Doubt, EventRow, Message, Owed, OwedId, Settlement, Store, StoreError, Swept,
    Verdict, WakeUp,
};

use super::Mutant;
use crate::sim::executor::{Executor, Owner};

/// A store that is used with one mistake.
pub(super) struct Wrong {
    pub(super) mutant: Mutant,
    pub(super) inner: Arc<dyn Store>,
    pub(super) executor: Executor,
    pub(super) owner: Owner,
}

impl Wrong {
    /// Says that it is done, and does it a little later, if the bot still lives.
    fn postpone(&self, commit: Commit) -> Vec<Verdict> {
        let said = Verdict::Recorded {
            reply: Reply::Nothing,
            events: Vec::new(),
        };
        let verdicts = vec![said; commit.inputs.len()];
        let (inner, executor) = (self.inner.clone(), self.executor.clone());
        let late = async move {
            executor.pause(500, 5_000).await;
            // Nobody waits for the answer any more: that is the mistake.
            drop(inner.commit(commit).await);
        };
        self.executor.spawn(self.owner, Box::pin(late));
        verdicts
    }
}

#[async_trait]
impl Store for Wrong {
    async fn commit(&self, mut commit: Commit) -> Result<Vec<Verdict>, StoreError> {
        if self.mutant == Mutant::DedupeOff {
            for input in &mut commit.inputs {
                input.id = None;
            }
        }
        let wish = |it: &shipbell_storage::Input| matches!(it.command, Command::Wish { .. });
        if self.mutant == Mutant::AckBeforeCommit && commit.inputs.iter().all(wish) {
            return Ok(self.postpone(commit));
        }
        self.inner.commit(commit).await
    }

    async fn claim(&self, id: &OwedId, now: DateTime<Utc>) -> Result<Option<Claim>, StoreError> {
        match self.mutant {
            Mutant::ClaimSkipped => {
                let owed = self.inner.owed(now, usize::MAX).await?;
                let epoch = self.inner.epoch();
                let of_it = owed.into_iter().find(|it| it.id == *id);
                Ok(of_it.map(|owed| Claim {
                    owed,
                    wanted: 1,
                    epoch,
                    at: now,
                }))
            }
            Mutant::MarkedBeforeSent => {
                let claim = self.inner.claim(id, now).await?;
                if let Some(claim) = claim.as_ref().filter(|it| it.owed.id.surface.is_some()) {
                    self.inner
                        .settle(claim, Settlement::Done(Vec::new()))
                        .await?;
                }
                Ok(claim)
            }
            _ => self.inner.claim(id, now).await,
        }
    }

    async fn settle(&self, claim: &Claim, settlement: Settlement) -> Result<(), StoreError> {
        let settlement = match settlement {
            // Not those whose thread others wait for: they would ask once a second for ever.
            Settlement::Done(_)
                if self.mutant == Mutant::MessageForgotten
                    && claim.owed.id.key.as_str().starts_with("progress/") =>
            {
                Settlement::Done(Vec::new())
            }
            other => other,
        };
        self.inner.settle(claim, settlement).await
    }

    async fn owed(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Owed>, StoreError> {
        self.inner.owed(now, limit).await
    }

    async fn next_owed(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.inner.next_owed().await
    }

    async fn message(
        &self,
        surface: &Surface,
        channel: &str,
        id: &str,
    ) -> Result<Option<Effect>, StoreError> {
        self.inner.message(surface, channel, id).await
    }

    async fn doubtful(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Doubt>, StoreError> {
        self.inner.doubtful(now, limit).await
    }

    async fn swept(&self, id: &OwedId, swept: &Swept) -> Result<(), StoreError> {
        self.inner.swept(id, swept).await
    }

    async fn messages(&self, key: &Key) -> Result<Vec<Message>, StoreError> {
        self.inner.messages(key).await
    }

    async fn due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<WakeUp>, StoreError> {
        self.inner.due(now, limit).await
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.inner.next_due().await
    }

    async fn fold(&self, stream: &StreamId) -> Result<Option<Fold>, StoreError> {
        self.inner.fold(stream).await
    }

    async fn open_folds(
        &self,
        app: Option<&AppId>,
        limit: usize,
    ) -> Result<Vec<(StreamId, Fold)>, StoreError> {
        self.inner.open_folds(app, limit).await
    }

    async fn releases(&self, app: Option<&AppId>, limit: usize) -> Result<Vec<Fold>, StoreError> {
        self.inner.releases(app, limit).await
    }

    async fn asked(&self, limit: usize) -> Result<Vec<ReleaseId>, StoreError> {
        self.inner.asked(limit).await
    }

    async fn active(&self) -> Result<Vec<EnvId>, StoreError> {
        self.inner.active().await
    }

    async fn world(&self, needs: &Needs, settings: Arc<Settings>) -> Result<World, StoreError> {
        self.inner.world(needs, settings).await
    }

    async fn events(
        &self,
        stream: Option<&StreamId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        self.inner.events(stream, after, limit).await
    }

    async fn head(&self) -> Result<(u64, Hash), StoreError> {
        self.inner.head().await
    }

    async fn keep(&self, bytes: &[u8]) -> Result<Hash, StoreError> {
        self.inner.keep(bytes).await
    }

    async fn kept(&self, hash: &Hash) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.kept(hash).await
    }

    fn epoch(&self) -> u64 {
        self.inner.epoch()
    }

    fn instance(&self) -> &str {
        self.inner.instance()
    }
}
