//! The workspace's clock: it runs, and a test may turn it on.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

/// A clock that is right when it is made.
pub(super) struct Clock {
    began: Instant,
    at: DateTime<Utc>,
    ahead: watch::Sender<Duration>,
}

impl Clock {
    pub(super) fn new(at: DateTime<Utc>) -> Self {
        Self {
            began: Instant::now(),
            at,
            ahead: watch::Sender::new(Duration::ZERO),
        }
    }

    /// How long it has run, with what it was turned on by.
    pub(super) fn ran(&self) -> Duration {
        self.began.elapsed() + *self.ahead.borrow()
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.at + TimeDelta::from_std(self.ran()).unwrap_or(TimeDelta::MAX)
    }

    /// Whoever waits for a moment up to the new one wakes.
    pub(super) fn turn_on(&self, by: Duration) {
        self.ahead.send_modify(|ahead| *ahead += by);
    }

    /// Waits by this clock.
    pub(super) async fn passes(&self, time: Duration) {
        let until = self.ran() + time;
        let mut ahead = self.ahead.subscribe();
        loop {
            let left = until.saturating_sub(self.ran());
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = sleep(left) => {}
                _turned = ahead.changed() => {}
            }
        }
    }
}
