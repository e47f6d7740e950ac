//! The way back: to a version that was verified there, past every gate that
//! would keep people from it, and never without verification.

use super::Decided;
use super::attempt::{self, Start, version_of};
use super::consent;
use super::draft::{Draft, text};
use crate::ask::{AskId, Phase};
use crate::attempt::{Attempt, AttemptKind};
use crate::environment::{Environment, Verified};
use crate::event::{EnvironmentEvent, ReleaseEvent, StageResult};
use crate::ids::{EnvId, Key, Person, ReleaseId, Version};
use crate::notice::News;
use crate::policy::Action;
use crate::refusal::Refusal;
use crate::reply::Reply;

pub(super) fn by_hand(
    draft: &mut Draft,
    by: &Person,
    environment: &EnvId,
    (version, anyway): (Option<&Version>, bool),
    reason: &str,
) -> Decided {
    draft.require_env(&environment.app, &environment.env)?;
    draft.require(by, Action::Rollback)?;
    let reason = text("the reason", reason)?;
    let back = draft.environment(&environment.env);
    let back = back.and_then(|it| it.current());
    let undone = back.filter(|it| version.is_none_or(|version| it.manifest.version == *version));
    if draft.cut_off(&environment.env).is_some() && undone.is_some() {
        // What was cut off is over with it.
        return stop_now(draft, by, environment, Some(reason));
    }
    draft.require_idle(&environment.env)?;
    let known = draft.environment(&environment.env);
    let target = known.and_then(|it| match version {
        Some(version) => it
            .verified
            .iter()
            .rev()
            .find(|it| it.manifest.version == *version),
        None => it.previous(),
    });
    let Some(target) = target.cloned() else {
        let (environment, wanted) = (environment.clone(), version.cloned());
        let known = known.map(known_versions).unwrap_or_default();
        return Err(Refusal::NoTarget {
            environment,
            wanted,
            known,
        });
    };
    if known.is_some_and(|it| !it.touched && it.current() == Some(&target)) {
        let (environment, version) = (environment.clone(), target.manifest.version);
        return Err(Refusal::AlreadyThere {
            environment,
            version,
        });
    }
    let ahead = known.and_then(|it| it.ahead_of(&target));
    if let Some(ahead) = ahead.filter(|_| !anyway) {
        return Err(Refusal::DataAhead {
            environment: environment.clone(),
            target: target.manifest.version,
            ahead: Box::new(ahead.clone()),
        });
    }
    let reason = match ahead {
        Some(it) => format!(
            "{reason} (although {} of {} is not undone by it)",
            it.step, it.version
        ),
        None => reason,
    };
    // It is told where the version that is left behind was told.
    let from = known.and_then(leaving).unwrap_or(target.release);
    let version = target.manifest.version.clone();
    begin(draft, environment, target, (from, reason, Some(by.clone())));
    Ok(Reply::Started {
        environment: environment.clone(),
        version,
    })
}

/// Everything that could be named, the latest first.
fn known_versions(environment: &Environment) -> Vec<Version> {
    let mut known: Vec<Version> = Vec::new();
    for it in environment.verified.iter().rev() {
        if !known.contains(&it.manifest.version) {
            known.push(it.manifest.version.clone());
        }
    }
    known
}

/// The release whose deploy is undone.
fn leaving(environment: &Environment) -> Option<ReleaseId> {
    let last = environment.attempt.as_ref()?;
    Some(if last.is_rollback() {
        environment.current()?.release
    } else {
        last.release
    })
}

pub(super) fn by_itself(draft: &mut Draft, environment: &EnvId, failed: &Attempt, why: &str) {
    let known = draft.environment(&environment.env);
    let Some(target) = known.and_then(|it| it.current()).cloned() else {
        return;
    };
    let stop = failed.stop.as_ref();
    let by = stop.map(|it| it.by.clone());
    let asked = stop.and_then(|it| it.rollback.clone());
    let reason = asked.unwrap_or_else(|| why.to_owned());
    begin(draft, environment, target, (failed.release, reason, by));
}

