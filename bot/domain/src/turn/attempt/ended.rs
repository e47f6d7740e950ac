//! A piece of work ended, by itself or because somebody said so: what follows.

use super::evidence::bounded;
use super::failure::{Failure, failed};
use super::{progress, stop_here, verified};
use crate::attempt::{Attempt, FailureMode, Work};
use crate::effect::CardId;
use crate::event::{EnvironmentEvent, Outcome};
use crate::ids::EnvId;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::steps::Then;
use crate::turn::draft::Draft;
use crate::turn::{Decided, cut_off};

/// Records how a piece of work of the active attempt ended, and goes on from there.
pub(in crate::turn) fn record(
    draft: &mut Draft,
    environment: &EnvId,
    index: u32,
    outcome: &Outcome,
) -> Decided {
    let known = draft.environment(&environment.env);
    let Some(attempt) = known.and_then(|it| it.active()) else {
        return Err(Refusal::Stale {
            what: "nothing is running",
        });
    };
    let (number, release) = (attempt.number, attempt.release);
    let work = attempt.work.get(index as usize);
    let is_check = matches!(work, Some(Work::Check(_)));
    let then = work.and_then(Work::then);
    let touched = attempt.has_touched_before(index as usize);
    let outcome = since(touched, bounded(outcome));
    let stop = attempt.stop.is_some();
    let goes_back = (attempt.stop.as_ref()).is_some_and(|it| it.rollback.is_some());
    let ended = EnvironmentEvent::WorkEnded {
        attempt: number,
        index,
        outcome: outcome.clone(),
    };
    draft.environment_event(environment, ended);
    draft.card(progress(environment, release, number));
    if is_check {
        let environment = environment.clone();
        draft.card(CardId::Evidence {
            release,
            environment,
            attempt: number,
        });
    }
    let (mode, why, evidence) = match outcome {
        Outcome::Succeeded { .. } => {
            return onwards(draft, environment, (stop, goes_back));
        }
        // It was worth a try.
        Outcome::Failed { .. } if then == Some(Then::GoOn) => {
            return onwards(draft, environment, (stop, goes_back));
        }
        Outcome::Failed { .. } if has_lost(draft, environment) => {
            return onwards(draft, environment, (stop, goes_back));
        }
        Outcome::Failed {
            mode,
            why,
            evidence,
        } => (mode, why, evidence),
        Outcome::Interrupted { seen, evidence } if stop => {
            (FailureMode::Interrupted, seen, evidence)
        }
        Outcome::Interrupted { evidence, .. } => {
            cut_off::told(draft, environment, evidence.tail);
            return Ok(Reply::Nothing);
        }
    };
    let tail = evidence.tail;
    let failure = Failure {
        mode,
        why,
        tail,
        then,
    };
    failed(draft, environment, failure)
}

/// What a piece of work did not touch the work before it may have touched.
fn since(touched: bool, outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Failed {
            mode: FailureMode::Preflight,
            why,
            evidence,
        } if touched => Outcome::Failed {
            mode: FailureMode::Runtime,
            why,
            evidence,
        },
        Outcome::Failed { .. } | Outcome::Succeeded { .. } | Outcome::Interrupted { .. } => outcome,
    }
}

/// The next piece of work, unless that was the last one or somebody wants it stopped.
fn onwards(draft: &mut Draft, environment: &EnvId, (stop, goes_back): (bool, bool)) -> Decided {
    if stop && (goes_back || !is_through(draft, environment)) {
        return stop_here(draft, environment);
    }
    next(draft, environment)
}

/// The next piece of work; if that was the last one all is proven, unless a host was lost.
pub(in crate::turn) fn next(draft: &mut Draft, environment: &EnvId) -> Decided {
    if !is_through(draft, environment) {
        return Ok(Reply::Nothing);
    }
    let known = draft.environment(&environment.env);
    let lost = known.and_then(|it| it.active()).and_then(of_hosts);
    if let Some(failure) = lost {
        return failed(draft, environment, failure);
    }
    verified(draft, environment);
    Ok(Reply::Nothing)
}

fn is_through(draft: &Draft, environment: &EnvId) -> bool {
    let known = draft.environment(&environment.env);
    let active = known.and_then(|it| it.active());
    active.is_some_and(Attempt::is_through)
}

/// Whether one of several hosts could not be brought back: the others are not given up
/// with it.
pub(in crate::turn) fn has_lost(draft: &Draft, environment: &EnvId) -> bool {
    let known = draft.environment(&environment.env);
    let active = known.and_then(|it| it.active());
    active.is_some_and(|it| it.lost().next().is_some())
}

/// In which way an attempt failed that could not bring every host back.
fn of_hosts(attempt: &Attempt) -> Option<Failure> {
    let first = attempt.lost().next()?;
    let (mode, why, evidence) = match first.outcome {
        Outcome::Failed {
            mode,
            why,
            evidence,
        } => (*mode, why, evidence),
        Outcome::Interrupted { seen, evidence } => (FailureMode::Interrupted, seen, evidence),
        Outcome::Succeeded { .. } => return None,
    };
    let hosts: Vec<&str> = attempt.lost().map(|it| it.host.as_str()).collect();
    Some(Failure {
        mode,
        why: format!("{why}; not brought back: {}", hosts.join(", ")),
        tail: evidence.tail.clone(),
        then: first.work.then(),
    })
}
