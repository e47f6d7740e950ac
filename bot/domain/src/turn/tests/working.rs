//! An attempt does its work piece by piece, by the fence in force.

use super::team::{Team, check, env_id, env_name, failed, succeeded};
use crate::attempt::{AttemptState, FailureMode, Next, Progress, Work};
use crate::command::Report;
use crate::effect::{CardId, Effect};
use crate::event::{Evidence, Outcome, StageResult};
use crate::notice::News;
use crate::refusal::Refusal;
use crate::reply::Reply;

#[test]
fn work_is_done_in_order_and_then_it_is_verified() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    team.starts("bo", release, "staging");
    let attempt = team.environment("staging").active().unwrap();
    assert!(matches!(attempt.next(), Next::Begin(0, Work::Step(_))));
    assert_eq!(attempt.progress, vec![Progress::Pending; 4]);

    assert_eq!(team.begins_work("staging"), Some(0));
    assert_eq!(team.did(), ["environment.work_started"]);
    team.ends_work("staging", 0, succeeded()).unwrap();
    assert_eq!(team.did(), ["environment.work_ended"]);
    team.works("staging", succeeded());
    team.works("staging", succeeded());
    let next = team.environment("staging").active().unwrap().next();
    assert_eq!(next, Next::Begin(3, &Work::Check(check())));
    team.works("staging", succeeded());
    let did = [
        "environment.work_ended",
        "environment.attempt_verified",
        "release.stage_ended",
        "release.ask_opened",
    ];
    assert_eq!(team.did(), did);
    let environment = env_id("staging");
    let card = Effect::Card {
        card: CardId::Evidence {
            release,
            environment,
            attempt: 1,
        },
    };
    assert!(team.effects().contains(&card), "a check is evidence");
    assert_eq!(team.runs("staging"), "1.4.0");
    let last = team.release(release).stages[&env_name("staging")]
        .attempts
        .last()
        .unwrap();
    assert_eq!(last.ended.as_ref().unwrap().1, StageResult::Verified);
    let attempt = team.environment("staging").attempt.as_ref().unwrap();
    assert_eq!(attempt.next(), Next::Nothing);
}

#[test]
fn work_does_not_overtake_work() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    team.starts("bo", release, "staging");
    let early = starts(&mut team, 1, 1);
    assert!(matches!(early, Err(Refusal::Stale { .. })));
    assert!(
        matches!(ends(&mut team, 1, 0), Err(Refusal::Stale { .. })),
        "it has not begun"
    );
    starts(&mut team, 1, 0).unwrap();
    assert_eq!(
        starts(&mut team, 1, 0),
        Ok(Reply::Nothing),
        "the bot came back"
    );
    assert!(team.did().is_empty());
    ends(&mut team, 1, 0).unwrap();
    assert!(
        matches!(ends(&mut team, 1, 0), Err(Refusal::Stale { .. })),
        "it ended once"
    );
    assert!(matches!(
        starts(&mut team, 1, 0),
        Err(Refusal::Stale { .. })
    ));
    assert!(
        matches!(starts(&mut team, 1, 9), Err(Refusal::Stale { .. })),
        "no such work"
    );
}

#[test]
fn whoever_lost_the_fence_is_refused() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    team.starts("bo", release, "staging");
    starts(&mut team, 1, 0).unwrap();
    takes(&mut team, 1).unwrap();
    assert_eq!(team.did(), ["environment.fence_taken"]);
    assert_eq!(team.owner("staging"), (1, 2));
    assert!(matches!(ends(&mut team, 1, 0), Err(Refusal::Stale { .. })));
    assert!(matches!(
        starts(&mut team, 1, 1),
        Err(Refusal::Stale { .. })
    ));
    let resumed = team.environment("staging").active().unwrap().next();
    assert!(
        matches!(resumed, Next::Resume(0, _)),
        "what had begun goes on"
    );
    ends(&mut team, 2, 0).unwrap();
    team.works_well("staging");
    assert!(
        matches!(takes(&mut team, 1), Err(Refusal::Stale { .. })),
        "it is over"
    );
}

