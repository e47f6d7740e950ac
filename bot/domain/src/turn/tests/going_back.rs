//! A person takes an environment back, past every gate but one.

use super::team::{Team, at, env_id, env_name, image, person, quorum, role, version};
use crate::ask::Phase;
use crate::attempt::{AttemptKind, FailureMode};
use crate::command::Wish;
use crate::effect::{Audience, CardId, Effect};
use crate::event::{Evidence, Outcome, StageResult};
use crate::ids::{HostName, ReleaseId};
use crate::notice::News;
use crate::policy::{Action, Item, Settler};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::snapshot::{Kept, Snapshot};

#[test]
fn it_returns_to_the_version_before() {
    let mut team = Team::new();
    let first = team.ships("1.4.0");
    let second = team.ships("1.5.0");
    let said = team.rolls_back("bo", None);
    let environment = env_id("production");
    assert_eq!(
        said,
        Ok(Reply::Started {
            environment,
            version: version("1.4.0")
        })
    );
    assert_eq!(team.did(), ["environment.attempt_started"]);
    assert!(matches!(team.news()[..], [News::RollbackStarted { .. }]));
    let attempt = team.environment("production").active().unwrap();
    let reason = "it is slow".to_owned();
    assert_eq!(
        attempt.kind,
        AttemptKind::Rollback {
            reason,
            automatic: false
        }
    );
    assert_eq!((attempt.release, attempt.target), (second, first));
    team.works_well("production");
    let thread = Audience::Thread(CardId::Release { release: second });
    let told = team.effects().iter().find_map(|it| match it {
        Effect::Say { to, .. } => Some(to),
        _ => None,
    });
    assert_eq!(told, Some(&thread), "the channel knows of it");
    assert_eq!(team.runs("production"), "1.4.0");
    assert!(team.environment("production").lock.is_some());

    team.rolls_back("bo", None).unwrap();
    team.works_well("production");
    assert_eq!(team.runs("production"), "1.5.0", "and back again");
}

#[test]
fn it_returns_to_what_was_kept_of_that_version() {
    let mut team = Team::new();
    let first = team.readies("1.4.0");
    team.starts("bo", first, "production");
    let here = team.environment("production");
    assert_eq!(
        here.kept_for(here.active().unwrap()),
        None,
        "it leads forward"
    );
    let kept = Snapshot {
        name: Some("a1".to_owned()),
        images: [].into(),
        away: [("web".to_owned(), 1_400)].into(),
        ..Snapshot::default()
    };
    let evidence = Evidence {
        snapshot: Some(Box::new(kept.clone())),
        ..Evidence::default()
    };
    team.works("production", Outcome::Succeeded { evidence });
    team.works_well("production");
    team.watches("production");
    team.ships("1.5.0");
    team.rolls_back("bo", None).unwrap();
    let here = team.environment("production");
    assert_eq!(here.kept_for(here.active().unwrap()), Some(&kept));
}

#[test]
fn the_images_of_the_last_versions_are_worth_keeping() {
    let mut team = Team::new();
    for name in ["1.3.0", "1.4.0", "1.5.0"] {
        team.ships(name);
    }
    let worth = |team: &Team, versions| {
        let images = team.environment("production").worth_keeping(versions, None);
        let images = images.into_iter().map(|it| it.pinned);
        images.collect::<Vec<String>>()
    };
    let of = |names: &[&str]| -> Vec<String> { names.iter().map(|it| image(it).pinned).collect() };
    assert_eq!(worth(&team, 2), of(&["1.5.0", "1.4.0"]));
    assert_eq!(worth(&team, 9), of(&["1.5.0", "1.4.0", "1.3.0"]));

    // A version counts once, however often it ran.
    team.rolls_back("bo", Some("1.3.0")).unwrap();
    team.works_well("production");
    assert_eq!(worth(&team, 2), of(&["1.3.0", "1.5.0"]));
    assert_eq!(worth(&team, 3), of(&["1.3.0", "1.5.0", "1.4.0"]));
}

