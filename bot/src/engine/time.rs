//! The time that is believed: a clock that was set is believed again once it goes
//! on steadily.
//!
//! Windows, reminders and consent depend on the clock, and a clock that is two hours
//! ahead for a moment would fire an evening of reminders. So what is decided and what
//! is claimed waits, for some seconds, until two samples agree.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use shipbell_domain::Command;
use shipbell_domain::command::Report;
use shipbell_storage::InputId;

use super::hub::Hub;
use super::retry;

/// By how much a clock may be corrected at once without anybody waiting.
const TOLERATED: TimeDelta = TimeDelta::seconds(30);
/// How far apart the two samples are that must agree.
const APART: Duration = Duration::from_secs(5);
/// How well they must agree.
const AGREEMENT: TimeDelta = TimeDelta::seconds(1);
/// How often the clock is looked at when nothing happens: slow corrections add up.
const EVERY: Duration = Duration::from_mins(1);

/// What the clock showed, and how much time had really passed.
#[derive(Clone, Copy, Debug)]
struct Sample {
    shown: DateTime<Utc>,
    passed: Duration,
}

/// A clock that was set while the bot ran.
#[derive(Clone, Copy, Debug)]
struct Jump {
    /// By how much.
    by: TimeDelta,
    /// When it was believed again, by the new time.
    until: DateTime<Utc>,
}

/// What is known about the clock.
#[derive(Default)]
pub(super) struct Believed(Mutex<Known>);

#[derive(Default)]
struct Known {
    last: Option<Sample>,
    jump: Option<Jump>,
    untold: Vec<Jump>,
}

impl Sample {
    fn take(hub: &Hub) -> Self {
        Self {
            shown: hub.ports.clock.now(),
            passed: hub.ports.clock.passed(),
        }
    }

    /// How much further the clock has gone since another sample than time has.
    fn ahead_of(self, earlier: Self) -> TimeDelta {
        let passed = self.passed.saturating_sub(earlier.passed);
        let passed = TimeDelta::from_std(passed).unwrap_or(TimeDelta::MAX);
        self.shown - earlier.shown - passed
    }
}

impl Known {
    fn jump_to(&self, sample: Sample) -> Option<TimeDelta> {
        let by = sample.ahead_of(self.last?);
        (by.abs() > TOLERATED).then_some(by)
    }
}

impl Believed {
    /// Whether this is believed; if not, by how much the clock jumped.
    fn judge(&self, sample: Sample) -> Result<(), TimeDelta> {
        let mut known = self.known();
        match known.jump_to(sample) {
            None => known.last = Some(sample),
            Some(by) => return Err(by),
        }
        Ok(())
    }

    /// Believes a clock that went on steadily after it jumped.
    fn accept(&self, sample: Sample) {
        let mut known = self.known();
        if let Some(by) = known.jump_to(sample) {
            let until = sample.shown;
            known.untold.push(Jump { by, until });
            known.jump = Some(Jump { by, until });
        }
        known.last = Some(sample);
    }

    fn untold(&self) -> Option<Jump> {
        self.known().untold.pop()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hub {
    /// The time, as soon as the clock can be believed.
    pub(super) async fn time(&self) -> DateTime<Utc> {
        loop {
            let first = Sample::take(self);
            let Err(by) = self.believed.judge(first) else {
                return first.shown;
            };
            tracing::warn!(
                seconds = by.num_seconds(),
                "the clock was set; waiting until it goes on steadily"
            );
            self.ports.clock.sleep(APART).await;
            let second = Sample::take(self);
            if second.ahead_of(first).abs() <= AGREEMENT {
                self.believed.accept(second);
            }
        }
    }

    /// From when on time is counted for something that was noted at a time: the clock
    /// may have jumped since, and then it is not known how long ago that was.
    pub(super) fn counted_from(&self, noted: DateTime<Utc>) -> DateTime<Utc> {
        match self.believed.known().jump {
            Some(jump) if noted < jump.until || noted > self.now() => jump.until,
            Some(_) | None => noted,
        }
    }
}

/// Looks at the clock now and then, and tells of every jump.
pub(super) async fn run(hub: Arc<Hub>) {
    while hub.halted().is_none() {
        hub.time().await;
        while let Some(jump) = hub.believed.untold() {
            let id = InputId {
                source: "clock".to_owned(),
                id: jump.until.timestamp_micros().to_string(),
            };
            let seconds = jump.by.num_seconds();
            let report = Command::Report(Report::ClockJumped { seconds });
            retry::report_once(&hub, "clock", id, report).await;
        }
        hub.ports.clock.sleep(EVERY).await;
    }
}
