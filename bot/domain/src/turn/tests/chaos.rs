//! Anybody does anything in any order, and what must never happen never does.

use proptest::prelude::*;

use super::team::{Team, env_id, env_name, failed, length, new, reaction, role, succeeded};
use crate::ask::{AskId, Phase, Source, Vote};
use crate::attempt::{AttemptKind, FailureMode};
use crate::command::{Report, Wish};
use crate::event::{EnvironmentEvent, Event, Evidence, Outcome, ReleaseEvent};
use crate::ids::{IncidentId, ReleaseId};
use crate::policy::Policy;

const PEOPLE: [&str; 6] = ["ana", "bo", "chloe", "dan", "fay", "eve"];
const ENVIRONMENTS: [&str; 2] = ["staging", "production"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_must_never_happen_happens(
        acts in prop::collection::vec((0u8..24, 0usize..6, 0usize..2, 0u32..6), 1..220)
    ) {
        let mut team = Team::with(|policy| {
            policy.environments[1].watch[0].ask = Some(role("sre"));
        });
        for act in acts {
            anything(&mut team, act);
            holds(&team);
        }
        team.wait("3d");
        holds(&team);
        prop_assert_eq!(&team.refolded(), team.folds());
    }
}

/// One act; most are refused.
fn anything(team: &mut Team, (kind, who, place, number): (u8, usize, usize, u32)) {
    let (by, env) = (PEOPLE[who], ENVIRONMENTS[place]);
    let (release, environment) = (ReleaseId(1 + number / 2), env_id(env));
    let exists = usize::try_from(release.0).is_ok_and(|it| it <= team.count("release.opened"));
    let ask = exists.then(|| some_ask(team, release, number)).flatten();
    let text = "because".to_owned();
    let _refused = match kind {
        0 => team.says(by, new(&format!("1.{}.0", number / 2))),
        1 if exists => team.pins(release),
        2 | 3 if exists => team.deploys(by, release, env),
        4 if exists && number == 0 => team.overrides(by, release, env),
        5..=7 if exists => team.reads(release, Some(env)),
        8..=10 => {
            if let Some(ask) = ask {
                team.ticks_if_open(by, &ask);
            }
            return;
        }
        11 => {
            let Some(ask) = ask else { return };
            let no = Vote::No {
                reason: (number > 2).then_some(text),
            };
            team.votes(by, &ask, if number == 0 { no } else { Vote::Yes })
        }
        12 => {
            let Some(ask) = ask else { return };
            team.withdraws(by, &ask, if number > 2 { Source::Word } else { reaction() })
        }
        13..=16 => {
            if exists_environment(team, env) && team.is_busy(env) {
                team.works(env, if number == 5 { bad(who) } else { succeeded() });
            }
            return;
        }
        17 => {
            let version = (number > 3).then(|| super::team::version("1.0.0"));
            team.says(
                by,
                Wish::Rollback {
                    environment,
                    version,
                    reason: text,
                },
            )
        }
        18 => team.says(
            by,
            Wish::Stop {
                environment,
                rollback: (number > 2).then_some(text),
            },
        ),
        19 => team.says(
            by,
            Wish::Unlock {
                environment,
                why: text,
            },
        ),
        20 => {
            team.wait(["5s", "1m", "5m", "11m", "1h", "3h"][number as usize]);
            return;
        }
        21 if number == 0 => team.changes_policy(|policy| toggle(policy, place)),
        21 if number == 1 => team.says(by, Wish::Cancel { release, why: text }),
        21 => team.says(
            by,
            Wish::Acknowledge {
                incident: IncidentId(number),
            },
        ),
        22 => team.says(
            by,
            Wish::Answer {
                environment,
                tick: number,
                good: place == 0,
            },
        ),
        23 => {
            let (attempt, tick, passed) = (number + 1, number, who > 2);
            let findings = Vec::new();
            team.world_says(Report::TickChecked {
                environment,
                attempt,
                tick,
                passed,
                findings,
            })
        }
        _ => return,
    };
}

/// What must hold after every act.
fn holds(team: &Team) {
    for env in ENVIRONMENTS
        .into_iter()
        .filter(|env| exists_environment(team, env))
    {
        let it = team.environment(env);
        assert!(it.verified.len() <= 50);
        assert!(
            it.attempt
                .as_ref()
                .is_none_or(|last| last.fence == it.fence)
        );
    }
    for number in 1..=u32::try_from(team.count("release.opened")).unwrap() {
        let it = team.release(ReleaseId(number));
        for (env, phase) in ENVIRONMENTS
            .iter()
            .flat_map(|env| [(env, Phase::Signoff), (env, Phase::Accept)])
        {
            let open = it.asks.values().filter(|ask| {
                ask.is_open() && ask.id.env == env_name(env) && ask.id.phase == phase
            });
            assert!(open.count() <= 1, "asked twice at a time");
        }
    }
    starts_were_right(team);
}

/// What the last move started, it may have started.
fn starts_were_right(team: &Team) {
    let started = team.events().iter().filter_map(|it| match it {
        Event::Environment(EnvironmentEvent::AttemptStarted {
            kind,
            release,
            over,
            manifest,
            ..
        }) => Some((kind, *release, over, manifest)),
        _ => None,
    });
    let started: Vec<_> = started.collect();
    assert!(started.len() <= 1, "two attempts in one move");
    for (kind, release, over, manifest) in started {
        if *kind != AttemptKind::Deploy || over.is_some() {
            continue;
        }
        let it = team.release(release);
        let (env, used) = team
            .events()
            .iter()
            .find_map(|event| match event {
                Event::Release(ReleaseEvent::StageStarted { env, ask, .. }) => Some((env, ask)),
                _ => None,
            })
            .expect("a deploy is told in its release");
        let policy = team.policy().unwrap();
        let quorum = &policy.environment(env).unwrap().signoff;
        if quorum.is_empty() {
            continue;
        }
        let ask = &it.asks[used.as_ref().expect("somebody consented")];
        assert_eq!(ask.id.manifest, manifest.hash(), "to something else");
        assert_eq!(manifest.policy, it.policy);
        assert!(
            ask.missing(&it.requester, &team.settings).is_empty(),
            "too few"
        );
        assert!(
            ask.vetoing(&it.requester, &team.settings).is_empty(),
            "against a veto"
        );
        assert!(
            team.did().contains(&"release.standing_read"),
            "without looking"
        );
    }
}

fn some_ask(team: &Team, release: ReleaseId, number: u32) -> Option<AskId> {
    let asks: Vec<_> = team.release(release).asks.keys().cloned().collect();
    let open = asks
        .iter()
        .rfind(|it| team.release(release).asks[*it].is_open())
        .cloned();
    if number % 2 == 0 {
        open
    } else {
        asks.into_iter().next_back()
    }
}

fn exists_environment(team: &Team, env: &str) -> bool {
    team.folds()
        .contains_key(&crate::StreamId::Environment(env_id(env)))
}

fn bad(who: usize) -> Outcome {
    match who {
        0 => Outcome::Interrupted {
            seen: "gone".to_owned(),
            evidence: Evidence::default(),
        },
        1 => failed(FailureMode::Timeout),
        _ => failed(FailureMode::Healthcheck),
    }
}

fn toggle(policy: &mut Policy, place: usize) {
    let check = &mut policy.environments[place].smoke[0];
    check.every = if check.every == length("1s") {
        length("2s")
    } else {
        length("1s")
    };
}
