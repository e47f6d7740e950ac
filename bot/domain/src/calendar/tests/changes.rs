//! Zones and weekly windows on the days clocks change.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use jiff::{Timestamp, civil, tz::TimeZoneDatabase};
use proptest::prelude::*;

use crate::calendar::{Hours, Reading, Span, WeeklyWindow, Window, Zone};

const ZONES: [&str; 3] = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"];

fn zone(name: &str) -> Zone {
    Zone::parse(name).unwrap()
}

fn midnight(date: &str) -> NaiveDateTime {
    let date: NaiveDate = date.parse().unwrap();
    date.and_hms_opt(0, 0, 0).unwrap()
}

/// How many minutes around a midnight a daily window is open, asked minute by minute.
fn minutes_open(hours: &str, midnight: NaiveDateTime, zone: &Zone) -> usize {
    let window = WeeklyWindow::parse(&format!("daily {hours}")).unwrap();
    let instant = |hours| {
        zone.reading(midnight + TimeDelta::hours(hours))
            .first_valid()
    };
    let night = Span::new(instant(-6), instant(10)).unwrap();
    let minutes = std::iter::successors(Some(night.from()), |at| Some(*at + TimeDelta::minutes(1)));
    let minutes = minutes.take_while(|at| night.contains(*at));
    minutes.filter(|at| window.admits(zone.local(*at))).count()
}

#[test]
fn hours_are_those_on_the_wall() {
    let berlin = zone("Europe/Berlin");
    for (opens, closes, date, minutes) in [
        (2, 3, "2026-03-29", 0),
        (2, 3, "2026-10-25", 120),
        (-2, 4, "2026-03-29", 300),
        (-2, 4, "2026-10-25", 420),
        (2, 3, "2026-07-01", 60),
    ] {
        let midnight = midnight(date);
        let at = |hour| midnight + TimeDelta::hours(hour);
        let hours = format!(
            "{}-{}",
            at(opens).format("%H:%M"),
            at(closes).format("%H:%M")
        );
        assert_eq!(
            minutes_open(&hours, midnight, &berlin),
            minutes,
            "{hours} {date}"
        );
        let spans = berlin.spans(at(opens), at(closes));
        let length: TimeDelta = spans.iter().map(Span::length).sum();
        assert_eq!(usize::try_from(length.num_minutes()), Ok(minutes));
    }
}

#[test]
fn a_change_inside_cuts_a_window_in_two() {
    let berlin = zone("Europe/Berlin");
    let spans = berlin.spans(
        midnight("2026-10-25") + TimeDelta::minutes(150),
        midnight("2026-10-25") + TimeDelta::hours(4),
    );
    let written: Vec<String> = spans
        .iter()
        .map(|it| format!("{}-{}", it.from().format("%H:%M"), it.to().format("%H:%M")))
        .collect();
    assert_eq!(written, ["00:30-01:00", "01:30-03:00"]);
}

/// The days of the next years on which clocks change, with a day on each side.
fn days_of_change(zone: &Zone) -> Vec<DateTime<Utc>> {
    let first = midnight("2026-01-01").and_utc();
    let days = (0..5 * 365).map(|day| first + TimeDelta::days(day));
    days.filter(|day| zone.offset(*day) != zone.offset(*day + TimeDelta::days(1)))
        .collect()
}

#[test]
fn openings_are_what_the_wall_clock_admits_on_every_day_of_change() {
    for name in ZONES {
        let zone = zone(name);
        let days = days_of_change(&zone);
        assert_eq!(days.len(), 10, "{name}");
        for text in [
            "daily 02:00-03:00",
            "daily 22:00-04:00",
            "daily 01:30-02:15",
            "Sun 00:00-24:00",
        ] {
            let weekly = WeeklyWindow::parse(text).unwrap();
            let hours = Hours {
                zone: zone.clone(),
                windows: vec![Window::Weekly(weekly.clone())],
            };
            for day in &days {
                let minutes = (-12 * 60..36 * 60).step_by(15);
                for now in minutes.map(|minute| *day + TimeDelta::minutes(minute)) {
                    let open = hours.is_open(now);
                    assert_eq!(
                        open.is_some(),
                        weekly.admits(zone.local(now)),
                        "{text} {name} {now}"
                    );
                    let next = hours.next_opening(now).unwrap();
                    assert!(next.from() > now && open.is_none_or(|open| open.to() < next.from()));
                }
            }
        }
    }
}

