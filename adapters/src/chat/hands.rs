//! What a channel has of the program around it.

use std::pin::Pin;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tokio::sync::{mpsc, oneshot};

use super::{Act, Inbound, UserId};

/// What time it is.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// Bytes nobody can guess.
pub type Randomness = Arc<dyn Fn() -> [u8; 32] + Send + Sync>;

/// Runs something beside the rest until it ends.
pub type Spawn = Arc<dyn Fn(Pin<Box<dyn Future<Output = ()> + Send>>) + Send + Sync>;

/// What the channel has of the program around it.
#[derive(Clone)]
pub struct Hands {
    /// The clock.
    pub clock: Clock,
    /// Chance.
    pub randomness: Randomness,
    /// Where tasks are started that somebody ends.
    pub spawn: Spawn,
    /// Where what people do goes.
    pub inbound: mpsc::Sender<Inbound>,
}

impl Hands {
    /// Tells the bot to read again what people did while nobody heard them.
    pub(super) fn announce(&self, platform: &str) {
        let (responder, _) = oneshot::channel();
        let id = (self.randomness)();
        let id = id.first_chunk().map_or(0, |it| u128::from_be_bytes(*it));
        let connected = Inbound {
            id: format!("{platform}:connected:{id:032x}"),
            by: UserId(platform.to_owned()),
            act: Act::Connected,
            responder,
        };
        if self.inbound.try_send(connected).is_err() {
            tracing::warn!(
                platform,
                "the queue of inputs is full; the connection was not announced"
            );
        }
    }
}
