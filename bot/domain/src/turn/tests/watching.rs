//! An environment is watched after a deploy.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use super::team::{Team, env_id, env_name, length, person, role, segment};
use crate::command::Wish;
use crate::effect::{CardId, Effect};
use crate::event::{EnvironmentEvent, Event};
use crate::notice::News;
use crate::policy::{Action, WatchSegment};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timer::Timer;
use crate::watch::MAX_TICKS;

#[test]
fn it_is_looked_at_when_due_and_then_it_is_over() {
    let mut team = Team::new();
    let release = team.brings("1.4.0");
    let did = team.did();
    assert!(did.ends_with(&["environment.watch_started"]), "{did:?}");
    let watch = team.environment("production").watching().unwrap();
    let due: Vec<i64> = watch
        .ticks
        .iter()
        .map(|it| (it.due - team.now).num_minutes())
        .collect();
    assert_eq!(due, [5, 10, 15]);
    team.wait("5m");
    assert!(team.effects().contains(&look(0)));
    team.looks("production", 1, 0, true).unwrap();
    assert_eq!(team.did(), ["environment.tick_checked"]);
    let environment = env_id("production");
    let card = CardId::Watch {
        release,
        environment,
        attempt: 1,
    };
    assert!(team.effects().contains(&Effect::Card { card }));
    team.wait("10m");
    team.looks("production", 1, 1, true).unwrap();
    team.looks("production", 1, 2, true).unwrap();
    let did = [
        "environment.tick_checked",
        "environment.watch_ended",
        "release.stage_watched",
        "release.done",
    ];
    assert_eq!(team.did(), did);
    let late = team.looks("production", 1, 2, true);
    assert!(matches!(late, Err(Refusal::Stale { .. })), "it is over");
}

#[test]
fn looks_that_were_due_together_are_told_together() {
    let mut team = Team::new();
    team.brings("1.4.0");
    team.is_away_for("11m");
    let missed = team.log.iter().filter_map(|it| match &it.event {
        Event::Environment(EnvironmentEvent::TickMissed {
            tick,
            coalesced_into,
            ..
        }) => Some((*tick, *coalesced_into)),
        _ => None,
    });
    assert_eq!(missed.collect::<Vec<_>>(), [(0, Some(1))]);
    assert!(team.owed.contains(&look(1)) && !team.owed.contains(&look(0)));
}

#[test]
fn a_question_is_asked_again_once_and_then_it_is_missed() {
    let mut team = Team::with_production(|env| env.watch = vec![asking("15m", "5m")]);
    team.brings("1.4.0");
    let people = vec![person("bo")];
    team.wait("5m");
    let asked = team.effects().iter().find_map(|it| match it {
        Effect::Say { notice, .. } => Some((notice.mention.clone(), notice.news.clone())),
        _ => None,
    });
    let (env, version) = (env_name("production"), super::team::version("1.4.0"));
    let question = News::WatchQuestion {
        env,
        version,
        tick: 0,
        again: false,
    };
    assert_eq!(asked, Some((people, question)));
    team.wait("3m");
    assert!(matches!(
        team.news()[..],
        [News::WatchQuestion { again: true, .. }]
    ));
    team.wait("2m");
    assert!(team.environment("production").watch.as_ref().unwrap().ends[&0].missed);
    assert_eq!(team.count("environment.tick_missed"), 1);
}

#[test]
fn an_answer_settles_a_look() {
    let mut team = Team::with_production(|env| env.watch = vec![asking("5m", "5m")]);
    let release = team.brings("1.4.0");
    let early = answers(&mut team, "bo", 0, true);
    assert!(
        matches!(early, Err(Refusal::NotWatched { .. })),
        "it is not due yet: {early:?}"
    );
    team.wait("5m");
    let roles = vec![role("sre")];
    let refused = Refusal::NotAllowed {
        action: Action::Watch,
        roles,
        people: vec![person("bo")],
    };
    assert_eq!(answers(&mut team, "dan", 0, true), Err(refused));
    let unknown = answers(&mut team, "bo", 7, true);
    assert!(matches!(unknown, Err(Refusal::NotWatched { .. })));
    let environment = env_id("production");
    assert_eq!(
        answers(&mut team, "bo", 0, true),
        Ok(Reply::Answered { environment })
    );
    assert!(team.did().contains(&"environment.tick_answered"));
    assert!(!team.has_timer(|it| matches!(it, Timer::Unanswered { .. })));
    assert!(!team.release(release).is_open());
    let over = answers(&mut team, "bo", 0, true);
    assert!(matches!(over, Err(Refusal::NotWatched { .. })));
}