#[test]
fn a_reading_says_whether_clocks_skip_it_or_repeat_it() {
    let berlin = zone("Europe/Berlin");
    let half_past_two = |date| midnight(date) + TimeDelta::minutes(150);
    assert_eq!(
        berlin.reading(half_past_two("2026-03-29")),
        Reading::Gap {
            at: "2026-03-29T01:00:00Z".parse().unwrap(),
            from: midnight("2026-03-29") + TimeDelta::hours(2),
            to: midnight("2026-03-29") + TimeDelta::hours(3),
        }
    );
    assert_eq!(
        berlin.reading(half_past_two("2026-10-25")),
        Reading::Fold {
            first: "2026-10-25T00:30:00Z".parse().unwrap(),
            second: "2026-10-25T01:30:00Z".parse().unwrap(),
        }
    );
}

#[test]
fn zones_are_known_by_their_names_only() {
    for name in [
        "Europe/Pariss",
        "CET",
        "EST",
        "",
        "Etc/Unknown",
        "../etc/passwd",
        "UTC+1",
    ] {
        let error = Zone::parse(name).unwrap_err();
        assert_eq!(error.to_string(), format!("unknown time zone `{name}`"));
    }
    assert_eq!(zone("europe/paris").name(), "Europe/Paris");
    assert!(Zone::names().contains(&"Europe/Paris".to_owned()));
    let text = serde_json::to_string(&zone("Europe/Paris")).unwrap();
    assert_eq!(
        serde_json::from_str::<Zone>(&text).unwrap(),
        zone("Europe/Paris")
    );
}

proptest! {
    #[test]
    fn readings_agree_with_jiff(
        name in prop::sample::select(vec![
            "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
            "Pacific/Apia", "America/St_Johns", "America/Havana", "Asia/Kathmandu",
        ]),
        minutes in 0..80 * 365 * 24 * 60_i64,
    ) {
        let local = midnight("1970-01-01") + TimeDelta::minutes(minutes);
        let rules = TimeZoneDatabase::bundled().get(name).unwrap();
        let elapsed = jiff::SignedDuration::from_mins(minutes);
        let theirs = rules.to_ambiguous_timestamp(civil::date(1970, 1, 1).at(0, 0, 0, 0) + elapsed);
        let seconds = |at: Result<Timestamp, jiff::Error>| at.unwrap().as_second();
        match zone(name).reading(local) {
            Reading::Once(at) => {
                prop_assert_eq!(at.timestamp(), seconds(theirs.unambiguous()));
            }
            Reading::Fold { first, second } => {
                prop_assert_eq!(first.timestamp(), seconds(theirs.earlier()));
                prop_assert_eq!(second.timestamp(), seconds(theirs.later()));
            }
            Reading::Gap { at, from, to } => {
                prop_assert!(from <= local && local < to);
                prop_assert!(theirs.is_ambiguous());
                prop_assert_eq!(zone(name).local(at), to);
            }
        }
    }

    #[test]
    fn no_instant_is_too_far(seconds in -8_000_000_000_000_i64..8_000_000_000_000) {
        let now = DateTime::from_timestamp(seconds, 0).unwrap();
        let zone = zone("Europe/Berlin");
        let local = zone.local(now);
        prop_assert!((local.year() - now.year()).abs() <= 1);
        let _reading = zone.reading(local);
        let hours = Hours {
            zone,
            windows: vec![Window::Weekly(WeeklyWindow::parse("Tue 14:00-16:00").unwrap())],
        };
        let _opening = (hours.is_open(now), hours.next_opening(now));
    }

    #[test]
    fn whatever_is_typed_gets_an_answer(
        text in prop_oneof!["\\PC*", "[A-Za-z,-]{3,9} [0-9:-]{0,11}", "(daily|Fri-Mon) [0-9]{1,2}:[0-9]{2}-[0-9]{2}:[0-9]{2}"],
    ) {
        if let Ok(window) = WeeklyWindow::parse(&text) {
            prop_assert_eq!(WeeklyWindow::parse(&window.to_string()), Ok(window));
        }
    }
}
