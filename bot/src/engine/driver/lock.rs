//! The lock of an environment: a child of a bot that was killed may still hold it.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use shipbell_domain::attempt::{Attempt, Progress, Work};
use shipbell_domain::command::Report;
use shipbell_domain::ids::EnvId;
use shipbell_domain::{Command, Fold, StreamId};
use shipbell_storage::{Settles, StoreError};

use crate::engine::hub::Hub;
use crate::engine::retry;

/// The pause before a lock that somebody holds is tried again.
const AGAIN: Duration = Duration::from_millis(200);

/// How long after its holder was ended it may take until the lock is free.
const SOON: TimeDelta = TimeDelta::seconds(15);

/// How long a piece of work may take that has no limit of its own.
const CHECK: TimeDelta = TimeDelta::minutes(5);

/// Takes the lock. A child of an earlier life may hold it for as long as its step
/// may take, as it could if its bot lived; then it is ended. If that frees
/// nothing, people are told what holds it.
///
/// None where no child can outlive the bot, or if all effects were stopped.
pub(super) async fn take(hub: &Hub, environment: &EnvId) -> Option<Arc<File>> {
    let mut until = None;
    let (mut ended, mut told) = (false, false);
    while hub.halted().is_none() {
        let held = match hub.ports.locks.take(environment).await {
            Ok(lock) => {
                if told {
                    tell(hub, environment, None).await;
                }
                return lock;
            }
            Err(held) => held,
        };
        if until.is_none() {
            tracing::info!(%environment, %held, "waiting for the lock");
            until = limit(hub, environment).await;
        }
        let now = hub.time().await;
        if until.is_some_and(|it| now >= it) && !ended {
            tracing::warn!(%environment, %held, "what holds the lock has had its time: ending it");
            hub.ports.locks.end_holders(environment).await;
            ended = true;
        }
        if until.is_some_and(|it| now >= it + SOON) && !told {
            told = tell(hub, environment, Some(held.to_string())).await;
            if told {
                tracing::error!(%environment, %held, "the lock is held by what cannot be ended");
            }
        }
        hub.pause(AGAIN).await;
    }
    None
}

/// Until when a child of an earlier life may be at work.
async fn limit(hub: &Hub, environment: &EnvId) -> Option<DateTime<Utc>> {
    let attempt = active(hub, environment).await.ok()??;
    let work = attempt.work.iter().zip(&attempt.progress);
    let began = { work }.find_map(|(work, progress)| match progress {
        Progress::Running { since } => Some((work, *since)),
        Progress::Pending | Progress::Ended { .. } => None,
    });
    Some(match began {
        Some((Work::Step(step), since)) => since + step.timeout.delta(),
        // Nothing that had begun is left to wait for.
        Some((Work::Check(_), _)) | None => hub.time().await + CHECK,
    })
}

/// Tells whoever follows the work there; false if the database does not answer just now.
async fn tell(hub: &Hub, environment: &EnvId, why: Option<String>) -> bool {
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

async fn active(hub: &Hub, environment: &EnvId) -> Result<Option<Attempt>, StoreError> {
    let stream = StreamId::Environment(environment.clone());
    let fold = hub.ports.store.fold(&stream).await?;
    Ok(match fold {
        Some(Fold::Environment(fold)) => fold.active().cloned(),
        Some(_) | None => None,
    })
}
