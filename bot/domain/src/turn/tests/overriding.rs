//! Gates set aside, in the open, by those who may.

use super::team::{Team, env_name, new, person, role};
use crate::attempt::AttemptKind;
use crate::effect::{Audience, Effect};
use crate::gates::Waiting;
use crate::ids::ReleaseId;
use crate::notice::News;
use crate::policy::Action;
use crate::refusal::Refusal;
use crate::reply::Reply;

#[test]
fn an_override_is_told_to_everybody_with_what_it_skipped() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    let said = team.overrides("bo", release, "production");
    assert!(matches!(said, Ok(Reply::Started { .. })), "{said:?}");
    let did = [
        "release.overridden",
        "environment.attempt_started",
        "release.stage_started",
    ];
    assert_eq!(team.did(), did);
    let loud = team.effects().iter().find_map(|it| match it {
        Effect::Say {
            to: Audience::Channel,
            notice,
            ..
        } => Some(&notice.news),
        _ => None,
    });
    let Some(News::Overridden { over, skipped, .. }) = loud else {
        panic!("{loud:?}")
    };
    assert_eq!((&over.by, &over.role), (&person("bo"), &role("sre")));
    assert!(matches!(
        skipped[..],
        [Waiting::Verified { .. }, Waiting::Consent { .. }]
    ));
    let attempt = team.environment("production").active().unwrap();
    assert_eq!(
        (&attempt.kind, attempt.over.as_ref()),
        (&AttemptKind::Deploy, Some(over))
    );
}

#[test]
fn an_override_uses_the_open_ask_up() {
    let mut team = Team::new();
    let release = team.stages("1.4.0");
    team.overrides("bo", release, "production").unwrap();
    assert!(
        team.ask(release, "production", crate::ask::Phase::Signoff)
            .is_none()
    );
}

#[test]
fn only_those_who_are_named_set_gates_aside() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    let (roles, people) = (vec![role("sre")], vec![person("bo")]);
    let refused = Refusal::NotAllowed {
        action: Action::Override,
        roles,
        people,
    };
    assert_eq!(team.overrides("dan", release, "production"), Err(refused));
    team.changes_policy(|policy| {
        policy.allow.remove(&Action::Override);
    })
    .unwrap();
    let refused = team.overrides("bo", release, "production");
    let (roles, people) = (vec![], vec![]);
    let nobody = Refusal::NotAllowed {
        action: Action::Override,
        roles,
        people,
    };
    assert_eq!(refused, Err(nobody), "where nobody is named, nobody may");
}

#[test]
fn a_reason_is_needed() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    let (env, over) = (env_name("production"), Some(" ".to_owned()));
    let refused = team.says("bo", crate::command::Wish::Deploy { release, env, over });
    assert!(matches!(refused, Err(Refusal::Missing { .. })));
}

#[test]
fn what_is_unknown_cannot_be_deployed_by_anybody() {
    let mut team = Team::new();
    team.says("ana", new("1.4.0")).unwrap();
    let refused = team.overrides("bo", ReleaseId(1), "production");
    let waiting = vec![Waiting::Images { failed: None }];
    assert_eq!(refused, Err(Refusal::CannotOverride { waiting }));
}

#[test]
fn nobody_starts_a_second_attempt() {
    let mut team = Team::new();
    let first = team.readies("1.4.0");
    team.starts("bo", first, "production");
    let second = team.opens("1.5.0");
    let refused = team.overrides("bo", second, "production");
    let waiting = vec![Waiting::Busy {
        attempt: 1,
        release: first,
    }];
    assert_eq!(refused, Err(Refusal::CannotOverride { waiting }));
}

#[test]
fn with_every_gate_open_nothing_is_set_aside() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let said = team.overrides("bo", release, "production");
    assert!(matches!(said, Ok(Reply::Starting { .. })), "{said:?}");
    assert_eq!(team.did(), ["release.start_requested"]);
    team.reads(release, Some("production")).unwrap();
    let attempt = team.environment("production").active().unwrap();
    assert_eq!(attempt.over, None);
}

#[test]
fn those_who_could_are_named_when_a_gate_is_closed() {
    let mut team = Team::new();
    let release = team.stages("1.4.0");
    let refused = team.deploys("bo", release, "production");
    let Err(Refusal::NotYet { override_roles, .. }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(override_roles, [role("sre")]);
}
