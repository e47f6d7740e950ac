//! The thread under a message: a channel named like it, made when something is first
//! said there, and opened again where Discord closed it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::api::{Api, Body};
use super::fault::{Fault, code};
use super::route::Route;
use crate::chat::{Card, ChannelId, MessageRef, Place, cut};

/// How many messages' names are remembered.
const REMEMBERED: usize = 1000;

/// The most characters of a thread's name.
const NAME: usize = 100;

/// How long nothing may be said before Discord folds it away, in minutes: a week.
const FOLDED: u32 = 10_080;

/// What the messages say that threads hang on.
#[derive(Default)]
pub(super) struct Threads(Mutex<HashMap<MessageRef, String>>);

impl Threads {
    /// A message was posted that a thread may hang on.
    pub(super) fn note(&self, at: &MessageRef, card: &Card) {
        let title = card.title.as_ref().map(crate::chat::Text::to_plain);
        let name = title.unwrap_or_else(|| card.summary.clone());
        let mut all = self.lock();
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(at.clone(), cut::line(&name, NAME));
    }

    /// Says something in a place. A thread that is not there yet is made for it.
    pub(super) async fn say(&self, api: &Api, place: &Place, body: Body) -> Result<Value, Fault> {
        let channel = channel_of(place);
        let said = api.call(Route::post(&channel), body.clone()).await;
        match (&place.thread, said) {
            (Some(under), Err(fault)) if fault.is(&[code::UNKNOWN_CHANNEL]) => {
                self.make(api, under).await?;
            }
            (Some(_), Err(fault)) if fault.is(&[code::ARCHIVED]) => wake(api, &channel).await?,
            (_, said) => return said,
        }
        api.call(Route::post(&channel), body).await
    }

    async fn make(&self, api: &Api, under: &MessageRef) -> Result<(), Fault> {
        let name = self.lock().get(under).cloned();
        let name = name.filter(|it| !it.trim().is_empty());
        let body = json!({
            "name": name.unwrap_or_else(|| "Details".to_owned()),
            "auto_archive_duration": FOLDED,
        });
        match api.call(Route::open_thread(under), Body::Json(body)).await {
            Ok(_) => Ok(()),
            Err(fault) if fault.is(&[code::HAS_THREAD]) => Ok(()),
            Err(fault) => Err(fault),
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<MessageRef, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Does something to a message; its thread is opened again where it is closed.
pub(super) async fn awake(api: &Api, route: Route, body: Body) -> Result<Value, Fault> {
    let thread = ChannelId(route.major.clone());
    match api.call(route.clone(), body.clone()).await {
        Err(fault) if fault.is(&[code::ARCHIVED]) => {
            wake(api, &thread).await?;
            api.call(route, body).await
        }
        answer => answer,
    }
}

async fn wake(api: &Api, thread: &ChannelId) -> Result<(), Fault> {
    let body = json!({ "archived": false });
    api.call(Route::wake(thread), Body::Json(body))
        .await
        .map(drop)
}

/// The channel a place's messages are in: a thread is one, named like its message.
pub(super) fn channel_of(place: &Place) -> ChannelId {
    match &place.thread {
        Some(under) => ChannelId(under.id.clone()),
        None => place.channel.clone(),
    }
}
