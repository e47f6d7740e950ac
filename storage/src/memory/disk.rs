//! What a disk in memory holds, and how a batch changes it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use shipbell_domain::ask::Ask;
use shipbell_domain::ids::{AppId, EnvId, Hash, IncidentId, ReleaseId, Version};
use shipbell_domain::timer::Timer;
use shipbell_domain::{Event, Fold, StreamId};

use super::outbox::Outbox;
use crate::batch::{Alarm, Batch};
use crate::chain::{Digest, Link};
use crate::names::micros;
use crate::rebuild::Rebuild;
use crate::rows::{Cell, Row, Table};
use crate::shelf::{Head, Kept, Labels, Next, app_of};
use crate::store::{EventRow, InputId, Tables, Verdict, WakeUp};
use crate::{StoreError, chain};

pub(super) struct Contents {
    events: Vec<Logged>,
    /// The chain as far as anybody has asked: hashing costs more than the rest.
    hashes: Vec<Digest>,
    pub(super) folds: BTreeMap<StreamId, Kept>,
    pub(super) environments: BTreeMap<AppId, BTreeSet<EnvId>>,
    pub(super) open_releases: BTreeMap<AppId, BTreeSet<ReleaseId>>,
    pub(super) called: BTreeMap<(AppId, Version), ReleaseId>,
    pub(super) inbox: BTreeMap<InputId, String>,
    pub(super) outbox: Outbox,
    pub(super) timers: BTreeMap<Timer, Alarm>,
    pending: BTreeSet<(DateTime<Utc>, String, Timer)>,
    rows: BTreeMap<(Table, Vec<Cell>), Row>,
    pub(super) blobs: BTreeMap<Hash, Vec<u8>>,
    pub(super) next: Next,
}

struct Logged {
    stream: StreamId,
    version: u64,
    at: DateTime<Utc>,
    actor: Arc<str>,
    event: Event,
    seed: [u8; 32],
}

impl Contents {
    pub(super) fn new() -> Self {
        Self {
            events: Vec::new(),
            hashes: Vec::new(),
            folds: BTreeMap::new(),
            environments: BTreeMap::new(),
            open_releases: BTreeMap::new(),
            called: BTreeMap::new(),
            inbox: BTreeMap::new(),
            outbox: Outbox::default(),
            timers: BTreeMap::new(),
            pending: BTreeSet::new(),
            rows: BTreeMap::new(),
            blobs: BTreeMap::new(),
            next: (ReleaseId(1), IncidentId(1)),
        }
    }

    /// Where the log ends; its hash is made when somebody asks for it.
    pub(super) fn head(&self) -> Head {
        let at = self.events.last().map_or(DateTime::UNIX_EPOCH, |it| it.at);
        Head {
            seq: self.events.len() as u64,
            at,
            hash: chain::START,
        }
    }

    pub(super) fn apply(&mut self, batch: Batch, seed: [u8; 32]) -> Vec<Verdict> {
        let (at, now) = (batch.at, batch.now);
        self.events
            .extend(batch.events.into_iter().map(|fresh| Logged {
                stream: fresh.stream,
                version: fresh.version,
                at,
                actor: fresh.actor,
                event: fresh.event,
                seed,
            }));
        for (stream, kept) in batch.folds {
            self.put_fold(stream, kept);
        }
        for (key, row) in batch.rows {
            match row {
                Some(row) => self.rows.insert(key, row),
                None => self.rows.remove(&key),
            };
        }
        self.inbox.extend(
            batch
                .inbox
                .into_iter()
                .map(|taken| (taken.id, taken.outcome)),
        );
        for claim in &batch.settled {
            self.outbox.answered(claim);
        }
        for want in batch.wants {
            self.outbox.want(want, now);
        }
        for (timer, alarm) in batch.timers {
            self.put_timer(timer, alarm);
        }
        self.next = batch.next;
        batch.verdicts
    }

    pub(super) fn fold(&self, stream: &StreamId) -> Option<Fold> {
        self.folds.get(stream).map(|kept| kept.fold.clone())
    }

