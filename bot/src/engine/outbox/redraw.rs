//! Drawing a card anew while what it shows goes on, though nothing was recorded.
//!
//! Nothing is claimed: if it fails, the next one comes within seconds, and what is
//! recorded is owed anyway. It takes its turn with what is owed to the same message,
//! so that an old drawing never comes after a new one.

use chrono::{DateTime, TimeDelta, Utc};
use shipbell_adapters::chat::ChatError;
use shipbell_domain::Effect;
use shipbell_domain::effect::CardId;
use shipbell_domain::ids::Surface;
use shipbell_storage::OwedId;

use crate::engine::hub::Hub;
use crate::engine::standing::address;
use crate::engine::view;

/// The message of a card on a platform.
pub(super) fn name(surface: &Surface, card: &CardId) -> OwedId {
    let effect = Effect::Card { card: card.clone() };
    OwedId {
        key: effect.key(),
        surface: Some(surface.clone()),
    }
}

/// Draws it there, if it is there; says until when that platform wants peace, if it does.
pub(super) async fn redraw(hub: &Hub, id: &OwedId, card: &CardId) -> Option<DateTime<Utc>> {
    let surface = id.surface.as_ref()?;
    let destination = hub.ports.chats.get(surface)?;
    let copies = hub.ports.store.messages(&id.key).await.ok()?;
    let message = copies.into_iter().find(|it| it.surface == *surface)?;
    let limits = destination.chat.limits();
    if hub
        .pace
        .edit(id, limits.edit_every, hub.time().await)
        .is_err()
    {
        hub.live.missed(card);
        return None;
    }
    let drawn = view::card(hub, surface, card).await.ok()??;
    match destination.chat.edit(&address(&message), &drawn).await {
        Ok(()) => None,
        Err(ChatError::Later { what, after }) => {
            tracing::debug!(what, "a card is not drawn anew for now");
            let after = TimeDelta::from_std(after).unwrap_or(TimeDelta::zero());
            Some(hub.time().await + after)
        }
        Err(error @ (ChatError::Gone | ChatError::Unknown(_) | ChatError::Refused(_))) => {
            tracing::debug!(%error, "a card was not drawn anew");
            None
        }
    }
}
