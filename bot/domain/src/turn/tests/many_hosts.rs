//! One environment on several hosts: the first failure is the end of the way forward,
//! and every host is brought back that can be.

use super::team::{Team, cut_off, failed, succeeded, version};
use crate::attempt::{Choice, FailureMode, Next, Work};
use crate::event::{Evidence, Outcome};
use crate::fleet::Fleet;
use crate::ids::HostName;
use crate::notice::{AfterFailure, News};
use crate::policy::OnFailure;
use crate::snapshot::Snapshot;

fn host(name: &str) -> HostName {
    HostName::new(name).unwrap()
}

/// Production is on three hosts, goes back by itself, and runs 1.3.0; 1.4.0 is on its way.
fn team(batch: usize) -> Team {
    let mut team = Team::with_production(|env| {
        let hosts = ["a", "b", "c"].map(host).to_vec();
        env.fleet = Some(Fleet { hosts, batch });
        env.on_failure = OnFailure::Rollback;
    });
    team.ships("1.3.0");
    let release = team.readies("1.4.0");
    team.starts("bo", release, "production");
    team
}

/// The title of the next piece of work.
fn next(team: &Team) -> String {
    let active = team.environment("production").active().unwrap();
    match active.next() {
        Next::Begin(_, work) | Next::Resume(_, work) => work.title(),
        other => panic!("{other:?}"),
    }
}

/// Works well until that piece of work, which ends like this.
fn until(team: &mut Team, title: &str, outcome: Outcome) {
    while next(team) != title {
        team.works("production", succeeded());
    }
    team.works("production", outcome);
}

/// What people were told last of a failure: the step, and what follows.
fn failure(team: &Team) -> (String, AfterFailure) {
    let all = team.all_news();
    let last = all.iter().rev().find_map(|it| {
        let News::AttemptFailed { step, next, .. } = it else {
            return None;
        };
        Some((step.clone()?, next.clone()))
    });
    last.unwrap()
}

fn broken() -> Outcome {
    failed(FailureMode::Healthcheck)
}

#[test]
fn a_host_that_fails_keeps_the_next_from_being_touched() {
    let mut team = team(1);
    until(&mut team, "Recreate containers on b", broken());
    let (step, next) = failure(&team);
    assert_eq!(step, "Recreate containers on b");
    assert_eq!(next, AfterFailure::RollsBack(version("1.3.0")));

    let attempt = team.environment("production").active().unwrap();
    let titles: Vec<String> = attempt.work.iter().map(Work::title).collect();
    assert_eq!(
        titles,
        [
            "Pull web on a",
            "Recreate containers on a",
            "Pull web on c",
            "Recreate containers on c",
            "Pull web on b",
            "Recreate containers on b",
            "GET /health",
        ],
        "the one that failed comes last"
    );
    team.works_well("production");
    assert_eq!(team.runs("production"), "1.3.0");
    assert!(team.environment("production").lock.is_some());
}

#[test]
fn what_the_second_host_cannot_have_comes_after_the_first_was_touched() {
    let mut team = team(1);
    until(&mut team, "Pull web on b", failed(FailureMode::Preflight));
    let said = team.all_news();
    let mode = said.iter().find_map(|it| {
        let News::AttemptFailed { mode, .. } = it else {
            return None;
        };
        Some(*mode)
    });
    assert_eq!(mode, Some(FailureMode::Runtime));
}

#[test]
fn a_host_that_cannot_be_brought_back_keeps_no_other_from_it() {
    let mut team = team(3);
    until(&mut team, "Recreate containers on b", broken());
    until(&mut team, "Pull web on a", broken());
    assert_eq!(next(&team), "Pull web on c", "a is left as it is");
    team.works_well("production");

    let here = team.environment("production");
    assert!(here.active().is_none() && here.touched);
    let lock = here.lock.as_ref().unwrap();
    let why = "the rollback to 1.3.0 failed: unhealthy; not brought back: a";
    assert_eq!(lock.why, why);
    assert_eq!(failure(&team).0, "Pull web on a");
    let attempt = here.attempt.as_ref().unwrap();
    let lost: Vec<&str> = attempt.lost().map(|it| it.host.as_str()).collect();
    assert_eq!(lost, ["a"]);
}

#[test]
fn what_was_cut_off_on_the_way_back_and_failed_keeps_no_other_host_from_it() {
    let mut team = team(1);
    until(&mut team, "Recreate containers on a", broken());
    until(&mut team, "Recreate containers on b", cut_off());
    team.decides("bo", "production", Choice::Failed).unwrap();
    assert_eq!(next(&team), "Pull web on c");
    team.works_well("production");
    let lock = team.environment("production").lock.as_ref().unwrap();
    assert!(lock.why.ends_with("not brought back: b"), "{}", lock.why);
}

#[test]
fn somebody_who_stops_it_stops_it_on_every_host() {
    let mut team = team(1);
    until(&mut team, "Recreate containers on a", broken());
    team.works("production", succeeded());
    team.stops("bo", None).unwrap();
    team.works("production", broken());
    assert!(!team.is_busy("production"));
}

#[test]
fn each_host_returns_to_what_it_ran() {
    let mut team = Team::with_production(|env| {
        let hosts = ["a", "b"].map(host).to_vec();
        env.fleet = Some(Fleet { hosts, batch: 1 });
    });
    let release = team.readies("1.3.0");
    team.starts("bo", release, "production");
    let ran = |name: &str| Snapshot {
        name: Some(name.to_owned()),
        ..Snapshot::default()
    };
    let kept = |on: &str| Outcome::Succeeded {
        evidence: Evidence {
            snapshot: Some(Box::new(ran(on).of_host(Some(&host(on))))),
            ..Evidence::default()
        },
    };
    until(&mut team, "Recreate containers on a", kept("a"));
    until(&mut team, "Recreate containers on b", kept("b"));
    team.works_well("production");
    team.watches("production");
    team.ships("1.4.0");
    team.rolls_back("bo", None).unwrap();
    let here = team.environment("production");
    let all = here.kept_for(here.active().unwrap()).unwrap();
    assert_eq!(all.on(Some(&host("a"))), Some(&ran("a")));
    assert_eq!(all.on(Some(&host("b"))), Some(&ran("b")));
    assert_eq!(all.on(Some(&host("c"))), None);
    assert_eq!(all.on(None), None, "nobody knows which is meant");
}