    pub(super) fn open_folds(&self, app: Option<&AppId>, limit: usize) -> Vec<(StreamId, Fold)> {
        let of_app = |stream: &StreamId, fold: &Fold| {
            let of_it = app_of(stream, fold);
            match stream {
                StreamId::Agenda => true,
                StreamId::Application(_)
                | StreamId::Release(_)
                | StreamId::Environment(_)
                | StreamId::Incident(_) => app.is_none() || of_it.as_ref() == app,
            }
        };
        let mut groups: [Vec<(StreamId, Fold)>; 5] = Default::default();
        for (stream, Kept { fold, .. }) in self.folds.iter().rev() {
            let group = match stream {
                StreamId::Release(_) => 0,
                StreamId::Incident(_) => 1,
                StreamId::Application(_) => 2,
                StreamId::Environment(_) => 3,
                StreamId::Agenda => 4,
            };
            let Some(group) = groups.get_mut(group) else {
                continue;
            };
            let numbered = matches!(stream, StreamId::Release(_) | StreamId::Incident(_));
            let full = numbered && group.len() >= limit;
            if !full && fold.is_open() && of_app(stream, fold) {
                group.push((stream.clone(), fold.clone()));
            }
        }
        let [
            releases,
            incidents,
            mut applications,
            mut environments,
            agenda,
        ] = groups;
        applications.reverse();
        environments.reverse();
        [releases, incidents, applications, environments, agenda].concat()
    }

    pub(super) fn releases(&self, app: Option<&AppId>, limit: usize) -> Vec<Fold> {
        let all = (
            Bound::Included(first_release()),
            Bound::Included(last_release()),
        );
        let folds = self.folds.range(all).rev().map(|(_, kept)| &kept.fold);
        let of_app = |fold: &&Fold| match (fold, app) {
            (Fold::Release(it), Some(app)) => it.app == *app,
            (_, _) => true,
        };
        folds.filter(of_app).take(limit).cloned().collect()
    }

    pub(super) fn asked(&self, limit: usize) -> Vec<ReleaseId> {
        let is_asked = |id: &ReleaseId| {
            let kept = self.folds.get(&StreamId::Release(*id));
            kept.is_some_and(|kept| match &kept.fold {
                Fold::Release(it) => it.asks.values().any(Ask::is_open),
                Fold::Application(_)
                | Fold::Environment(_)
                | Fold::Incident(_)
                | Fold::Agenda(_) => false,
            })
        };
        let mut asked: Vec<ReleaseId> = (self.open_releases.values().flatten().copied())
            .filter(is_asked)
            .collect();
        asked.sort_unstable_by(|a, b| b.cmp(a));
        asked.truncate(limit);
        asked
    }

    pub(super) fn active(&self) -> Vec<EnvId> {
        let active = |id: &&EnvId| {
            let kept = self.folds.get(&StreamId::Environment(EnvId::clone(id)));
            kept.is_some_and(|kept| match &kept.fold {
                Fold::Environment(it) => it.active().is_some(),
                Fold::Application(_) | Fold::Release(_) | Fold::Incident(_) | Fold::Agenda(_) => {
                    false
                }
            })
        };
        self.environments
            .values()
            .flatten()
            .filter(active)
            .cloned()
            .collect()
    }

    pub(super) fn due(&self, now: DateTime<Utc>, limit: usize) -> Vec<WakeUp> {
        let due = self
            .pending
            .iter()
            .take_while(|(due, ..)| *due <= now)
            .take(limit);
        due.map(|(due, _, timer)| WakeUp {
            timer: timer.clone(),
            due: *due,
        })
        .collect()
    }

    pub(super) fn next_due(&self) -> Option<DateTime<Utc>> {
        self.pending.first().map(|(due, ..)| *due)
    }

