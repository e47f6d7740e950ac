//! What is owed, in memory: the same words as the SQL, line for line.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use shipbell_domain::effect::{CardId, Effect};
use shipbell_domain::ids::{Key, Surface};

use crate::batch::{Want, once};
use crate::names::{not_earlier, whole};
use crate::store::{Claim, Doubt, Message, Owed, OwedId, SWEEP_AFTER, Settlement, Swept};

/// All effects that were ever wanted.
#[derive(Default)]
pub(super) struct Outbox {
    /// In the order they were first wanted.
    lines: Vec<Line>,
    ids: BTreeMap<OwedId, usize>,
    /// Those wanted more often than drawn and not given up.
    open: BTreeSet<usize>,
    /// Every known message, with its line.
    messages: BTreeMap<Message, usize>,
    /// The same by key, in the order they became known.
    copies: BTreeMap<Key, Vec<Message>>,
}

struct Line {
    id: OwedId,
    effect: Effect,
    wanted: u64,
    drawn: u64,
    tries: u32,
    not_before: DateTime<Utc>,
    hold: Option<Hold>,
    message: Option<Message>,
    dead: bool,
    /// Since when nobody knows whether there is another copy.
    doubted: Option<DateTime<Utc>>,
    /// When copies are looked for next.
    sweep: Option<DateTime<Utc>>,
    sweeps: u32,
}

/// Somebody is at it, or was.
struct Hold {
    /// Since when nobody has said how it ended.
    since: DateTime<Utc>,
    /// When the present holder claimed it.
    at: DateTime<Utc>,
    /// Whose it is; none once its holder did not know how it ended.
    epoch: Option<u64>,
}

impl Outbox {
    pub(super) fn want(&mut self, want: Want, now: DateTime<Utc>) {
        let index = match self.ids.get(&want.id) {
            Some(_) if once(&want.effect) => return,
            Some(index) => *index,
            None => {
                self.ids.insert(want.id.clone(), self.lines.len());
                self.lines.push(Line::new(want, now));
                self.open.insert(self.lines.len() - 1);
                return;
            }
        };
        let Some(line) = self.lines.get_mut(index) else {
            return;
        };
        line.wanted += want.times;
        line.effect = want.effect;
        if line.dead {
            line.dead = false;
            line.tries = 0;
        }
        // While nobody knows how the last try ended, it keeps the time it is
        // looked up at: asking sooner could miss what is still on its way.
        if line.hold.is_none() {
            line.not_before = now;
        }
        self.open.insert(index);
    }

    pub(super) fn owed(&self, now: DateTime<Utc>, limit: usize) -> Vec<Owed> {
        let mut taken: BTreeMap<&Option<Surface>, usize> = BTreeMap::new();
        let mut owed = Vec::new();
        let lines = self.open.iter().filter_map(|index| self.lines.get(*index));
        for line in lines.filter(|line| line.not_before <= now) {
            let taken = taken.entry(&line.id.surface).or_default();
            if *taken < limit {
                *taken += 1;
                owed.push(line.owed());
            }
        }
        owed
    }

    pub(super) fn next(&self, epoch: u64) -> Option<DateTime<Utc>> {
        let lines = self.open.iter().filter_map(|index| self.lines.get(*index));
        let free = |line: &&Line| line.hold.as_ref().is_none_or(|it| it.epoch != Some(epoch));
        lines.filter(free).map(|line| line.not_before).min()
    }

    pub(super) fn claim(&mut self, id: &OwedId, epoch: u64, now: DateTime<Utc>) -> Option<Claim> {
        let index = self.ids.get(id).filter(|index| self.open.contains(index))?;
        let line = self.lines.get_mut(*index)?;
        let (owed, at) = (line.owed(), whole(now));
        let hold = line.hold.as_ref();
        let is_own = hold.is_some_and(|it| it.epoch == Some(epoch) && it.at == at);
        let holder = hold.and_then(|it| it.epoch);
        if !is_own && holder.is_some_and(|holder| holder >= epoch) {
            return None;
        }
        let since = hold.map_or(at, |it| it.since);
        if line.message.is_none() && hold.is_some_and(|it| it.at != at) {
            line.doubted = line.doubted.or(Some(since));
        }
        line.hold = Some(Hold {
            since,
            at,
            epoch: Some(epoch),
        });
        line.tries += u32::from(!is_own);
        Some(Claim {
            owed,
            wanted: line.wanted,
            epoch,
            at,
        })
    }

    pub(super) fn holds(&self, claim: &Claim, epoch: u64) -> bool {
        let line = self
            .ids
            .get(&claim.owed.id)
            .and_then(|index| self.lines.get(*index));
        claim.epoch == epoch && line.is_some_and(|line| line.is_held(claim))
    }

