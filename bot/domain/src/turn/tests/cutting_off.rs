//! Work was cut off, nobody knows how it ended, and somebody says how to go on.

use super::team::{Team, cut_off, env_id, failed, person, role, succeeded, version};
use crate::attempt::{AttemptKind, AttemptState, Choice, FailureMode, Next};
use crate::command::Wish;
use crate::notice::News;
use crate::policy::Action;
use crate::refusal::Refusal;
use crate::reply::Reply;

#[test]
fn it_waits_and_tells_what_was_seen() {
    let team = waiting();
    let told = team.news().into_iter().find_map(|it| match it {
        News::CutOff { seen, back, .. } => Some((seen.clone(), back.clone())),
        _ => None,
    });
    let seen = "its container is gone".to_owned();
    assert_eq!(told, Some((seen, Some(version("1.3.0")))));
    let environment = team.environment("production");
    let attempt = environment.active().expect("it is not over");
    assert!(matches!(attempt.next(), Next::Decide(it) if it.index == 1));
    assert!(environment.lock.is_none(), "it is no failure yet");
    assert_eq!(team.incidents(), 1, "somebody is called");
}

#[test]
fn it_worked_and_goes_on_with_the_next_step() {
    let mut team = waiting();
    let goes_on = Reply::GoesOn {
        environment: env_id("production"),
    };
    assert_eq!(
        team.decides("dan", "production", Choice::Worked),
        Ok(goes_on)
    );
    assert_eq!(team.did(), ["environment.decided"]);
    let attempt = team.environment("production").active().unwrap();
    assert_eq!(attempt.decisions[0].by, person("dan"));
    assert_eq!(team.begins_work("production"), Some(2));
    team.ends_work("production", 2, succeeded()).unwrap();
    team.works_well("production");
    assert_eq!(team.runs("production"), "1.4.0");
}

#[test]
fn it_runs_again_under_a_key_of_its_own() {
    let mut team = waiting();
    team.decides("dan", "production", Choice::Again).unwrap();
    let attempt = team.environment("production").active().unwrap();
    assert_eq!((attempt.repeats(1), attempt.repeats(2)), (1, 0));
    assert_eq!(team.begins_work("production"), Some(1));
    // That is cut off as well, and once more somebody is asked.
    team.ends_work("production", 1, cut_off()).unwrap();
    assert!(team.is_cut_off("production"));
    team.decides("bo", "production", Choice::Again).unwrap();
    let attempt = team.environment("production").active().unwrap();
    assert_eq!(attempt.repeats(1), 2);
    team.works_well("production");
    assert_eq!(team.runs("production"), "1.4.0");
}

#[test]
fn it_goes_back_by_stop_or_by_rollback() {
    let by_stop: fn(&mut Team) -> _ = |team| team.stops("dan", Some("it locks the table"));
    let by_name: fn(&mut Team) -> _ = |team| team.rolls_back("dan", Some("1.3.0"));
    let by_rollback: fn(&mut Team) -> _ = |team| team.rolls_back("dan", None);
    for goes_back in [by_stop, by_name, by_rollback] {
        let mut team = waiting();
        goes_back(&mut team).unwrap();
        assert_eq!(team.did()[0], "environment.stop_asked");
        let attempt = team.environment("production").active().unwrap();
        assert!(matches!(
            attempt.kind,
            AttemptKind::Rollback {
                automatic: false,
                ..
            }
        ));
        assert_eq!(attempt.by, Some(person("dan")));
        team.works_well("production");
        assert_eq!(team.runs("production"), "1.3.0");
    }
}

#[test]
fn it_can_be_left_as_it_is() {
    let mut team = waiting();
    team.stops("dan", None).unwrap();
    let environment = team.environment("production");
    assert!(environment.active().is_none() && environment.lock.is_some());
    let state = &environment.attempt.as_ref().unwrap().state;
    let stopped = FailureMode::Stopped;
    assert!(matches!(state, AttemptState::Failed { mode, .. } if *mode == stopped));
}

#[test]
fn the_last_piece_of_work_that_worked_proves_it_all() {
    let mut team = waiting();
    team.decides("dan", "production", Choice::Worked).unwrap();
    team.works("production", succeeded());
    team.works("production", cut_off());
    assert!(team.is_cut_off("production"));
    team.decides("dan", "production", Choice::Worked).unwrap();
    assert_eq!(team.runs("production"), "1.4.0");
}

#[test]
fn whoever_wanted_it_stopped_is_not_asked() {
    let mut team = begun();
    team.stops("dan", Some("it locks the table")).unwrap();
    team.ends_work("production", 1, cut_off()).unwrap();
    let attempt = team.environment("production").active().unwrap();
    assert!(attempt.is_rollback());
}

#[test]
fn whoever_may_not_decide_hears_who_may() {
    let mut team = waiting();
    let roles = vec![role("sre"), role("release-manager")];
    team.changes_policy(|policy| {
        policy.allow.insert(Action::Deploy, roles);
    })
    .unwrap();
    let refused = team.decides("chloe", "production", Choice::Worked);
    let Err(Refusal::NotAllowed { people, .. }) = refused else {
        panic!("{refused:?}")
    };
    assert!(people.contains(&person("dan")), "{people:?}");
    let refused = team.rolls_back("dan", Some("1.2.0"));
    let Err(Refusal::Undecided { people, .. }) = refused else {
        panic!("{refused:?}")
    };
    assert!(people.contains(&person("dan")), "{people:?}");
}

#[test]
fn an_answer_to_an_older_question_changes_nothing() {
    let mut team = waiting();
    let pressed = |asked| Wish::Decide {
        environment: env_id("production"),
        asked: Some(asked),
        choice: Choice::Again,
    };
    team.says("dan", pressed((2, 0))).unwrap();
    let decided = Refusal::Decided {
        environment: env_id("production"),
        by: person("dan"),
    };
    assert_eq!(team.says("bo", pressed((2, 0))), Err(decided.clone()));
    team.works("production", cut_off());
    assert_eq!(team.says("bo", pressed((2, 0))), Err(decided));
    team.says("bo", pressed((2, 1))).unwrap();
    let nothing = Refusal::NothingToDecide {
        environment: env_id("production"),
    };
    assert_eq!(team.says("bo", pressed((1, 0))), Err(nothing.clone()));
    assert_eq!(
        team.decides("bo", "production", Choice::Again),
        Err(nothing)
    );
}

#[test]
fn a_rollback_that_is_cut_off_waits_too() {
    let mut team = begun();
    team.ends_work("production", 1, failed(FailureMode::Runtime))
        .unwrap();
    team.works("production", cut_off());
    assert!(team.is_cut_off("production"));
    team.decides("dan", "production", Choice::Again).unwrap();
    team.works_well("production");
    assert_eq!(team.runs("production"), "1.3.0");
}

/// A second deploy whose migration was cut off.
fn waiting() -> Team {
    let mut team = begun();
    team.ends_work("production", 1, cut_off()).unwrap();
    team
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