    pub(super) fn events(
        &mut self,
        stream: Option<&StreamId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<EventRow>, StoreError> {
        self.hash_all()?;
        Ok(self.log(stream, after).take(limit).collect())
    }

    pub(super) fn hashed_head(&mut self) -> Result<(u64, Hash), StoreError> {
        self.hash_all()?;
        let hash = self.hashes.last().unwrap_or(&chain::START);
        Ok((self.events.len() as u64, chain::hex(hash)))
    }

    pub(super) fn verify(&mut self, from: u64) -> Result<u64, StoreError> {
        self.hash_all()?;
        let skip = usize::try_from(from.max(1) - 1).unwrap_or(usize::MAX);
        let mut before = match skip.checked_sub(1) {
            Some(last) => self.hashes.get(last).copied().unwrap_or(chain::START),
            None => chain::START,
        };
        for (seq, (logged, hash)) in (1u64..)
            .zip(self.events.iter().zip(&self.hashes))
            .skip(skip)
        {
            before = logged.hash(seq, &before)?;
            if before != *hash {
                return Err(StoreError::Corrupt(format!(
                    "event {seq}: what it says was changed"
                )));
            }
        }
        Ok(self.events.len() as u64)
    }

    pub(super) fn rebuild(&mut self) -> Result<Tables, StoreError> {
        self.hash_all()?;
        let mut rebuild = Rebuild::new();
        for row in self.log(None, 0) {
            rebuild.add(&row)?;
        }
        Ok(rebuild.finish())
    }

    pub(super) fn tables(&self) -> Tables {
        let folds = self.folds.iter();
        Tables {
            folds: folds
                .map(|(stream, kept)| (stream.clone(), kept.fold.clone()))
                .collect(),
            versions: (self.folds.iter())
                .map(|(stream, kept)| (stream.clone(), kept.version))
                .collect(),
            next: Some(self.next),
            cards: self.outbox.cards(),
            rows: self.rows.values().cloned().collect(),
            erased: BTreeSet::new(),
        }
    }

    #[cfg(test)]
    pub(super) fn forge(&mut self, seq: u64, event: Event) {
        self.hash_all().unwrap();
        self.events[usize::try_from(seq).unwrap() - 1].event = event;
    }

    fn put_fold(&mut self, stream: StreamId, kept: Kept) {
        let Labels {
            app, open, version, ..
        } = Labels::of(&stream, &kept.fold);
        match (&stream, app) {
            (StreamId::Environment(id), Some(app)) => {
                self.environments.entry(app).or_default().insert(id.clone());
            }
            (StreamId::Release(id), Some(app)) => {
                let releases = self.open_releases.entry(app.clone()).or_default();
                if open {
                    releases.insert(*id);
                } else {
                    releases.remove(id);
                }
                if let Some(version) = version {
                    let newest = self.called.entry((app, version)).or_insert(*id);
                    *newest = (*newest).max(*id);
                }
            }
            (_, _) => {}
        }
        self.folds.insert(stream, kept);
    }

    fn put_timer(&mut self, timer: Timer, alarm: Alarm) {
        let before = match self.timers.get(&timer) {
            Some(Alarm::Pending(due)) => Some(*due),
            Some(Alarm::Fired | Alarm::Cancelled) | None => None,
        };
        if let Some(due) = before {
            self.pending
                .remove(&(due, timer.to_string(), timer.clone()));
        }
        match alarm {
            Alarm::Pending(due) => {
                self.pending.insert((due, timer.to_string(), timer.clone()));
            }
            // What has ended keeps its end, and what never was has none.
            Alarm::Fired | Alarm::Cancelled if before.is_none() => return,
            Alarm::Fired | Alarm::Cancelled => {}
        }
        self.timers.insert(timer, alarm);
    }

    fn hash_all(&mut self) -> Result<(), StoreError> {
        let mut before = self.hashes.last().copied().unwrap_or(chain::START);
        let hashed = self.hashes.len();
        for (seq, logged) in (1u64..).zip(&self.events).skip(hashed) {
            before = logged.hash(seq, &before)?;
            self.hashes.push(before);
        }
        Ok(())
    }

    fn log(&self, stream: Option<&StreamId>, after: u64) -> impl Iterator<Item = EventRow> {
        let skip = usize::try_from(after).unwrap_or(usize::MAX);
        let rows = (1u64..)
            .zip(self.events.iter().zip(&self.hashes))
            .skip(skip);
        let rows =
            rows.filter(move |(_, (it, _))| stream.is_none_or(|stream| it.stream == *stream));
        rows.map(|(seq, (logged, hash))| EventRow {
            seq,
            stream: logged.stream.clone(),
            version: logged.version,
            at: logged.at,
            actor: logged.actor.to_string(),
            event: Some(logged.event.clone()),
            hash: chain::hex(hash),
        })
    }
}

impl Logged {
    fn hash(&self, seq: u64, before: &Digest) -> Result<Digest, StoreError> {
        let link = Link {
            seq,
            at_us: micros(self.at),
            kind: self.event.kind(),
            stream: &self.stream.to_string(),
            version: self.version,
            actor: &self.actor,
        };
        Ok(link.seal(before, &self.event, &self.seed)?.hash)
    }
}

fn first_release() -> StreamId {
    StreamId::Release(ReleaseId(0))
}

fn last_release() -> StreamId {
    StreamId::Release(ReleaseId(u32::MAX))
}
