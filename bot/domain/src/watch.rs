//! How an environment is watched after a deploy: ticks at fixed times, each with one end.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::checks::Check;
use crate::ids::{Person, ReleaseId, Role};

/// A watch as its events made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// The attempt it follows.
    pub attempt: u32,
    /// The release in whose thread it is told.
    pub release: ReleaseId,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Every look, in order.
    pub ticks: Vec<Tick>,
    /// How the looks ended, by their place.
    pub ends: BTreeMap<u32, TickEnd>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// One look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tick {
    /// When.
    pub due: DateTime<Utc>,
    /// What is looked at automatically.
    pub checks: Vec<Check>,
    /// Who is asked whether all is well.
    pub ask: Option<Role>,
}

/// What came of a look.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TickEnd {
    /// What the checks found: whether they passed, and the findings.
    pub checked: Option<(bool, Vec<String>)>,
    /// Who answered, and whether they said all is well.
    pub answered: Option<(Person, bool)>,
    /// Whether nobody looked in time.
    pub missed: bool,
}

/// How many looks one watch may have.
pub const MAX_TICKS: usize = 500;

impl Watch {
    /// How many looks found something wrong.
    pub fn findings(&self) -> u32 {
        let wrong = self.ends.values().filter(|end| {
            end.checked.as_ref().is_some_and(|(passed, _)| !passed)
                || end.answered.as_ref().is_some_and(|(_, good)| !good)
        });
        u32::try_from(wrong.count()).unwrap_or(u32::MAX)
    }

    /// Whether a look has everything it needs.
    pub fn is_settled(&self, tick: u32) -> bool {
        let Some(planned) = self.ticks.get(tick as usize) else {
            return true;
        };
        let Some(end) = self.ends.get(&tick) else {
            return false;
        };
        end.missed
            || ((planned.checks.is_empty() || end.checked.is_some())
                && (planned.ask.is_none() || end.answered.is_some()))
    }

    /// Whether every look has everything it needs.
    pub fn is_complete(&self) -> bool {
        (0u32..)
            .zip(&self.ticks)
            .all(|(tick, _)| self.is_settled(tick))
    }
}
