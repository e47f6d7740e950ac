//! A step has a person do something, or a check has one look.

use super::team::{Team, env_id, length, person, role, succeeded};
use crate::attempt::{AttemptKind, AttemptState, Choice, FailureMode, Next, Progress};
use crate::checks::{Check, CheckKind};
use crate::command::Wish;
use crate::event::Outcome;
use crate::notice::News;
use crate::policy::EnvPolicy;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::steps::{Ask, Step, StepKind};

#[test]
fn those_who_can_answer_are_told_once_and_nothing_is_at_work() {
    let team = asking();
    let told = team.news().into_iter().find_map(|it| match it {
        News::Asked { text, role, .. } => Some((text.clone(), role.clone())),
        _ => None,
    });
    assert_eq!(told, Some(("Drain the queue".to_owned(), role("sre"))));
    let attempt = team.environment("production").active().unwrap();
    let Next::Await(asked) = attempt.next() else {
        panic!("{:?}", attempt.next())
    };
    assert_eq!(asked.until - asked.since, length("5m").delta());
    assert!(!team.environment("production").touched, "nothing was done");
}

#[test]
fn it_goes_on_when_somebody_of_that_role_says_so_and_that_is_evidence() {
    let mut team = asking();
    let goes_on = Reply::GoesOn {
        environment: env_id("production"),
    };
    assert_eq!(
        team.decides("bo", "production", Choice::Worked),
        Ok(goes_on)
    );
    assert_eq!(
        team.did(),
        ["environment.decided", "environment.work_ended"]
    );
    let attempt = team.environment("production").active().unwrap();
    assert_eq!(attempt.decision(0).unwrap().by, person("bo"));
    let Progress::Ended { outcome, .. } = &attempt.progress[0] else {
        panic!("{:?}", attempt.progress[0])
    };
    let Outcome::Succeeded { evidence } = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(evidence.findings, ["bo (sre) said that it is done"]);
    team.works_well("production");
    assert_eq!(team.runs("production"), "1.4.0");
}

#[test]
fn nobody_else_can_answer() {
    let mut team = asking();
    let not_asked = Refusal::NotAsked {
        role: role("sre"),
        people: vec![person("bo")],
    };
    let refused = team.decides("dan", "production", Choice::Worked);
    assert_eq!(refused, Err(not_asked));
    let refused = team.decides("bo", "production", Choice::Again);
    assert!(matches!(refused, Err(Refusal::NothingToRepeat { .. })));
}

#[test]
fn whoever_says_no_ends_it_and_what_was_not_touched_stays() {
    let mut team = asking();
    team.decides("bo", "production", Choice::Failed).unwrap();
    let attempt = team.environment("production").attempt.clone().unwrap();
    let AttemptState::Failed { mode, why, .. } = attempt.state else {
        panic!("{:?}", attempt.state)
    };
    assert_eq!(mode, FailureMode::Verification);
    assert_eq!(why, "bo (sre) said no: Drain the queue");
    assert_eq!(team.runs("production"), "1.3.0");
    assert!(!team.is_busy("production"), "there is nothing to take back");
}

#[test]
fn it_can_be_stopped_at_once() {
    let mut team = asking();
    team.stops("dan", None).unwrap();
    assert!(!team.is_busy("production"));
}

#[test]
fn an_answer_counts_for_the_question_it_was_given_to() {
    let mut team = asking();
    let pressed = Wish::Decide {
        environment: env_id("production"),
        asked: Some((2, 0)),
        choice: Choice::Worked,
    };
    team.says("bo", pressed.clone()).unwrap();
    let decided = Refusal::Decided {
        environment: env_id("production"),
        by: person("bo"),
    };
    assert_eq!(team.says("bo", pressed), Err(decided));
}

#[test]
fn the_bot_comes_back_and_the_question_stands() {
    let mut team = asking();
    team.world_says(crate::command::Report::FenceTaken {
        environment: env_id("production"),
        attempt: 2,
    })
    .unwrap();
    let attempt = team.environment("production").active().unwrap();
    assert!(matches!(attempt.next(), Next::Await(_)));
    team.decides("bo", "production", Choice::Worked).unwrap();
    team.works_well("production");
}

#[test]
fn a_check_that_somebody_fails_takes_the_deploy_back() {
    let mut team = Team::with_production(|env| {
        env.smoke = vec![Check {
            title: None,
            tries: 1,
            every: length("1s"),
            kind: CheckKind::Ask(Ask {
                role: role("product-owner"),
                text: "Log in and out".to_owned(),
            }),
        }];
    });
    for good in [true, false] {
        let version = if good { "1.3.0" } else { "1.4.0" };
        let release = team.readies(version);
        team.starts("bo", release, "production");
        for _ in 0..3 {
            team.works("production", succeeded());
        }
        assert_eq!(team.begins_work("production"), Some(3));
        let choice = if good { Choice::Worked } else { Choice::Failed };
        team.decides("chloe", "production", choice).unwrap();
    }
    let attempt = team.environment("production").active().unwrap();
    assert!(matches!(
        attempt.kind,
        AttemptKind::Rollback {
            automatic: true,
            ..
        }
    ));
}

/// Production runs 1.3.0, and the deploy of 1.4.0 begins with a question to engineers.
fn asking() -> Team {
    let mut team = Team::new();
    team.ships("1.3.0");
    team.changes_policy(|policy| {
        let production = |it: &&mut EnvPolicy| it.name.as_str() == "production";
        let env = policy.environments.iter_mut().find(production).unwrap();
        let ask = Ask {
            role: role("sre"),
            text: "Drain the queue".to_owned(),
        };
        let step = Step::new(StepKind::Ask(ask), length("5m"));
        env.deploy.insert(0, step);
    })
    .unwrap();
    let release = team.readies("1.4.0");
    team.starts("bo", release, "production");
    assert_eq!(team.begins_work("production"), Some(0));
    team
}
