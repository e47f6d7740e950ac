//! An attempt begins, does its work piece by piece, and is verified or fails.

use super::Decided;
use super::draft::Draft;
use super::{incident, rollback, watch};
use crate::ask::AskId;
use crate::attempt::{Attempt, AttemptKind, FailureMode, Progress, Work};
use crate::checks::Check;
use crate::effect::CardId;
use crate::event::{EnvironmentEvent, Evidence, Outcome, Override, ReleaseEvent, StageResult};
use crate::ids::{EnvId, Key, Person, ReleaseId, Version};
use crate::manifest::Manifest;
use crate::notice::{AfterFailure, News};
use crate::policy::OnFailure;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::steps::Step;

pub(super) struct Start {
    pub(super) kind: AttemptKind,
    pub(super) release: ReleaseId,
    pub(super) target: ReleaseId,
    pub(super) manifest: Manifest,
    pub(super) work: Vec<Work>,
    pub(super) by: Option<Person>,
    pub(super) over: Option<Override>,
    pub(super) ask: Option<AskId>,
}

pub(super) fn work_of(steps: &[Step], checks: &[Check]) -> Vec<Work> {
    let steps = steps.iter().cloned().map(Work::Step);
    steps
        .chain(checks.iter().cloned().map(Work::Check))
        .collect()
}

pub(super) fn start(draft: &mut Draft, environment: &EnvId, start: Start) {
    let known = draft.environment(&environment.env);
    let (attempts, fence) = known.map_or((0, 0), |it| (it.attempts, it.fence));
    let attempt = attempts + 1;
    watch::end_for_attempt(draft, environment);
    let Start {
        kind,
        release,
        target,
        manifest,
        work,
        by,
        over,
        ask,
    } = start;
    let is_deploy = kind == AttemptKind::Deploy;
    let started = EnvironmentEvent::AttemptStarted {
        attempt,
        key: Key::join(&[&"attempt", environment, &attempt]),
        fence: fence + 1,
        kind,
        release,
        target,
        manifest: Box::new(manifest),
        work,
        by,
        over,
    };
    draft.environment_event(environment, started);
    if is_deploy {
        let env = environment.env.clone();
        if let Some(ask) = ask.clone() {
            draft.card(CardId::Ask { ask });
        }
        draft.release_event(release, ReleaseEvent::StageStarted { env, attempt, ask });
    } else {
        draft.card(CardId::Release { release });
    }
    draft.card(progress(environment, release, attempt));
}

pub(super) fn take_over(draft: &mut Draft, environment: &EnvId, number: u32) -> Decided {
    let fence = active(draft, environment, number)?.fence;
    draft.environment_event(
        environment,
        EnvironmentEvent::FenceTaken {
            attempt: number,
            fence: fence + 1,
        },
    );
    Ok(Reply::Nothing)
}

pub(super) fn work_started(
    draft: &mut Draft,
    environment: &EnvId,
    (number, fence): (u32, u64),
    index: u32,
) -> Decided {
    let attempt = owned(draft, environment, number, fence)?;
    let release = attempt.release;
    if attempt.stop.is_some() {
        return stop_here(draft, environment);
    }
    match attempt.progress.get(index as usize) {
        Some(Progress::Pending) => {}
        // The bot started again: what had begun goes on.
        Some(Progress::Running { .. }) => return Ok(Reply::Nothing),
        Some(Progress::Ended { .. }) | None => {
            return Err(Refusal::Stale {
                what: "this work is over",
            });
        }
    }
    let before = attempt.progress.iter().take(index as usize);
    if before
        .into_iter()
        .any(|it| !matches!(it, Progress::Ended { .. }))
    {
        return Err(Refusal::Stale {
            what: "the work before it is not over",
        });
    }
    draft.environment_event(
        environment,
        EnvironmentEvent::WorkStarted {
            attempt: number,
            index,
        },
    );
    draft.card(progress(environment, release, number));
    Ok(Reply::Nothing)
}

