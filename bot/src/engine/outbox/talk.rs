//! Posting and editing messages: claim, send, and where nobody knows whether it
//! was sent, look it up before sending again.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use shipbell_adapters::chat::{Card, ChatError, MessageRef, Place};
use shipbell_domain::Effect;
use shipbell_domain::effect::CardId;
use shipbell_domain::ids::Surface;
use shipbell_storage::{Claim, Message, Owed, Settlement};

use crate::engine::hub::Hub;
use crate::engine::ports::Destination;
use crate::engine::retry;
use crate::engine::standing::{self, address};
use crate::engine::view;

/// How long a message may be on its way before the bot stops waiting for the answer.
pub(super) const ON_ITS_WAY: TimeDelta = TimeDelta::seconds(120);
/// The pause between the two look-ups that must both find nothing.
const LOOK_TWICE: Duration = Duration::from_secs(5);
/// How soon after its claim a message is sent, or not at all.
const AT_ONCE: Duration = Duration::from_secs(2);
/// The pause when something else has to come first.
const SOON: TimeDelta = TimeDelta::seconds(1);
/// How often a message that is refused for now is tried.
const TRIES: u32 = 200;

/// Delivers one message to one platform; says until when it must wait, if it must.
pub(super) async fn deliver(hub: &Hub, surface: &Surface, owed: Owed) -> Option<DateTime<Utc>> {
    let now = hub.time().await;
    let Some(destination) = hub.ports.chats.get(surface) else {
        // The platform is not configured any more: nobody is there to be told.
        let claim = retry::claim(hub, &owed.id).await?;
        let error = format!("{surface} is not configured");
        return settle(hub, &claim, Settlement::Dead { error }).await;
    };
    let place = match place(hub, surface, destination, &owed.effect).await {
        Ok(place) => place,
        Err(until) => return Some(until),
    };
    if owed.message.is_some() {
        return edit(hub, destination, owed).await;
    }
    if let Some(last) = owed.held {
        let settle = destination.chat.limits().settle;
        let settled = hub.counted_from(last) + AT_ONCE + settle;
        if settled > now {
            return Some(settled);
        }
        match look_up(hub, destination, &place, &owed).await {
            Ok(found) if found.is_empty() => {}
            Ok(found) => {
                let mut claim = retry::claim(hub, &owed.id).await?;
                // An earlier try drew it, and it may be old by now: it stays owed, as an edit.
                if matches!(claim.owed.effect, Effect::Card { .. }) {
                    claim.wanted = 0;
                }
                return posted(hub, destination, surface, &claim, found).await;
            }
            Err(error) => {
                tracing::info!(%error, "could not look up whether a message was sent");
                return Some(hub.time().await + LOOK_TWICE);
            }
        }
    }
    post(hub, (surface, destination), &place, &owed).await
}

/// Claims, draws and sends in one go: whoever takes over counts from the claim
/// until the message cannot land any more.
async fn post(
    hub: &Hub,
    (surface, destination): (&Surface, &Destination),
    place: &Place,
    owed: &Owed,
) -> Option<DateTime<Utc>> {
    let limits = destination.chat.limits();
    let turn = hub.pace.post(surface, limits.post_every, hub.time().await);
    hub.ports.clock.until(turn).await;
    let asked = hub.ports.clock.passed();
    let claim = retry::claim(hub, &owed.id).await?;
    let card = match draw(hub, surface, &claim.owed.effect).await {
        Ok(Some(card)) => card,
        Ok(None) => return settle(hub, &claim, Settlement::Done(Vec::new())).await,
        Err(error) => {
            let at = hub.time().await + SOON;
            return settle(hub, &claim, Settlement::Later { at, error }).await;
        }
    };
    if hub.ports.clock.passed().saturating_sub(asked) > AT_ONCE {
        let (at, error) = (hub.time().await, "drawing it took too long".to_owned());
        return settle(hub, &claim, Settlement::Later { at, error }).await;
    }
    let key = claim.owed.id.key.as_str();
    match destination.chat.post(place, key, &card).await {
        Ok(message) => posted(hub, destination, surface, &claim, vec![message]).await,
        Err(error) => {
            let settlement = after(hub, &claim, limits.settle, error).await;
            settle(hub, &claim, settlement).await
        }
    }
}

async fn edit(hub: &Hub, destination: &Destination, owed: Owed) -> Option<DateTime<Utc>> {
    let surface = owed.id.surface.clone()?;
    let message = owed.message.clone()?;
    let limits = destination.chat.limits();
    if let Err(until) = hub.pace.edit(&owed.id, limits.edit_every, hub.time().await) {
        return Some(until);
    }
    let claim = retry::claim(hub, &owed.id).await?;
    let card = match draw(hub, &surface, &owed.effect).await {
        Ok(Some(card)) => card,
        Ok(None) => return settle(hub, &claim, Settlement::Done(vec![message])).await,
        Err(error) => {
            let at = hub.time().await + SOON;
            return settle(hub, &claim, Settlement::Later { at, error }).await;
        }
    };
    let settlement = match destination.chat.edit(&address(&message), &card).await {
        Ok(()) => Settlement::Done(vec![message]),
        Err(ChatError::Gone) => Settlement::Gone,
        // An edit is safe to do twice: there is nothing to look up.
        Err(ChatError::Unknown(error)) => Settlement::Later {
            at: hub.time().await + pause(owed.tries),
            error,
        },
        Err(error @ (ChatError::Later { .. } | ChatError::Refused(_))) => {
            after(hub, &claim, limits.settle, error).await
        }
    };
    settle(hub, &claim, settlement).await
}

