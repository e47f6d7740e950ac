//! Certain hours on certain days of the week: `Tue,Thu 14:00-16:00`.
//!
//! What counts is what the wall clock shows. A window over midnight belongs to the day on
//! which it opens. An hour that the clocks skip is not open, one they show twice is open twice.

mod read;

use std::{fmt, str::FromStr};

use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use serde::{Deserialize, Serialize};

use super::super::{Span, Zone, text::quoted};

/// Days of the week, and hours on them. Never empty, never longer than a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WeeklyWindow {
    /// Monday first.
    days: [bool; 7],
    /// Minutes since midnight.
    opens: u16,
    /// Minutes since the same midnight: beyond 1440 on the day after.
    closes: u16,
}

/// Why text is no weekly window.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WeeklyError {
    /// Hours without days.
    #[error("`{}` does not say on which days", quoted(.0))]
    NoDays(String),
    /// Days without hours, or hours without an end.
    #[error("`{}` does not say from when to when", quoted(.0))]
    NoHours(String),
    /// A word that is no day.
    #[error("`{}` is not a day of the week", quoted(.0))]
    Day(String),
    /// Something that is no time.
    #[error("`{}` is not a time of day", quoted(.0))]
    Time(String),
    /// It closes when it opens.
    #[error("`{}` is never open", quoted(.0))]
    Empty(String),
}

impl WeeklyWindow {
    /// Reads days, a space, and hours; `daily` stands for every day.
    pub fn parse(text: &str) -> Result<Self, WeeklyError> {
        read::weekly(text)
    }

    /// Whether a wall clock that shows `local` is inside.
    pub fn admits(&self, local: NaiveDateTime) -> bool {
        let days = [Some(local.date()), local.date().pred_opt()];
        days.into_iter().flatten().any(|day| {
            self.hours_of(day)
                .is_some_and(|(opens, closes)| opens <= local && local < closes)
        })
    }

    pub(super) fn spans(&self, range: Span, zone: &Zone) -> Vec<Span> {
        let first = zone.local(range.from()).date();
        let last = zone.local(range.to()).date();
        // The day before may still be open, and clocks may be put back over midnight.
        let first = first.checked_sub_days(Days::new(2)).unwrap_or(first);
        let days = first.iter_days().take_while(|day| *day <= last);
        let hours: Vec<_> = days.filter_map(|day| self.hours_of(day)).collect();
        let mut spans = zone.spans_of(&hours);
        spans.retain(|span| span.overlaps(&range));
        spans
    }

    fn hours_of(&self, day: NaiveDate) -> Option<(NaiveDateTime, NaiveDateTime)> {
        let on = self.days[day.weekday().num_days_from_monday() as usize];
        let midnight = on.then(|| day.and_time(NaiveTime::MIN))?;
        let at = |minutes: u16| midnight.checked_add_signed(TimeDelta::minutes(minutes.into()));
        Some((at(self.opens)?, at(self.closes)?))
    }
}

impl WeeklyError {
    /// What to write instead.
    pub fn help(&self) -> &'static str {
        match self {
            Self::NoDays(_) => "for example daily 14:00-16:00 or Mon-Fri 14:00-16:00",
            Self::NoHours(_) | Self::Day(_) | Self::Time(_) => "for example Tue,Thu 14:00-16:00",
            Self::Empty(_) => "write 00:00-24:00 for the whole day",
        }
    }
}

impl fmt::Display for WeeklyWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        let closes = if self.closes > 1440 {
            self.closes - 1440
        } else {
            self.closes
        };
        let days = days_in_words(self.days);
        write!(f, "{days} {}-{}", time(self.opens), time(closes))
    }
}

/// `daily`, or a list in which three days or more in a row are a range.
fn days_in_words(days: [bool; 7]) -> String {
    if days.iter().all(|on| *on) {
        return "daily".to_owned();
    }
    let mut words = Vec::new();
    let mut day = 0;
    while day < days.len() {
        let run = days[day..].iter().take_while(|on| **on).count();
        match run {
            0 => {}
            1 => words.push(name(day).to_owned()),
            2 => words.push(format!("{},{}", name(day), name(day + 1))),
            3.. => words.push(format!("{}-{}", name(day), name(day + run - 1))),
        }
        day += run + 1;
    }
    words.join(",")
}

fn name(day: usize) -> &'static str {
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day % 7]
}

impl FromStr for WeeklyWindow {
    type Err = WeeklyError;

    fn from_str(text: &str) -> Result<Self, WeeklyError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for WeeklyWindow {
    type Error = WeeklyError;

    fn try_from(text: String) -> Result<Self, WeeklyError> {
        Self::parse(&text)
    }
}

impl From<WeeklyWindow> for String {
    fn from(window: WeeklyWindow) -> Self {
        window.to_string()
    }
}
