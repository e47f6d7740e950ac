//! The bot's own affairs: lost records, its clock, copies of its messages.
//!
//! Whether they are so the domain cannot see: it takes the word of who found it.

use super::draft::Draft;
use crate::event::AgendaEvent;
use crate::history::Loss;
use crate::ids::{Key, Person, Surface};
use crate::notice::News;
use crate::reply::Reply;

/// Notes that a part of the log is gone.
pub(super) fn accept_loss(draft: &mut Draft, loss: &Loss, by: Option<&Person>) -> Reply {
    let (loss, by) = (loss.clone(), by.cloned());
    let key = Key::join(&[&"loss", &loss.found.seq, &loss.seen.hash.short()]);
    draft.agenda_event(AgendaEvent::LossAccepted {
        loss: loss.clone(),
        by: by.clone(),
    });
    draft.shout(None, key, Vec::new(), News::LossAccepted { loss, by });
    Reply::Nothing
}

/// Notes that the clock was set, and tells everybody: windows and reminders follow it.
pub(super) fn clock_jumped(draft: &mut Draft, seconds: i64) -> Reply {
    let key = Key::join(&[&"clock", &draft.now.timestamp_millis()]);
    draft.agenda_event(AgendaEvent::ClockJumped { seconds });
    draft.shout(None, key, Vec::new(), News::ClockJumped { seconds });
    Reply::Nothing
}

/// Notes which copies of a message are about to be removed.
pub(super) fn duplicates_found(
    draft: &mut Draft,
    surface: &Surface,
    key: &Key,
    copies: &[String],
) -> Reply {
    draft.agenda_event(AgendaEvent::DuplicatesFound {
        surface: surface.clone(),
        key: key.clone(),
        copies: copies.to_vec(),
    });
    Reply::Nothing
}
