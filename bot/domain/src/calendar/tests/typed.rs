//! Typed times beyond the table: spans, spellings, refusals, and every text there is.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

use crate::calendar::{Moment, Zone, fixed, parse};

fn now() -> DateTime<Utc> {
    "2026-11-20T15:30:00+01:00".parse().unwrap()
}

fn paris() -> Zone {
    Zone::parse("Europe/Paris").unwrap()
}

fn answer(phrase: &str) -> String {
    match parse(phrase, now(), &paris()) {
        Ok(moment) => moment.echo(now(), &paris()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn ends_may_be_said_in_several_ways() {
    let tuesday = answer("tue 14:00-16:00");
    for phrase in [
        "Tuesday 14:00 to 16:00",
        "tue 14:00 - 16:00.",
        "tue 14:00\u{2013}16:00",
        "tue at 2pm for 2h",
        "from tuesday 2 pm until 4 pm",
        "24 Nov 14:00 to 24 Nov 16:00",
        "Tuesday 24 November, 14:00 to 16:00",
        "2026-11-24T14:00-16:00",
        "tue 13:00-15:00 UTC",
        "\u{201c}TUE\u{a0}14:00-16:00\u{201d}",
    ] {
        assert_eq!(answer(phrase), tuesday, "{phrase}");
    }
}

#[test]
fn spans_may_be_long() {
    for (phrase, echo) in [
        (
            "18 Dec 12:00 to 4 Jan 9:00",
            "Friday 18 December, 12:00 to Monday 4 January 2027, 09:00 (Paris), in 27 days 20 h",
        ),
        (
            "now to mon 9:00",
            "Friday 20 November, 15:30 to Monday 23 November, 09:00 (Paris), now",
        ),
        (
            "tomorrow 22:00-24:00",
            "Saturday 21 November, 22:00 to 24:00 (Paris), in 1 day 6 h",
        ),
        (
            "in 2h for 1 day",
            "Friday 20 November, 17:30 to Saturday 21 November, 17:30 (Paris), in 2 hours",
        ),
    ] {
        assert_eq!(answer(phrase), echo, "{phrase}");
    }
}

#[test]
fn zones_belong_to_what_they_follow() {
    for (phrase, echo) in [
        (
            "2026-11-24T14:00:00-05:00",
            "Tuesday 24 November, 20:00 (Paris), in 4 days 4 h",
        ),
        (
            "2026-11-24 14:00+05:30",
            "Tuesday 24 November, 09:30 (Paris), in 3 days 18 h",
        ),
        (
            "today 14:00 America/New_York",
            "Friday 20 November, 20:00 (Paris), in 4 h 30 min",
        ),
        (
            "tomorrow 14:00 est",
            "EST is not a zone name I can trust. Write America/New_York or UTC-5",
        ),
        (
            "tomorrow 14:00 Europe/Pariss",
            "unknown time zone Europe/Pariss. Write for example Europe/Paris or UTC+1",
        ),
        (
            "tomorrow 14:00 UTC-16:00",
            "I did not understand a time in \"tomorrow 14:00 UTC-16:00\". Try: tomorrow 14:00, in 2h, tue 14:00-16:00",
        ),
    ] {
        assert_eq!(answer(phrase), echo, "{phrase}");
    }
}

/// Phrases that are refused, and the reason given.
const REFUSALS: &[(&str, &str)] = &[
    ("", "say when, for example: tomorrow 14:00"),
    ("monday", "say at what time, for example: monday 14:00"),
    (
        "next fri",
        "say at what time, for example: next friday 14:00",
    ),
    ("24 nov", "say at what time, for example: 24 Nov 14:00"),
    (
        "midnight",
        "say which midnight, for example: tomorrow 00:00",
    ),
    (
        "tonight 00:30",
        "say when tonight, for example: today 20:00",
    ),
    ("30m", "write in 30m for the wait"),
    ("1h30m", "write in 1h 30m for the wait"),
    ("90 minutes", "write in 90 minutes for the wait"),
    ("48h", "write in 48h for the wait"),
    ("14h30", "write 14:30 for the time"),
    ("tomorrow 14h", "write 14:00 for the time"),
    ("14.30", "write 14:30 for the time"),
    (
        "24.11. 14:00",
        "24.11 can be read two ways. Write 24 Nov or 2026-11-24",
    ),
    (
        "5/6/2027 14:00",
        "5/6/2027 can be read two ways. Write 5 Jun or 2027-06-05",
    ),
    ("3/4", "3/4 can be read two ways. Write 3 Apr or 2027-04-03"),
    ("25:00", "25:00 is not a time of day"),
    ("24:00", "24:00 is not a time of day"),
    ("13pm", "13pm is not a time of day"),
    ("31 Nov 14:00", "November 2026 has 30 days"),
    ("2026-13-01 14:00", "there is no month 13"),
    (
        "mon 24 Nov 14:00",
        "24 November 2026 is a Tuesday, not a Monday",
    ),
    (
        "15 Nov 14:00",
        "15 November 2026 has passed. Did you mean 2027-11-15?",
    ),
    (
        "20 Nov 14:00",
        "14:00 today has passed. Did you mean tomorrow 14:00?",
    ),
    ("this monday 10:00", "that is in the past"),
    ("2026-11-20 15:29", "that is in the past"),
    ("5 minutes ago", "that is in the past"),
    ("last friday 10:00", "that is in the past"),
    (
        "24 Nov 14:00 to 23 Nov 16:00",
        "the window ends before it begins",
    ),
    (
        "24 Nov 14:00 to 20 Nov 16:00",
        "the window ends before it begins",
    ),
    (
        "now to now",
        "I did not understand a time in \"now to now\". Try: tomorrow 14:00, in 2h, tue 14:00-16:00",
    ),
    ("in 400 days", "that is more than a year away"),
    (
        "in 99999999h",
        "I did not understand a time in \"in 99999999h\". Try: tomorrow 14:00, in 2h, tue 14:00-16:00",
    ),
    (
        "1.5h",
        "I did not understand a time in \"1.5h\". Try: tomorrow 14:00, in 2h, tue 14:00-16:00",
    ),
];

#[test]
fn refusals_say_what_to_write() {
    for (phrase, reason) in REFUSALS {
        assert_eq!(answer(phrase), *reason, "{phrase}");
    }
}

#[test]
fn the_second_of_two_counts_once_the_first_has_passed() {
    let at = |text: &str| -> DateTime<Utc> { text.parse().unwrap() };
    let now = at("2026-10-25T00:40:00Z");
    assert_eq!(
        parse("02:30", now, &paris()),
        Ok(Moment::At(at("2026-10-25T01:30:00Z")))
    );
    let Ok(Moment::Span(span)) = parse("02:10-02:30", now, &paris()) else {
        panic!("a window inside the second hour");
    };
    assert_eq!(span.length(), TimeDelta::minutes(20));
}

#[test]
fn fixed_times_mean_the_same_whenever_they_are_read() {
    let at = |text: &str| fixed(text, &paris()).map(|at| at.to_rfc3339());
    assert_eq!(
        at("2026-12-18 12:00"),
        Ok("2026-12-18T11:00:00+00:00".to_owned())
    );
    assert_eq!(
        at("2020-06-01T12:00:00Z"),
        Ok("2020-06-01T12:00:00+00:00".to_owned())
    );
    for text in [
        "tomorrow 12:00",
        "in 2h",
        "18 Dec 12:00",
        "now",
        "2026-12-18 12:00-13:00",
        "x",
    ] {
        let reason = at(text).unwrap_err().to_string();
        assert_eq!(
            reason,
            format!("\"{text}\" is not a date and a time. Write for example 2026-12-18 12:00")
        );
    }
}

/// Texts made of what times are made of reach further into the grammar than any text does.
fn phrases() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "in",
        "at",
        "now",
        "for",
        "to",
        "-",
        "+",
        "next",
        "this",
        "fri",
        "monday",
        "tomorrow",
        "today",
        "tonight",
        "24",
        "2026",
        "nov",
        "feb",
        "29",
        "31",
        "2h",
        "1h30m",
        "30",
        "m",
        "pm",
        "am",
        "2",
        "14:00",
        "24:00",
        "02:30",
        "2026-11-24",
        "2027-03-28",
        "24/11",
        "11.24",
        ".",
        "utc",
        "UTC+1",
        "cet",
        "Europe/Paris",
        "noon",
        "a",
        "day",
        "weeks",
        "999999",
        "t",
        "z",
        ",",
        "é",
        "00:00:59",
        "last",
        "h",
        "days",
        "2026-02-",
    ]);
    prop::collection::vec((words, prop::bool::ANY), 0..9).prop_map(|words| {
        let spaced =
            |(word, space): (&str, bool)| format!("{word}{}", if space { " " } else { "" });
        words.into_iter().map(spaced).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whatever_is_typed_gets_an_answer(
        text in prop_oneof![phrases(), "\\PC*", "[0-9:/. -]{0,20}"],
        seconds in -62_000_000_000_i64..250_000_000_000,
        zone in prop::sample::select(vec!["Europe/Paris", "Australia/Lord_Howe", "Pacific/Apia"]),
    ) {
        let zone = Zone::parse(zone).unwrap();
        let now = DateTime::from_timestamp(seconds, 0).unwrap();
        match parse(&text, now, &zone) {
            Ok(moment) => {
                prop_assert!(moment.begins() >= now);
                if let Moment::Span(span) = moment {
                    prop_assert!(span.from() < span.to());
                }
                prop_assert!(!moment.echo(now, &zone).is_empty());
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
        let _either_way = fixed(&text, &zone);
    }
}
