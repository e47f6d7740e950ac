//! What is demanded of a release's commit: green checks, and nothing new behind it.

use super::team::{Team, env_id, env_name, new, person};
use crate::command::{New, Report, Wish};
use crate::effect::Effect;
use crate::event::{Event, ReleaseEvent};
use crate::gates::{Moved, NotGreen, Waiting};
use crate::ids::ReleaseId;
use crate::notice::News;
use crate::origin::{CheckState, Checked, Origin, Sighting, Tip};
use crate::policy::{Item, Policy, Settler};
use crate::refusal::Refusal;
use crate::release::Mark;
use crate::reply::Reply;

const COMMIT: &str = "3f9c2ab8d1e04f7a6b5c4d3e2f1a0b9c8d7e6f5a";
const LATER: &str = "b1946ac92492d2347c6235b4d2611184b1946ac9";

/// A team that demands two green checks.
fn demands_checks(policy: &mut Policy) {
    policy.origin = Some(Origin {
        repo: "github:acme/shop".to_owned(),
        branch: Some("main".to_owned()),
    });
    policy.checklist = vec![Item {
        by: Settler::Checks(["lint".to_owned(), "test".to_owned()].into()),
        title: "CI is green".to_owned(),
    }];
}

/// A team that demands that nothing was added to main.
fn demands_an_end(policy: &mut Policy) {
    demands_checks(policy);
    policy.checklist.clear();
    policy.environments[0].no_new_commits = true;
}

fn opens(team: &mut Team, commit: Option<&str>) -> ReleaseId {
    let Wish::New(it) = new("1.4.0") else {
        panic!("a release")
    };
    let commit = commit.map(str::to_owned);
    team.says("ana", Wish::New(New { commit, ..it })).unwrap();
    let release = ReleaseId(1);
    team.pins(release).unwrap();
    release
}

fn says(team: &Team, commit: &str, states: [CheckState; 2]) -> Checked {
    let [lint, test] = states;
    Checked {
        read_at: team.now,
        commit: commit.to_owned(),
        checks: Ok([("lint".to_owned(), lint), ("test".to_owned(), test)].into()),
    }
}

fn green(team: &Team) -> Checked {
    says(team, COMMIT, [CheckState::Passed, CheckState::Passed])
}

fn read(team: &mut Team, release: ReleaseId, checked: Checked) {
    let report = Report::ChecksRead { release, checked };
    team.world_says(report).unwrap();
}

fn ends_with(team: &Team, commit: Result<&str, &str>) -> Tip {
    Tip {
        read_at: team.now,
        branch: "main".to_owned(),
        commit: commit.map(str::to_owned).map_err(str::to_owned),
    }
}

/// What a deploy to staging waits for, as it is refused.
fn refused(team: &mut Team, release: ReleaseId) -> Vec<Waiting> {
    match team.deploys("bo", release, "staging") {
        Err(Refusal::NotYet { waiting, .. }) => waiting,
        other => panic!("not refused: {other:?}"),
    }
}

fn is_deploying(team: &Team) -> bool {
    let mut log = team.log.iter();
    log.any(|it| it.event.kind() == "environment.attempt_started")
}

fn ci(why: NotGreen) -> Vec<Waiting> {
    let commit = Some(COMMIT.to_owned());
    vec![Waiting::Ci { commit, why }]
}

#[test]
fn checks_are_read_until_they_are_green() {
    let mut team = Team::with(demands_checks);
    let release = opens(&mut team, Some("3f9c2ab"));
    let reading = Effect::ReadChecks { release };
    assert!(team.owed.contains(&reading));

    let pending = || CheckState::Pending("queued".to_owned());
    let seen = says(&team, COMMIT, [CheckState::Passed, pending()]);
    read(&mut team, release, seen.clone());
    assert_eq!(team.did(), ["release.checks_read"]);
    assert!(team.effects().contains(&reading), "it goes on");
    read(&mut team, release, seen);
    assert!(team.did().is_empty(), "the same again is not kept");

    let seen = green(&team);
    read(&mut team, release, seen);
    assert_eq!(team.did(), ["release.checks_read"]);
    assert!(!team.effects().contains(&reading), "it is over");
}