#[test]
fn the_same_answer_is_recorded_once() {
    let mut team = Team::with_production(|env| env.watch = vec![asking("15m", "5m")]);
    team.brings("1.4.0");
    team.wait("5m");
    answers(&mut team, "bo", 0, true).unwrap();
    answers(&mut team, "bo", 0, true).unwrap();
    assert!(team.did().is_empty());
    answers(&mut team, "dan", 0, false).unwrap();
    assert!(
        team.did().contains(&"environment.tick_answered"),
        "a doubt is heard all the same"
    );
    let (attempt, tick, times) = (1, 0, 1);
    let environment = env_id("production");
    let late = team.timer(Timer::Unanswered {
        environment,
        attempt,
        tick,
        times,
    });
    assert!(
        matches!(late, Err(Refusal::Stale { .. })),
        "somebody answered"
    );
}

#[test]
fn findings_in_a_row_open_one_incident() {
    let mut team = Team::with_production(|env| env.watch = vec![segment("30m", "5m")]);
    team.brings("1.4.0");
    team.wait("15m");
    team.looks("production", 1, 0, false).unwrap();
    assert_eq!(
        team.did(),
        [
            "environment.tick_checked",
            "incident.opened",
            "incident.paged"
        ]
    );
    assert!(matches!(
        team.news()[..],
        [News::WatchFinding { .. }, News::Page { .. }]
    ));
    assert_eq!(team.incident(1).what, "500 on /health");
    team.looks("production", 1, 1, false).unwrap();
    assert_eq!(team.did(), ["environment.tick_checked"]);
    assert!(
        matches!(team.news()[..], [News::WatchFinding { .. }]),
        "but everybody is told"
    );
    team.looks("production", 1, 2, true).unwrap();
    team.wait("5m");
    team.looks("production", 1, 3, false).unwrap();
    assert_eq!(team.incidents(), 2, "well, and then wrong again");
    answers(&mut team, "chloe", 3, false).unwrap();
    assert_eq!(team.incidents(), 2);
    assert!(matches!(
        team.news()[..],
        [News::WatchFinding { by: Some(_), .. }]
    ));
    let keys = team.owed.iter().map(Effect::key);
    let keys: Vec<_> = keys.filter(|it| it.as_str().contains("finding")).collect();
    let unique: BTreeSet<_> = keys.iter().collect();
    assert_eq!(
        keys.len(),
        unique.len(),
        "nothing is taken for said already"
    );
}

#[test]
fn a_look_is_checked_once_even_if_nobody_answered() {
    let mut team = Team::with_production(|env| {
        env.watch = vec![WatchSegment {
            ask: Some(role("sre")),
            ..segment("15m", "5m")
        }];
    });
    team.brings("1.4.0");
    team.wait("10m");
    assert!(team.environment("production").watch.as_ref().unwrap().ends[&0].missed);
    team.looks("production", 1, 0, false).unwrap();
    assert_eq!(team.incidents(), 1, "what was found late is found");
    let twice = team.looks("production", 1, 0, true);
    assert!(matches!(twice, Err(Refusal::Stale { .. })));
}

#[test]
fn it_can_be_watched_longer() {
    let mut team = Team::new();
    team.brings("1.4.0");
    team.wait("16m");
    let until = team.now + TimeDelta::minutes(12);
    let said = extends(&mut team, until);
    assert!(matches!(said, Ok(Reply::WatchExtended { .. })), "{said:?}");
    assert_eq!(team.did(), ["environment.watch_extended"]);
    let watch = team.environment("production").watching().unwrap();
    assert_eq!(watch.ticks.len(), 5);
    assert!(watch.ticks[3].due > team.now);
    let gap = watch.ticks[4].due - watch.ticks[3].due;
    assert_eq!(gap, TimeDelta::minutes(5), "in the same rhythm");
    team.watches("production");
    assert!(team.environment("production").watching().is_none());
    let over = extends(&mut team, until);
    assert_eq!(
        over,
        Err(Refusal::NotWatched {
            environment: env_id("production")
        })
    );
}

