//! How often the bot identifies itself: written down before it does, so that no
//! number of restarts goes beyond what a day has.

use std::sync::Arc;

use tokio::sync::oneshot;
use twilight_gateway::queue::Queue;

use crate::chat::discord::DiscordChat;
use crate::chat::discord::hands::{Clock, Spawn};
use crate::chat::discord::memory::Memory;

/// The day's budget.
pub(super) struct Budget {
    memory: Arc<Memory>,
    clock: Clock,
    spawn: Spawn,
}

impl Budget {
    pub(super) fn new(chat: &DiscordChat) -> Self {
        Self {
            memory: Arc::clone(&chat.memory),
            clock: Arc::clone(&chat.hands.clock),
            spawn: Arc::clone(&chat.hands.spawn),
        }
    }
}

impl Queue for Budget {
    fn enqueue(&self, _shard: u32) -> oneshot::Receiver<()> {
        let (go, told) = oneshot::channel();
        let (memory, clock) = (Arc::clone(&self.memory), Arc::clone(&self.clock));
        let task = async move {
            let mut go = go;
            while let Some(wait) = memory.wait(clock()) {
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    // The connection is gone: nobody identifies.
                    () = go.closed() => return,
                }
            }
            memory.identifies(clock());
            memory.save().await;
            if go.send(()).is_err() {
                tracing::debug!("the connection ended; one of the day's identifications is lost");
            }
        };
        (self.spawn)(Box::pin(task));
        told
    }
}
