//! How the bot hears of what people do: at least once, out of order, sometimes never.

use chrono::TimeDelta;
use futures_util::future::{Either, select};
pub use shipbell::engine::Arrival;
use shipbell_adapters::chat::{Act, Answer, Inbound, UserId};
use shipbell_domain::ids::Surface;
use tokio::sync::oneshot;

use super::Service;
use crate::sim::weather::Fault;

/// How long the platform waits before each try to deliver, in milliseconds.
const WAITS: [u64; 4] = [0, 3_000, 60_000, 300_000];

/// How long the platform waits for the bot to take a delivery, in milliseconds.
const PATIENCE: i64 = 3_000;

impl Service {
    /// Tells the bot what somebody did, until it is taken or the platform gives up.
    ///
    /// The answer is what the person is shown; none if the bot never took it.
    pub async fn deliver(&self, id: &str, by: &UserId, act: Act) -> Option<Answer> {
        let executor = &self.0.executor;
        for wait in WAITS {
            executor.pause(wait + 10, wait + wait / 4 + 400).await;
            if self.0.weather.strikes(Fault::DeliveredTwice) {
                // The second copy comes later and nobody hears its answer.
                let (service, id, by, act) = (self.clone(), id.to_owned(), by.clone(), act.clone());
                let copy = async move {
                    service.0.executor.pause(0, 20_000).await;
                    drop(service.hand_over(&id, &by, act).await);
                };
                executor.spawn(crate::sim::executor::Owner::World, Box::pin(copy));
            }
            if self.0.weather.is_away(&self.0.name) || self.0.weather.strikes(Fault::DeliveryLost) {
                continue;
            }
            if let Some(answer) = self.hand_over(id, by, act.clone()).await {
                return Some(answer);
            }
        }
        self.0
            .diary
            .write(self.name(), format!("gives up delivering {id}"));
        None
    }

    async fn hand_over(&self, id: &str, by: &UserId, act: Act) -> Option<Answer> {
        let ear = super::locked(&self.0.ear).clone()?;
        let (responder, answer) = oneshot::channel();
        let surface = Surface::new(self.name()).expect("platforms are named by words");
        let inbound = Inbound {
            id: id.to_owned(),
            by: by.clone(),
            act,
            responder,
        };
        let executor = &self.0.executor;
        let late = executor.until(executor.now() + TimeDelta::milliseconds(PATIENCE));
        let sent = Box::pin(async move {
            ear.send(Arrival { surface, inbound }).await.ok()?;
            answer.await.ok()
        });
        match select(sent, late).await {
            Either::Left((answer, _)) => answer,
            Either::Right(((), _)) => None,
        }
    }

    /// Tells the bot that the connection is new.
    pub async fn connected(&self, id: &str) {
        drop(
            self.hand_over(id, &UserId(super::BOT.to_owned()), Act::Connected)
                .await,
        );
    }
}
