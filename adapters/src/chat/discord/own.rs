//! What is known of own messages: how each is made, and under which mark. An edit
//! must keep both.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::api::{Api, Body};
use super::fault::Fault;
use super::mark::Known;
use super::route::Route;
use crate::chat::MessageRef;

/// How many are remembered; others are looked at first.
const REMEMBERED: usize = 2000;

#[derive(Default)]
pub(super) struct Owns(Mutex<HashMap<MessageRef, Known>>);

impl Owns {
    pub(super) fn note(&self, at: &MessageRef, known: Known) {
        let mut all = self.lock();
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(at.clone(), known);
    }

    pub(super) async fn get(&self, api: &Api, at: &MessageRef) -> Result<Known, Fault> {
        let known = self.lock().get(at).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let message = api.call(Route::read(at), Body::Nothing).await?;
        let known = Known::of(&message);
        self.note(at, known);
        Ok(known)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<MessageRef, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