/// Notes where a message is; an ask gets the bot's own mark first, so that one tap is enough.
async fn posted(
    hub: &Hub,
    destination: &Destination,
    surface: &Surface,
    claim: &Claim,
    found: Vec<MessageRef>,
) -> Option<DateTime<Utc>> {
    let is_ask = matches!(
        claim.owed.effect,
        Effect::Card {
            card: CardId::Ask { .. }
        }
    );
    if let Some(first) = found.first().filter(|_| is_ask)
        && let Err(error) = destination.chat.react(first, "white_check_mark").await
    {
        tracing::info!(%error, "could not put the first mark on an ask");
    }
    let messages = found.into_iter().map(|it| Message {
        surface: surface.clone(),
        channel: it.channel.0,
        id: it.id,
    });
    let wait = settle(hub, claim, Settlement::Done(messages.collect())).await;
    if let Effect::Card {
        card: CardId::Ask { ask },
    } = &claim.owed.effect
    {
        // Whoever answered before its place was known was not understood.
        standing::refresh_one(hub, ask.release).await;
    }
    wait
}

/// Looks a message up by its key, twice before it counts as absent.
async fn look_up(
    hub: &Hub,
    destination: &Destination,
    place: &Place,
    owed: &Owed,
) -> Result<Vec<MessageRef>, ChatError> {
    let since = owed.claimed.unwrap_or(hub.time().await) - ON_ITS_WAY;
    let key = owed.id.key.as_str();
    let found = destination.chat.find_by_key(place, key, since).await?;
    if !found.is_empty() {
        return Ok(found);
    }
    hub.pause(LOOK_TWICE).await;
    destination.chat.find_by_key(place, key, since).await
}

/// Where a message goes; if what it hangs on is not there yet, when to ask again.
pub(super) async fn place(
    hub: &Hub,
    surface: &Surface,
    destination: &Destination,
    effect: &Effect,
) -> Result<Place, DateTime<Utc>> {
    let channel = destination.channel.clone();
    let Some(parent) = effect.parent() else {
        return Ok(Place {
            channel,
            thread: None,
        });
    };
    let copies = hub.ports.store.messages(&parent.key()).await;
    let here = copies
        .ok()
        .and_then(|all| all.into_iter().find(|it| it.surface == *surface));
    match here {
        Some(message) => Ok(Place {
            channel,
            thread: Some(address(&message)),
        }),
        None => Err(hub.time().await + SOON),
    }
}

async fn draw(hub: &Hub, surface: &Surface, effect: &Effect) -> Result<Option<Card>, String> {
    match effect {
        Effect::Card { card } => view::card(hub, surface, card).await,
        Effect::Say { notice, .. } => Ok(Some(view::notice(hub, surface, notice))),
        Effect::PinImages { .. }
        | Effect::ReadChecks { .. }
        | Effect::ReadStanding { .. }
        | Effect::LookAhead { .. }
        | Effect::LookAt { .. }
        | Effect::Checkpoint { .. } => Ok(None),
    }
}

/// What follows from an error: wait, look it up, or give up loudly.
async fn after(hub: &Hub, claim: &Claim, settle: Duration, error: ChatError) -> Settlement {
    let now = hub.time().await;
    match error {
        ChatError::Later { what, after } if claim.owed.tries < TRIES => {
            let wait = TimeDelta::from_std(after).unwrap_or(SOON);
            Settlement::Later {
                at: now + wait.max(pause(claim.owed.tries)),
                error: what,
            }
        }
        ChatError::Later { what, .. } => dead(claim, what),
        ChatError::Refused(error) => dead(claim, error),
        ChatError::Gone => Settlement::Gone,
        ChatError::Unknown(error) => {
            let settle = TimeDelta::from_std(settle).unwrap_or(ON_ITS_WAY);
            Settlement::Unknown {
                look_at: claim.at.max(now) + settle,
                error,
            }
        }
    }
}

fn dead(claim: &Claim, error: String) -> Settlement {
    let key = claim.owed.id.key.as_str();
    tracing::error!(key, error, "a message will never be shown");
    Settlement::Dead { error }
}

/// Longer after each try, up to half a minute.
fn pause(tries: u32) -> TimeDelta {
    TimeDelta::milliseconds(250 * 2i64.pow(tries.min(7)))
}

/// Notes how it ended, however long the database is away: until then the claim
/// is ours and nobody else would carry the effect out.
async fn settle(hub: &Hub, claim: &Claim, settlement: Settlement) -> Option<DateTime<Utc>> {
    retry::settle(hub, claim, &settlement).await;
    None
}
