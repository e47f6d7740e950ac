//! Rows of an environment: its attempts and their pieces of work.

use shipbell_domain::attempt::{Attempt, AttemptKind, AttemptState, Progress};
use shipbell_domain::environment::Environment;
use shipbell_domain::event::{EnvironmentEvent, Outcome};

use super::releases::manifest;
use super::{Cell, Table, Touched, maybe, put, text};
use crate::StoreError;
use crate::names::{micros, signed};

pub(super) fn touch(
    rows: &mut Touched,
    environment: &Environment,
    event: &EnvironmentEvent,
) -> Result<(), StoreError> {
    let Some(attempt) = &environment.attempt else {
        return Ok(());
    };
    match event {
        EnvironmentEvent::AttemptStarted { .. } => {
            manifest(rows, &attempt.manifest)?;
            put_attempt(rows, environment, attempt);
            for n in 0..attempt.work.len() {
                step(rows, environment, attempt, n);
            }
        }
        EnvironmentEvent::FenceTaken { .. }
        | EnvironmentEvent::AttemptVerified { .. }
        | EnvironmentEvent::AttemptFailed { .. } => put_attempt(rows, environment, attempt),
        EnvironmentEvent::WorkStarted { index, .. }
        | EnvironmentEvent::WorkEnded { index, .. }
        | EnvironmentEvent::Decided { index, .. } => {
            step(rows, environment, attempt, *index as usize);
        }
        EnvironmentEvent::StopAsked { .. }
        | EnvironmentEvent::WorkHeld { .. }
        | EnvironmentEvent::Locked { .. }
        | EnvironmentEvent::Unlocked { .. }
        | EnvironmentEvent::WatchStarted { .. }
        | EnvironmentEvent::TickChecked { .. }
        | EnvironmentEvent::TickAnswered { .. }
        | EnvironmentEvent::TickMissed { .. }
        | EnvironmentEvent::WatchExtended { .. }
        | EnvironmentEvent::WatchEnded { .. }
        | EnvironmentEvent::DriftSeen { .. }
        | EnvironmentEvent::DriftGone { .. }
        | EnvironmentEvent::Adopted { .. } => {}
    }
    Ok(())
}

fn put_attempt(rows: &mut Touched, environment: &Environment, attempt: &Attempt) {
    let kind = match attempt.kind {
        AttemptKind::Deploy => "deploy",
        AttemptKind::Rollback { .. } => "rollback",
    };
    let (state, ended) = match &attempt.state {
        AttemptState::Running => ("running", Cell::Null),
        AttemptState::Verified { at } => ("verified", Cell::Number(micros(*at))),
        AttemptState::Failed { at, .. } => ("failed", Cell::Number(micros(*at))),
    };
    let cells = vec![
        text(&environment.id),
        Cell::Number(attempt.number.into()),
        text(&attempt.key),
        text(&kind),
        text(&attempt.release),
        text(&attempt.target),
        text(&attempt.manifest.hash()),
        Cell::Number(signed(attempt.fence)),
        maybe(attempt.by.as_ref()),
        Cell::Number(micros(attempt.started_at)),
        ended,
        text(&state),
    ];
    put(rows, Table::Attempt, cells);
}

fn step(rows: &mut Touched, environment: &Environment, attempt: &Attempt, n: usize) {
    let (Some(work), Some(progress)) = (attempt.work.get(n), attempt.progress.get(n)) else {
        return;
    };
    let (state, started, ended) = match progress {
        Progress::Pending => ("pending", Cell::Null, Cell::Null),
        Progress::Running { since } => ("running", Cell::Number(micros(*since)), Cell::Null),
        Progress::Ended { since, at, outcome } => {
            let state = match outcome {
                Outcome::Succeeded { .. } => "succeeded",
                Outcome::Failed { .. } => "failed",
                Outcome::Interrupted { .. } => "interrupted",
            };
            (
                state,
                Cell::Number(micros(*since)),
                Cell::Number(micros(*at)),
            )
        }
    };
    let cells = vec![
        text(&environment.id),
        Cell::Number(attempt.number.into()),
        Cell::Number(signed(n as u64)),
        Cell::Text(work.title()),
        text(&state),
        started,
        ended,
    ];
    put(rows, Table::Step, cells);
}
