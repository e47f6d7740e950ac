//! Wake-ups whose time has come become inputs, each once.

use std::sync::Arc;
use std::time::Duration;

use shipbell_domain::Command;
use shipbell_storage::Settles;

use super::hub::Hub;
use super::news::News;
use super::retry;

/// How many are taken at a time.
const BATCH: usize = 32;
/// The pause after the database did not answer.
const AGAIN: Duration = Duration::from_secs(1);

pub(super) async fn run(hub: Arc<Hub>) {
    let mut news = News::of(&hub);
    while hub.halted().is_none() {
        news.look(&hub);
        let Ok(due) = hub.ports.store.due(hub.time().await, BATCH).await else {
            hub.pause(AGAIN).await;
            continue;
        };
        for wake_up in &due {
            let command = Command::Due(wake_up.timer.clone());
            let settles = Settles::Timer(wake_up.timer.clone());
            if retry::report(&hub, "timer", command, settles)
                .await
                .is_none()
            {
                return;
            }
        }
        if !due.is_empty() {
            continue;
        }
        match hub.ports.store.next_due().await {
            Ok(next) => news.wait(&hub, next).await,
            Err(_) => hub.pause(AGAIN).await,
        }
    }
}
