//! Something keeps an attempt from going on: people are told, and told when it is over.

use shipbell_domain::attempt::Attempt;
use shipbell_domain::command::Report;
use shipbell_domain::ids::EnvId;
use shipbell_domain::{Command, Fold, StreamId};
use shipbell_storage::{Settles, StoreError};

use crate::engine::hub::Hub;
use crate::engine::retry;

/// Tells whoever follows the work there; false if the database does not answer just now.
pub(super) async fn tell(hub: &Hub, environment: &EnvId, why: Option<String>) -> bool {
    let attempt = match active(hub, environment).await {
        Ok(Some(attempt)) => attempt,
        // What was at work is over: there is nobody to tell.
        Ok(None) => return true,
        Err(_) => return false,
    };
    let report = Report::WorkHeld {
        environment: environment.clone(),
        attempt: attempt.number,
        fence: attempt.fence,
        why,
    };
    let actor = attempt.key.as_str();
    retry::report(hub, actor, Command::Report(report), Settles::Nothing).await;
    true
}

/// The attempt at work.
pub(super) async fn active(hub: &Hub, environment: &EnvId) -> Result<Option<Attempt>, StoreError> {
    let stream = StreamId::Environment(environment.clone());
    let fold = hub.ports.store.fold(&stream).await?;
    Ok(match fold {
        Some(Fold::Environment(fold)) => fold.active().cloned(),
        Some(_) | None => None,
    })
}
