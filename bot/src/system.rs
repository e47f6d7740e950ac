//! The real clock, chance, tasks and locks, behind the engine's ports.

mod locks;

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio::task::JoinSet;

use crate::engine::ports::{Clock, Random, Spawn, Task};
pub use locks::FileLocks;

/// The longest single wait: a clock that was set is noticed at the latest then.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// Some moment of this process.
static STARTED: LazyLock<tokio::time::Instant> = LazyLock::new(tokio::time::Instant::now);

/// The computer's clock.
pub struct SystemClock;

#[async_trait]
impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that asks the clock"
    )]
    fn now(&self) -> DateTime<Utc> {
        DateTime::from(std::time::SystemTime::now())
    }

    async fn until(&self, at: DateTime<Utc>) {
        loop {
            let Ok(left) = (at - self.now()).to_std() else {
                return;
            };
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left.min(LONGEST_WAIT)).await;
        }
    }

    fn passed(&self) -> Duration {
        STARTED.elapsed()
    }

    async fn sleep(&self, length: Duration) {
        tokio::time::sleep(length).await;
    }
}

/// The operating system's randomness.
pub struct SystemRandom;

impl Random for SystemRandom {
    fn seed(&self) -> [u8; 32] {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).expect("the operating system gives randomness");
        seed
    }
}

/// Tasks of the runtime, stopped together.
#[derive(Default)]
pub struct Tasks {
    set: Mutex<JoinSet<()>>,
}

impl Tasks {
    /// Stops all of them, wherever they are: everything they do is safe to cut off.
    pub async fn stop(&self) {
        let mut set = std::mem::take(&mut *self.set.lock().unwrap_or_else(PoisonError::into_inner));
        set.shutdown().await;
    }
}

impl Spawn for Tasks {
    fn spawn(&self, name: &'static str, task: Task) {
        let mut set = self.set.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that have ended are let go of, so that the set stays small.
        while let Some(ended) = set.try_join_next() {
            if let Err(error) = ended {
                tracing::error!(%error, "a task ended badly");
            }
        }
        tracing::trace!(name, "task started");
        set.spawn(task);
    }
}
