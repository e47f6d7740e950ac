//! What others did to an environment, as its events tell.

use chrono::{DateTime, Utc};

use super::{Environment, Verified};
use crate::attempt::{Attempt, Progress};
use crate::drift::{Drift, Seen};
use crate::event::{EnvironmentEvent, Outcome};

impl Environment {
    /// What runs somewhere can be compared: it was proven, and nobody here is changing it.
    pub fn compares(&self) -> Option<&Verified> {
        let idle = self.active().is_none() && !self.touched && !self.seen.is_empty();
        self.current().filter(|_| idle)
    }

    pub(super) fn drift_on(&mut self, event: &EnvironmentEvent, at: DateTime<Utc>) {
        match event {
            EnvironmentEvent::DriftSeen {
                differences, seen, ..
            } => {
                self.drift = Some(Drift {
                    since: at,
                    differences: differences.clone(),
                    seen: seen.clone(),
                });
            }
            EnvironmentEvent::DriftGone { .. } => self.drift = None,
            EnvironmentEvent::Adopted {
                attempt,
                release,
                manifest,
                seen,
                ..
            } => {
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
            | EnvironmentEvent::WatchStarted { .. }
            | EnvironmentEvent::TickChecked { .. }
            | EnvironmentEvent::TickAnswered { .. }
            | EnvironmentEvent::TickMissed { .. }
            | EnvironmentEvent::WatchExtended { .. }
            | EnvironmentEvent::WatchEnded { .. } => {}
        }
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