#[test]
fn services_that_are_not_released_return_too_and_are_worth_keeping() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    team.starts("bo", release, "production");
    let redis = Kept {
        pinned: format!("redis@sha256:{}", "0".repeat(64)),
        local: false,
    };
    let kept = Snapshot {
        name: Some("a1".to_owned()),
        images: [("redis".to_owned(), redis.clone())].into(),
        ..Snapshot::default()
    };
    let evidence = Evidence {
        snapshot: Some(Box::new(kept)),
        ..Evidence::default()
    };
    team.works("production", Outcome::Succeeded { evidence });
    team.works_well("production");
    let here = team.environment("production");
    assert_eq!(here.worth_keeping(1, None)[1], redis);
    let host = HostName::new("one").unwrap();
    assert_eq!(
        here.worth_keeping(1, Some(&host)).len(),
        1,
        "it is of no host"
    );
}

#[test]
fn it_returns_to_a_named_version() {
    let mut team = Team::new();
    for name in ["1.3.0", "1.4.0", "1.5.0"] {
        team.ships(name);
    }
    let known = ["1.5.0", "1.4.0", "1.3.0"].map(version).to_vec();
    let wanted = Some(version("2.0.0"));
    let unknown = Refusal::NoTarget {
        environment: env_id("production"),
        wanted,
        known,
    };
    assert_eq!(team.rolls_back("bo", Some("2.0.0")), Err(unknown));
    let (environment, version) = (env_id("production"), version("1.5.0"));
    let there = Refusal::AlreadyThere {
        environment,
        version,
    };
    assert_eq!(team.rolls_back("bo", Some("1.5.0")), Err(there));
    team.rolls_back("bo", Some("1.3.0")).unwrap();
    team.works_well("production");
    assert_eq!(team.runs("production"), "1.3.0");
}

#[test]
fn windows_freezes_locks_checklists_and_signoffs_do_not_hold_it() {
    let mut team = Team::new().with_office_hours();
    team.ships("1.4.0");
    team.ships("1.5.0");
    team.rolls_back("bo", None).unwrap();
    team.works_well("production");
    team.now = at("2026-11-28T03:00:00Z");
    let reason = "sale".to_owned();
    let freeze = Wish::Freeze {
        app: None,
        from: team.now,
        to: None,
        reason,
    };
    team.says("ana", freeze).unwrap();
    team.changes_policy(|policy| {
        policy.checklist = vec![Item {
            by: Settler::Role(role("sre")),
            title: "backup taken".to_owned(),
        }];
        policy.environments[1].signoff = quorum(&["product-owner", "release-manager", "sre"]);
    })
    .unwrap();
    assert!(team.environment("production").lock.is_some());
    team.rolls_back("bo", Some("1.5.0")).unwrap();
    team.works_well("production");
    assert_eq!(team.runs("production"), "1.5.0");
}

#[test]
fn it_needs_the_role_a_reason_and_nothing_else_running() {
    let mut team = Team::new();
    team.ships("1.4.0");
    team.ships("1.5.0");
    let roles = vec![role("sre"), role("release-manager")];
    let people = ["bo", "ana", "dan", "fay"].map(person).to_vec();
    let refused = Refusal::NotAllowed {
        action: Action::Rollback,
        roles,
        people,
    };
    assert_eq!(team.rolls_back("chloe", None), Err(refused));
    let (environment, reason) = (env_id("production"), " ".to_owned());
    let rollback = Wish::Rollback {
        environment: environment.clone(),
        version: None,
        reason,
        anyway: false,
    };
    assert!(matches!(
        team.says("bo", rollback),
        Err(Refusal::Missing { .. })
    ));
    team.rolls_back("bo", None).unwrap();
    let (attempt, release, since) = (3, ReleaseId(2), team.now);
    let busy = Refusal::Busy {
        environment,
        attempt,
        release,
        since,
    };
    assert_eq!(team.rolls_back("dan", None), Err(busy));
}

