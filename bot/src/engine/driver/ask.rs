//! Waiting for a person who was asked: nothing is at work meanwhile.

use shipbell_domain::Command;
use shipbell_domain::attempt::{Asked, Attempt, FailureMode};
use shipbell_domain::command::Report;
use shipbell_domain::event::{Evidence, Outcome};
use shipbell_domain::ids::EnvId;
use shipbell_storage::Settles;
use tokio::sync::watch;

use crate::engine::hub::Hub;
use crate::engine::retry;

/// Waits until something changes; reports that nobody answered if it is too late.
/// Whether there is any use in looking again.
pub(super) async fn wait(
    hub: &Hub,
    changes: &mut watch::Receiver<u64>,
    environment: &EnvId,
    (attempt, asked): (&Attempt, &Asked<'_>),
) -> bool {
    if hub.time().await < asked.until {
        hub.change_or(changes, Some(asked.until)).await;
        return true;
    }
    let why = format!("nobody answered in time ({})", asked.ask.role);
    let evidence = Evidence {
        findings: vec![why.clone()],
        ..Evidence::default()
    };
    let report = Report::WorkEnded {
        environment: environment.clone(),
        attempt: attempt.number,
        fence: attempt.fence,
        index: asked.index,
        outcome: Outcome::Failed {
            mode: FailureMode::Timeout,
            why,
            evidence,
        },
    };
    let actor = attempt.key.as_str();
    let report = Command::Report(report);
    let said = retry::report(hub, actor, report, Settles::Nothing).await;
    said.is_some()
}
