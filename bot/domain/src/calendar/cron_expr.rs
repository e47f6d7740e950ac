//! Five-field schedules, `0 14 * * 2,4`, with stated rules where clocks change.
//!
//! The schedule runs on the wall clock, as if every day had 24 hours. Each time it names is
//! then looked up in the zone: a time the clocks skip happens at the first moment after, a
//! time they show twice happens the first time only. Times never run backwards, and two
//! that fall on the same moment happen once.

mod fields;

use std::{fmt, str::FromStr, sync::Arc};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use self::fields::Fields;
use super::{
    Zone,
    text::{quoted, tidy},
};

/// A schedule that happens at least now and then.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CronExpr {
    text: String,
    schedule: Arc<cron::Schedule>,
    times_a_day: u32,
}

/// Why a schedule cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CronError {
    /// Too few fields, or too many.
    #[error(
        "a schedule has five fields (minute, hour, day of the month, month, day of the week), not {0}"
    )]
    Fields(usize),
    /// Something that is no number, name or range of that field.
    #[error("`{}` is not {expected}", quoted(text))]
    Value {
        /// What stands there.
        text: String,
        /// What could have stood there.
        expected: &'static str,
    },
    /// A range that ends before it begins.
    #[error("`{}` runs backwards; write it as a list", quoted(.0))]
    Backwards(String),
    /// A step without a range, or of nothing.
    #[error("`{}` is not a step; write */2 or 8-18/2", quoted(.0))]
    Step(String),
    /// Two conditions on the day, which programs combine in different ways.
    #[error(
        "the schedule names days of the month and days of the week, and programs disagree whether one or both must match"
    )]
    BothDays,
    /// No month it names has such a day.
    #[error("the schedule never happens: no month it names has a day {0}")]
    Never(u32),
}

impl CronExpr {
    /// Reads five fields. Sunday is 0 or 7, Monday 1; names count too.
    pub fn parse(text: &str) -> Result<Self, CronError> {
        let text = tidy(text);
        let fields = Fields::parse(&text)?;
        let written = fields.written_out();
        let schedule: cron::Schedule = written.parse().map_err(|_| CronError::Value {
            text: text.clone(),
            expected: "a schedule",
        })?;
        Ok(Self {
            text,
            schedule: Arc::new(schedule),
            times_a_day: fields.times_a_day(),
        })
    }

    /// When it happens after an instant, in order, until the year 2100.
    pub fn after<'a>(
        &'a self,
        instant: DateTime<Utc>,
        zone: &'a Zone,
    ) -> impl Iterator<Item = DateTime<Utc>> + 'a {
        let mut last = instant;
        let walls = self.schedule.after(&zone.local(instant).and_utc());
        walls
            .map(|wall| zone.reading(wall.naive_utc()).first_valid())
            // Inside an overlap the wall clock names moments that have already been.
            .filter(move |moment| {
                let later = *moment > last;
                last = last.max(*moment);
                later
            })
    }

    /// How often it happens on a day on which it happens.
    pub fn times_a_day(&self) -> u32 {
        self.times_a_day
    }
}

impl CronError {
    /// What to write instead.
    pub fn help(&self) -> &'static str {
        match self {
            Self::BothDays => {
                "put * in one of the two fields, and write a second schedule if you want both"
            }
            Self::Fields(_)
            | Self::Value { .. }
            | Self::Backwards(_)
            | Self::Step(_)
            | Self::Never(_) => "for example 0 14 * * 2,4 for Tuesdays and Thursdays at 14:00",
        }
    }
}

impl PartialEq for CronExpr {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for CronExpr {}

impl fmt::Debug for CronExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CronExpr").field(&self.text).finish()
    }
}

impl fmt::Display for CronExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl FromStr for CronExpr {
    type Err = CronError;

    fn from_str(text: &str) -> Result<Self, CronError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for CronExpr {
    type Error = CronError;

    fn try_from(text: String) -> Result<Self, CronError> {
        Self::parse(&text)
    }
}

impl From<CronExpr> for String {
    fn from(schedule: CronExpr) -> Self {
        schedule.text
    }
}
