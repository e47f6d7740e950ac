//! Some time from each moment of a schedule: `{ cron = "0 14 * * 2,4", for = "2h" }`.
//!
//! The length is time that passes, not time on the clock: two hours are two hours on every day.

use std::fmt;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::super::{CronExpr, Length, Span, Zone};

/// The longest time one may stay open: a week.
const LONGEST: TimeDelta = TimeDelta::days(7);

/// The most often one may open in a day.
const MOST_A_DAY: u32 = 24;

/// Opens by a schedule, for a length of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct CronWindow {
    cron: CronExpr,
    #[serde(rename = "for")]
    length: Length,
}

/// A schedule and a length that make no window together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CronWindowError {
    /// Longer than a week.
    #[error("a window of {0} is longer than a week")]
    TooLong(Length),
    /// More than once an hour.
    #[error("a window that opens {0} times a day is no window")]
    TooOften(u32),
}

impl CronWindow {
    /// Puts the two together.
    pub fn new(cron: CronExpr, length: Length) -> Result<Self, CronWindowError> {
        if length.delta() > LONGEST {
            return Err(CronWindowError::TooLong(length));
        }
        if cron.times_a_day() > MOST_A_DAY {
            return Err(CronWindowError::TooOften(cron.times_a_day()));
        }
        Ok(Self { cron, length })
    }

    pub(super) fn spans(&self, range: Span, zone: &Zone) -> Vec<Span> {
        let begin = range.from().checked_sub_signed(self.length.delta());
        let begin = begin.unwrap_or(range.from());
        self.cron
            .after(begin, zone)
            .take_while(|opens| *opens < range.to())
            .filter_map(|opens| Span::lasting(opens, self.length.delta()))
            .collect()
    }
}

impl CronWindowError {
    /// What to write instead.
    pub fn help(&self) -> &'static str {
        match self {
            Self::TooLong(_) => "write a shorter `for`, or leave the windows out to be always open",
            Self::TooOften(_) => "name fewer minutes, or leave the windows out to be always open",
        }
    }
}

/// How a window of this kind is written down.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    cron: CronExpr,
    #[serde(rename = "for")]
    length: Length,
}

impl TryFrom<Written> for CronWindow {
    type Error = CronWindowError;

    fn try_from(written: Written) -> Result<Self, CronWindowError> {
        Self::new(written.cron, written.length)
    }
}

impl fmt::Display for CronWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} for {}", self.cron, self.length)
    }
}
