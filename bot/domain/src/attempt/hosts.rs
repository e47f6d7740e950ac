//! Several hosts on the way back: one that cannot be brought back is left as it is,
//! and the others are brought back all the same.

use super::{Attempt, Choice, Progress, Work};
use crate::event::Outcome;
use crate::ids::HostName;
use crate::steps::Then;

/// A host that could not be brought back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lost<'a> {
    /// Which.
    pub host: &'a HostName,
    /// The work that failed there.
    pub work: &'a Work,
    /// How it ended.
    pub outcome: &'a Outcome,
}

impl Attempt {
    /// The hosts that could not be brought back, the first one first.
    pub fn lost(&self) -> impl Iterator<Item = Lost<'_>> {
        let all = (0u32..).zip(self.work.iter().zip(&self.progress));
        all.filter_map(|(index, (work, progress))| {
            let Progress::Ended { outcome, .. } = progress else {
                return None;
            };
            let host = work.on().filter(|_| self.is_rollback())?;
            let failed = match outcome {
                Outcome::Succeeded { .. } => false,
                Outcome::Failed { .. } => work.then() != Some(Then::GoOn),
                Outcome::Interrupted { .. } => self
                    .decision(index)
                    .is_some_and(|it| it.choice == Choice::Failed),
            };
            failed.then_some(Lost {
                host,
                work,
                outcome,
            })
        })
    }

    /// The host a step failed on last, if it was one of several.
    pub fn failed_on(&self) -> Option<&HostName> {
        let all = self.work.iter().zip(&self.progress).rev();
        { all }.find_map(|(work, progress)| match progress {
            Progress::Ended {
                outcome: Outcome::Failed { .. } | Outcome::Interrupted { .. },
                ..
            } => work.on(),
            Progress::Pending | Progress::Running { .. } | Progress::Ended { .. } => None,
        })
    }

    /// Whether work that was not begun never will be: its host is lost, or it would
    /// prove something of all of them.
    pub fn is_left_out(&self, work: &Work) -> bool {
        match work {
            Work::Step(step) => self.lost().any(|it| Some(it.host) == step.on.as_ref()),
            Work::Check(_) => self.lost().next().is_some(),
        }
    }

    /// Whether nothing is left to be done.
    pub fn is_through(&self) -> bool {
        (self.work.iter().zip(&self.progress)).all(|(work, progress)| match progress {
            Progress::Pending => self.is_left_out(work),
            Progress::Running { .. } => false,
            Progress::Ended { .. } => true,
        })
    }
}