#[test]
fn looks_added_late_are_not_in_the_past() {
    let mut team = Team::with_production(|env| env.watch = vec![asking("10m", "5m")]);
    team.brings("1.4.0");
    team.wait("5m");
    answers(&mut team, "bo", 0, true).unwrap();
    let environment = env_id("production");
    team.now += TimeDelta::hours(2);
    let until = team.now + TimeDelta::minutes(6);
    extends(&mut team, until).unwrap();
    let watch = team.environment("production").watching().unwrap();
    assert!(
        watch
            .ticks
            .iter()
            .skip(2)
            .all(|it| it.due > team.now && it.due <= until)
    );
    let past = extends(&mut team, until - TimeDelta::hours(4));
    assert!(matches!(past, Err(Refusal::InThePast { .. })));
    let long = Wish::Extend {
        environment,
        until: team.now + TimeDelta::days(300),
    };
    team.says("bo", long).unwrap();
    assert_eq!(
        team.environment("production")
            .watching()
            .unwrap()
            .ticks
            .len(),
        MAX_TICKS
    );
    let full = extends(&mut team, until + TimeDelta::days(400));
    assert!(matches!(full, Err(Refusal::TooLong { .. })), "{full:?}");
}

#[test]
fn a_little_longer_is_one_look_more() {
    let mut team = Team::with_production(|env| env.watch = vec![segment("2h", "1h")]);
    team.brings("1.4.0");
    team.wait("1h55m");
    let until = team.now + TimeDelta::minutes(30);
    assert_eq!(
        extends(&mut team, until),
        Ok(Reply::WatchExtended {
            environment: env_id("production"),
            until
        })
    );
}

#[test]
fn it_can_be_ended_by_those_who_may() {
    let mut team = Team::with(|policy| {
        policy.allow.insert(Action::Watch, vec![role("sre")]);
    });
    let release = team.brings("1.4.0");
    let end = Wish::EndWatch {
        environment: env_id("production"),
    };
    assert!(matches!(
        team.says("dan", end.clone()),
        Err(Refusal::NotAllowed { .. })
    ));
    team.says("bo", end.clone()).unwrap();
    let did = [
        "environment.watch_ended",
        "release.stage_watched",
        "release.done",
    ];
    assert_eq!(team.did(), did);
    assert!(!team.has_timer(|it| matches!(it, Timer::Tick { .. } | Timer::Unanswered { .. })));
    assert_eq!(
        team.release(release).stages[&env_name("production")].watched,
        Some(0)
    );
    assert!(matches!(
        team.says("bo", end),
        Err(Refusal::NotWatched { .. })
    ));
}

#[test]
fn the_next_deploy_ends_it() {
    let mut team = Team::new();
    let first = team.brings("1.4.0");
    let second = team.readies("1.5.0");
    team.starts("bo", second, "production");
    assert!(team.did().contains(&"environment.watch_ended"));
    assert!(!team.release(first).is_open(), "it did what it had to");
    let (environment, attempt, tick) = (env_id("production"), 1, 2);
    let stale = team.timer(Timer::Tick {
        environment,
        attempt,
        tick,
    });
    assert!(matches!(stale, Err(Refusal::Stale { .. })));
}

#[test]
fn rhythms_follow_each_other_up_to_a_limit() {
    let mut team = Team::with_production(|env| {
        env.watch = vec![
            segment("10m", "5m"),
            segment("1h", "20m"),
            segment("10d", "1m"),
        ];
    });
    team.brings("1.4.0");
    let ticks = &team.environment("production").watching().unwrap().ticks;
    let minutes = ticks.iter().map(|it| (it.due - team.now).num_minutes());
    assert_eq!(minutes.take(6).collect::<Vec<_>>(), [5, 10, 30, 50, 70, 71]);
    assert_eq!(ticks.len(), MAX_TICKS);
}

fn look(tick: u32) -> Effect {
    Effect::LookAt {
        environment: env_id("production"),
        attempt: 1,
        tick,
    }
}

/// A rhythm in which somebody is asked, and nothing is looked at automatically.
fn asking(lasts: &str, every: &str) -> WatchSegment {
    let (length, every) = (length(lasts), length(every));
    WatchSegment {
        length,
        every,
        checks: Vec::new(),
        ask: Some(role("sre")),
    }
}

fn answers(team: &mut Team, by: &str, tick: u32, good: bool) -> Result<Reply, Refusal> {
    team.says(
        by,
        Wish::Answer {
            environment: env_id("production"),
            tick,
            good,
        },
    )
}

fn extends(team: &mut Team, until: chrono::DateTime<chrono::Utc>) -> Result<Reply, Refusal> {
    team.says(
        "bo",
        Wish::Extend {
            environment: env_id("production"),
            until,
        },
    )
}
