//! Work that was done here and that older versions cannot run after: the data is ahead.

use serde::{Deserialize, Serialize};

use super::{Environment, Verified};
use crate::attempt::Work;
use crate::event::{Evidence, Outcome};
use crate::ids::Version;

/// What keeps older versions from running here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ahead {
    /// The attempt that did it.
    pub attempt: u32,
    /// Which piece of its work.
    pub index: u32,
    /// That work in words.
    pub step: String,
    /// The version it was done for.
    pub version: Version,
    /// How to get back all the same.
    pub restore: String,
}

/// How many are remembered: more than there are versions to return to.
const MOST: usize = 100;

impl Environment {
    /// What keeps a version that was verified here from running here now: whatever
    /// was done since, and cannot be undone by older images.
    pub fn ahead_of(&self, target: &Verified) -> Option<&Ahead> {
        self.ahead
            .iter()
            .rev()
            .find(|it| it.attempt > target.attempt)
    }

    /// Work begins: from now on nobody knows how far it came.
    pub(super) fn goes_ahead(&mut self, index: u32) {
        let Some(attempt) = &self.attempt else { return };
        let Some(Work::Step(step)) = attempt.work.get(index as usize) else {
            return;
        };
        let Some(irreversible) = &step.irreversible else {
            return;
        };
        let ahead = Ahead {
            attempt: attempt.number,
            index,
            step: step.title(),
            version: attempt.manifest.version.clone(),
            restore: irreversible.restore.clone(),
        };
        self.forget_ahead(ahead.attempt, index);
        self.ahead.push(ahead);
        if self.ahead.len() > MOST {
            self.ahead.remove(0);
        }
    }

    /// Work ended: if it proved that it changed nothing, nothing is ahead by it.
    pub(super) fn came_ahead(&mut self, index: u32, outcome: &Outcome) {
        let evidence: &Evidence = match outcome {
            Outcome::Succeeded { evidence }
            | Outcome::Failed { evidence, .. }
            | Outcome::Interrupted { evidence, .. } => evidence,
        };
        if let (true, Some(attempt)) = (evidence.unchanged, &self.attempt) {
            self.forget_ahead(attempt.number, index);
        }
    }

    fn forget_ahead(&mut self, attempt: u32, index: u32) {
        let other = |it: &Ahead| it.attempt != attempt || it.index != index;
        self.ahead.retain(other);
    }
}
