//! What no decision may ever come to, whoever made it: if one does, nothing is
//! recorded and everything stops.

use shipbell_domain::Fold;
use shipbell_domain::environment::Environment;
use shipbell_domain::event::{EnvironmentEvent, Event};

use crate::StoreError;

/// Whether an event may follow what its stream adds up to.
pub(super) fn hold(fold: &Fold, event: &Event) -> Result<(), StoreError> {
    let (Fold::Environment(environment), Event::Environment(event)) = (fold, event) else {
        return Ok(());
    };
    one_attempt_at_a_time(environment, event)?;
    fences_grow(environment, event)
}

fn one_attempt_at_a_time(
    environment: &Environment,
    event: &EnvironmentEvent,
) -> Result<(), StoreError> {
    let started = matches!(event, EnvironmentEvent::AttemptStarted { .. });
    match environment.active() {
        Some(active) if started => Err(StoreError::Corrupt(format!(
            "a second attempt on {} was decided while attempt {} is at work",
            environment.id, active.number
        ))),
        Some(_) | None => Ok(()),
    }
}

/// A fence that was given out twice would let somebody who was replaced go on.
fn fences_grow(environment: &Environment, event: &EnvironmentEvent) -> Result<(), StoreError> {
    let (EnvironmentEvent::AttemptStarted { fence, .. }
    | EnvironmentEvent::FenceTaken { fence, .. }) = event
    else {
        return Ok(());
    };
    if *fence > environment.fence {
        return Ok(());
    }
    Err(StoreError::Corrupt(format!(
        "fence {fence} of {} was decided after fence {}",
        environment.id, environment.fence
    )))
}
