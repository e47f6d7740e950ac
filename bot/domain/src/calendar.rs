//! Time, as the calendar on the wall has it: zones, windows, freezes, schedules, typed times.
//!
//! Instants come in and go out as [`chrono::DateTime<Utc>`](chrono::DateTime). How clocks are
//! set where is known in here only. Nothing here asks what time it is.
//!
//! Read [`Zone`] first, then [`Span`], [`Hours`] and [`judge`]; [`parse`] is what reads the
//! times people type.

mod zone;

mod span;
mod words;

mod freeze;
mod windows;

mod cron_expr;
mod length;

mod text;
mod times;

#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use self::{
    cron_expr::{CronError, CronExpr},
    freeze::Freeze,
    length::{Length, LengthError},
    span::{EmptySpan, Span},
    times::{Moment, TimeError, fixed, parse},
    windows::{CronWindow, CronWindowError, Hours, WeeklyError, WeeklyWindow, Window},
    words::{how_long, relative},
    zone::{Reading, Zone, ZoneError},
};
use self::{
    span::joined,
    windows::{Exceptions, Wanted},
};

/// What the calendar says to a deploy right now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "calendar", rename_all = "snake_case")]
pub enum Allowance {
    /// No windows are configured, so every time is as good as another.
    Unrestricted,
    /// Inside a window.
    Open {
        /// Until then: the window closes or a freeze begins.
        until: DateTime<Utc>,
    },
    /// Outside all windows.
    Closed {
        /// What comes next within 13 months, without the time that is frozen.
        next: Option<Span>,
    },
    /// A freeze stands, and wins over any window.
    Frozen {
        /// Until then, or until somebody ends it.
        until: Option<DateTime<Utc>>,
        /// Why, in the words of whoever ordered it.
        reason: String,
    },
}

/// Judges windows, one-off windows and freezes. One-off windows only add to configured ones.
pub fn judge(
    hours: &Hours,
    one_offs: &[Span],
    freezes: &[Freeze],
    now: DateTime<Utc>,
) -> Allowance {
    let exceptions = Exceptions {
        one_offs,
        frozen: frozen(freezes),
    };
    let standing = freezes.iter().filter(|freeze| freeze.stands(now));
    if let Some(freeze) = standing.max_by_key(|freeze| freeze.end()) {
        let thaw = exceptions.frozen.iter().find(|span| span.contains(now));
        let thaw = thaw.map_or(freeze.end(), Span::to);
        return Allowance::Frozen {
            until: (thaw < DateTime::<Utc>::MAX_UTC).then_some(thaw),
            reason: freeze.reason.clone(),
        };
    }
    if hours.windows.is_empty() {
        return Allowance::Unrestricted;
    }
    match hours.opening(&exceptions, now, Wanted::Current) {
        Some(open) => Allowance::Open { until: open.to() },
        None => Allowance::Closed {
            next: hours.opening(&exceptions, now, Wanted::Next),
        },
    }
}

/// When [`judge`] may next say something else: the time to ask again.
pub fn next_change(
    hours: &Hours,
    one_offs: &[Span],
    freezes: &[Freeze],
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let freezes_change = freezes
        .iter()
        .filter_map(Freeze::span)
        .flat_map(|span| [span.from(), span.to()])
        .filter(|change| *change > now && *change < DateTime::<Utc>::MAX_UTC)
        .min();
    let windows_change = match judge(hours, one_offs, freezes, now) {
        Allowance::Unrestricted | Allowance::Frozen { .. } => None,
        Allowance::Open { until } => Some(until),
        Allowance::Closed { next } => next.map(|next| next.from()),
    };
    [freezes_change, windows_change].into_iter().flatten().min()
}

fn frozen(freezes: &[Freeze]) -> Vec<Span> {
    joined(freezes.iter().filter_map(Freeze::span).collect())
}
