//! How bad the world is right now: every fault there is, and whether it strikes.

use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};

use super::executor::Executor;
use super::locked;

/// Something that can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// A request to a platform never arrives.
    RequestLost,
    /// A request arrives long after the caller gave up on it.
    RequestLate,
    /// A message is shown minutes after the platform promised that it could not be.
    PostStraggles,
    /// A request was done and its answer never arrives.
    AnswerLost,
    /// A platform wants fewer requests.
    TooMany,
    /// What a person did is delivered twice at once.
    DeliveredTwice,
    /// A delivery does not arrive.
    DeliveryLost,
    /// The database refuses for a moment.
    StoreBusy,
    /// The database did it and the answer is lost.
    StoreSilent,
    /// The bot dies just before a commit.
    CrashBeforeCommit,
    /// The bot dies just after a commit, before it knows.
    CrashAfterCommit,
    /// The engine of the containers does not answer.
    EngineAway,
    /// A child process does not end by itself.
    ChildHangs,
    /// Somebody clears away the containers that have ended.
    Pruned,
    /// A web request finds nobody.
    ProbeLost,
}

/// Somebody's absence: whose, from when, until when.
type Storm = (String, DateTime<Utc>, DateTime<Utc>);

/// A wrong clock: from when, until when, by how much.
type Slip = (DateTime<Utc>, DateTime<Utc>, TimeDelta);

/// The weather; the faults stop when it calms down.
pub struct Weather {
    executor: Executor,
    calm_from: DateTime<Utc>,
    /// In percent: how bad this world is as a whole.
    strength: u32,
    storms: Mutex<Vec<Storm>>,
    /// When the bot's clock is wrong, from when until when and by how much.
    slips: Mutex<Vec<Slip>>,
}

impl Fault {
    /// How often in a million chances it strikes in ordinary weather.
    fn odds(self) -> u32 {
        match self {
            Self::PostStraggles => 3_000,
            Self::RequestLost | Self::DeliveryLost | Self::RequestLate => 20_000,
            Self::AnswerLost | Self::ProbeLost => 30_000,
            Self::TooMany | Self::ChildHangs => 10_000,
            Self::DeliveredTwice => 80_000,
            Self::StoreBusy | Self::StoreSilent => 2_000,
            Self::CrashBeforeCommit | Self::CrashAfterCommit => 4_000,
            Self::EngineAway => 8_000,
            Self::Pruned => 300_000,
        }
    }
}

impl Weather {
    /// Weather that calms down at that time.
    pub fn new(executor: Executor, calm_from: DateTime<Utc>) -> Self {
        // Some worlds are nearly fair, so that plain mistakes show in them too.
        let strength = executor
            .draw(|it| it.pick(&[0, 30, 100, 100, 200]).copied())
            .unwrap_or(0);
        Self {
            executor,
            calm_from,
            strength,
            storms: Mutex::default(),
            slips: Mutex::default(),
        }
    }

    /// Whether a fault strikes now.
    pub fn strikes(&self, fault: Fault) -> bool {
        let odds = fault.odds().saturating_mul(self.strength) / 100;
        !self.is_calm() && self.executor.draw(|it| it.happens(odds))
    }

    /// How often in a million polls the bot crashes.
    pub fn crashes_in_a_million(&self) -> u32 {
        self.strength
    }

    /// Whether faults have stopped for good.
    pub fn is_calm(&self) -> bool {
        self.executor.now() >= self.calm_from
    }

    /// Decides when somebody out there is away, over all the time until it is calm.
    pub fn plan_outages(&self, whom: &str) {
        if self.strength == 0 {
            return;
        }
        let mut at = self.executor.now();
        loop {
            at += self.minutes(30, 12 * 60);
            let length = self.minutes(1, 40);
            if at + length >= self.calm_from {
                return;
            }
            self.take_away(whom, at, at + length);
            at += length;
        }
    }

    /// Takes somebody away, from when until when.
    pub fn take_away(&self, whom: &str, from: DateTime<Utc>, until: DateTime<Utc>) {
        locked(&self.storms).push((whom.to_owned(), from, until));
    }

    /// Whether somebody out there is away now.
    pub fn is_away(&self, whom: &str) -> bool {
        let now = self.executor.now();
        let hits = |(name, from, to): &Storm| name == whom && *from <= now && now < *to;
        locked(&self.storms).iter().any(hits)
    }

    /// The ends of somebody's absences, in order.
    pub fn returns(&self, whom: &str) -> Vec<DateTime<Utc>> {
        let of_it = |(name, _, to): &Storm| (name == whom).then_some(*to);
        locked(&self.storms).iter().filter_map(of_it).collect()
    }

    /// Decides when the bot's clock is set to a wrong time, and back a moment later:
    /// too soon for two samples to agree on it.
    pub fn plan_slips(&self) {
        if self.strength == 0 {
            return;
        }
        let mut at = self.executor.now();
        loop {
            at += self.minutes(15, 3 * 60);
            if at + TimeDelta::minutes(1) >= self.calm_from {
                return;
            }
            let long = self.executor.draw(|it| it.between(200, 4_000));
            let until = at + TimeDelta::milliseconds(i64::try_from(long).unwrap_or(1));
            let far = self.minutes(1, 12 * 60);
            let back = self.executor.draw(|it| it.happens(300_000));
            let by = if back { -far } else { far };
            self.set_clock(at, until, by);
        }
    }

    /// Sets the bot's clock wrong, from when until when and by how much.
    pub fn set_clock(&self, from: DateTime<Utc>, until: DateTime<Utc>, by: TimeDelta) {
        locked(&self.slips).push((from, until, by));
    }

    /// By how much the clock of a bot is wrong that has run since then.
    pub fn clock_is_off_by(&self, since: DateTime<Utc>, now: DateTime<Utc>) -> TimeDelta {
        let slips = locked(&self.slips);
        let now = (slips.iter()).find(|(from, to, _)| since < *from && *from <= now && now < *to);
        now.map_or(TimeDelta::zero(), |(_, _, by)| *by)
    }

    /// When the bot's clock is set next, to a wrong time or back.
    pub fn clock_is_set_next(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let slips = locked(&self.slips);
        let moments = slips.iter().flat_map(|(from, to, _)| [*from, *to]);
        moments.filter(|at| *at > now).min()
    }

    fn minutes(&self, least: u64, most: u64) -> TimeDelta {
        let seconds = self.executor.draw(|it| it.between(least * 60, most * 60));
        TimeDelta::seconds(i64::try_from(seconds).unwrap_or(i64::MAX))
    }
}
