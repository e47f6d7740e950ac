//! A commit in the making: what it changed so far lies over what is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use shipbell_domain::effect::Effect;
use shipbell_domain::ids::{AppId, EnvId, IncidentId, ReleaseId, Surface, Version};
use shipbell_domain::timer::TimerChange;
use shipbell_domain::{Event, Fold, StreamId};

use super::{Alarm, Batch, Fresh, Want, assertions, once, talks};
use crate::names::not_earlier;
use crate::shelf::{Desk, Kept, Next, Shelf};
use crate::store::{Claim, OwedId, Settles};
use crate::{StoreError, rows};

pub(super) struct Draft<'a, D> {
    desk: &'a mut D,
    pub(super) batch: Batch,
}

impl<'a, D: Desk> Draft<'a, D> {
    pub(super) fn new(
        desk: &'a mut D,
        seq: u64,
        (at, now): (DateTime<Utc>, DateTime<Utc>),
    ) -> Result<Self, StoreError> {
        let next = desk.next()?;
        let batch = Batch {
            verdicts: Vec::new(),
            events: Vec::new(),
            folds: BTreeMap::new(),
            rows: BTreeMap::new(),
            inbox: Vec::new(),
            settled: Vec::new(),
            wants: Vec::new(),
            timers: BTreeMap::new(),
            next,
            at,
            now,
            seq,
        };
        Ok(Self { desk, batch })
    }

    /// Whether what an input answers has not been answered yet.
    pub(super) fn is_awaited(&mut self, settles: &Settles) -> Result<bool, StoreError> {
        match settles {
            Settles::Nothing => Ok(true),
            Settles::Timer(timer) => {
                let due = match self.batch.timers.get(timer) {
                    Some(Alarm::Pending(due)) => Some(*due),
                    Some(Alarm::Fired | Alarm::Cancelled) => None,
                    None => self.desk.pending(timer)?,
                };
                Ok(due.is_some_and(|due| due <= self.batch.now))
            }
            Settles::Effect(claim) => {
                Ok(!self.batch.settled.contains(claim) && self.desk.holds(claim)?)
            }
        }
    }

    /// Ends what an input answers.
    pub(super) fn settle(&mut self, settles: &Settles) {
        match settles {
            Settles::Nothing => {}
            Settles::Timer(timer) => {
                self.batch.timers.insert(timer.clone(), Alarm::Fired);
            }
            Settles::Effect(claim) => self.batch.settled.push(Claim::clone(claim)),
        }
    }

    /// Adds one event to its stream.
    pub(super) fn append(
        &mut self,
        stream: &StreamId,
        event: &Event,
        actor: &Arc<str>,
    ) -> Result<(), StoreError> {
        let impossible =
            || StoreError::Corrupt(format!("`{}` cannot happen to {stream}", event.kind()));
        if !is_about(event, stream) {
            return Err(impossible());
        }
        let before = match self.batch.folds.remove(stream) {
            Some(kept) => Some(kept),
            None => self
                .desk
                .folds(vec![stream.clone()])?
                .pop()
                .map(|(_, kept)| kept),
        };
        let at = self.batch.at;
        let kept = match before {
            None => {
                let fold = Fold::begin(stream, event, at).ok_or_else(impossible)?;
                Kept { version: 1, fold }
            }
            Some(mut kept) => {
                assertions::hold(&kept.fold, event)?;
                kept.fold.evolve(event, at);
                Kept {
                    version: kept.version + 1,
                    fold: kept.fold,
                }
            }
        };
        rows::touch(&mut self.batch.rows, &kept.fold, event)?;
        self.batch.seq += 1;
        self.batch.events.push(Fresh {
            seq: self.batch.seq,
            stream: stream.clone(),
            version: kept.version,
            actor: Arc::clone(actor),
            event: event.clone(),
        });
        self.batch.folds.insert(stream.clone(), kept);
        self.count(stream);
        Ok(())
    }

