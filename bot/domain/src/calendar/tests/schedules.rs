//! Schedules against `croner`, and against their own rules on the days clocks change.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use jiff::{Timestamp, Zoned, tz::TimeZoneDatabase};
use proptest::prelude::*;

use crate::calendar::{CronExpr, Zone};

const ZONES: [&str; 4] = [
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "UTC",
];

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn ours(expr: &str, zone: &Zone, from: DateTime<Utc>, count: usize) -> Vec<String> {
    let expr = CronExpr::parse(expr).unwrap();
    expr.after(from, zone)
        .take(count)
        .map(|at| at.format("%d %H:%M").to_string())
        .collect()
}

#[test]
fn a_skipped_time_happens_at_the_first_moment_after() {
    let berlin = Zone::parse("Europe/Berlin").unwrap();
    let eve = at("2026-03-28T20:00:00Z");
    assert_eq!(
        ours("30 2 * * *", &berlin, eve, 2),
        ["29 01:00", "30 00:30"]
    );
    assert_eq!(
        ours("*/30 1-3 * * *", &berlin, eve, 5),
        ["29 00:00", "29 00:30", "29 01:00", "29 01:30", "29 23:00"]
    );
}

#[test]
fn a_repeated_time_happens_once() {
    let berlin = Zone::parse("Europe/Berlin").unwrap();
    let eve = at("2026-10-24T20:00:00Z");
    assert_eq!(
        ours("30 2 * * *", &berlin, eve, 2),
        ["25 00:30", "26 01:30"]
    );
    let between = at("2026-10-25T01:10:00Z");
    assert_eq!(ours("30 2 * * *", &berlin, between, 1), ["26 01:30"]);
    assert_eq!(
        ours("*/30 1-3 * * *", &berlin, eve, 6),
        [
            "24 23:00", "24 23:30", "25 00:00", "25 00:30", "25 02:00", "25 02:30"
        ]
    );
}

#[test]
fn a_schedule_is_kept_as_it_was_typed() {
    let expr: CronExpr = serde_json::from_str("\"0 14  * * Tue,4\"").unwrap();
    assert_eq!(serde_json::to_string(&expr).unwrap(), "\"0 14 * * Tue,4\"");
    assert_eq!(expr.times_a_day(), 1);
}

#[test]
fn a_fixed_time_happens_once_on_every_day_of_ten_years() {
    for zone in ZONES {
        let zone = Zone::parse(zone).unwrap();
        for (hour, minute) in [(0, 0), (1, 30), (2, 0), (2, 15), (2, 30), (3, 0)] {
            let expr = CronExpr::parse(&format!("{minute} {hour} * * *")).unwrap();
            let (from, to) = (at("2020-01-01T12:00:00Z"), at("2030-01-01T12:00:00Z"));
            let days: Vec<_> = expr.after(from, &zone).take_while(|at| *at < to).collect();
            assert_eq!(days.len(), 3653, "{expr} in {zone}");
        }
    }
}

/// What `croner` says, up to an instant.
fn theirs(expr: &str, zone: &str, span: (DateTime<Utc>, DateTime<Utc>)) -> Vec<DateTime<Utc>> {
    let cron: croner::Cron = expr.parse().unwrap();
    let rules = TimeZoneDatabase::bundled().get(zone).unwrap();
    let begin = Timestamp::from_second(span.0.timestamp()).unwrap();
    let mut now = Zoned::new(begin, rules);
    let mut found = Vec::new();
    while let Ok(next) = cron.find_next_occurrence(&now, false) {
        let instant = DateTime::from_timestamp(next.timestamp().as_second(), 0).unwrap();
        if instant >= span.1 {
            break;
        }
        found.push(instant);
        now = next;
    }
    found
}

fn mine(expr: &str, zone: &Zone, span: (DateTime<Utc>, DateTime<Utc>)) -> Vec<DateTime<Utc>> {
    let expr = CronExpr::parse(expr).unwrap();
    let found = expr.after(span.0, zone);
    found.take_while(|instant| *instant < span.1).collect()
}

/// Whether clocks are left alone on the day of an instant.
fn calm(zone: &Zone, instant: DateTime<Utc>) -> bool {
    let day = TimeDelta::days(1);
    zone.offset(instant - day) == zone.offset(instant + day)
}

fn field(low: u32, high: u32) -> impl Strategy<Value = String> {
    let range = (low..=high, low..=high).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b)));
    prop_oneof![
        3 => (low..=high).prop_map(|value| value.to_string()),
        2 => Just("*".to_owned()),
        1 => prop::collection::btree_set(low..=high, 2..4).prop_map(|values| listed(&values)),
        1 => range.clone(),
        1 => (range, 1..=high.min(9)).prop_map(|(range, step)| format!("{range}/{step}")),
        1 => (1..=high.min(9)).prop_map(|step| format!("*/{step}")),
    ]
}

fn listed(values: &BTreeSet<u32>) -> String {
    let values: Vec<String> = values.iter().map(u32::to_string).collect();
    values.join(",")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn single_times_agree_with_croner_on_every_day(
        (minute, hour) in (0..60_u32, 0..5_u32),
        weekday in prop_oneof![Just("*".to_owned()), (0..=7_u32).prop_map(|day| day.to_string())],
        zone in prop::sample::select(ZONES.to_vec()),
        start in 0..1800_i64,
    ) {
        let expr = format!("{minute} {hour} * * {weekday}");
        let from = at("2026-01-01T12:00:00Z") + TimeDelta::days(start);
        let span = (from, from + TimeDelta::days(400));
        let named = Zone::parse(zone).unwrap();
        prop_assert_eq!(mine(&expr, &named, span), theirs(&expr, zone, span), "{}", expr);
    }

    #[test]
    fn all_schedules_agree_with_croner_where_clocks_are_left_alone(
        (minute, hour, month) in (field(0, 59), field(0, 23), field(1, 12)),
        day in prop_oneof![
            field(1, 31).prop_map(|day| (day, "*".to_owned())),
            field(0, 7).prop_map(|weekday| ("*".to_owned(), weekday)),
        ],
        zone in prop::sample::select(ZONES.to_vec()),
        start in 0..1800_i64,
    ) {
        let expr = format!("{minute} {hour} {} {month} {}", day.0, day.1);
        let from = at("2026-01-01T12:00:00Z") + TimeDelta::days(start);
        let span = (from, from + TimeDelta::days(20));
        let named = Zone::parse(zone).unwrap();
        // A day that no month has is refused here and searched for in vain there.
        if CronExpr::parse(&expr).is_ok() {
            let (mut mine, mut theirs) = (mine(&expr, &named, span), theirs(&expr, zone, span));
            prop_assert!(mine.is_sorted_by(|one, other| one < other));
            mine.retain(|instant| calm(&named, *instant));
            theirs.retain(|instant| calm(&named, *instant));
            prop_assert_eq!(mine, theirs, "{}", expr);
        }
    }

    #[test]
    fn whatever_is_typed_gets_an_answer(
        text in prop_oneof![
            "\\PC*",
            "([0-9*/,-]{1,6} ){4}[0-9*/,A-Za-z-]{1,6}",
        ],
        seconds in -90_000_000_000_i64..300_000_000_000,
    ) {
        if let Ok(expr) = CronExpr::parse(&text) {
            let now = DateTime::from_timestamp(seconds, 0).unwrap();
            let zone = Zone::parse("Europe/Berlin").unwrap();
            prop_assert!(expr.after(now, &zone).take(3).all(|instant| instant > now));
            prop_assert_eq!(CronExpr::parse(&expr.to_string()), Ok(expr));
        }
    }
}
