//! Saying something to the store until it has been heard.

use std::time::Duration;

use shipbell_domain::{Command, Refusal};
use shipbell_storage::{Claim, Input, InputId, OwedId, Settlement, Settles, StoreError, Verdict};

use super::hub::Hub;
use super::record::RecordError;

/// The longest pause between tries.
const LONGEST: Duration = Duration::from_secs(10);

/// Records what the world answered, however long the database is away.
///
/// None if the bot is stopping or stopped all effects.
pub(super) async fn report(
    hub: &Hub,
    actor: &str,
    command: Command,
    settles: Settles,
) -> Option<Verdict> {
    let input = Input {
        id: None,
        actor: actor.to_owned(),
        command,
        settles,
    };
    insist(hub, input).await
}

/// Records something that happened once, however often it is said.
pub(super) async fn report_once(
    hub: &Hub,
    actor: &str,
    id: InputId,
    command: Command,
) -> Option<Verdict> {
    let input = Input {
        id: Some(id),
        actor: actor.to_owned(),
        command,
        settles: Settles::Nothing,
    };
    insist(hub, input).await
}

async fn insist(hub: &Hub, input: Input) -> Option<Verdict> {
    let mut pause = Duration::from_millis(100);
    loop {
        match hub.record(input.clone()).await {
            Ok(verdict) => return Some(verdict),
            Err(RecordError::Stopping | RecordError::Halted(_)) => return None,
            Err(RecordError::NotRecorded(_)) => {
                hub.pause(pause).await;
                pause = (pause * 2).min(LONGEST);
            }
        }
    }
}

/// Claims an effect. If the answer is lost the same claim is asked for again:
/// nobody else would ever end it.
pub(super) async fn claim(hub: &Hub, id: &OwedId) -> Option<Claim> {
    let (now, mut pause) = (hub.time().await, Duration::from_millis(100));
    while hub.halted().is_none() {
        match hub.ports.store.claim(id, now).await {
            Ok(claim) => return claim,
            Err(StoreError::Unavailable(why)) => {
                tracing::warn!(why, "could not note that an effect is carried out");
                return None;
            }
            Err(StoreError::Unknown(why)) => {
                tracing::warn!(why, "a claim did not answer; asking again");
                hub.pause(pause).await;
                pause = (pause * 2).min(LONGEST);
            }
            Err(error @ (StoreError::Corrupt(_) | StoreError::Unusable { .. })) => {
                hub.halt(&error.to_string());
            }
        }
    }
    None
}

/// Notes how carrying out an effect ended, however long the database is away.
pub(super) async fn settle(hub: &Hub, claim: &Claim, settlement: &Settlement) {
    let mut pause = Duration::from_millis(100);
    while hub.halted().is_none() {
        match hub.ports.store.settle(claim, settlement.clone()).await {
            Ok(()) => return,
            Err(StoreError::Unavailable(why) | StoreError::Unknown(why)) => {
                tracing::warn!(why, "could not note how an effect ended; trying again");
                hub.pause(pause).await;
                pause = (pause * 2).min(LONGEST);
            }
            Err(error @ (StoreError::Corrupt(_) | StoreError::Unusable { .. })) => {
                hub.halt(&error.to_string());
            }
        }
    }
}

/// Whether a report was refused because it came too late to matter.
pub(super) fn is_stale(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Refused(Refusal::Stale { .. }))
}
