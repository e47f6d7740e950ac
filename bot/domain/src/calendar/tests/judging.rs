//! What the calendar says, and when it may say something else.

use chrono::{DateTime, Utc};

use crate::calendar::{Allowance, Freeze, Hours, Span, Window, Zone, judge, next_change};

fn at(text: &str) -> DateTime<Utc> {
    format!("2026-{text}:00+01:00").parse().unwrap()
}

fn span(from: &str, to: &str) -> Span {
    Span::new(at(from), at(to)).unwrap()
}

fn hours(windows: &[&str]) -> Hours {
    let parsed = windows
        .iter()
        .map(|text| serde_json::from_str(text).unwrap());
    Hours {
        zone: Zone::parse("Europe/Paris").unwrap(),
        windows: parsed.collect(),
    }
}

fn tuesdays() -> Hours {
    hours(&[r#""Tue,Thu 14:00-16:00""#])
}

fn freeze(from: &str, to: Option<&str>, reason: &str) -> Freeze {
    Freeze {
        from: at(from),
        to: to.map(at),
        reason: reason.to_owned(),
        by: "ana".to_owned(),
    }
}

fn closed(from: &str, to: &str) -> Allowance {
    Allowance::Closed {
        next: Some(span(from, to)),
    }
}

// 24 November 2026 is a Tuesday.

#[test]
fn windows_open_and_close() {
    for (now, said, change) in [
        (
            "11-24T13:59",
            closed("11-24T14:00", "11-24T16:00"),
            "11-24T14:00",
        ),
        (
            "11-24T14:00",
            Allowance::Open {
                until: at("11-24T16:00"),
            },
            "11-24T16:00",
        ),
        (
            "11-24T15:59",
            Allowance::Open {
                until: at("11-24T16:00"),
            },
            "11-24T16:00",
        ),
        (
            "11-24T16:00",
            closed("11-26T14:00", "11-26T16:00"),
            "11-26T14:00",
        ),
    ] {
        assert_eq!(judge(&tuesdays(), &[], &[], at(now)), said, "{now}");
        assert_eq!(
            next_change(&tuesdays(), &[], &[], at(now)),
            Some(at(change))
        );
    }
}

#[test]
fn without_windows_everything_is_allowed_that_is_not_frozen() {
    let freezes = [freeze("12-18T12:00", None, "closing")];
    let one_off = [span("11-24T14:00", "11-24T16:00")];
    let now = at("11-24T10:00");
    assert_eq!(
        judge(&hours(&[]), &one_off, &freezes, now),
        Allowance::Unrestricted
    );
    assert_eq!(
        next_change(&hours(&[]), &[], &freezes, now),
        Some(at("12-18T12:00"))
    );
    let frozen = Allowance::Frozen {
        until: None,
        reason: "closing".to_owned(),
    };
    let later = at("12-20T12:00");
    assert_eq!(judge(&hours(&[]), &[], &freezes, later), frozen);
    assert_eq!(next_change(&hours(&[]), &[], &freezes, later), None);
}

#[test]
fn one_off_windows_add_to_the_others() {
    let one_offs = [
        span("11-24T15:00", "11-24T17:00"),
        span("11-25T09:00", "11-25T10:00"),
    ];
    let said = |now: &str| judge(&tuesdays(), &one_offs, &[], at(now));
    assert_eq!(
        said("11-24T14:30"),
        Allowance::Open {
            until: at("11-24T17:00")
        }
    );
    assert_eq!(said("11-24T17:00"), closed("11-25T09:00", "11-25T10:00"));
}

#[test]
fn a_freeze_wins_over_any_window() {
    let freezes = [
        freeze("11-24T15:00", Some("11-26T15:00"), "audit"),
        freeze("11-26T14:30", Some("11-26T15:30"), "quiet"),
    ];
    let said = |now: &str| judge(&tuesdays(), &[], &freezes, at(now));
    assert_eq!(
        said("11-24T14:30"),
        Allowance::Open {
            until: at("11-24T15:00")
        }
    );
    let frozen = |reason: &str| Allowance::Frozen {
        until: Some(at("11-26T15:30")),
        reason: reason.to_owned(),
    };
    assert_eq!(said("11-24T15:30"), frozen("audit"));
    assert_eq!(said("11-26T14:45"), frozen("quiet"));
    assert_eq!(
        said("11-26T15:30"),
        Allowance::Open {
            until: at("11-26T16:00")
        }
    );
    let before = judge(&tuesdays(), &[], &freezes[..1], at("11-20T10:00"));
    assert_eq!(before, closed("11-24T14:00", "11-24T15:00"));
}

#[test]
fn windows_that_touch_are_one_opening() {
    let week = hours(&[r#""Mon-Fri 09:00-24:00""#, r#""Tue 00:00-09:00""#]);
    let open = week.is_open(at("11-23T10:00")).unwrap();
    assert_eq!(
        open,
        span(
            "11-23T09:00",
            "11-24T24:00".replace("24T24", "25T00").as_str()
        )
    );
    let always = hours(&[r#""daily 00:00-24:00""#]);
    assert!(always.is_open(at("11-23T10:00")).is_some());
    assert_eq!(always.next_opening(at("11-23T10:00")), None);
}

#[test]
fn schedules_open_for_a_length_of_time() {
    let hours = hours(&[r#"{"cron":"0 22 * * 6","for":"4h"}"#]);
    let openings: Vec<Span> = hours.openings(at("11-22T01:00")).take(3).collect();
    assert_eq!(
        openings,
        [
            span("11-28T22:00", "11-29T02:00"),
            span("12-05T22:00", "12-06T02:00"),
            span("12-12T22:00", "12-13T02:00"),
        ]
    );
    let open = hours.is_open(at("11-22T01:00"));
    assert_eq!(open, Some(span("11-21T22:00", "11-22T02:00")));
}

#[test]
fn windows_that_never_open_are_found() {
    let rare = r#"{"cron":"0 14 29 2 *","for":"2h"}"#;
    let hours = hours(&[r#""Sun 02:00-03:00""#, rare]);
    let never = hours.never_opening(at("11-20T12:00"));
    assert_eq!(never, [&hours.windows[1]]);
    let said = judge(
        &Hours {
            zone: hours.zone.clone(),
            windows: vec![never[0].clone()],
        },
        &[],
        &[],
        at("11-20T12:00"),
    );
    assert_eq!(said, Allowance::Closed { next: None });
    let text = serde_json::to_string(&said).unwrap();
    assert_eq!(serde_json::from_str::<Allowance>(&text).unwrap(), said);
    assert_eq!(
        hours
            .windows
            .iter()
            .map(Window::to_string)
            .collect::<Vec<_>>(),
        ["Sun 02:00-03:00", "0 14 29 2 * for 2h"]
    );
}
