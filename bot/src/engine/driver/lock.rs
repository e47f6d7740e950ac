//! The lock of an environment: a child of a bot that was killed may still hold it.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use shipbell_domain::attempt::{Progress, Work};
use shipbell_domain::ids::EnvId;

use super::held;
use crate::engine::hub::Hub;

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
        let holder = match hub.ports.locks.take(environment).await {
            Ok(lock) => {
                if told {
                    held::tell(hub, environment, None).await;
                }
                return lock;
            }
            Err(holder) => holder,
        };
        if until.is_none() {
            tracing::info!(%environment, %holder, "waiting for the lock");
            until = limit(hub, environment).await;
        }
        let now = hub.time().await;
        if until.is_some_and(|it| now >= it) && !ended {
            tracing::warn!(%environment, %holder, "what holds the lock has had its time: ending it");
            hub.ports.locks.end_holders(environment).await;
            ended = true;
        }
        if until.is_some_and(|it| now >= it + SOON) && !told {
            told = held::tell(hub, environment, Some(holder.to_string())).await;
            if told {
                tracing::error!(%environment, %holder, "the lock is held by what cannot be ended");
            }
        }
        hub.pause(AGAIN).await;
    }
    None
}

/// Until when a child of an earlier life may be at work.
async fn limit(hub: &Hub, environment: &EnvId) -> Option<DateTime<Utc>> {
    let attempt = held::active(hub, environment).await.ok()??;
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
