//! What others did to an environment, as its events tell.

use chrono::{DateTime, Utc};

use super::{Environment, Verified};
use crate::attempt::{Attempt, Progress};
use crate::drift::{self, Difference, Drift, Seen};
use crate::event::{EnvironmentEvent, Outcome};

impl Environment {
    /// What runs somewhere can be compared: it was proven, and nobody here is changing it.
    pub fn compares(&self) -> Option<&Verified> {
        self.untouched().filter(|_| self.active().is_none())
    }

    /// What was proven here, if nothing was done to it since and it is known how it ran.
    pub fn untouched(&self) -> Option<&Verified> {
        let known = !self.touched && !self.seen.is_empty();
        self.current().filter(|_| known)
    }

    /// What is not as it was proven, if that is not what is known already.
    pub fn differs(&self, seen: &[Seen]) -> Option<Vec<Difference>> {
        let known = self.drift.as_ref().map(|it| it.differences.as_slice());
        let found = drift::differences(&self.seen, seen);
        (known.unwrap_or_default() != found).then_some(found)
    }

    /// Somebody else changed what runs.
    pub(super) fn notice(&mut self, event: &EnvironmentEvent, at: DateTime<Utc>) {
        if let EnvironmentEvent::DriftSeen {
            differences, seen, ..
        } = event
        {
            self.drift = Some(Drift {
                since: at,
                differences: differences.clone(),
                seen: seen.clone(),
            });
        }
    }

    /// What runs is what should run from now on.
    pub(super) fn adopt(&mut self, event: &EnvironmentEvent, at: DateTime<Utc>) {
        let EnvironmentEvent::Adopted {
            attempt,
            release,
            manifest,
            seen,
            ..
        } = event
        else {
            return;
        };
        let known = self.current().map(|it| &it.manifest);
        if known != Some(manifest) {
            self.verified.push(Verified {
                attempt: *attempt,
                release: *release,
                manifest: (**manifest).clone(),
                at,
                snapshot: None,
            });
            self.forget_the_oldest();
        }
        self.attempts = self.attempts.max(*attempt);
        self.seen.clone_from(seen);
        self.drift = None;
    }
}

impl Attempt {
    /// What ran at its end; from then on the environment knows it.
    pub(super) fn take_seen(&mut self) -> Vec<Seen> {
        let last = self.progress.iter_mut().rev().find_map(|it| match it {
            Progress::Ended {
                outcome: Outcome::Succeeded { evidence },
                ..
            } if !evidence.seen.is_empty() => Some(&mut evidence.seen),
            Progress::Ended { .. } | Progress::Running { .. } | Progress::Pending => None,
        });
        last.map(std::mem::take).unwrap_or_default()
    }
}
