//! Time zones: from instants to wall clocks and back, with gaps and overlaps said aloud.
//!
//! Zone data is the one built into the program, so that an answer never depends on which
//! files a machine happens to have.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use jiff::{
    Timestamp,
    tz::{Offset, TimeZone, TimeZoneDatabase},
};
use serde::{Deserialize, Serialize};

use super::{Span, span::joined, text::quoted};

/// No offset from UTC is larger, past or present, with room to spare.
const LARGEST_OFFSET: TimeDelta = TimeDelta::hours(26);

/// A time zone that exists, by its IANA name.
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

/// What a reading of the wall clock stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The usual case.
    Once(DateTime<Utc>),
    /// Clocks were put forward over it: nobody ever reads this.
    Gap {
        /// The instant at which clocks were put forward.
        at: DateTime<Utc>,
        /// What they would have shown at that instant.
        from: NaiveDateTime,
        /// What they showed instead.
        to: NaiveDateTime,
    },
    /// Clocks were put back over it: it was read twice.
    Fold {
        /// The first time.
        first: DateTime<Utc>,
        /// The second time.
        second: DateTime<Utc>,
    },
}

/// A name that is no time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown time zone `{}`", quoted(name))]
pub struct ZoneError {
    /// The name as given.
    pub name: String,
}

impl Zone {
    /// Looks the name up. Upper and lower case do not matter, abbreviations do not count.
    pub fn parse(name: &str) -> Result<Self, ZoneError> {
        let name = name.trim();
        let unknown = || ZoneError {
            name: name.to_owned(),
        };
        if name.eq_ignore_ascii_case("utc") {
            return Ok(Self::utc());
        }
        // `EST` and `CET` are in the data too, but half of the year they are not what people mean.
        if !name.contains('/') {
            return Err(unknown());
        }
        let rules = TimeZoneDatabase::bundled()
            .get(name)
            .map_err(|_| unknown())?;
        let name = rules.iana_name().ok_or_else(unknown)?.to_owned();
        Ok(Self { name, rules })
    }

    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self {
            name: "UTC".to_owned(),
            rules: TimeZone::UTC,
        }
    }

    /// A clock that is always so many minutes ahead. It has no IANA name, so it is never kept.
    pub(super) fn ahead_of_utc(minutes: i32) -> Self {
        let offset = Offset::from_seconds(minutes.saturating_mul(60)).unwrap_or(Offset::UTC);
        Self {
            name: format!("UTC{offset}"),
            rules: TimeZone::fixed(offset),
        }
    }

    /// The IANA name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Every name [`Zone::parse`] takes, for suggestions.
    pub fn names() -> Vec<String> {
        TimeZoneDatabase::bundled()
            .available()
            .map(|name| name.as_str().to_owned())
            .filter(|name| name.contains('/') || name == "UTC")
            .collect()
    }

    /// What the wall clock shows at an instant.
    pub fn local(&self, instant: DateTime<Utc>) -> NaiveDateTime {
        let utc = instant.naive_utc();
        utc.checked_add_signed(self.offset(instant)).unwrap_or(utc)
    }

    /// How far the wall clock is ahead of UTC at an instant.
    pub fn offset(&self, instant: DateTime<Utc>) -> TimeDelta {
        TimeDelta::seconds(self.rules.to_offset(timestamp(instant)).seconds().into())
    }

    /// Which instants, if any, read like this on the wall clock.
    pub fn reading(&self, local: NaiveDateTime) -> Reading {
        let stretches = self.stretches(local, local);
        let mut found = stretches.iter().filter_map(|stretch| {
            let instant = local.and_utc().checked_sub_signed(stretch.offset)?;
            (stretch.from <= instant && instant < stretch.to).then_some(instant)
        });
        match (found.next(), found.next()) {
            (Some(first), Some(second)) => Reading::Fold { first, second },
            (Some(instant), None) => Reading::Once(instant),
            (None, _) => gap(local, &stretches),
        }
    }

    /// All the time during which the wall clock shows `from` or later and less than `to`.
    ///
    /// A change of clocks inside makes it longer, shorter, or several spans.
    pub fn spans(&self, from: NaiveDateTime, to: NaiveDateTime) -> Vec<Span> {
        self.spans_of(&[(from, to)])
    }

    /// The same for several readings, of which the earliest comes first and the latest last.
    pub(super) fn spans_of(&self, hours: &[(NaiveDateTime, NaiveDateTime)]) -> Vec<Span> {
        let (Some((first, _)), Some((_, last))) = (hours.first(), hours.last()) else {
            return Vec::new();
        };
        let stretches = self.stretches(*first, *last);
        let spans = hours.iter().flat_map(|(from, to)| {
            stretches.iter().filter_map(|stretch| {
                let begins = from.and_utc().checked_sub_signed(stretch.offset)?;
                let ends = to.and_utc().checked_sub_signed(stretch.offset)?;
                Span::new(begins.max(stretch.from), ends.min(stretch.to))
            })
        });
        joined(spans.collect())
    }

    /// The time around two wall-clock readings, cut where clocks are changed.
    fn stretches(&self, from: NaiveDateTime, to: NaiveDateTime) -> Vec<Stretch> {
        let begin = from.and_utc().checked_sub_signed(LARGEST_OFFSET);
        let end = to.and_utc().checked_add_signed(LARGEST_OFFSET);
        let mut stretch = Stretch {
            from: begin.unwrap_or(DateTime::<Utc>::MIN_UTC),
            to: end.unwrap_or(DateTime::<Utc>::MAX_UTC),
            offset: TimeDelta::zero(),
        };
        stretch.offset = self.offset(stretch.from);
        let mut stretches = Vec::with_capacity(2);
        for change in self.rules.following(timestamp(stretch.from)) {
            let Some(at) = instant(change.timestamp()).filter(|at| *at < stretch.to) else {
                break;
            };
            let offset = TimeDelta::seconds(change.offset().seconds().into());
            // A zone may change its name or its law without touching the clocks.
            if offset != stretch.offset && at > stretch.from {
                stretches.push(Stretch { to: at, ..stretch });
                stretch = Stretch {
                    from: at,
                    offset,
                    ..stretch
                };
            }
        }
        stretches.push(stretch);
        stretches
    }
}

