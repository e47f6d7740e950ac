//! An environment as its events made it: what runs there and what is being done to it.

mod ahead;
mod outside;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use ahead::Ahead;

use crate::attempt::{Attempt, AttemptState, Choice, Decision, Progress, Stop};
use crate::drift::{Drift, Seen};
use crate::event::EnvironmentEvent;
use crate::ids::{EnvId, HostName, Person, ReleaseId};
use crate::manifest::Manifest;
use crate::snapshot::{Kept, Snapshot};
use crate::watch::{TickEnd, Watch};

/// One environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// Its name.
    pub id: EnvId,
    /// The highest fence ever given out.
    pub fence: u64,
    /// How many attempts there ever were.
    pub attempts: u32,
    /// The attempt at work, or the last one.
    pub attempt: Option<Attempt>,
    /// What was verified here, oldest first; the last one is what should run.
    pub verified: Vec<Verified>,
    /// Why nothing may be deployed, and since when.
    pub lock: Option<Lock>,
    /// The watch going on, or the last one.
    pub watch: Option<Watch>,
    /// Whether something was done to it since what should run was last verified:
    /// what runs here may be anything.
    #[serde(default)]
    pub touched: bool,
    /// What was done here that older versions cannot run after, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ahead: Vec<Ahead>,
    /// What ran when what should run was last verified.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Seen>,
    /// That somebody else changed what runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift>,
}

/// Something that was deployed and proven here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// The attempt that did it.
    pub attempt: u32,
    /// The release it brought.
    pub release: ReleaseId,
    /// Exactly what.
    pub manifest: Manifest,
    /// When.
    pub at: DateTime<Utc>,
    /// What ran then, if that was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<Box<Snapshot>>,
}

/// Why nothing may be deployed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lock {
    /// The reason.
    pub why: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// How many verified versions are remembered as targets.
const MAX_VERIFIED: usize = 50;

impl Environment {
    /// An environment nothing has happened to.
    pub fn new(id: EnvId) -> Self {
        Self {
            id,
            fence: 0,
            attempts: 0,
            attempt: None,
            verified: Vec::new(),
            lock: None,
            watch: None,
            touched: false,
            ahead: Vec::new(),
            seen: Vec::new(),
            drift: None,
        }
    }

    /// The attempt at work.
    pub fn active(&self) -> Option<&Attempt> {
        self.attempt.as_ref().filter(|it| !it.is_over())
    }

    /// The watch going on.
    pub fn watching(&self) -> Option<&Watch> {
        self.watch.as_ref().filter(|it| it.ended_at.is_none())
    }

    /// What should run here.
    pub fn current(&self) -> Option<&Verified> {
        self.verified.last()
    }

    /// What a rollback returns to unless somebody names a version: what ran
    /// before, or what should run if it was touched since.
    pub fn previous(&self) -> Option<&Verified> {
        let current = self.current()?;
        if self.touched {
            return Some(current);
        }
        let other = |it: &&Verified| it.manifest.images != current.manifest.images;
        self.verified.iter().rev().find(other)
    }

    /// The images of the last so many versions that were proven here, the newest first:
    /// somebody may return to them.
    pub fn worth_keeping(&self, versions: usize, host: Option<&HostName>) -> Vec<Kept> {
        let mut known = Vec::new();
        let mut images: Vec<Kept> = Vec::new();
        for verified in self.verified.iter().rev() {
            if !known.contains(&&verified.manifest.images) {
                if known.len() == versions {
                    break;
                }
                known.push(&verified.manifest.images);
            }
            let released = verified.manifest.images.values().map(|it| Kept {
                pinned: it.pinned.clone(),
                local: it.local,
            });
            let snapshot = verified.snapshot.as_ref().and_then(|it| it.on(host));
            let others = snapshot.iter().flat_map(|it| it.images.values().cloned());
            for image in released.chain(others) {
                if !images.contains(&image) {
                    images.push(image);
                }
            }
        }
        images
    }