pub(super) fn work_ended(
    draft: &mut Draft,
    environment: &EnvId,
    (number, fence): (u32, u64),
    index: u32,
    outcome: &Outcome,
) -> Decided {
    let attempt = owned(draft, environment, number, fence)?;
    let release = attempt.release;
    let Some(Progress::Running { .. }) = attempt.progress.get(index as usize) else {
        return Err(Refusal::Stale {
            what: "this work is not running",
        });
    };
    let is_check = matches!(attempt.work.get(index as usize), Some(Work::Check(_)));
    let is_last = index as usize + 1 == attempt.work.len();
    let (outcome, stop) = (bounded(outcome), attempt.stop.is_some());
    draft.environment_event(
        environment,
        EnvironmentEvent::WorkEnded {
            attempt: number,
            index,
            outcome: outcome.clone(),
        },
    );
    draft.card(progress(environment, release, number));
    if is_check {
        let environment = environment.clone();
        draft.card(CardId::Evidence {
            release,
            environment,
            attempt: number,
        });
    }
    match outcome {
        Outcome::Succeeded { .. } if is_last => verified(draft, environment),
        Outcome::Succeeded { .. } if stop => stop_here(draft, environment),
        Outcome::Succeeded { .. } => Ok(Reply::Nothing),
        Outcome::Failed {
            mode,
            why,
            evidence,
        } => failed(draft, environment, mode, &why, evidence.tail),
        Outcome::Interrupted { seen, evidence } => failed(
            draft,
            environment,
            FailureMode::Interrupted,
            &seen,
            evidence.tail,
        ),
    }
}

fn verified(draft: &mut Draft, environment: &EnvId) -> Decided {
    let Some(attempt) = draft
        .environment(&environment.env)
        .and_then(|it| it.active())
        .cloned()
    else {
        return Err(Refusal::Stale {
            what: "nothing is running",
        });
    };
    let number = attempt.number;
    draft.environment_event(
        environment,
        EnvironmentEvent::AttemptVerified { attempt: number },
    );
    draft.card(progress(environment, attempt.release, number));
    let env = environment.env.clone();
    if attempt.is_rollback() {
        rollback::arrived(draft, environment, &attempt);
    } else {
        let result = StageResult::Verified;
        let ended = ReleaseEvent::StageEnded {
            env: env.clone(),
            attempt: number,
            result,
        };
        draft.release_event(attempt.release, ended);
        if planned(draft, attempt.release, environment) {
            draft.card(CardId::Announcement {
                release: attempt.release,
                env,
            });
        }
        watch::begin(draft, environment, &attempt);
    }
    Ok(Reply::Nothing)
}

fn failed(
    draft: &mut Draft,
    environment: &EnvId,
    mode: FailureMode,
    why: &str,
    tail: Vec<String>,
) -> Decided {
    let Some(attempt) = draft
        .environment(&environment.env)
        .and_then(|it| it.active())
        .cloned()
    else {
        return Err(Refusal::Stale {
            what: "nothing is running",
        });
    };
    let number = attempt.number;
    let event = EnvironmentEvent::AttemptFailed {
        attempt: number,
        mode,
        why: why.to_owned(),
    };
    draft.environment_event(environment, event);
    draft.card(progress(environment, attempt.release, number));
    let env = environment.env.clone();
    if !attempt.is_rollback() {
        let result = StageResult::Failed(why.to_owned());
        let ended = ReleaseEvent::StageEnded {
            env: env.clone(),
            attempt: number,
            result,
        };
        draft.release_event(attempt.release, ended);
        if planned(draft, attempt.release, environment) {
            draft.card(CardId::Announcement {
                release: attempt.release,
                env: env.clone(),
            });
        }
    }
    let next = what_now(draft, environment, &attempt, mode);
    tell_failure(
        draft,
        environment,
        &attempt,
        (mode, why, tail),
        next.clone(),
    );
    incident::after_failure(draft, environment, &attempt, why);
    follow(draft, environment, &attempt, why, &next);
    Ok(Reply::Nothing)
}

/// What follows from a failure: nothing, the way back, or a person.
fn what_now(
    draft: &Draft,
    environment: &EnvId,
    attempt: &Attempt,
    mode: FailureMode,
) -> AfterFailure {
    let environment = draft.environment(&environment.env);
    let target = environment
        .and_then(|it| it.current())
        .map(|it| it.manifest.version.clone());
    let touched = environment
        .and_then(|it| it.attempt.as_ref())
        .is_some_and(|it| it.has_touched());
    if !touched {
        return AfterFailure::Untouched;
    }
    let policy = draft
        .policy()
        .and_then(|it| it.environment(&environment?.id.env));
    // A rollback never chains, and what nobody can tell is never rolled back by itself.
    let automatic = policy.is_some_and(|it| it.on_failure == OnFailure::Rollback)
        && !attempt.is_rollback()
        && mode != FailureMode::Interrupted;
    let wanted = attempt
        .stop
        .as_ref()
        .is_some_and(|it| it.rollback.is_some());
    let stopped_only = mode == FailureMode::Stopped && !wanted;
    match target {
        Some(version) if (automatic && !stopped_only) || wanted => AfterFailure::RollsBack(version),
        target => AfterFailure::Stays(target),
    }
}

