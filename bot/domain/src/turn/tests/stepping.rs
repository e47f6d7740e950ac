//! When a step is done, and what follows if it fails.

use super::team::{Team, failed, succeeded};
use crate::attempt::{AttemptKind, FailureMode, Progress, Work};
use crate::policy::{EnvPolicy, OnFailure};
use crate::steps::{StepKind, Then, When};

#[test]
fn a_step_is_done_on_its_way_only() {
    let mut team = Team::with_production(|env| {
        env.rollback = Vec::new();
        env.deploy[0].when = When::Rollback;
        env.deploy[1].when = When::Deploy;
    });
    team.ships("1.3.0");
    let release = team.readies("1.4.0");
    team.starts("bo", release, "production");
    assert_eq!(kinds(&team), ["run", "up"]);
    team.works("production", succeeded());
    team.works("production", failed(FailureMode::Healthcheck));
    assert_eq!(kinds(&team), ["pull", "up"], "it goes back");
}

#[test]
fn what_was_worth_a_try_fails_and_the_next_step_follows() {
    let mut team = with_then(Some(Then::GoOn), OnFailure::Rollback);
    fails(&mut team);
    let attempt = team.environment("production").active().unwrap();
    assert_eq!(attempt.kind, AttemptKind::Deploy);
    assert!(matches!(attempt.progress[2], Progress::Pending));
    team.works_well("production");
    assert_eq!(team.runs("production"), "1.4.0");
}

#[test]
fn a_step_says_what_follows_and_the_environment_does_not() {
    let mut team = with_then(Some(Then::Stop), OnFailure::Rollback);
    fails(&mut team);
    assert!(!team.is_busy("production"));
    assert!(team.environment("production").lock.is_some());

    let mut team = with_then(Some(Then::RollBack), OnFailure::Stop);
    fails(&mut team);
    let attempt = team.environment("production").active().unwrap();
    assert!(attempt.is_rollback());
}

/// Production runs 1.3.0, and is at the migration of 1.4.0.
fn with_then(then: Option<Then>, on_failure: OnFailure) -> Team {
    let mut team = Team::with_production(|env: &mut EnvPolicy| {
        env.deploy[1].then = then;
        env.on_failure = on_failure;
    });
    team.ships("1.3.0");
    let release = team.readies("1.4.0");
    team.starts("bo", release, "production");
    team.works("production", succeeded());
    team
}

fn fails(team: &mut Team) {
    team.works("production", failed(FailureMode::Runtime));
}

fn kinds(team: &Team) -> Vec<&'static str> {
    let attempt = team.environment("production").active().unwrap();
    let steps = attempt.work.iter().filter_map(|work| match work {
        Work::Step(step) => Some(step),
        Work::Check(_) => None,
    });
    { steps }
        .map(|step| match step.kind {
            StepKind::Pull(_) => "pull",
            StepKind::Up(_) => "up",
            StepKind::Run(_) => "run",
            _ => "another",
        })
        .collect()
}