#[test]
fn the_gate_is_shut_until_every_named_check_passed_for_this_commit() {
    let mut team = Team::with(demands_checks);
    let release = opens(&mut team, Some(COMMIT));
    let failed = || CheckState::Failed("timed_out".to_owned());
    let seen = says(&team, COMMIT, [failed(), CheckState::Missing]);
    read(&mut team, release, seen);
    let red = vec![
        ("lint".to_owned(), failed()),
        ("test".to_owned(), CheckState::Missing),
    ];
    let waiting = refused(&mut team, release);
    assert_eq!(waiting, ci(NotGreen::Red { checks: red }));

    // What nobody asked for does not count, and what is not said is missing.
    let seen = Checked {
        checks: Ok([("lint".to_owned(), CheckState::Passed)].into()),
        ..green(&team)
    };
    read(&mut team, release, seen);
    let red = vec![("test".to_owned(), CheckState::Missing)];
    let waiting = refused(&mut team, release);
    assert_eq!(waiting, ci(NotGreen::Red { checks: red }));

    let seen = green(&team);
    read(&mut team, release, seen.clone());
    team.deploys("bo", release, "staging").unwrap();
    team.sighting.checked = Some(seen);
    team.reads(release, Some("staging")).unwrap();
    assert!(is_deploying(&team));
}

#[test]
fn a_commit_must_be_named_by_its_hash() {
    for commit in [None, Some("main"), Some("3f9c2")] {
        let mut team = Team::with(|policy| {
            demands_checks(policy);
            policy.environments[0].no_new_commits = true;
        });
        let release = opens(&mut team, commit);
        assert!(!team.owed.contains(&Effect::ReadChecks { release }));
        let waiting = refused(&mut team, release);
        assert_eq!(
            waiting,
            [
                Waiting::Ci {
                    commit: None,
                    why: NotGreen::NoCommit
                },
                Waiting::NewCommits {
                    branch: "main".to_owned(),
                    commit: None,
                    why: Moved::NoCommit
                },
            ]
        );
    }
}

#[test]
fn the_checks_are_read_again_before_a_start() {
    let unreadable = |team: &Team| Checked {
        checks: Err("github.example does not answer".to_owned()),
        ..green(team)
    };
    let other = |team: &Team| says(team, LATER, [CheckState::Passed, CheckState::Passed]);
    let red = |team: &Team| says(team, COMMIT, [CheckState::Passed, CheckState::Missing]);
    let cases: [&dyn Fn(&Team) -> Checked; 3] = [&unreadable, &other, &red];
    for seen in cases {
        let mut team = Team::with(demands_checks);
        let release = opens(&mut team, Some(COMMIT));
        let before = green(&team);
        read(&mut team, release, before);
        let env = env_name("staging");
        let said = team.deploys("bo", release, "staging");
        assert_eq!(said, Ok(Reply::Starting { release, env }));
        team.sighting.checked = Some(seen(&team));
        team.reads(release, Some("staging")).unwrap();
        assert!(!is_deploying(&team));
        assert!(matches!(team.news()[..], [News::StartRefused { .. }]));
        assert!(
            team.effects().contains(&Effect::ReadChecks { release }),
            "it is read on until it is green again"
        );
    }
}

#[test]
fn nothing_starts_when_nobody_looked_at_the_commit() {
    for demand in [demands_checks, demands_an_end] {
        let mut team = Team::with(demand);
        let release = opens(&mut team, Some(COMMIT));
        let seen = green(&team);
        if team.policy().unwrap().checklist.len() == 1 {
            read(&mut team, release, seen);
        }
        team.deploys("bo", release, "staging").unwrap();
        team.reads(release, Some("staging")).unwrap();
        assert!(matches!(team.news()[..], [News::StartTimedOut { .. }]));
        assert!(!is_deploying(&team));
    }
}

#[test]
fn no_person_settles_what_checks_settle() {
    let mut team = Team::with(demands_checks);
    let release = opens(&mut team, Some(COMMIT));
    for mark in [Some(Mark::Done), None] {
        let item = 1;
        let said = team.says(
            "bo",
            Wish::Check {
                release,
                item,
                mark,
            },
        );
        let checks = vec!["lint".to_owned(), "test".to_owned()];
        assert_eq!(said, Err(Refusal::AutomaticItem { checks }));
    }
}