    pub(super) fn settle(&mut self, claim: &Claim, epoch: u64, settlement: Settlement) {
        let held = self.holds(claim, epoch);
        let Some(index) = self.ids.get(&claim.owed.id).copied() else {
            return;
        };
        if let Settlement::Done(messages) = &settlement {
            self.know(index, messages);
        }
        let Some(line) = self.lines.get_mut(index).filter(|_| held) else {
            return;
        };
        match settlement {
            Settlement::Done(messages) => {
                if let Some(first) = messages.into_iter().next() {
                    line.message = Some(first);
                    let first_look = not_earlier(claim.at + SWEEP_AFTER);
                    line.sweep = line.doubted.and(line.sweep.or(Some(first_look)));
                }
                self.answered(claim);
            }
            Settlement::Later { at, .. } => {
                line.hold = None;
                line.not_before = not_earlier(at);
            }
            Settlement::Unknown { look_at, .. } => {
                if let Some(hold) = &mut line.hold {
                    hold.epoch = None;
                }
                line.not_before = not_earlier(look_at);
            }
            Settlement::Gone => {
                line.hold = None;
                let Some(gone) = &claim.owed.message else {
                    return;
                };
                self.messages.remove(gone);
                let copies = self.copies.entry(line.id.key.clone()).or_default();
                copies.retain(|it| it != gone);
                if line.message.as_ref() == Some(gone) {
                    let mut here = copies.iter().filter(|it| it.surface == gone.surface);
                    line.message = here.next().cloned();
                }
            }
            Settlement::Dead { .. } => {
                line.hold = None;
                line.dead = true;
                self.open.remove(&index);
            }
        }
    }

    /// What was claimed is done: as often as it had been wanted then.
    pub(super) fn answered(&mut self, claim: &Claim) {
        let Some(index) = self.ids.get(&claim.owed.id).copied() else {
            return;
        };
        let Some(line) = self.lines.get_mut(index) else {
            return;
        };
        line.drawn = line.drawn.max(claim.wanted);
        line.hold = None;
        line.tries = 0;
        if line.drawn >= line.wanted {
            self.open.remove(&index);
        }
    }

    pub(super) fn doubtful(&self, now: DateTime<Utc>, limit: usize) -> Vec<Doubt> {
        let doubt = |line: &Line| {
            let at = line.sweep.filter(|at| *at <= now)?;
            let doubt = Doubt {
                id: line.id.clone(),
                effect: line.effect.clone(),
                since: line.doubted?,
                looks: line.sweeps,
                message: line.message.clone()?,
            };
            Some((at, doubt))
        };
        let mut all: Vec<_> = self.lines.iter().filter_map(doubt).collect();
        all.sort_by_key(|(at, _)| *at);
        all.into_iter().map(|(_, it)| it).take(limit).collect()
    }

    pub(super) fn swept(&mut self, id: &OwedId, swept: &Swept) {
        let Some(index) = self.ids.get(id).copied() else {
            return;
        };
        self.know(index, &swept.shown);
        for gone in &swept.gone {
            self.messages.remove(gone);
            if let Some(copies) = self.copies.get_mut(&id.key) {
                copies.retain(|it| it != gone);
            }
        }
        let Some(line) = self.lines.get_mut(index).filter(|it| it.sweep.is_some()) else {
            return;
        };
        line.sweep = swept.again.map(not_earlier);
        line.sweeps = swept.looks;
        line.doubted = line.doubted.filter(|_| line.sweep.is_some());
        if let Some(first) = swept.shown.first() {
            line.message = Some(first.clone());
        }
    }

    pub(super) fn about(&self, message: &Message) -> Option<Effect> {
        let line = self.messages.get(message)?;
        self.lines.get(*line).map(|line| line.effect.clone())
    }

    pub(super) fn messages(&self, key: &Key) -> Vec<Message> {
        self.copies.get(key).cloned().unwrap_or_default()
    }

    pub(super) fn cards(&self) -> BTreeMap<(CardId, Surface), (u64, u64)> {
        let card = |line: &Line| match (&line.effect, &line.id.surface) {
            (Effect::Card { card }, Some(surface)) => {
                Some(((card.clone(), surface.clone()), (line.wanted, line.drawn)))
            }
            (_, _) => None,
        };
        self.lines.iter().filter_map(card).collect()
    }

    fn know(&mut self, index: usize, messages: &[Message]) {
        let Some(line) = self.lines.get(index) else {
            return;
        };
        for message in messages {
            if !self.messages.contains_key(message) {
                self.messages.insert(message.clone(), index);
                self.copies
                    .entry(line.id.key.clone())
                    .or_default()
                    .push(message.clone());
            }
        }
    }
}

impl Line {
    fn new(want: Want, now: DateTime<Utc>) -> Self {
        Self {
            id: want.id,
            wanted: if once(&want.effect) { 1 } else { want.times },
            effect: want.effect,
            drawn: 0,
            tries: 0,
            not_before: now,
            hold: None,
            message: None,
            dead: false,
            doubted: None,
            sweep: None,
            sweeps: 0,
        }
    }

    fn owed(&self) -> Owed {
        Owed {
            id: self.id.clone(),
            effect: self.effect.clone(),
            tries: self.tries,
            claimed: self.hold.as_ref().map(|it| it.since),
            held: self.hold.as_ref().map(|it| it.at),
            message: self.message.clone(),
        }
    }

    fn is_held(&self, claim: &Claim) -> bool {
        self.hold.as_ref().is_some_and(|hold| {
            hold.at == claim.at && hold.epoch.is_none_or(|epoch| epoch == claim.epoch)
        })
    }
}
