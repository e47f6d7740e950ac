//! Somebody wants what is running to stop.

use super::team::{Team, env_id, failed, person, succeeded};
use crate::attempt::{AttemptKind, AttemptState, FailureMode, Stop};
use crate::refusal::Refusal;
use crate::reply::Reply;

#[test]
fn it_stops_after_the_work_at_hand() {
    let mut team = begun();
    assert_eq!(
        team.stops("dan", None),
        Ok(Reply::Stopping {
            environment: env_id("production")
        })
    );
    assert_eq!(team.did(), ["environment.stop_asked"]);
    assert!(team.is_busy("production"));
    team.ends_work("production", 1, succeeded()).unwrap();
    assert!(team.did().contains(&"environment.attempt_failed"));
    assert_eq!(mode(&team), FailureMode::Stopped);
    assert!(!team.is_busy("production"), "nobody wanted it rolled back");
    assert!(team.environment("production").lock.is_some());
    assert_eq!(
        team.incidents(),
        0,
        "nobody is called for what somebody did on purpose"
    );
}

#[test]
fn it_stops_before_the_next_work() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    team.starts("bo", release, "production");
    team.stops("dan", None).unwrap();
    assert_eq!(team.begins_work("production"), None);
    assert_eq!(mode(&team), FailureMode::Stopped);
    assert!(
        team.environment("production").lock.is_none(),
        "nothing was touched"
    );
}

#[test]
fn it_stops_and_goes_back() {
    let mut team = begun();
    team.stops("dan", Some("the logs look wrong")).unwrap();
    team.ends_work("production", 1, succeeded()).unwrap();
    let attempt = team.environment("production").active().unwrap();
    let reason = "the logs look wrong".to_owned();
    assert_eq!(
        attempt.kind,
        AttemptKind::Rollback {
            reason,
            automatic: false
        }
    );
    assert_eq!(attempt.by, Some(person("dan")));
    team.works_well("production");
    assert_eq!(team.runs("production"), "1.3.0");
}

#[test]
fn it_goes_back_before_the_next_work() {
    let mut team = begun();
    team.ends_work("production", 1, succeeded()).unwrap();
    team.stops("dan", Some("the logs look wrong")).unwrap();
    assert_eq!(team.begins_work("production"), None);
    let attempt = team.environment("production").active().unwrap();
    assert_eq!((attempt.number, attempt.is_rollback()), (3, true));
}

#[test]
fn it_goes_back_even_if_the_last_work_ends_well() {
    let mut team = begun();
    team.ends_work("production", 1, succeeded()).unwrap();
    team.works("production", succeeded());
    team.begins_work("production");
    team.stops("dan", Some("the logs look wrong")).unwrap();
    team.ends_work("production", 3, succeeded()).unwrap();
    assert!(
        team.environment("production")
            .active()
            .unwrap()
            .is_rollback()
    );
}

#[test]
fn with_nothing_left_to_do_a_stop_changes_nothing() {
    let mut team = begun();
    team.ends_work("production", 1, succeeded()).unwrap();
    team.works("production", succeeded());
    team.begins_work("production");
    team.stops("dan", None).unwrap();
    team.ends_work("production", 3, succeeded()).unwrap();
    assert_eq!(
        team.runs("production"),
        "1.4.0",
        "all of it is done and proven"
    );
}

#[test]
fn wanting_it_twice_is_wanting_it_once() {
    let mut team = begun();
    team.stops("dan", Some("the logs look wrong")).unwrap();
    team.stops("bo", None).unwrap();
    assert!(team.did().is_empty());
    let rollback = Some("the logs look wrong".to_owned());
    let stop = Stop {
        by: person("dan"),
        rollback,
    };
    assert_eq!(
        team.environment("production").active().unwrap().stop,
        Some(stop)
    );
}

#[test]
fn going_back_can_still_be_wanted_after_a_stop() {
    let mut team = begun();
    team.stops("dan", None).unwrap();
    team.stops("bo", Some("go back")).unwrap();
    assert_eq!(team.did(), ["environment.stop_asked"]);
    team.ends_work("production", 1, succeeded()).unwrap();
    assert!(
        team.environment("production")
            .active()
            .unwrap()
            .is_rollback()
    );
}

#[test]
fn a_rollback_can_be_stopped_and_taken_back_by_a_person() {
    let mut team = begun();
    team.ends_work("production", 1, failed(FailureMode::Runtime))
        .unwrap();
    team.works("production", succeeded());
    team.begins_work("production");
    team.stops("dan", Some("try once more")).unwrap();
    team.ends_work("production", 1, failed(FailureMode::Runtime))
        .unwrap();
    let attempt = team.environment("production").active().unwrap();
    assert_eq!((attempt.number, attempt.is_rollback()), (4, true));
}

#[test]
fn only_what_runs_can_be_stopped() {
    let mut team = Team::new();
    let nothing = Refusal::NothingRunning {
        environment: env_id("production"),
    };
    assert_eq!(team.stops("dan", None), Err(nothing));
    let mut team = begun();
    let refused = team.stops("chloe", Some("slow"));
    assert!(
        matches!(refused, Err(Refusal::NotAllowed { .. })),
        "that takes the right to go back"
    );
    assert!(matches!(
        team.stops("dan", Some("")),
        Err(Refusal::Missing { .. })
    ));
}

/// A second deploy whose migration is running.
fn begun() -> Team {
    let mut team = Team::new();
    team.ships("1.3.0");
    let release = team.readies("1.4.0");
    team.starts("bo", release, "production");
    team.works("production", succeeded());
    team.begins_work("production");
    team
}

fn mode(team: &Team) -> FailureMode {
    let attempt = team.environment("production").attempt.as_ref().unwrap();
    let AttemptState::Failed { mode, .. } = attempt.state else {
        panic!("{attempt:?}")
    };
    mode
}
