//! Why a time was not accepted, and what to write instead.

use super::super::text::quoted;

/// A time that cannot be read, or that can be read in more than one way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    /// Nothing was typed.
    #[error("say when, for example: tomorrow 14:00")]
    Nothing,
    /// Not a time at all.
    #[error("I did not understand a time in \"{0}\". Try: tomorrow 14:00, in 2h, tue 14:00-16:00")]
    NotUnderstood(String),
    /// A time that depends on when it is read, where none may.
    #[error("\"{0}\" is not a date and a time. Write for example 2026-12-18 12:00")]
    NotFixed(String),
    /// A day without a time.
    #[error("say at what time, for example: {0} 14:00")]
    NoTime(String),
    /// Only that it is tonight.
    #[error("say when tonight, for example: today 20:00")]
    Tonight,
    /// The one at the beginning of the day, or the one at its end?
    #[error("say which midnight, for example: tomorrow 00:00")]
    Midnight,
    /// A number and a unit, which some read as a time and some as a wait.
    #[error("write {first} or {second}")]
    TimeOrWait {
        /// What it is more likely to mean.
        first: String,
        /// What else it may mean.
        second: String,
    },
    /// A wait without the word that makes it one.
    #[error("write {0} for the wait")]
    BareWait(String),
    /// A time of day in a way that is not known here.
    #[error("write {0} for the time")]
    BareTime(String),
    /// Day and month in numbers.
    #[error("{date} can be read two ways. Write {words} or {iso}")]
    TwoWays {
        /// As typed.
        date: String,
        /// The date with its month in letters.
        words: String,
        /// The date with its year first.
        iso: String,
    },
    /// Hours and minutes that no clock shows.
    #[error("{0} is not a time of day")]
    NoSuchTime(String),
    /// A month beyond December.
    #[error("there is no month {0}")]
    NoSuchMonth(u32),
    /// A day beyond the end of the month.
    #[error("{month} {year} has {days} days")]
    MonthLength {
        /// Its name.
        month: &'static str,
        /// Of which year.
        year: i32,
        /// How many days it has.
        days: u32,
    },
    /// A date on another day of the week than typed.
    #[error("{date} is a {right}, not a {typed}")]
    Weekday {
        /// The date.
        date: String,
        /// The day it falls on.
        right: String,
        /// The day that was typed.
        typed: String,
    },
    /// A zone by its initials, which several zones share and which change over the year.
    #[error("{abbreviation} is not a zone name I can trust. Write {name} or {offset}")]
    Abbreviation {
        /// As typed.
        abbreviation: String,
        /// A zone it may stand for.
        name: String,
        /// An offset it may stand for.
        offset: String,
    },
    /// A zone that does not exist.
    #[error("unknown time zone {}. Write for example Europe/Paris or UTC+1", quoted(.0))]
    Zone(String),
    /// A time today that is over.
    #[error("{time} today has passed. Did you mean tomorrow {time}?")]
    PassedToday {
        /// The time.
        time: String,
    },
    /// A date without a year that was not long ago.
    #[error("{date} has passed. Did you mean {iso}?")]
    PassedDate {
        /// The date.
        date: String,
        /// A year later.
        iso: String,
    },
    /// Any other time that is over.
    #[error("that is in the past")]
    Past,
    /// Beyond what can be planned.
    #[error("that is more than a year away")]
    TooFar,
    /// A span without any time in it.
    #[error("the window is empty")]
    Empty,
    /// A span that ends first.
    #[error("the window ends before it begins")]
    EndsFirst,
    /// A time the clocks skip.
    #[error("{time} does not exist on {date} in {zone}; clocks go from {from} to {to}")]
    Gap {
        /// The time.
        time: String,
        /// The day.
        date: String,
        /// Where.
        zone: String,
        /// The last the clocks show.
        from: String,
        /// The next they show.
        to: String,
    },
}

impl TimeError {
    /// The parser's answer when it cannot go on; the text is filled in by [`TimeError::about`].
    pub(super) const STUCK: Self = Self::NotUnderstood(String::new());

    pub(super) fn about(self, text: &str) -> Self {
        if let Self::NotUnderstood(_) = self {
            Self::NotUnderstood(quoted(text).into_owned())
        } else {
            self
        }
    }
}