#[test]
fn a_branch_that_moved_keeps_the_deploy_from_starting() {
    for there in [Ok(LATER), Err("no such branch")] {
        let mut team = Team::with(demands_an_end);
        let release = opens(&mut team, Some(COMMIT));
        team.deploys("bo", release, "staging").unwrap();
        team.sighting.tip = Some(ends_with(&team, there));
        team.reads(release, Some("staging")).unwrap();
        assert!(!is_deploying(&team));
        let [News::StartRefused { waiting, .. }] = &team.news()[..] else {
            panic!("not told")
        };
        let why = match there {
            Ok(it) => Moved::To {
                commit: it.to_owned(),
            },
            Err(it) => Moved::Unreadable { why: it.to_owned() },
        };
        assert_eq!(
            *waiting,
            [Waiting::NewCommits {
                branch: "main".to_owned(),
                commit: Some(COMMIT.to_owned()),
                why,
            }]
        );

        // It is looked at anew, whatever was seen before.
        team.deploys("bo", release, "staging").unwrap();
        team.sighting.tip = Some(ends_with(&team, Ok(COMMIT)));
        team.reads(release, Some("staging")).unwrap();
        assert!(is_deploying(&team));
    }
}

#[test]
fn what_was_seen_before_a_start_is_evidence() {
    let mut team = Team::with(|policy| {
        demands_checks(policy);
        policy.environments[0].no_new_commits = true;
    });
    let release = opens(&mut team, Some(COMMIT));
    let checked = green(&team);
    read(&mut team, release, checked.clone());
    team.deploys("bo", release, "staging").unwrap();
    team.sighting = Sighting {
        checked: Some(checked),
        tip: Some(ends_with(&team, Ok(COMMIT))),
    };
    team.reads(release, Some("staging")).unwrap();
    let did = [
        "release.standing_read",
        "release.checks_read",
        "release.branch_read",
        "environment.attempt_started",
        "release.stage_started",
    ];
    assert_eq!(team.did(), did);
}

#[test]
fn both_are_set_aside_in_the_open() {
    let mut team = Team::with(|policy| {
        demands_checks(policy);
        policy.environments[0].no_new_commits = true;
    });
    let release = opens(&mut team, Some(COMMIT));
    let seen = says(&team, COMMIT, [CheckState::Passed, CheckState::Missing]);
    read(&mut team, release, seen);
    let over = Some("the forge is down".to_owned());
    let env = env_name("staging");
    let wish = Wish::Deploy { release, env, over };
    team.says("bo", wish).unwrap();
    assert!(is_deploying(&team));
    let skipped = team.log.iter().find_map(|it| match &it.event {
        Event::Release(ReleaseEvent::Overridden { skipped, over, .. }) => {
            assert_eq!(over.by, person("bo"));
            Some(skipped.clone())
        }
        _ => None,
    });
    let skipped = skipped.expect("it is recorded");
    assert!(
        matches!(
            skipped[..],
            [
                Waiting::Ci {
                    why: NotGreen::Red { .. },
                    ..
                },
                Waiting::NewCommits {
                    why: Moved::Unread,
                    ..
                },
            ]
        ),
        "{skipped:?}"
    );
}

#[test]
fn another_policy_has_the_checks_read_anew() {
    let mut team = Team::with(demands_checks);
    let release = opens(&mut team, Some(COMMIT));
    let seen = green(&team);
    read(&mut team, release, seen);
    team.changes_policy(|policy| policy.environments[0].announced = true)
        .unwrap();
    assert!(team.release(release).checked.is_none());
    assert!(team.effects().contains(&Effect::ReadChecks { release }));

    team.changes_policy(|policy| policy.checklist.clear())
        .unwrap();
    let checked = green(&team);
    let late = team.world_says(Report::ChecksRead { release, checked });
    assert!(matches!(late, Err(Refusal::Stale { .. })));
}

#[test]
fn going_back_asks_no_forge() {
    let mut team = Team::new();
    let first = team.opens("1.4.0");
    team.starts("bo", first, "staging");
    team.works_well("staging");
    let second = team.opens("1.5.0");
    team.starts("bo", second, "staging");
    team.works_well("staging");
    team.changes_policy(|policy| {
        demands_checks(policy);
        policy.environments[0].no_new_commits = true;
    })
    .unwrap();
    let environment = env_id("staging");
    let wish = Wish::Rollback {
        environment,
        version: None,
        reason: "slow".to_owned(),
        anyway: false,
    };
    team.says("bo", wish).unwrap();
    assert!(team.is_busy("staging"));
}
