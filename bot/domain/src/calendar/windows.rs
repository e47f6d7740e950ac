//! When an environment may be deployed to: the closed list of windows, and all of them together.
//!
//! To add a kind of window, write its file, then follow the compiler from the new variant.

mod cron;
mod weekly;
mod written;

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

pub use self::{
    cron::{CronWindow, CronWindowError},
    weekly::{WeeklyError, WeeklyWindow},
};
use super::{
    Span, Zone,
    span::{joined, without},
};

/// How far ahead an opening is looked for first: further than most are.
const NEAR: TimeDelta = TimeDelta::days(9);

/// How far ahead an opening is looked for at all: thirteen months.
const FAR: TimeDelta = TimeDelta::days(396);

/// How far back an opening may have begun that has not ended.
const BACK: TimeDelta = TimeDelta::days(2);

/// Time that comes round again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Window {
    /// Certain hours on certain days of the week.
    Weekly(WeeklyWindow),
    /// Some time from each moment of a schedule.
    Cron(CronWindow),
}

/// The windows of an environment, read on one wall clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Whose wall clock.
    pub zone: Zone,
    /// All of them; one open window is enough.
    pub windows: Vec<Window>,
}

impl Window {
    /// When it is open during `range`, in any order. Spans may reach beyond the range.
    fn spans(&self, range: Span, zone: &Zone) -> Vec<Span> {
        match self {
            Self::Weekly(window) => window.spans(range, zone),
            Self::Cron(window) => window.spans(range, zone),
        }
    }

    /// When it opens next.
    pub fn next_opening(&self, now: DateTime<Utc>, zone: &Zone) -> Option<Span> {
        opening(now, Wanted::Next, |range| joined(self.spans(range, zone)))
    }

    /// The opening it is in.
    pub fn is_open(&self, now: DateTime<Utc>, zone: &Zone) -> Option<Span> {
        opening(now, Wanted::Current, |range| {
            joined(self.spans(range, zone))
        })
    }
}

impl Hours {
    /// The opening the environment is in. One that never ends is said to end in 13 months.
    pub fn is_open(&self, now: DateTime<Utc>) -> Option<Span> {
        opening(now, Wanted::Current, |range| self.spans(range))
    }

    /// When it opens next. If it is open, the opening after this one.
    pub fn next_opening(&self, now: DateTime<Utc>) -> Option<Span> {
        opening(now, Wanted::Next, |range| self.spans(range))
    }

    /// One opening after another, for at most 13 months from each to the next.
    pub fn openings(&self, now: DateTime<Utc>) -> impl Iterator<Item = Span> + '_ {
        std::iter::successors(self.next_opening(now), |span| {
            self.next_opening(span.from())
        })
    }

    /// The windows that do not open within 13 months: mistakes, most likely.
    pub fn never_opening(&self, now: DateTime<Utc>) -> Vec<&Window> {
        let opens = |window: &Window| {
            window.is_open(now, &self.zone).is_some()
                || window.next_opening(now, &self.zone).is_some()
        };
        let never = self.windows.iter().filter(|window| !opens(window));
        never.collect()
    }

    /// The opening that counts, with one-off windows added and frozen time taken away.
    pub(super) fn opening(
        &self,
        exceptions: &Exceptions<'_>,
        now: DateTime<Utc>,
        wanted: Wanted,
    ) -> Option<Span> {
        opening(now, wanted, |range| {
            let mut spans = self.spans(range);
            spans.extend(exceptions.one_offs);
            without(joined(spans), &exceptions.frozen)
        })
    }

    fn spans(&self, range: Span) -> Vec<Span> {
        let spans = self.windows.iter();
        joined(spans.flat_map(|it| it.spans(range, &self.zone)).collect())
    }
}

/// Which opening is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The one that is on.
    Current,
    /// The first that is yet to begin.
    Next,
}

/// What changes the hours for once.
pub(super) struct Exceptions<'a> {
    /// Added.
    pub(super) one_offs: &'a [Span],
    /// Taken away; in order and joined.
    pub(super) frozen: Vec<Span>,
}

/// Finds an opening, nearby if possible, as far ahead as 13 months if need be.
fn opening(now: DateTime<Utc>, wanted: Wanted, spans: impl Fn(Span) -> Vec<Span>) -> Option<Span> {
    let begin = now.checked_sub_signed(BACK)?;
    let search = |length: TimeDelta| {
        let range = Span::new(begin, now.checked_add_signed(length)?)?;
        let mut spans = spans(range).into_iter();
        let found = spans.find(|span| match wanted {
            Wanted::Current => span.contains(now),
            Wanted::Next => span.from() > now,
        });
        found.filter(|span| span.from() < range.to())
    };
    let near_end = now.checked_add_signed(NEAR)?;
    match (search(NEAR), wanted) {
        (Some(span), _) if span.to() < near_end => Some(span),
        (None, Wanted::Current) => None,
        // One that reaches the end of what was looked at may go on behind it.
        (Some(_), _) | (None, Wanted::Next) => search(FAR),
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weekly(window) => window.fmt(f),
            Self::Cron(window) => window.fmt(f),
        }
    }
}
