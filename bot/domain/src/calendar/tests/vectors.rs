//! Phrases people type, and the one right answer to each.

use chrono::{DateTime, TimeDelta, Utc};

use crate::calendar::{Moment, Zone, parse};

const VECTORS: &str = include_str!("vectors.tsv");

fn now() -> DateTime<Utc> {
    "2026-11-20T15:30:00+01:00".parse().unwrap()
}

fn paris() -> Zone {
    Zone::parse("Europe/Paris").unwrap()
}

#[test]
fn every_phrase_has_its_one_right_answer() {
    let zone = paris();
    let mut checked = 0;
    let lines = VECTORS.lines().filter(|line| !line.starts_with('#'));
    for line in lines {
        let (phrase, expected) = line.split_once('\t').unwrap();
        let answer = match parse(phrase, now(), &zone) {
            Ok(moment) => written(&moment, &zone),
            Err(error) => format!("ERR: {error}"),
        };
        assert_eq!(answer, expected, "{phrase}");
        checked += 1;
    }
    assert_eq!(checked, 55);
}

fn written(moment: &Moment, zone: &Zone) -> String {
    let full = "%a %Y-%m-%d %H:%M";
    match moment {
        Moment::At(at) => {
            let which = zone
                .which_of_two(*at)
                .map(|which| format!(" ({})", which.trim_start_matches("the ")));
            format!("{}{}", stamp(*at, zone, full), which.unwrap_or_default())
        }
        Moment::Span(span) => {
            let same_day = zone.local(span.from()).date() == zone.local(span.to()).date();
            let end = if same_day { "%H:%M" } else { full };
            format!(
                "{} to {}",
                stamp(span.from(), zone, full),
                stamp(span.to(), zone, end)
            )
        }
    }
}

fn stamp(at: DateTime<Utc>, zone: &Zone, format: &str) -> String {
    let minutes = zone.offset(at).num_minutes();
    let offset = format!("{:+03}:{:02}", minutes / 60, minutes.abs() % 60);
    format!("{} {offset}", zone.local(at).format(format))
}

#[test]
fn what_was_understood_is_said_in_full() {
    let zone = paris();
    for (phrase, echo) in [
        (
            "tue 14:00-16:00",
            "Tuesday 24 November, 14:00 to 16:00 (Paris), in 3 days 22 h",
        ),
        ("in 2h", "Friday 20 November, 17:30 (Paris), in 2 hours"),
        ("now", "Friday 20 November, 15:30 (Paris), now"),
        (
            "sat 22:00-02:00",
            "Saturday 21 November, 22:00 to Sunday 22 November, 02:00 (Paris), in 1 day 6 h",
        ),
        (
            "2027-10-31 02:30",
            "Sunday 31 October 2027, 02:30, the first of two (Paris), in 344 days 10 h",
        ),
    ] {
        let moment = parse(phrase, now(), &zone).unwrap();
        assert_eq!(moment.echo(now(), &zone), echo, "{phrase}");
    }
}

#[test]
fn a_moment_is_kept_as_it_was() {
    let span = parse("tue 14:00-16:00", now(), &paris()).unwrap();
    let text = serde_json::to_string(&span).unwrap();
    assert_eq!(serde_json::from_str::<Moment>(&text).unwrap(), span);
    assert_eq!(
        span.begins() - now(),
        TimeDelta::hours(94) + TimeDelta::minutes(30)
    );
}
