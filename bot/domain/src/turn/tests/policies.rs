//! The team changes what it demands, while releases are on their way.

use super::team::{Team, app, env_name, pinned, quorum, role};
use crate::ask::{AskState, Phase};
use crate::command::Configure;
use crate::gates::Waiting;
use crate::notice::News;
use crate::policy::{Item, Policy, Settler};
use crate::refusal::Refusal;
use crate::release::Mark;
use crate::reply::Reply;

#[test]
fn what_people_consented_to_is_asked_again() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let old = team.asked(release, "production", Phase::Signoff);
    let said = team.changes_policy(shorter);
    assert_eq!(said, Ok(Reply::PolicyAdopted { asks_voided: 2 }));
    assert_eq!(
        team.did(),
        [
            "application.policy_adopted",
            "release.ask_voided",
            "release.ask_voided",
            "release.policy_changed",
            "release.ask_opened",
        ]
    );
    assert!(matches!(
        team.release(release).asks[&old].state,
        AskState::Void(_)
    ));
    let accept = team.asked(release, "staging", Phase::Accept);
    assert_eq!((accept.round, accept.manifest == old.manifest), (2, false));
    assert!(
        team.ask(release, "production", Phase::Signoff).is_none(),
        "acceptance comes first"
    );
    team.ticks("chloe", &accept);
    let signoff = team.asked(release, "production", Phase::Signoff);
    assert!(
        team.release(release).asks[&signoff].votes.is_empty(),
        "nobody consented to this"
    );
    team.all_sign(release);
    team.starts("bo", release, "production");
}

#[test]
fn changed_there_and_back_it_is_asked_again_all_the_same() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let before = team.policy().unwrap();
    team.changes_policy(shorter).unwrap();
    team.adopts(pinned(before)).unwrap();
    let accept = team.asked(release, "staging", Phase::Accept);
    assert_eq!(accept.round, 3);
    team.ticks("chloe", &accept);
    team.all_sign(release);
    team.starts("bo", release, "production");
}

#[test]
fn the_same_policy_changes_nothing() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let same = team.changes_policy(|_| {});
    assert_eq!(
        (same, team.did()),
        (Ok(Reply::PolicyAdopted { asks_voided: 0 }), vec![])
    );
    assert!(team.ask(release, "production", Phase::Signoff).is_some());
}

#[test]
fn a_deploy_about_to_start_does_not() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    team.deploys("bo", release, "production").unwrap();
    let reading = team.reading(release, Some("production"));
    team.changes_policy(shorter).unwrap();
    team.world_says(reading).unwrap();
    let [News::StartRefused { waiting, .. }] = &team.news()[..] else {
        panic!("not told")
    };
    assert!(matches!(
        waiting[..],
        [Waiting::Consent { .. }, Waiting::Consent { .. }]
    ));
}

#[test]
fn a_running_attempt_keeps_what_it_began_with() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    team.starts("bo", release, "production");
    team.changes_policy(shorter).unwrap();
    assert!(
        team.ask(release, "production", Phase::Signoff).is_none(),
        "it is running"
    );
    assert_eq!(
        team.environment("production").active().unwrap().work.len(),
        4
    );
    team.works_well("production");
    assert_eq!(team.runs("production"), "1.4.0");
    assert!(
        team.ask(release, "production", Phase::Signoff).is_none(),
        "it is there"
    );
    team.watches("production");
    let accept = team.asked(release, "staging", Phase::Accept);
    assert!(team.release(release).is_open());
    team.ticks("chloe", &accept);
    assert!(!team.release(release).is_open());
}

#[test]
fn what_was_attested_is_attested_again() {
    let item = Item {
        by: Settler::Role(role("sre")),
        title: "backup taken".to_owned(),
    };
    let mut team = Team::with(|policy| policy.checklist = vec![item]);
    let release = team.opens("1.4.0");
    let wish = crate::command::Wish::Check {
        release,
        item: 1,
        mark: Some(Mark::Done),
    };
    team.says("bo", wish).unwrap();
    team.changes_policy(|policy| policy.checklist[0].title = "restore rehearsed".to_owned())
        .unwrap();
    assert!(team.release(release).checklist.is_empty());
}

#[test]
fn somebody_new_may_have_to_consent() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    team.changes_policy(|policy| policy.environments[1].signoff = quorum(&["sre"]))
        .unwrap();
    let accept = team.asked(release, "staging", Phase::Accept);
    team.ticks("chloe", &accept);
    let ask = team.asked(release, "production", Phase::Signoff);
    team.ticks("bo", &ask);
    team.starts("bo", release, "production");
}

#[test]
fn a_redeploy_after_a_change_is_accepted_anew() {
    let mut team = Team::new();
    let release = team.stages("1.4.0");
    team.changes_policy(shorter).unwrap();
    let asked = team.asked(release, "staging", Phase::Accept);
    team.starts("bo", release, "staging");
    assert!(
        !team.release(release).asks[&asked].is_open(),
        "what it was about is being replaced"
    );
    team.works_well("staging");
    let asked = team.asked(release, "staging", Phase::Accept);
    team.ticks("chloe", &asked);
    assert!(team.ask(release, "production", Phase::Signoff).is_some());
}

#[test]
fn a_release_the_change_is_too_late_for_is_left_alone() {
    let mut team = Team::new();
    let release = team.ships("1.4.0");
    let said = team.changes_policy(shorter);
    assert_eq!(said, Ok(Reply::PolicyAdopted { asks_voided: 0 }));
    assert_eq!(team.did(), ["application.policy_adopted"]);
    assert!(!team.release(release).is_open());
}

#[test]
fn an_application_in_use_cannot_be_removed() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    let open = Refusal::OpenReleases {
        app: app(),
        releases: vec![release],
    };
    assert_eq!(removes(&mut team), Err(open));
    let mut team = Team::new();
    team.ships("1.4.0");
    team.ships("1.5.0");
    team.rolls_back("bo", None).unwrap();
    assert!(matches!(removes(&mut team), Err(Refusal::Busy { .. })));
    team.works_well("production");
    assert_eq!(removes(&mut team), Ok(Reply::Nothing));
    assert_eq!(team.did(), ["application.removed"]);
    assert!(matches!(removes(&mut team), Err(Refusal::Stale { .. })));
    let refused = team.says("ana", super::team::new("1.6.0"));
    assert_eq!(
        refused,
        Err(Refusal::UnknownApp {
            app: app(),
            known: vec![app()]
        })
    );
}

#[test]
fn an_environment_may_go_while_something_runs_in_it() {
    let mut team = Team::new();
    team.ships("1.4.0");
    let second = team.readies("1.5.0");
    team.starts("bo", second, "production");
    team.changes_policy(|policy| policy.environments.truncate(1))
        .unwrap();
    team.breaks("production");
    assert!(
        team.environment("production").lock.is_some(),
        "nobody knows the way back any more"
    );
    let refused = team.deploys("bo", second, "production");
    let known = vec![env_name("staging")];
    let unknown = Refusal::UnknownEnvironment {
        app: app(),
        env: env_name("production"),
        known,
    };
    assert_eq!(refused, Err(unknown));
}

fn removes(team: &mut Team) -> Result<Reply, Refusal> {
    team.configures(Configure::Remove(app()))
}

fn shorter(policy: &mut Policy) {
    policy.environments[1].smoke.clear();
}