#[test]
fn what_was_rolled_back_is_not_done() {
    let mut team = Team::new();
    team.ships("1.4.0");
    let second = team.brings("1.5.0");
    assert!(team.environment("production").watching().is_some());
    team.rolls_back("bo", None).unwrap();
    assert!(team.did().contains(&"environment.watch_ended"));
    assert!(
        team.release(second).is_open(),
        "nor while it is being rolled back"
    );
    team.works_well("production");
    assert!(team.release(second).is_open());
    let stage = &team.release(second).stages[&env_name("production")];
    let (_, result) = stage.attempts.last().unwrap().ended.clone().unwrap();
    assert_eq!(result, StageResult::RolledBack(ReleaseId(1)));
}

#[test]
fn it_uses_consent_up() {
    let mut team = Team::with_production(|env| env.accept = quorum(&["product-owner"]));
    team.ships("1.4.0");
    let second = team.brings("1.5.0");
    let accept = team.asked(second, "production", Phase::Accept);
    team.rolls_back("bo", None).unwrap();
    assert!(team.did().contains(&"release.ask_voided"));
    assert!(!team.release(second).asks[&accept].is_open());
    assert!(
        team.ask(second, "production", Phase::Accept).is_none(),
        "nor is it asked again"
    );
    team.works("production", super::team::succeeded());
    team.works("production", super::team::failed(FailureMode::Startup));
    assert!(
        team.ask(second, "production", Phase::Accept).is_none(),
        "nor when that fails"
    );
}

#[test]
fn other_releases_keep_their_consent() {
    let mut team = Team::new();
    team.ships("1.4.0");
    let second = team.brings("1.5.0");
    let third = team.readies("1.6.0");
    team.rolls_back("bo", None).unwrap();
    assert!(team.ask(third, "production", Phase::Signoff).is_some());
    assert!(team.ask(second, "staging", Phase::Accept).is_some());
    team.works_well("production");
    team.unlocks("production").unwrap();
    team.starts("bo", third, "production");
}

#[test]
fn a_rollback_that_touches_nothing_changes_nothing() {
    let mut team = Team::with_production(|env| env.accept = quorum(&["product-owner"]));
    team.ships_accepted("1.4.0");
    let second = team.brings("1.5.0");
    team.rolls_back("bo", None).unwrap();
    team.works("production", super::team::failed(FailureMode::Preflight));
    assert_eq!(team.runs("production"), "1.5.0");
    assert!(team.environment("production").lock.is_none());
    let accept = team.asked(second, "production", Phase::Accept);
    assert_eq!(
        accept.round, 2,
        "it still runs, and somebody has to accept it"
    );
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
fn a_release_that_is_over_can_be_rolled_back() {
    let mut team = Team::new();
    team.ships("1.4.0");
    let second = team.ships("1.5.0");
    assert!(!team.release(second).is_open());
    let before = team.log.len();
    team.rolls_back("bo", None).unwrap();
    team.works_well("production");
    assert_eq!(team.runs("production"), "1.4.0");
    let mut since = team.log.iter().skip(before);
    assert!(since.all(|it| it.event.kind().starts_with("environment.")));
}

#[test]
fn a_lock_is_released_by_those_who_may() {
    let mut team = Team::new();
    let refused = team.unlocks("production");
    assert_eq!(
        refused,
        Err(Refusal::NotLocked {
            environment: env_id("production")
        })
    );
    team.ships("1.4.0");
    team.ships("1.5.0");
    team.rolls_back("bo", None).unwrap();
    team.works_well("production");
    let (environment, why) = (env_id("production"), "it was me".to_owned());
    let unlock = Wish::Unlock { environment, why };
    assert!(matches!(
        team.says("dan", unlock),
        Err(Refusal::NotAllowed { .. })
    ));
    team.unlocks("production").unwrap();
    assert_eq!(team.did(), ["environment.unlocked"]);
    assert!(team.environment("production").lock.is_none());
}
