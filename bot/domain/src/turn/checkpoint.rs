//! When a release is over, where the record stands is signed, kept and told.

use super::Decided;
use super::draft::Draft;
use crate::effect::Effect;
use crate::event::{Event, ReleaseEvent};
use crate::history::Checkpoint;
use crate::ids::{Key, ReleaseId};
use crate::notice::News;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::world::StreamId;

/// A release has ended: its last words are a signature, which takes a key and so the world.
pub(super) fn wanted(draft: &mut Draft, release: ReleaseId) {
    draft.owe(Effect::Checkpoint { release });
}

pub(super) fn signed(draft: &mut Draft, release: ReleaseId, checkpoint: &Checkpoint) -> Decided {
    if draft.require_release(release)?.is_open() {
        return Err(Refusal::Stale {
            what: "the release is not over",
        });
    }
    // The card says nothing of it, so it is not drawn again.
    draft.record(
        StreamId::Release(release),
        Event::Release(ReleaseEvent::Checkpointed {
            checkpoint: checkpoint.clone(),
        }),
    );
    let (key, checkpoint) = (Key::join(&[&release, &"checkpoint"]), checkpoint.clone());
    draft.tell(release, key, Vec::new(), News::Checkpointed { checkpoint });
    Ok(Reply::Nothing)
}