    /// Owes an effect: once to each platform if it talks, else once.
    pub(super) fn want(&mut self, effect: &Effect, surfaces: &[Surface]) {
        let key = effect.key();
        let to: Vec<Option<Surface>> = if talks(effect) {
            surfaces.iter().cloned().map(Some).collect()
        } else {
            vec![None]
        };
        for surface in to {
            let id = OwedId {
                key: key.clone(),
                surface,
            };
            let cause = self.batch.seq;
            match self.batch.wants.iter_mut().find(|it| it.id == id) {
                Some(_) if once(effect) => {}
                Some(want) => {
                    want.times += 1;
                    want.cause = cause;
                    want.effect = effect.clone();
                }
                None => self.batch.wants.push(Want {
                    id,
                    effect: effect.clone(),
                    times: 1,
                    cause,
                }),
            }
        }
    }

    /// Sets or cancels a wake-up.
    pub(super) fn wake(&mut self, change: TimerChange) {
        match change {
            TimerChange::Set(timer, due) => {
                self.batch
                    .timers
                    .insert(timer, Alarm::Pending(not_earlier(due)));
            }
            TimerChange::Cancel(timer) => {
                // One that has fired in this very commit stays fired.
                let end = self.batch.timers.entry(timer).or_insert(Alarm::Cancelled);
                if let Alarm::Pending(_) = end {
                    *end = Alarm::Cancelled;
                }
            }
        }
    }

    fn count(&mut self, stream: &StreamId) {
        let (release, incident) = &mut self.batch.next;
        match stream {
            StreamId::Release(id) => *release = (*release).max(ReleaseId(id.0.saturating_add(1))),
            StreamId::Incident(id) => {
                *incident = (*incident).max(IncidentId(id.0.saturating_add(1)));
            }
            StreamId::Application(_) | StreamId::Environment(_) | StreamId::Agenda => {}
        }
    }
}

impl<D: Desk> Shelf for Draft<'_, D> {
    fn folds(&mut self, streams: Vec<StreamId>) -> Result<Vec<(StreamId, Kept)>, StoreError> {
        let mut found = Vec::with_capacity(streams.len());
        let mut missing = Vec::new();
        for stream in streams {
            match self.batch.folds.get(&stream) {
                Some(kept) => found.push((stream, kept.clone())),
                None => missing.push(stream),
            }
        }
        if !missing.is_empty() {
            found.extend(self.desk.folds(missing)?);
        }
        Ok(found)
    }

    fn environments(&mut self, app: &AppId) -> Result<BTreeSet<EnvId>, StoreError> {
        let mut all = self.desk.environments(app)?;
        for stream in self.batch.folds.keys() {
            if let StreamId::Environment(id) = stream
                && id.app == *app
            {
                all.insert(id.clone());
            }
        }
        Ok(all)
    }

    fn open_releases(&mut self, app: &AppId) -> Result<BTreeSet<ReleaseId>, StoreError> {
        let mut all = self.desk.open_releases(app)?;
        for fold in self.batch.folds.values() {
            if let Fold::Release(it) = &fold.fold
                && it.app == *app
            {
                if it.is_open() {
                    all.insert(it.id);
                } else {
                    all.remove(&it.id);
                }
            }
        }
        Ok(all)
    }

    fn release_called(
        &mut self,
        app: &AppId,
        version: &Version,
    ) -> Result<Option<ReleaseId>, StoreError> {
        let mut newest = self.desk.release_called(app, version)?;
        for fold in self.batch.folds.values() {
            if let Fold::Release(it) = &fold.fold
                && it.app == *app
                && it.version == *version
            {
                newest = newest.max(Some(it.id));
            }
        }
        Ok(newest)
    }

    fn next(&mut self) -> Result<Next, StoreError> {
        Ok(self.batch.next)
    }
}

fn is_about(event: &Event, stream: &StreamId) -> bool {
    match event {
        Event::Application(_) => matches!(stream, StreamId::Application(_)),
        Event::Release(_) => matches!(stream, StreamId::Release(_)),
        Event::Environment(_) => matches!(stream, StreamId::Environment(_)),
        Event::Incident(_) => matches!(stream, StreamId::Incident(_)),
        Event::Agenda(_) => matches!(stream, StreamId::Agenda),
    }
}