impl Reading {
    /// The instant for those who must have one: the first of two, and after a gap its end.
    pub fn first_valid(self) -> DateTime<Utc> {
        match self {
            Self::Once(instant) => instant,
            Self::Gap { at, .. } => at,
            Self::Fold { first, .. } => first,
        }
    }
}

impl ZoneError {
    /// What to write instead.
    pub fn help(&self) -> &'static str {
        if self.name.contains('/') {
            "for example \"Europe/Paris\""
        } else {
            "write an IANA name, for example \"Europe/Paris\""
        }
    }
}

/// Time during which the clocks run evenly.
#[derive(Clone, Copy)]
struct Stretch {
    from: DateTime<Utc>,
    to: DateTime<Utc>,
    offset: TimeDelta,
}

fn gap(local: NaiveDateTime, stretches: &[Stretch]) -> Reading {
    let shown = |at: DateTime<Utc>, offset| at.naive_utc().checked_add_signed(offset);
    let skipped = stretches.windows(2).find_map(|pair| {
        let at = pair[1].from;
        let from = shown(at, pair[0].offset)?;
        let to = shown(at, pair[1].offset)?;
        (from <= local && local < to).then_some(Reading::Gap { at, from, to })
    });
    // Left over are readings at the two ends of time, which are taken as UTC.
    skipped.unwrap_or(Reading::Once(local.and_utc()))
}

fn timestamp(instant: DateTime<Utc>) -> Timestamp {
    let seconds = instant
        .timestamp()
        .clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn instant(timestamp: Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(timestamp.as_second(), 0)
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Zone {}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Zone").field(&self.name).finish()
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.name)
    }
}

impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(name: &str) -> Result<Self, ZoneError> {
        Self::parse(name)
    }
}

impl TryFrom<String> for Zone {
    type Error = ZoneError;

    fn try_from(name: String) -> Result<Self, ZoneError> {
        Self::parse(&name)
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.name
    }
}
