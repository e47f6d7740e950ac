//! The times people type, read strictly: what can be read two ways is refused with a suggestion.
//!
//! ```text
//! phrase  = ["from"] when [("-" | "to" | "until") end | "for" wait] [zone]
//! when    = "now" | ("in" wait | "+" wait) | "in" days "at" time | [day] ["at"] time
//! end     = [day] ["at"] time
//! day     = "today" | "tonight" | "tomorrow" | ["this" | "next"] weekday | [weekday] date
//! date    = 2026-11-24 | 24 Nov [2026] | Nov 24 [2026]
//! time    = 14:00 | 2pm | 2:30 pm | noon
//! wait    = 2h | 1h30m | 90 minutes | 3 days
//! zone    = UTC | UTC+1 | Europe/Paris
//! ```
//!
//! A time without a day is the next one. `next friday` is the Friday of next week, counted
//! from Monday. Hours in a wait are hours that pass; days keep the time on the clock. Of a
//! time that comes twice the first counts, unless it has passed.

mod token;

mod phrase;
mod zones;

mod resolve;

mod error;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use self::error::TimeError;

use self::phrase::Phrase;
use super::{
    Span, Zone, relative,
    text::{quoted, tidy},
};

/// What somebody meant by a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// One instant.
    At(DateTime<Utc>),
    /// A time with an end.
    Span(Span),
}

/// Reads a time in the future, at most a year away, as people in `zone` write it.
pub fn parse(text: &str, now: DateTime<Utc>, zone: &Zone) -> Result<Moment, TimeError> {
    let text = tidy(text);
    if text.is_empty() {
        return Err(TimeError::Nothing);
    }
    let phrase = Phrase::read(&text, now, zone).map_err(|error| error.about(&text))?;
    resolve::moment(&phrase, now, zone).map_err(|error| error.about(&text))
}

/// Reads a date with its year, and a time: what means the same whenever it is read.
pub fn fixed(text: &str, zone: &Zone) -> Result<DateTime<Utc>, TimeError> {
    let text = tidy(text);
    let not_fixed = || TimeError::NotFixed(quoted(&text).into_owned());
    // The present only matters to phrases that are refused here.
    let phrase = Phrase::read(&text, DateTime::UNIX_EPOCH, zone).map_err(|error| {
        if let TimeError::NotUnderstood(_) = error {
            not_fixed()
        } else {
            error
        }
    })?;
    resolve::fixed(&phrase, zone)?.ok_or_else(not_fixed)
}

impl Moment {
    /// The instant, or the first of the span.
    pub fn begins(&self) -> DateTime<Utc> {
        match self {
            Self::At(instant) => *instant,
            Self::Span(span) => span.from(),
        }
    }

    /// Everything that was understood, to be read before it counts:
    /// `Tuesday 24 November, 14:00 to 16:00 (Paris), in 3 days 22 h`.
    pub fn echo(&self, now: DateTime<Utc>, zone: &Zone) -> String {
        let begins = self.begins();
        let day = zone.day_seen_from(begins, now);
        let hours = match self {
            Self::At(_) => zone.hh_mm(begins),
            Self::Span(span) => zone.hours(span),
        };
        let which = zone.which_of_two(begins).map(|which| format!(", {which}"));
        let which = which.unwrap_or_default();
        let label = zone.label();
        format!("{day}, {hours}{which} ({label}), {}", relative(begins, now))
    }
}