#[test]
fn a_fence_never_goes_back() {
    let mut team = Team::new();
    let first = team.opens("1.4.0");
    team.starts("bo", first, "staging");
    takes(&mut team, 1).unwrap();
    team.works_well("staging");
    let second = team.opens("1.5.0");
    team.starts("bo", second, "staging");
    assert_eq!(team.owner("staging"), (2, 3));
    assert!(
        matches!(takes(&mut team, 1), Err(Refusal::Stale { .. })),
        "of an older attempt"
    );
}

#[test]
fn evidence_keeps_its_limits() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    team.starts("bo", release, "staging");
    team.begins_work("staging");
    let tail: Vec<String> = (0..100)
        .map(|line| format!("{line} {}", "é".repeat(600)))
        .collect();
    let evidence = Evidence {
        findings: tail.clone(),
        tail,
        hash: None,
        size: 1,
        unchanged: false,
        snapshot: None,
        seen: Vec::new(),
    };
    let (mode, why) = (FailureMode::Runtime, "x".repeat(5000));
    team.ends_work(
        "staging",
        0,
        Outcome::Failed {
            mode,
            why,
            evidence,
        },
    )
    .unwrap();
    let attempt = team.environment("staging").attempt.as_ref().unwrap();
    let Progress::Ended {
        outcome: Outcome::Failed { why, evidence, .. },
        ..
    } = &attempt.progress[0]
    else {
        panic!("it ended")
    };
    assert_eq!(why.chars().count(), 1000);
    assert!(evidence.tail.iter().map(String::len).sum::<usize>() <= 4096);
    assert!(
        evidence.tail.last().unwrap().starts_with("99 "),
        "the end is what counts"
    );
}

#[test]
fn an_attempt_without_work_to_touch_leaves_no_trace() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    team.starts("bo", release, "staging");
    assert!(!team.environment("staging").touched);
    team.works("staging", succeeded());
    assert!(
        !team.environment("staging").touched,
        "a pull touches nothing"
    );
    team.begins_work("staging");
    assert!(team.environment("staging").touched, "begun is enough");
    team.ends_work("staging", 1, succeeded()).unwrap();
    team.works_well("staging");
    assert!(
        !team.environment("staging").touched,
        "it runs what it should"
    );
    let failed = failed(FailureMode::Startup);
    let second = team.opens("1.5.0");
    team.starts("bo", second, "staging");
    team.works("staging", failed);
    let attempt = team.environment("staging").attempt.as_ref().unwrap();
    assert!(matches!(attempt.state, AttemptState::Failed { .. }) && !attempt.has_touched());
}

#[test]
fn with_nothing_to_do_it_is_done_at_once() {
    let mut team = Team::with(|policy| {
        policy.environments[0].deploy.clear();
        policy.environments[0].smoke.clear();
    });
    let release = team.opens("1.4.0");
    team.deploys("bo", release, "staging").unwrap();
    assert_eq!(team.runs("staging"), "1.4.0");
    assert!(!team.is_busy("staging"));
}

fn starts(team: &mut Team, fence: u64, index: u32) -> Result<Reply, Refusal> {
    let environment = env_id("staging");
    team.world_says(Report::WorkStarted {
        environment,
        attempt: 1,
        fence,
        index,
    })
}

fn ends(team: &mut Team, fence: u64, index: u32) -> Result<Reply, Refusal> {
    let (environment, outcome) = (env_id("staging"), succeeded());
    team.world_says(Report::WorkEnded {
        environment,
        attempt: 1,
        fence,
        index,
        outcome,
    })
}

fn takes(team: &mut Team, attempt: u32) -> Result<Reply, Refusal> {
    team.world_says(Report::FenceTaken {
        environment: env_id("staging"),
        attempt,
    })
}

#[test]
fn what_keeps_it_from_going_on_is_told_once_until_it_is_over() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    team.starts("bo", release, "production");
    let (attempt, fence) = team.owner("production");
    let held = |why: Option<&str>| Report::WorkHeld {
        environment: env_id("production"),
        attempt,
        fence,
        why: why.map(str::to_owned),
    };
    team.world_says(held(Some("process 12 holds the lock")))
        .unwrap();
    assert_eq!(team.did(), ["environment.work_held"]);
    assert!(matches!(team.news()[..], [News::WorkHeld { .. }]));
    team.world_says(held(Some("process 12 holds the lock")))
        .unwrap();
    assert!(team.did().is_empty());
    team.world_says(held(None)).unwrap();
    let active = team.environment("production").active().unwrap();
    assert_eq!(active.held, None);
}