    /// What an attempt returns to, if it is a rollback and that was kept.
    pub fn kept_for(&self, attempt: &Attempt) -> Option<&Snapshot> {
        let of_it = |it: &&Verified| {
            it.release == attempt.target && it.manifest == attempt.manifest && attempt.is_rollback()
        };
        self.verified.iter().rev().find(of_it)?.snapshot.as_deref()
    }

    /// The releases somebody deciding about this environment must see.
    pub fn releases_concerned(&self) -> Vec<ReleaseId> {
        let attempt = self.attempt.iter().flat_map(|it| [it.release, it.target]);
        let watch = self.watch.iter().map(|it| it.release);
        let mut all: Vec<ReleaseId> = attempt.chain(watch).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Folds one event in.
    pub fn evolve(&mut self, event: &EnvironmentEvent, at: DateTime<Utc>) {
        match event {
            EnvironmentEvent::AttemptStarted { .. } => self.start(event, at),
            EnvironmentEvent::FenceTaken { fence, .. } => {
                self.fence = *fence;
                self.with_attempt(|it| {
                    it.fence = *fence;
                    it.held = None;
                });
            }
            EnvironmentEvent::WorkStarted { index, .. } => {
                self.progress(*index, Progress::Running { since: at });
                self.touched |= self.attempt.as_ref().is_some_and(Attempt::has_touched);
                self.goes_ahead(*index);
            }
            EnvironmentEvent::WorkEnded { index, outcome, .. } => {
                let since = self.since(*index).unwrap_or(at);
                self.with_attempt(|it| it.held = None);
                self.came_ahead(*index, outcome);
                self.progress(
                    *index,
                    Progress::Ended {
                        since,
                        at,
                        outcome: outcome.clone(),
                    },
                );
            }
            EnvironmentEvent::StopAsked { by, rollback, .. } => {
                let stop = Stop {
                    by: by.clone(),
                    rollback: rollback.clone(),
                };
                self.with_attempt(|it| it.stop = Some(stop));
            }
            EnvironmentEvent::WorkHeld { why, .. } => {
                self.with_attempt(|it| it.held.clone_from(why));
            }
            EnvironmentEvent::Decided {
                index, by, choice, ..
            } => self.decide((*index, *choice), by, at),
            EnvironmentEvent::AttemptVerified { .. } => self.verify(at),
            EnvironmentEvent::AttemptFailed { mode, why, .. } => {
                let state = AttemptState::Failed {
                    at,
                    mode: *mode,
                    why: why.clone(),
                };
                self.with_attempt(|it| it.state = state);
            }
            EnvironmentEvent::Locked { why } => {
                self.lock = Some(Lock {
                    why: why.clone(),
                    since: at,
                });
            }
            EnvironmentEvent::Unlocked { .. } => self.lock = None,
            EnvironmentEvent::WatchStarted { .. }
            | EnvironmentEvent::TickChecked { .. }
            | EnvironmentEvent::TickAnswered { .. }
            | EnvironmentEvent::TickMissed { .. }
            | EnvironmentEvent::WatchExtended { .. }
            | EnvironmentEvent::WatchEnded { .. } => self.watch_on(event, at),
            EnvironmentEvent::DriftSeen { .. } => self.notice(event, at),
            EnvironmentEvent::DriftGone { .. } => self.drift = None,
            EnvironmentEvent::Adopted { .. } => self.adopt(event, at),
        }
    }

    fn start(&mut self, event: &EnvironmentEvent, at: DateTime<Utc>) {
        let EnvironmentEvent::AttemptStarted {
            attempt,
            key,
            fence,
            kind,
            release,
            target,
            manifest,
            work,
            by,
            over,
        } = event
        else {
            return;
        };
        self.fence = *fence;
        self.attempts = *attempt;
        self.attempt = Some(Attempt {
            number: *attempt,
            key: key.clone(),
            fence: *fence,
            kind: kind.clone(),
            release: *release,
            target: *target,
            manifest: (**manifest).clone(),
            work: work.clone(),
            progress: vec![Progress::Pending; work.len()],
            by: by.clone(),
            over: over.clone(),
            started_at: at,
            stop: None,
            decisions: Vec::new(),
            held: None,
            state: AttemptState::Running,
        });
    }

    fn decide(&mut self, (index, choice): (u32, Choice), by: &Person, at: DateTime<Utc>) {
        let decision = Decision {
            index,
            by: by.clone(),
            at,
            choice,
        };
        self.with_attempt(|it| it.decisions.push(decision));
        match choice {
            Choice::Worked | Choice::Failed => {}
            Choice::Again => self.progress(index, Progress::Pending),
        }
    }

    fn verify(&mut self, at: DateTime<Utc>) {
        let Some(attempt) = &mut self.attempt else {
            return;
        };
        attempt.state = AttemptState::Verified { at };
        self.touched = false;
        self.seen = attempt.take_seen();
        self.drift = None;
        self.verified.push(Verified {
            attempt: attempt.number,
            release: attempt.target,
            manifest: attempt.manifest.clone(),
            at,
            snapshot: attempt.snapshot().map(Box::new),
        });
        self.forget_the_oldest();
    }

    fn forget_the_oldest(&mut self) {
        if self.verified.len() > MAX_VERIFIED {
            self.verified.remove(0);
        }
    }

    fn watch_on(&mut self, event: &EnvironmentEvent, at: DateTime<Utc>) {
        if let EnvironmentEvent::WatchStarted {
            attempt,
            release,
            ticks,
        } = event
        {
            self.watch = Some(Watch {
                attempt: *attempt,
                release: *release,
                started_at: at,
                ticks: ticks.clone(),
                ends: BTreeMap::new(),
                ended_at: None,
            });
            return;
        }
        let Some(watch) = &mut self.watch else { return };
        let mut end = |tick: u32, change: &dyn Fn(&mut TickEnd)| {
            change(watch.ends.entry(tick).or_default());
        };
        match event {
            EnvironmentEvent::TickChecked {
                tick,
                passed,
                findings,
                ..
            } => {
                end(*tick, &|it| it.checked = Some((*passed, findings.clone())));
            }
            EnvironmentEvent::TickAnswered { tick, by, good, .. } => {
                end(*tick, &|it| it.answered = Some((by.clone(), *good)));
            }
            EnvironmentEvent::TickMissed { tick, .. } => end(*tick, &|it| it.missed = true),
            EnvironmentEvent::WatchExtended { ticks, .. } => {
                watch.ticks.extend(ticks.iter().cloned());
            }
            EnvironmentEvent::WatchEnded { at, .. } => watch.ended_at = Some(*at),
            EnvironmentEvent::AttemptStarted { .. }
            | EnvironmentEvent::FenceTaken { .. }
            | EnvironmentEvent::WorkStarted { .. }
            | EnvironmentEvent::WorkEnded { .. }
            | EnvironmentEvent::StopAsked { .. }
            | EnvironmentEvent::WorkHeld { .. }
            | EnvironmentEvent::Decided { .. }
            | EnvironmentEvent::AttemptVerified { .. }
            | EnvironmentEvent::AttemptFailed { .. }
            | EnvironmentEvent::Locked { .. }
            | EnvironmentEvent::Unlocked { .. }
            | EnvironmentEvent::DriftSeen { .. }
            | EnvironmentEvent::DriftGone { .. }
            | EnvironmentEvent::Adopted { .. }
            | EnvironmentEvent::WatchStarted { .. } => {}
        }
    }

    fn with_attempt(&mut self, change: impl FnOnce(&mut Attempt)) {
        if let Some(attempt) = &mut self.attempt {
            change(attempt);
        }
    }

    fn since(&self, index: u32) -> Option<DateTime<Utc>> {
        match self.attempt.as_ref()?.progress.get(index as usize)? {
            Progress::Running { since } | Progress::Ended { since, .. } => Some(*since),
            Progress::Pending => None,
        }
    }

    fn progress(&mut self, index: u32, now: Progress) {
        let slot = self
            .attempt
            .as_mut()
            .and_then(|it| it.progress.get_mut(index as usize));
        if let Some(slot) = slot {
            *slot = now;
        }
    }
}