fn follow(
    draft: &mut Draft,
    environment: &EnvId,
    attempt: &Attempt,
    why: &str,
    next: &AfterFailure,
) {
    match next {
        AfterFailure::Untouched => {}
        AfterFailure::RollsBack(_) => rollback::by_itself(draft, environment, attempt, why),
        AfterFailure::Stays(_) => {
            let what = if attempt.is_rollback() {
                "the rollback"
            } else {
                "the deploy"
            };
            let why = format!("{what} of {} failed: {why}", attempt.manifest.version);
            draft.environment_event(environment, EnvironmentEvent::Locked { why });
        }
    }
}

fn tell_failure(
    draft: &mut Draft,
    environment: &EnvId,
    attempt: &Attempt,
    (mode, why, tail): (FailureMode, &str, Vec<String>),
    next: AfterFailure,
) {
    let running = |it: &&(usize, &Progress)| !matches!(it.1, Progress::Pending);
    let last = attempt
        .progress
        .iter()
        .enumerate()
        .filter(|it| running(&it))
        .last();
    let step = last
        .and_then(|(index, _)| attempt.work.get(index))
        .map(Work::title);
    let news = News::AttemptFailed {
        env: environment.env.clone(),
        version: attempt.manifest.version.clone(),
        rollback: attempt.is_rollback(),
        step,
        mode,
        why: why.to_owned(),
        tail,
        next,
    };
    let key = Key::join(&[&"failed", environment, &attempt.number]);
    let mention = attempt.by.clone().into_iter().collect();
    draft.shout(Some(attempt.release), key, mention, news);
}

fn stop_here(draft: &mut Draft, environment: &EnvId) -> Decided {
    let active = draft
        .environment(&environment.env)
        .and_then(|it| it.active());
    let by = active
        .and_then(|it| it.stop.as_ref())
        .map(|it| it.by.clone());
    let name = by
        .map(|it| draft.world.settings.name_of(&it))
        .unwrap_or_default();
    failed(
        draft,
        environment,
        FailureMode::Stopped,
        &format!("{name} stopped it"),
        Vec::new(),
    )
}

fn active<'a>(draft: &'a Draft, environment: &EnvId, number: u32) -> Result<&'a Attempt, Refusal> {
    let active = draft
        .environment(&environment.env)
        .and_then(|it| it.active());
    let stale = Refusal::Stale {
        what: "this attempt is over",
    };
    active.filter(|it| it.number == number).ok_or(stale)
}

fn owned<'a>(
    draft: &'a Draft,
    environment: &EnvId,
    number: u32,
    fence: u64,
) -> Result<&'a Attempt, Refusal> {
    let attempt = active(draft, environment, number)?;
    let stale = Refusal::Stale {
        what: "somebody else has taken this attempt over",
    };
    if attempt.fence == fence {
        Ok(attempt)
    } else {
        Err(stale)
    }
}

fn planned(draft: &Draft, release: ReleaseId, environment: &EnvId) -> bool {
    let stage = draft
        .world
        .releases
        .get(&release)
        .and_then(|it| it.stage(&environment.env));
    stage.is_some_and(|it| it.plan.is_some())
}

pub(super) fn progress(environment: &EnvId, release: ReleaseId, attempt: u32) -> CardId {
    CardId::Progress {
        release,
        environment: environment.clone(),
        attempt,
    }
}

/// The version an attempt brings, for those who only know its number.
pub(super) fn version_of(attempt: &Attempt) -> Version {
    attempt.manifest.version.clone()
}

/// Evidence with its limits kept, whoever made it.
fn bounded(outcome: &Outcome) -> Outcome {
    let cut = |evidence: &Evidence| Evidence {
        findings: limited(&evidence.findings),
        tail: limited(&evidence.tail),
        hash: evidence.hash.clone(),
        size: evidence.size,
    };
    let words = |why: &String| why.chars().take(super::draft::MAX_TEXT).collect();
    match outcome {
        Outcome::Succeeded { evidence } => Outcome::Succeeded {
            evidence: cut(evidence),
        },
        Outcome::Failed {
            mode,
            why,
            evidence,
        } => Outcome::Failed {
            mode: *mode,
            why: words(why),
            evidence: cut(evidence),
        },
        Outcome::Interrupted { seen, evidence } => Outcome::Interrupted {
            seen: words(seen),
            evidence: cut(evidence),
        },
    }
}

/// The last lines that fit into 4 KiB, each cut at 500 characters.
fn limited(lines: &[String]) -> Vec<String> {
    let mut room = 4096usize;
    let mut kept: Vec<String> = Vec::new();
    for line in lines.iter().rev() {
        let line: String = line.chars().take(500).collect();
        let Some(left) = room.checked_sub(line.len() + 1) else {
            break;
        };
        room = left;
        kept.push(line);
    }
    kept.reverse();
    kept
}
