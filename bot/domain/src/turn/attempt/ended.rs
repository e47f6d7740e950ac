//! A piece of work ended, by itself or because somebody said so: what follows.

use super::evidence::bounded;
use super::failure::{Failure, failed};
use super::{progress, stop_here, verified};
use crate::attempt::{FailureMode, Work};
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
    let is_last = index as usize + 1 == attempt.work.len();
    let outcome = bounded(outcome);
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
            return onwards(draft, environment, (is_last, stop, goes_back));
        }
        // It was worth a try.
        Outcome::Failed { .. } if then == Some(Then::GoOn) => {
            return onwards(draft, environment, (is_last, stop, goes_back));
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

/// The next piece of work, unless that was the last one or somebody wants it stopped.
fn onwards(
    draft: &mut Draft,
    environment: &EnvId,
    (is_last, stop, goes_back): (bool, bool, bool),
) -> Decided {
    if is_last && !goes_back {
        verified(draft, environment);
        return Ok(Reply::Nothing);
    }
    if stop {
        return stop_here(draft, environment);
    }
    Ok(Reply::Nothing)
}
