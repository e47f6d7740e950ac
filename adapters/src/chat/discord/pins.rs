//! The channel's pins follow the cards. A pin is a convenience: it is set beside the
//! message and never holds one up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::api::{Api, Body};
use super::fault::code;
use super::hands::Spawn;
use super::route::Route;
use crate::chat::MessageRef;
use crate::chat::card::Pin;

/// How many messages' pins are remembered; of others it is asked again.
const REMEMBERED: usize = 1000;

/// What was done about pins.
#[derive(Clone, Default)]
pub(super) struct Pins(Arc<Mutex<HashMap<MessageRef, Pin>>>);

impl Pins {
    /// Makes a message's pin what its card says, if it is not that already.
    pub(super) fn settle(&self, (api, spawn): (&Arc<Api>, &Spawn), at: &MessageRef, pin: Pin) {
        let up = match pin {
            Pin::Leave => return,
            Pin::Up => true,
            Pin::Down => false,
        };
        if !self.note(at, pin) {
            return;
        }
        let (pins, api, at) = (self.clone(), Arc::clone(api), at.clone());
        let task = async move {
            match api.call(Route::pin(&at, up), Body::Nothing).await {
                Ok(_) => {}
                Err(fault) if fault.is(&[code::UNKNOWN_MESSAGE]) => {}
                Err(fault) => {
                    tracing::info!(?fault, "a message's pin stays as it was");
                    pins.lock().remove(&at);
                }
            }
        };
        spawn(Box::pin(task));
    }

    /// Whether that is news.
    fn note(&self, at: &MessageRef, pin: Pin) -> bool {
        let mut known = self.lock();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(at.clone(), pin) != Some(pin)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<MessageRef, Pin>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
