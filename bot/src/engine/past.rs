//! An environment as it was: what an attempt or a watch came to before another followed.

use std::sync::Arc;

use shipbell_domain::effect::CardId;
use shipbell_domain::environment::Environment;
use shipbell_domain::event::EnvironmentEvent;
use shipbell_domain::ids::EnvId;
use shipbell_domain::{Event, StreamId, World};
use shipbell_storage::StoreError;

use super::hub::Hub;

/// How many events are read at once.
const PAGE: usize = 500;

/// Puts the environment back to where a card shows it, if it has moved on since:
/// a platform that was away then still gets to see how that ended.
pub(super) async fn back_to(hub: &Hub, card: &CardId, world: &mut World) -> Result<(), StoreError> {
    let Some((id, moment)) = moment(card) else {
        return Ok(());
    };
    let now = world.environments.get(&id.env);
    if now.is_none_or(|it| !moment.has_passed(it)) {
        return Ok(());
    }
    let past = replay(hub, id, moment).await?;
    world.environments.insert(id.env.clone(), Arc::new(past));
    Ok(())
}

/// Until when something is the last of its kind.
#[derive(Clone, Copy)]
enum Moment {
    Attempt(u32),
    Watch(u32),
}

impl Moment {
    fn has_passed(self, environment: &Environment) -> bool {
        match self {
            Self::Attempt(number) => environment.attempts > number,
            Self::Watch(number) => {
                let watch = environment.watch.as_ref();
                watch.is_some_and(|it| it.attempt > number)
            }
        }
    }

    fn ends_with(self, event: &EnvironmentEvent) -> bool {
        match (self, event) {
            (Self::Attempt(number), EnvironmentEvent::AttemptStarted { attempt, .. })
            | (Self::Watch(number), EnvironmentEvent::WatchStarted { attempt, .. }) => {
                *attempt > number
            }
            (_, _) => false,
        }
    }
}

fn moment(card: &CardId) -> Option<(&EnvId, Moment)> {
    match card {
        CardId::Progress {
            environment,
            attempt,
            ..
        }
        | CardId::Evidence {
            environment,
            attempt,
            ..
        } => Some((environment, Moment::Attempt(*attempt))),
        CardId::Watch {
            environment,
            attempt,
            ..
        } => Some((environment, Moment::Watch(*attempt))),
        CardId::Announcement { .. }
        | CardId::Release { .. }
        | CardId::Ask { .. }
        | CardId::Incident { .. } => None,
    }
}

async fn replay(hub: &Hub, id: &EnvId, moment: Moment) -> Result<Environment, StoreError> {
    let stream = StreamId::Environment(id.clone());
    let mut past = Environment::new(id.clone());
    let mut after = 0;
    loop {
        let page = hub.ports.store.events(Some(&stream), after, PAGE).await?;
        for row in &page {
            after = row.seq;
            let Some(Event::Environment(event)) = &row.event else {
                continue;
            };
            if moment.ends_with(event) {
                return Ok(past);
            }
            past.evolve(event, row.at);
        }
        if page.len() < PAGE {
            return Ok(past);
        }
    }
}
