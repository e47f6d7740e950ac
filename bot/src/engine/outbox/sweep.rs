//! Takes away what is shown twice: a message that was sent when nobody knew whether
//! an earlier try would still land is looked for again, and again later.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use shipbell_adapters::chat::{ChatError, MessageRef};
use shipbell_domain::command::Report;
use shipbell_domain::effect::CardId;
use shipbell_domain::{Command, Effect, Fold, StreamId};
use shipbell_storage::{Doubt, InputId, Message, StoreError, Swept};

use super::talk::{ON_ITS_WAY, place};
use crate::engine::hub::Hub;
use crate::engine::ports::Destination;
use crate::engine::retry;
use crate::engine::standing::address;

/// How often it is looked whether a time has come.
const EVERY: Duration = Duration::from_mins(1);
/// How many messages are looked for in one round.
const BATCH: usize = 64;
/// When the second and last look follows the first.
const LAST_LOOK: TimeDelta = TimeDelta::minutes(13);
/// When copies that people stand on are looked at again.
const LATER: TimeDelta = TimeDelta::minutes(15);

/// Why a message could not be looked for; it is tried again.
#[derive(Debug, thiserror::Error)]
enum Hindered {
    #[error("the platform did not answer: {0}")]
    Chat(#[from] ChatError),
    #[error("the database did not answer: {0}")]
    Store(#[from] StoreError),
    #[error("nothing could be recorded")]
    NotRecorded,
}

pub(in crate::engine) async fn run(hub: Arc<Hub>) {
    while hub.halted().is_none() {
        let now = hub.time().await;
        let doubtful = hub.ports.store.doubtful(now, BATCH).await;
        for doubt in doubtful.unwrap_or_default() {
            if let Err(error) = sweep(&hub, &doubt).await {
                let key = doubt.id.key.as_str();
                tracing::info!(key, %error, "could not look for copies; trying again");
            }
        }
        hub.pause(EVERY).await;
    }
}

async fn sweep(hub: &Hub, doubt: &Doubt) -> Result<(), Hindered> {
    let surface = &doubt.message.surface;
    let Some(destination) = hub.ports.chats.get(surface) else {
        let swept = Swept::default();
        return Ok(hub.ports.store.swept(&doubt.id, &swept).await?);
    };
    let Ok(place) = place(hub, surface, destination, &doubt.effect).await else {
        return Ok(());
    };
    let (key, since) = (doubt.id.key.as_str(), doubt.since - ON_ITS_WAY);
    let found = destination.chat.find_by_key(&place, key, since).await?;
    let copies = found.into_iter().map(|it| Message {
        surface: surface.clone(),
        channel: it.channel.0,
        id: it.id,
    });
    let (kept, gone) = choose(hub, destination, doubt, copies.collect()).await?;
    let now = hub.time().await;
    if !gone.is_empty() {
        // What is edited from now on is known before the others are taken away: an edit
        // that finds its message gone must not post it afresh.
        let leaving = Swept {
            shown: kept.iter().chain(&gone).cloned().collect(),
            gone: Vec::new(),
            again: Some(now),
            looks: doubt.looks,
        };
        hub.ports.store.swept(&doubt.id, &leaving).await?;
        remove(hub, destination, doubt, &gone).await?;
    }
    let again = if kept.len() > 1 {
        Some(now + LATER)
    } else {
        (doubt.looks == 0).then_some(now + LAST_LOOK)
    };
    let swept = Swept {
        shown: kept,
        gone,
        again,
        looks: doubt.looks + 1,
    };
    Ok(hub.ports.store.swept(&doubt.id, &swept).await?)
}

/// What is kept, the one to edit first, and what is removed: one is kept. Of an open
/// ask every copy is on which people stand: taking it away would take their answer away.
async fn choose(
    hub: &Hub,
    destination: &Destination,
    doubt: &Doubt,
    mut copies: Vec<Message>,
) -> Result<(Vec<Message>, Vec<Message>), Hindered> {
    // The one that is edited comes first, the others oldest first.
    copies.sort_by_key(|it| *it != doubt.message);
    let (mut kept, mut gone) = (Vec::new(), Vec::new());
    if copies.len() > 1 && is_open_ask(hub, &doubt.effect).await? {
        for copy in copies {
            let is_kept = has_answers(hub, destination, &address(&copy)).await?;
            if is_kept { &mut kept } else { &mut gone }.push(copy);
        }
    } else {
        gone = copies;
    }
    if kept.is_empty() && !gone.is_empty() {
        kept.push(gone.remove(0));
    }
    Ok((kept, gone))
}

async fn is_open_ask(hub: &Hub, effect: &Effect) -> Result<bool, Hindered> {
    let Effect::Card {
        card: CardId::Ask { ask },
    } = effect
    else {
        return Ok(false);
    };
    let release = StreamId::Release(ask.release);
    let fold = hub.ports.store.fold(&release).await?;
    Ok(match fold {
        Some(Fold::Release(release)) => release
            .asks
            .values()
            .any(|it| it.id == *ask && it.is_open()),
        Some(_) | None => false,
    })
}

async fn has_answers(
    hub: &Hub,
    destination: &Destination,
    copy: &MessageRef,
) -> Result<bool, Hindered> {
    let reactions = match destination.chat.reactions(copy).await {
        Ok(reactions) => reactions,
        Err(ChatError::Gone) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    let people = hub.setup();
    let is_known = |by: &_| people.identities.keys().any(|(_, account)| account == by);
    Ok(reactions.iter().any(|it| is_known(&it.by)))
}

/// Notes what is about to be removed, then removes it: both are safe to do twice.
async fn remove(
    hub: &Hub,
    destination: &Destination,
    doubt: &Doubt,
    gone: &[Message],
) -> Result<(), Hindered> {
    let ids: Vec<String> = gone.iter().map(|it| it.id.clone()).collect();
    let surface = doubt.message.surface.clone();
    let id = InputId {
        source: "sweep".to_owned(),
        id: format!("{surface}/{}/{}", doubt.id.key.as_str(), ids.join(",")),
    };
    let found = Command::Report(Report::DuplicatesFound {
        surface,
        key: doubt.id.key.clone(),
        copies: ids,
    });
    let recorded = retry::report_once(hub, "sweep", id, found).await;
    recorded.ok_or(Hindered::NotRecorded)?;
    for copy in gone {
        match destination.chat.delete_own(&address(copy)).await {
            Ok(()) | Err(ChatError::Gone) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
