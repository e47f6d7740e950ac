//! A migration that older versions cannot run after: going back waits for whoever
//! restores the data, and for nobody's patience.

use super::team::{Said, Team, env_id, failed, succeeded, version};
use crate::attempt::{AttemptKind, FailureMode};
use crate::command::Wish;
use crate::event::{Evidence, Outcome};
use crate::notice::{AfterFailure, News};
use crate::policy::OnFailure;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::steps::Irreversible;

/// The second step of production, its migration, cannot be undone.
fn one_way() -> Team {
    Team::with_production(|it| {
        it.on_failure = OnFailure::Rollback;
        it.deploy[1].irreversible = Some(Irreversible {
            restore: "Restore the dump of before.".to_owned(),
            unless: Some("nothing to migrate".to_owned()),
        });
    })
}

/// The migration of what is being deployed ended.
fn migrates(team: &mut Team, outcome: Outcome) {
    team.works("production", succeeded());
    team.works("production", outcome);
}

fn unchanged(outcome: Outcome) -> Outcome {
    let evidence = Evidence {
        unchanged: true,
        ..Evidence::default()
    };
    match outcome {
        Outcome::Succeeded { .. } => Outcome::Succeeded { evidence },
        Outcome::Failed { mode, why, .. } => Outcome::Failed {
            mode,
            why,
            evidence,
        },
        Outcome::Interrupted { seen, .. } => Outcome::Interrupted { seen, evidence },
    }
}

fn anyway(team: &mut Team, anyway: bool) -> Said {
    let reason = "it is slow".to_owned();
    let wish = Wish::Rollback {
        environment: env_id("production"),
        version: None,
        reason,
        anyway,
    };
    team.says("bo", wish)
}

#[test]
fn going_back_is_refused_with_the_way_to_restore_until_somebody_says_anyway() {
    let mut team = one_way();
    team.ships("1.4.0");
    team.ships("1.5.0");
    let refused = anyway(&mut team, false);
    let Err(Refusal::DataAhead { target, ahead, .. }) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(target, version("1.4.0"));
    assert_eq!(
        (ahead.step.as_str(), ahead.version.as_str()),
        ("Run migrate", "1.5.0")
    );
    assert_eq!(ahead.restore, "Restore the dump of before.");

    let said = anyway(&mut team, true);
    assert!(matches!(said, Ok(Reply::Started { .. })), "{said:?}");
    let attempt = team.environment("production").active().unwrap();
    let AttemptKind::Rollback { reason, .. } = &attempt.kind else {
        panic!("{:?}", attempt.kind);
    };
    assert_eq!(
        reason,
        "it is slow (although Run migrate of 1.5.0 is not undone by it)"
    );
    team.works_well("production");
    assert_eq!(team.runs("production"), "1.4.0");
    // It was proven with the data as it is: there is nothing between them any more.
    team.rolls_back("bo", None).unwrap();
    team.works_well("production");
    assert_eq!(team.runs("production"), "1.5.0");
    team.rolls_back("bo", None).unwrap();
}

#[test]
fn a_migration_that_had_nothing_to_do_keeps_nobody_from_going_back() {
    let mut team = one_way();
    team.ships("1.4.0");
    let second = team.readies("1.5.0");
    team.starts("bo", second, "production");
    migrates(&mut team, unchanged(succeeded()));
    team.works_well("production");
    assert_eq!(team.runs("production"), "1.5.0");
    team.rolls_back("bo", None).unwrap();
}

#[test]
fn a_failure_behind_it_stays_and_says_how_to_get_back() {
    let mut team = one_way();
    team.ships("1.4.0");
    let second = team.readies("1.5.0");
    team.starts("bo", second, "production");
    migrates(&mut team, succeeded());
    team.works("production", failed(FailureMode::Healthcheck));
    assert!(!team.is_busy("production"), "it does not go back by itself");
    let after = team.news().into_iter().find_map(|it| match it {
        News::AttemptFailed { next, .. } => Some(next),
        _ => None,
    });
    let Some(AfterFailure::Ahead(ahead)) = after else {
        panic!("{after:?}");
    };
    assert_eq!(ahead.restore, "Restore the dump of before.");
    assert!(team.environment("production").lock.is_some());
    assert!(anyway(&mut team, false).is_err());
    anyway(&mut team, true).unwrap();
    team.works_well("production");
    assert_eq!(team.runs("production"), "1.4.0");
}

#[test]
fn a_failure_before_it_goes_back_as_ever() {
    let mut team = one_way();
    team.ships("1.4.0");
    let second = team.readies("1.5.0");
    team.starts("bo", second, "production");
    migrates(&mut team, unchanged(failed(FailureMode::Runtime)));
    team.works_well("production");
    assert_eq!(team.runs("production"), "1.4.0");
}

#[test]
fn it_is_not_done_on_the_way_back() {
    let mut team = one_way();
    let step = team.policy().unwrap().environments[1].deploy[1].clone();
    assert!(step.belongs(false) && !step.belongs(true));
    team.ships("1.4.0");
}
