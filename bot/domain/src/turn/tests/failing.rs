//! A deploy fails: the way back is taken once, or everything stops and somebody is called.

use super::team::{Team, env_name, failed, person, succeeded};
use crate::ask::Phase;
use crate::attempt::{AttemptKind, FailureMode};
use crate::effect::{Audience, Effect};
use crate::event::{Evidence, Outcome, StageResult};
use crate::gates::Waiting;
use crate::notice::{AfterFailure, News};
use crate::policy::OnFailure;
use crate::refusal::Refusal;
use crate::reply::Reply;

#[test]
fn it_returns_to_what_ran_and_is_locked() {
    let mut team = Team::new();
    let first = team.ships("1.4.0");
    let second = team.readies("1.5.0");
    team.starts("bo", second, "production");
    team.breaks("production");
    let did = [
        "environment.work_ended",
        "environment.attempt_failed",
        "release.stage_ended",
        "incident.opened",
        "incident.paged",
        "environment.attempt_started",
    ];
    assert_eq!(team.did(), did);
    assert_eq!(
        after(&team),
        Some(AfterFailure::RollsBack(super::team::version("1.4.0")))
    );
    let attempt = team.environment("production").active().unwrap();
    let reason = "unhealthy".to_owned();
    assert_eq!(
        attempt.kind,
        AttemptKind::Rollback {
            reason,
            automatic: true
        }
    );
    assert_eq!(
        (attempt.release, attempt.target, attempt.by.clone()),
        (second, first, None)
    );
    assert_eq!(
        attempt.work.len(),
        3,
        "the steps of a rollback, and the smoke tests"
    );

    team.works_well("production");
    let did = [
        "environment.work_ended",
        "environment.attempt_verified",
        "release.stage_ended",
        "environment.locked",
    ];
    assert_eq!(team.did(), did);
    assert!(matches!(team.news()[..], [News::RolledBack { .. }]));
    assert_eq!(team.runs("production"), "1.4.0");
    let lock = team.environment("production").lock.as_ref().unwrap();
    assert_eq!(lock.why, "rolled back from 1.5.0 to 1.4.0");
    let stage = &team.release(second).stages[&env_name("production")];
    let (_, result) = stage.attempts.last().unwrap().ended.clone().unwrap();
    assert_eq!(result, StageResult::RolledBack(first));
    assert!(team.release(second).is_open());
    assert!(
        team.ask(second, "production", Phase::Signoff).is_none(),
        "nobody asks by itself"
    );
}

#[test]
fn whoever_deployed_is_told_in_the_channel() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    team.starts("bo", release, "production");
    team.breaks("production");
    let loud = team.effects().iter().find_map(|it| match it {
        Effect::Say {
            to: Audience::Channel,
            notice,
            ..
        } => Some(notice),
        _ => None,
    });
    let notice = loud.unwrap();
    assert_eq!(notice.mention, [person("bo")]);
    let News::AttemptFailed { step, mode, .. } = &notice.news else {
        panic!("{notice:?}")
    };
    assert_eq!(
        (step.as_deref(), *mode),
        (Some("Run migrate"), FailureMode::Healthcheck)
    );
}

#[test]
fn a_rollback_that_fails_is_not_rolled_back() {
    let mut team = Team::new();
    team.ships("1.4.0");
    let second = team.readies("1.5.0");
    team.starts("bo", second, "production");
    team.breaks("production");
    team.breaks("production");
    assert!(!team.is_busy("production"), "it never chains");
    let current = super::team::version("1.4.0");
    assert_eq!(after(&team), Some(AfterFailure::Stays(Some(current))));
    assert!(team.environment("production").lock.is_some());
    assert_eq!(team.incidents(), 2);
    assert!(
        team.rolls_back("bo", None).is_ok(),
        "but a person may try again"
    );
    let target = &team
        .environment("production")
        .active()
        .unwrap()
        .manifest
        .version;
    assert_eq!(
        target.as_str(),
        "1.4.0",
        "to what should run, not to what ran before that"
    );
}

