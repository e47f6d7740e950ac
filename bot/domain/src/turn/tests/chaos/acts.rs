//! What people and the world do when they do anything.

use super::{ENVIRONMENTS, PEOPLE};
use crate::ask::{Source, Vote};
use crate::attempt::{Choice, FailureMode};
use crate::command::{Report, Wish};
use crate::event::{Evidence, Outcome};
use crate::ids::{IncidentId, ReleaseId};
use crate::policy::Policy;
use crate::reply::Reply;
use crate::turn::tests::team::{
    Said, Team, env_id, failed, length, new, reaction, succeeded, version,
};

/// One act; many are refused.
pub(super) fn anything(team: &mut Team, (kind, who, place, number): (u8, usize, usize, u32)) {
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
                    anyway: false,
                },
            )
        }
        18 if number == 0 => team.overrides(by, release, env),
        18 if number == 1 && who == 0 => team.says("ana", Wish::Cancel { release, why: text }),
        18 if number == 2 => acknowledges(team, by),
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

fn acknowledges(team: &mut Team, by: &str) -> Said {
    let incident = IncidentId(1);
    team.says(by, Wish::Acknowledge { incident })
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
    if team.is_cut_off(env) && number < 2 {
        let choice = [Choice::Again, Choice::Worked][number as usize];
        return team.decides("bo", env, choice);
    }
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

fn toggle(policy: &mut Policy, place: usize) {
    let check = &mut policy.environments[place].smoke[0];
    check.every = if check.every == length("1s") {
        length("2s")
    } else {
        length("1s")
    };
}