fn begin(
    draft: &mut Draft,
    environment: &EnvId,
    target: Verified,
    (from, reason, by): (ReleaseId, String, Option<Person>),
) {
    let policy = draft
        .policy()
        .and_then(|it| it.environment(&environment.env))
        .cloned();
    let Some(policy) = policy else { return };
    let known = draft.environment(&environment.env);
    let work = attempt::way_back(&policy, known.and_then(|it| it.attempt.as_ref()));
    let number = known.map_or(0, |it| it.attempts) + 1;
    let key = Key::join(&[&"rollback", environment, &number]);
    use_up(draft, environment, from);
    // One that begins by itself is told with the failure it follows.
    if by.is_some() {
        let news = News::RollbackStarted {
            env: environment.env.clone(),
            to: target.manifest.version.clone(),
            reason: reason.clone(),
            by: by.clone(),
        };
        draft.shout(Some(from), key.clone(), Vec::new(), news);
    }
    let kind = AttemptKind::Rollback {
        reason,
        automatic: by.is_none(),
    };
    let (release, manifest) = (target.release, target.manifest);
    let start = Start {
        kind,
        release: from,
        target: release,
        manifest,
        work,
        by,
        over: None,
        ask: None,
    };
    attempt::start(draft, environment, start);
}

/// What people consented to in this environment is undone: that consent is used up.
fn use_up(draft: &mut Draft, environment: &EnvId, from: ReleaseId) {
    let Some(left) = draft.world.releases.get(&from).filter(|it| it.is_open()) else {
        return;
    };
    let asks = [Phase::Signoff, Phase::Accept].map(|phase| left.ask(&environment.env, phase));
    let asks: Vec<AskId> = asks
        .into_iter()
        .flatten()
        .map(|ask| ask.id.clone())
        .collect();
    let why = format!("{} is being rolled back", environment.env);
    for ask in asks {
        consent::void(draft, &ask, &why);
    }
}

/// The rollback is proven: the environment stays locked until somebody has looked.
pub(super) fn arrived(draft: &mut Draft, environment: &EnvId, attempt: &Attempt) {
    let env = environment.env.clone();
    let to = version_of(attempt);
    let left = draft.world.releases.get(&attempt.release);
    let left_version = left.map(|it| it.version.clone());
    let open = left.is_some_and(|it| it.is_open());
    let last = left
        .and_then(|it| it.stage(&env)?.attempts.last())
        .map(|it| it.number);
    if let (true, Some(last)) = (open && attempt.release != attempt.target, last) {
        let result = StageResult::RolledBack(attempt.target);
        let ended = ReleaseEvent::StageEnded {
            env: env.clone(),
            attempt: last,
            result,
        };
        draft.release_event(attempt.release, ended);
    }
    let why = match left_version {
        Some(version) if version != to => format!("rolled back from {version} to {to}"),
        Some(_) | None => format!("rolled back to {to}"),
    };
    draft.environment_event(environment, EnvironmentEvent::Locked { why });
    let key = Key::join(&[&"rolled-back", environment, &attempt.number]);
    let news = News::RolledBack { env, to };
    // One new message in the channel for each: where somebody began it they said so there.
    match attempt.by {
        Some(_) => draft.tell(attempt.release, key, Vec::new(), news),
        None => draft.shout(Some(attempt.release), key, Vec::new(), news),
    }
}

pub(super) fn stop(
    draft: &mut Draft,
    by: &Person,
    environment: &EnvId,
    rollback: Option<&str>,
) -> Decided {
    draft.require_env(&environment.app, &environment.env)?;
    draft.require(by, Action::Deploy)?;
    let rollback = match rollback {
        Some(reason) => {
            draft.require(by, Action::Rollback)?;
            Some(text("the reason", reason)?)
        }
        None => None,
    };
    stop_now(draft, by, environment, rollback)
}

/// Takes effect when the work at hand ends; at once if nothing is at work.
fn stop_now(
    draft: &mut Draft,
    by: &Person,
    environment: &EnvId,
    rollback: Option<String>,
) -> Decided {
    let known = draft.environment(&environment.env);
    let Some(active) = known.and_then(|it| it.active()) else {
        return Err(Refusal::NothingRunning {
            environment: environment.clone(),
        });
    };
    let waits = active.waits();
    let (number, release) = (active.number, active.release);
    // Once somebody wants it rolled back, a plain stop takes nothing of that away.
    let news = active
        .stop
        .as_ref()
        .is_none_or(|it| it.rollback.is_none() && rollback.is_some());
    if news {
        let asked = EnvironmentEvent::StopAsked {
            attempt: number,
            by: by.clone(),
            rollback,
        };
        draft.environment_event(environment, asked);
        draft.card(attempt::progress(environment, release, number));
    }
    if waits {
        attempt::stop_here(draft, environment)?;
    }
    Ok(Reply::Stopping {
        environment: environment.clone(),
    })
}
