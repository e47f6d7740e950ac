//! Waiting for a time of the executor's own clock.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use chrono::{DateTime, Utc};

use super::{Executor, Turn};

/// Ends when that time has come.
pub struct Sleep {
    executor: Executor,
    at: DateTime<Utc>,
    set: Option<(Turn, Waker)>,
}

impl Sleep {
    pub(super) fn new(executor: Executor, at: DateTime<Utc>) -> Self {
        Self {
            executor,
            at,
            set: None,
        }
    }

    fn cancel(&mut self) {
        if let Some((turn, _)) = self.set.take() {
            self.executor.forget(turn);
        }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.executor.now() >= self.at {
            self.cancel();
            return Poll::Ready(());
        }
        let waker = context.waker();
        let same = self.set.as_ref().is_some_and(|(_, it)| it.will_wake(waker));
        if !same {
            self.cancel();
            let turn = self.executor.wake_at(self.at, waker.clone());
            self.set = Some((turn, waker.clone()));
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.cancel();
    }
}
