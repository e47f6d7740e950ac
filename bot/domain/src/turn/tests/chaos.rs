//! Anybody does anything in any order, and what must never happen never does.

use proptest::prelude::*;

use super::team::{Said, Team, env_id, failed, length, new, reaction, role, succeeded, version};
use crate::ask::{Source, Vote};
use crate::attempt::{AttemptKind, FailureMode};
use crate::command::{Report, Wish};
use crate::event::{EnvironmentEvent, Event, Evidence, Outcome, ReleaseEvent};
use crate::ids::{EnvName, IncidentId, ReleaseId};
use crate::policy::Policy;
use crate::reply::Reply;

const PEOPLE: [&str; 5] = ["bo", "ana", "chloe", "dan", "fay"];
const ENVIRONMENTS: [&str; 2] = ["staging", "production"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_must_never_happen_happens(
        acts in prop::collection::vec((0u8..24, 0usize..5, 0usize..2, 0u32..6), 1..300)
    ) {
        let mut team = Team::with(|policy| {
            policy.environments[1].watch[0].ask = Some(role("sre"));
        });
        for act in acts {
            anything(&mut team, act);
            nobody_is_asked_twice_at_a_time(&team);
            what_was_started_may_start(&team);
        }
        team.wait("3d");
        prop_assert_eq!(&team.refolded(), team.folds());
        for it in &team.log { use std::io::Write as _; let mut f = std::fs::OpenOptions::new().append(true).create(true).open("/tmp/kinds.txt").unwrap(); writeln!(f, "{}", it.event.kind()).unwrap(); }
    }
}

/// One act; many are refused.
fn anything(team: &mut Team, (kind, who, place, number): (u8, usize, usize, u32)) {
    let (by, env) = (PEOPLE[who], ENVIRONMENTS[place]);
    let (environment, text) = (env_id(env), "because".to_owned());
    let opened = u32::try_from(team.count("release.opened")).unwrap();
    if opened == 0 || (kind == 0 && number == 0 && opened < 4) {
        let _refused = team.says(by, new(&format!("1.{opened}.0")));
        return;
    }
    let release = ReleaseId(1 + number % opened);
    let _refused = match kind {
        0 => team.pins(release),
        1 => team.deploys(by, release, env),
        2..=4 => team
            .deploys(by, release, env)
            .and_then(|_| team.reads(release, Some(env))),
        5 => team.reads(release, Some(env)),
        6..=11 => votes(team, (by, who, number), release),
        12..=16 => works(team, env, number),
        17 => {
            let version = (number > 3).then(|| version("1.0.0"));
            team.says(
                by,
                Wish::Rollback {
                    environment,
                    version,
                    reason: text,
                },
            )
        }
        18 if number == 0 => team.overrides(by, release, env),
        18 if number == 1 && who == 0 => team.says("ana", Wish::Cancel { release, why: text }),
        18 if number == 2 => team.says(
            by,
            Wish::Acknowledge {
                incident: IncidentId(1),
            },
        ),
        18 => {
            let rollback = (number > 3).then_some(text);
            team.says(
                by,
                Wish::Stop {
                    environment,
                    rollback,
                },
            )
        }
        19 => team.unlocks(env),
        20 => {
            team.wait(["5s", "1m", "5m", "6m", "1h", "3h"][number as usize]);
            return;
        }
        21 if number == 0 => team.changes_policy(|policy| toggle(policy, place)),
        21 => team.says(
            by,
            Wish::Answer {
                environment,
                tick: number % 4,
                good: who > 1,
            },
        ),
        _ => {
            let (attempt, tick, passed) = (number + 1, number % 4, who > 1);
            let findings = Vec::new();
            team.world_says(Report::TickChecked {
                environment,
                attempt,
                tick,
                passed,
                findings,
            })
        }
    };
}

/// Somebody says something to the latest ask of a release, or takes it back.
fn votes(team: &mut Team, (by, who, number): (&str, usize, u32), release: ReleaseId) -> Said {
    let asks = team.release(release).asks.values();
    let latest = asks.max_by_key(|it| (it.is_open(), it.opened_at));
    let Some(ask) = latest.map(|it| it.id.clone()) else {
        return Ok(Reply::Nothing);
    };
    match (number, who) {
        (0, 0 | 1) => team.votes(by, &ask, Vote::No { reason: None }),
        (0, 2) => team.withdraws(by, &ask, Source::Word),
        (0, _) => team.withdraws(by, &ask, reaction()),
        (1, _) => team.votes(by, &ask, Vote::Yes),
        _ => team.ticks_if_open(by, &ask),
    }
}

/// Work goes on: a piece, or all of it, mostly well.
fn works(team: &mut Team, env: &str, number: u32) -> Said {
    let known = team
        .folds()
        .contains_key(&crate::StreamId::Environment(env_id(env)));
    if !known || !team.is_busy(env) {
        return Ok(Reply::Nothing);
    }
    let (attempt, _) = team.owner(env);
    let gone = Outcome::Interrupted {
        seen: "gone".to_owned(),
        evidence: Evidence::default(),
    };
    match number {
        0 if attempt % 4 == 0 => team.works(env, gone),
        0 => team.works(env, failed(FailureMode::Timeout)),
        1 => team.works(env, succeeded()),
        2 => {
            return team.world_says(Report::FenceTaken {
                environment: env_id(env),
                attempt,
            });
        }
        _ => team.works_well(env),
    }
    Ok(Reply::Nothing)
}

fn nobody_is_asked_twice_at_a_time(team: &Team) {
    for fold in team.folds().values() {
        let crate::Fold::Release(it) = fold else {
            continue;
        };
        let open = it.asks.values().filter(|ask| ask.is_open());
        let mut open: Vec<_> = open.map(|ask| (&ask.id.env, ask.id.phase)).collect();
        let asked = open.len();
        open.dedup();
        assert_eq!(open.len(), asked);
    }
}

fn what_was_started_may_start(team: &Team) {
    let started = team.events().iter().filter_map(|it| match it {
        Event::Environment(EnvironmentEvent::AttemptStarted { kind, over, .. }) => {
            Some(*kind == AttemptKind::Deploy && over.is_none())
        }
        _ => None,
    });
    let started: Vec<bool> = started.collect();
    assert!(started.len() <= 1, "two attempts in one move");
    for event in team.events().iter().filter(|_| started == [true]) {
        if let Event::Release(ReleaseEvent::StageStarted { env, ask, .. }) = event {
            let quorum = signoff(team, env);
            let Some(ask) = ask else {
                return assert!(quorum.is_empty(), "nobody was asked");
            };
            let release = team.release(ask.release);
            assert_eq!(
                Some(&ask.manifest),
                release.manifest.as_ref().map(|it| it.hash()).as_ref()
            );
            let ask = &release.asks[ask];
            assert_eq!(ask.quorum, quorum);
            assert!(
                ask.missing(&release.requester, &team.settings).is_empty(),
                "too few"
            );
            assert!(
                ask.vetoing(&release.requester, &team.settings).is_empty(),
                "a veto"
            );
            assert!(
                team.did().contains(&"release.standing_read"),
                "without looking"
            );
        }
    }
}

fn signoff(team: &Team, env: &EnvName) -> crate::quorum::Quorum {
    team.policy()
        .unwrap()
        .environment(env)
        .unwrap()
        .signoff
        .clone()
}

fn toggle(policy: &mut Policy, place: usize) {
    let check = &mut policy.environments[place].smoke[0];
    check.every = if check.every == length("1s") {
        length("2s")
    } else {
        length("1s")
    };
}
