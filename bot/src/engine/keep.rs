//! A message somebody wants kept: with which release, and how it is found again.

use shipbell_adapters::chat::{Answer, MessageRef};
use shipbell_domain::Effect;
use shipbell_domain::command::Wish;
use shipbell_domain::effect::CardId;
use shipbell_domain::ids::ReleaseId;

use super::answers::{self, Who};
use super::hub::Hub;
use super::{ingress, view};
use crate::chatops::resolve::{FormRequest, Scene};

/// What is kept of a message of which nobody says what is in it.
const UNSAID: &str = "A message in the channel";

/// Asks what is to be kept, with everything that is known filled in.
pub(super) async fn form(
    hub: &Hub,
    who: &Who<'_>,
    (on, thread): (&MessageRef, Option<&MessageRef>),
    text: String,
) -> FormRequest {
    let release = match of(hub, who, thread.unwrap_or(on)).await {
        Some(release) => Some(release),
        None => of(hub, who, on).await,
    };
    FormRequest::Note {
        release,
        text,
        link: link(hub, who, on).await,
    }
}

/// Keeps a message at a tap, where it is clear with which release.
pub(super) async fn at_a_tap(hub: &Hub, who: &Who<'_>, on: &MessageRef) -> Option<Answer> {
    let vocabulary = view::vocabulary(hub, who.surface).await.ok()?;
    let mut open = vocabulary.all_open();
    let only = match (open.next(), open.next()) {
        (Some(only), None) => Some(only.id),
        (None | Some(_), _) => None,
    };
    let Some(release) = of(hub, who, on).await.or(only) else {
        return Some(answers::which_release(hub, who, &vocabulary));
    };
    let wish = Wish::Note {
        release,
        text: UNSAID.to_owned(),
        link: link(hub, who, on).await,
    };
    let scene = Scene {
        vocabulary: &vocabulary,
        by: who.by,
        now: hub.time().await,
    };
    ingress::respond(hub, who, scene, wish.into()).await
}

/// The release a message of the bot is about.
async fn of(hub: &Hub, who: &Who<'_>, on: &MessageRef) -> Option<ReleaseId> {
    let store = &hub.ports.store;
    let effect = store.message(who.surface, &on.channel.0, &on.id).await;
    let Ok(Some(Effect::Card { card })) = effect else {
        return None;
    };
    match card {
        CardId::Announcement { release, .. }
        | CardId::Release { release }
        | CardId::Progress { release, .. }
        | CardId::Evidence { release, .. }
        | CardId::Watch { release, .. } => Some(release),
        CardId::Ask { ask } => Some(ask.release),
        CardId::Incident { .. } => None,
    }
}

/// Where people find the message again; nothing if the platform does not say.
async fn link(hub: &Hub, who: &Who<'_>, on: &MessageRef) -> Option<String> {
    let destination = hub.ports.chats.get(who.surface)?;
    match destination.chat.link(on).await {
        Ok(link) => link,
        Err(error) => {
            tracing::info!(%error, "a message has no address now");
            None
        }
    }
}