#[test]
fn a_rollback_that_cannot_even_pull_leaves_the_broken_locked() {
    let mut team = Team::new();
    team.ships("1.3.0");
    team.ships("1.4.0");
    let third = team.readies("1.5.0");
    team.starts("bo", third, "production");
    team.breaks("production");
    team.works("production", failed(FailureMode::Preflight));
    let current = super::team::version("1.4.0");
    assert_eq!(after(&team), Some(AfterFailure::Stays(Some(current))));
    assert!(team.environment("production").lock.is_some());
    team.rolls_back("bo", None).unwrap();
    let target = &team
        .environment("production")
        .active()
        .unwrap()
        .manifest
        .version;
    assert_eq!(target.as_str(), "1.4.0");
}

#[test]
fn with_nothing_to_return_to_it_is_locked_and_somebody_is_called() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    team.starts("bo", release, "production");
    team.breaks("production");
    let did = [
        "environment.work_ended",
        "environment.attempt_failed",
        "release.stage_ended",
        "incident.opened",
        "incident.paged",
        "environment.locked",
    ];
    assert_eq!(team.did(), did);
    assert_eq!(after(&team), Some(AfterFailure::Stays(None)));
    let refused = team.rolls_back("bo", None);
    assert!(matches!(refused, Err(Refusal::NoTarget { .. })));
}

#[test]
fn a_team_may_want_it_to_stay_as_it_is() {
    let mut team = Team::with_production(|env| {
        env.on_failure = OnFailure::Stop;
        env.incident = None;
    });
    team.ships("1.4.0");
    let second = team.readies("1.5.0");
    team.starts("bo", second, "production");
    team.breaks("production");
    assert!(!team.is_busy("production"));
    assert!(team.environment("production").lock.is_some());
    assert_eq!(team.incidents(), 0);
}

#[test]
fn a_failed_pull_touches_nothing_and_leads_to_nothing() {
    let mut team = Team::new();
    team.ships("1.4.0");
    let second = team.readies("1.5.0");
    team.starts("bo", second, "production");
    team.works("production", failed(FailureMode::Preflight));
    assert_eq!(after(&team), Some(AfterFailure::Untouched));
    let environment = team.environment("production");
    assert!(environment.active().is_none() && environment.lock.is_none());
    assert_eq!(team.runs("production"), "1.4.0");
}

#[test]
fn what_nobody_can_tell_is_never_rolled_back_by_itself() {
    let mut team = Team::new();
    team.ships("1.4.0");
    let second = team.readies("1.5.0");
    team.starts("bo", second, "production");
    team.works("production", succeeded());
    let seen = "the migration's container is gone".to_owned();
    team.works(
        "production",
        Outcome::Interrupted {
            seen,
            evidence: Evidence::default(),
        },
    );
    assert_eq!(after(&team), None, "it waits for a person");
    let active = team.environment("production").active().unwrap();
    assert!(!active.is_rollback());
}

#[test]
fn consent_is_used_up_and_asked_for_again_on_demand() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    team.starts("bo", release, "production");
    team.breaks("production");
    assert!(team.ask(release, "production", Phase::Signoff).is_none());
    team.unlocks("production").unwrap();
    let said = team.deploys("bo", release, "production");
    let Ok(Reply::Asked { waiting, .. }) = said else {
        panic!("{said:?}")
    };
    assert!(matches!(waiting[..], [Waiting::Consent { .. }]));
    let ask = team.asked(release, "production", Phase::Signoff);
    assert_eq!(ask.round, 2);
    let refused = team.deploys("bo", release, "production");
    assert!(
        matches!(refused, Err(Refusal::NotYet { .. })),
        "asked once: {refused:?}"
    );
    team.all_sign(release);
    team.starts("bo", release, "production");
}

#[test]
fn nobody_is_asked_again_while_it_runs() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    team.starts("bo", release, "production");
    let refused = team.deploys("bo", release, "production");
    assert!(
        matches!(refused, Err(Refusal::NotYet { .. })),
        "{refused:?}"
    );
    assert!(team.ask(release, "production", Phase::Signoff).is_none());
}

/// What was said to follow from the failure.
fn after(team: &Team) -> Option<AfterFailure> {
    team.news().into_iter().find_map(|it| match it {
        News::AttemptFailed { next, .. } => Some(next.clone()),
        _ => None,
    })
}
