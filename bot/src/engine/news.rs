//! Following what changes: nothing is missed, and many changes are looked at together.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::hub::Hub;

/// The shortest time between two looks. Nobody reads faster, and while people give
/// many commands the database is for them.
const PACE: Duration = Duration::from_millis(20);

/// What somebody follows who looks at everything after each change.
pub(super) struct News {
    changes: watch::Receiver<u64>,
    looked: Duration,
}

impl News {
    /// Follows from now on.
    pub(super) fn of(hub: &Hub) -> Self {
        Self {
            changes: hub.changes(),
            looked: hub.ports.clock.passed(),
        }
    }

    /// To be called before everything is looked at: what changes later is news.
    pub(super) fn look(&mut self, hub: &Hub) {
        self.changes.mark_unchanged();
        self.looked = hub.ports.clock.passed();
    }

    /// Waits for news, or until a time. The first news of a while is told at once.
    pub(super) async fn wait(&mut self, hub: &Hub, until: Option<DateTime<Utc>>) {
        hub.change_or(&mut self.changes, until).await;
        let rested = hub.ports.clock.passed().saturating_sub(self.looked);
        if let Some(rest) = PACE.checked_sub(rested).filter(|it| !it.is_zero()) {
            hub.pause(rest).await;
        }
    }
}
