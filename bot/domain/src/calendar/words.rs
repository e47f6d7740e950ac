//! Instants and spans in words, as people read them.

use chrono::{DateTime, Datelike as _, Days, NaiveDateTime, NaiveTime, TimeDelta, Utc};

use super::{Span, Zone, zone::Reading};

impl Zone {
    /// The place the zone is named after: `Paris` for `Europe/Paris`.
    pub fn label(&self) -> String {
        let place = self.name().rsplit('/').next().unwrap_or_default();
        place.replace('_', " ")
    }

    /// `14:00`
    pub fn hh_mm(&self, instant: DateTime<Utc>) -> String {
        hh_mm(self.local(instant))
    }

    /// `Friday 20 November`
    pub fn day(&self, instant: DateTime<Utc>) -> String {
        day(self.local(instant))
    }

    /// `Friday 20 November, 14:00`
    pub fn day_and_time(&self, instant: DateTime<Utc>) -> String {
        let local = self.local(instant);
        format!("{}, {}", day(local), hh_mm(local))
    }

    /// `14:00 to 16:00`, with the second day named if there is one.
    pub fn hours(&self, span: &Span) -> String {
        let (from, to) = (self.local(span.from()), self.local(span.to()));
        let next_day = from.date().checked_add_days(Days::new(1));
        if to.date() == from.date() {
            format!("{} to {}", hh_mm(from), hh_mm(to))
        } else if to.time() == NaiveTime::MIN && next_day == Some(to.date()) {
            format!("{} to 24:00", hh_mm(from))
        } else {
            let year = with_year(to, from.year());
            format!("{} to {}{year}, {}", hh_mm(from), day(to), hh_mm(to))
        }
    }

    /// `Friday 20 November, 14:00 to 16:00`
    pub fn day_and_hours(&self, span: &Span) -> String {
        format!("{}, {}", self.day(span.from()), self.hours(span))
    }

    /// `Friday 20 November`, with the year unless it is the one of `now`.
    pub(super) fn day_seen_from(&self, instant: DateTime<Utc>, now: DateTime<Utc>) -> String {
        let local = self.local(instant);
        let year = with_year(local, self.local(now).year());
        format!("{}{year}", day(local))
    }

    /// Which of the two it is, where the clock shows the same time twice.
    pub(super) fn which_of_two(&self, instant: DateTime<Utc>) -> Option<&'static str> {
        match self.reading(self.local(instant)) {
            Reading::Fold { first, .. } if instant == first => Some("the first of two"),
            Reading::Fold { .. } => Some("the second of two"),
            Reading::Once(_) | Reading::Gap { .. } => None,
        }
    }
}

/// How far away an instant is: `in 3 days 22 h`, `20 minutes ago`, `now`.
pub fn relative(instant: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let away = instant.signed_duration_since(now);
    if away.abs() < TimeDelta::minutes(1) {
        return "now".to_owned();
    }
    let words = how_long(away);
    if away > TimeDelta::zero() {
        format!("in {words}")
    } else {
        format!("{words} ago")
    }
}

/// A length in its two largest units: `3 days 22 h`, `2 hours`, `1 h 30 min`, `40 seconds`.
///
/// What is smaller is left out, never rounded up.
pub fn how_long(length: TimeDelta) -> String {
    let seconds = length.num_seconds().unsigned_abs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => counted(seconds, "second"),
        (0, 0, _) => counted(minutes, "minute"),
        (0, _, 0) => counted(hours, "hour"),
        (0, _, _) => format!("{hours} h {minutes} min"),
        (_, 0, _) => counted(days, "day"),
        (_, _, _) => format!("{} {hours} h", counted(days, "day")),
    }
}

fn counted(count: u64, unit: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

fn day(local: NaiveDateTime) -> String {
    local.format("%A %-d %B").to_string()
}

fn hh_mm(local: NaiveDateTime) -> String {
    local.format("%H:%M").to_string()
}

fn with_year(local: NaiveDateTime, known: i32) -> String {
    if local.year() == known {
        String::new()
    } else {
        format!(" {}", local.year())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn days_and_hours_read_like_a_sentence() {
        let paris = Zone::parse("Europe/Paris").unwrap();
        let two = at("2026-11-20T13:00:00Z");
        assert_eq!(paris.label(), "Paris");
        assert_eq!(paris.hh_mm(two), "14:00");
        assert_eq!(paris.day(two), "Friday 20 November");
        assert_eq!(paris.day_and_time(two), "Friday 20 November, 14:00");
        for (hours, words) in [
            (2, "Friday 20 November, 14:00 to 16:00"),
            (10, "Friday 20 November, 14:00 to 24:00"),
            (
                12,
                "Friday 20 November, 14:00 to Saturday 21 November, 02:00",
            ),
            (
                24 * 50,
                "Friday 20 November, 14:00 to Saturday 9 January 2027, 14:00",
            ),
        ] {
            let span = Span::lasting(two, TimeDelta::hours(hours)).unwrap();
            assert_eq!(paris.day_and_hours(&span), words);
        }
    }

    #[test]
    fn labels_are_places() {
        for (name, label) in [
            ("America/New_York", "New York"),
            ("America/Argentina/Buenos_Aires", "Buenos Aires"),
            ("utc", "UTC"),
        ] {
            assert_eq!(Zone::parse(name).unwrap().label(), label);
        }
    }

    #[test]
    fn distances_use_two_units_at_most() {
        let now = at("2026-11-20T14:30:00Z");
        for (instant, words) in [
            ("2026-11-24T13:00:00Z", "in 3 days 22 h"),
            ("2026-11-22T14:30:00Z", "in 2 days"),
            ("2026-11-21T14:59:59Z", "in 1 day"),
            ("2026-11-20T16:30:00Z", "in 2 hours"),
            ("2026-11-20T16:00:00Z", "in 1 h 30 min"),
            ("2026-11-20T14:31:10Z", "in 1 minute"),
            ("2026-11-20T14:30:20Z", "now"),
            ("2026-11-20T14:10:00Z", "20 minutes ago"),
        ] {
            assert_eq!(relative(at(instant), now), words);
        }
        assert_eq!(how_long(TimeDelta::seconds(40)), "40 seconds");
    }
}
