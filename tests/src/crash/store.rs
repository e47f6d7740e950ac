//! A store at which the program can end.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use shipbell_domain::command::Report;
use shipbell_domain::effect::Effect;
use shipbell_domain::ids::{AppId, EnvId, Hash, Key, ReleaseId, Surface};
use shipbell_domain::settings::Settings;
use shipbell_domain::{Command, Fold, Needs, StreamId, World};
use shipbell_storage::{
    Claim, Commit, Doubt, EventRow, Input, Message, Owed, OwedId, Settlement, Settles, Store,
    StoreError, Swept, Verdict, WakeUp,
};

use super::{Fuse, Point};

pub(super) struct Crashing {
    pub(super) fuse: Arc<Fuse>,
    pub(super) inner: Arc<dyn Store>,
}

/// The points before and after an input is recorded, besides those of every commit.
fn points(input: &Input) -> (Option<Point>, Option<Point>) {
    if let Settles::Timer(_) = input.settles {
        return (None, Some(Point::TimerFired));
    }
    match &input.command {
        Command::Report(Report::StandingRead { env: Some(_), .. }) => {
            (Some(Point::StandingRead), Some(Point::StartRecorded))
        }
        Command::Report(Report::FenceTaken { .. }) => (None, Some(Point::FenceTaken)),
        Command::Report(Report::WorkStarted { .. }) => (None, Some(Point::WorkBegun)),
        Command::Report(Report::WorkEnded { .. }) => (Some(Point::WorkDone), None),
        Command::Report(
            Report::StandingRead { env: None, .. }
            | Report::ImagesPinned { .. }
            | Report::ImagesUnresolved { .. }
            | Report::BuildFailed { .. }
            | Report::LookedAhead { .. }
            | Report::ChecksRead { .. }
            | Report::TickChecked { .. }
            | Report::ClockJumped { .. }
            | Report::CheckpointSigned { .. }
            | Report::Compared { .. }
            | Report::WorkHeld { .. }
            | Report::DuplicatesFound { .. },
        )
        | Command::Wish { .. }
        | Command::Due(_)
        | Command::Configure(_)
        | Command::AcceptLoss { .. } => (None, None),
    }
}

#[async_trait]
impl Store for Crashing {
    async fn commit(&self, commit: Commit) -> Result<Vec<Verdict>, StoreError> {
        let points: Vec<_> = commit.inputs.iter().map(points).collect();
        let before = points.iter().filter_map(|(before, _)| *before);
        before.for_each(|point| self.fuse.reach(point));
        self.fuse.reach(Point::BeforeCommit);
        let verdicts = self.inner.commit(commit).await;
        let after = points.iter().filter_map(|(_, after)| *after);
        after.for_each(|point| self.fuse.reach(point));
        self.fuse.reach(Point::AfterCommit);
        verdicts
    }

    async fn owed(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Owed>, StoreError> {
        self.inner.owed(now, limit).await
    }

    async fn next_owed(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.inner.next_owed().await
    }

    async fn claim(&self, id: &OwedId, now: DateTime<Utc>) -> Result<Option<Claim>, StoreError> {
        let claim = self.inner.claim(id, now).await;
        self.fuse.reach(Point::Claimed);
        claim
    }

    async fn settle(&self, claim: &Claim, settlement: Settlement) -> Result<(), StoreError> {
        self.fuse.reach(Point::BeforeSettle);
        let settled = self.inner.settle(claim, settlement).await;
        self.fuse.reach(Point::AfterSettle);
        settled
    }

    async fn due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<WakeUp>, StoreError> {
        let due = self.inner.due(now, limit).await?;
        if !due.is_empty() {
            self.fuse.reach(Point::TimerDue);
        }
        Ok(due)
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        self.inner.next_due().await
    }

    async fn doubtful(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<Doubt>, StoreError> {
        self.inner.doubtful(now, limit).await
    }

    async fn swept(&self, id: &OwedId, swept: &Swept) -> Result<(), StoreError> {
        self.inner.swept(id, swept).await
    }

    async fn message(
        &self,
        surface: &Surface,
        channel: &str,
        id: &str,
    ) -> Result<Option<Effect>, StoreError> {
        self.inner.message(surface, channel, id).await
    }

    async fn messages(&self, key: &Key) -> Result<Vec<Message>, StoreError> {
        self.inner.messages(key).await
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
