//! Looks things up for decisions, in memory.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use shipbell_domain::StreamId;
use shipbell_domain::ids::{AppId, EnvId, ReleaseId, Version};
use shipbell_domain::timer::Timer;

use super::disk::Contents;
use crate::StoreError;
use crate::batch::Alarm;
use crate::shelf::{Desk, Kept, Next, Shelf};
use crate::store::{Claim, InputId};

pub(super) struct Desktop<'a> {
    pub(super) contents: &'a mut Contents,
    pub(super) epoch: u64,
}

impl Shelf for Desktop<'_> {
    fn folds(&mut self, streams: Vec<StreamId>) -> Result<Vec<(StreamId, Kept)>, StoreError> {
        let find = |stream: StreamId| {
            let kept = self.contents.folds.get(&stream)?.clone();
            Some((stream, kept))
        };
        Ok(streams.into_iter().filter_map(find).collect())
    }

    fn environments(&mut self, app: &AppId) -> Result<BTreeSet<EnvId>, StoreError> {
        Ok(self
            .contents
            .environments
            .get(app)
            .cloned()
            .unwrap_or_default())
    }

    fn open_releases(&mut self, app: &AppId) -> Result<BTreeSet<ReleaseId>, StoreError> {
        Ok(self
            .contents
            .open_releases
            .get(app)
            .cloned()
            .unwrap_or_default())
    }

    fn release_called(
        &mut self,
        app: &AppId,
        version: &Version,
    ) -> Result<Option<ReleaseId>, StoreError> {
        Ok(self
            .contents
            .called
            .get(&(app.clone(), version.clone()))
            .copied())
    }

    fn next(&mut self) -> Result<Next, StoreError> {
        Ok(self.contents.next)
    }
}

impl Desk for Desktop<'_> {
    fn known(&mut self, ids: Vec<InputId>) -> Result<BTreeSet<InputId>, StoreError> {
        Ok(ids
            .into_iter()
            .filter(|id| self.contents.inbox.contains_key(id))
            .collect())
    }

    fn pending(&mut self, timer: &Timer) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(match self.contents.timers.get(timer) {
            Some(Alarm::Pending(due)) => Some(*due),
            Some(Alarm::Fired | Alarm::Cancelled) | None => None,
        })
    }

    fn holds(&mut self, claim: &Claim) -> Result<bool, StoreError> {
        Ok(self.contents.outbox.holds(claim, self.epoch))
    }
}
