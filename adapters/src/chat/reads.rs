//! One reading of a message at a time: whoever asks while one is under way waits
//! for the next, and all who wait share it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Mutex as Line;

use super::{ChatError, MessageRef, Reaction};

type Read = Result<Vec<Reaction>, ChatError>;

/// Readings under way.
#[derive(Default)]
pub(super) struct Reads(Mutex<HashMap<MessageRef, Arc<Desk>>>);

#[derive(Default)]
struct Desk {
    /// How many asked so far.
    asked: AtomicU64,
    /// The latest reading, and how many had asked before it began.
    latest: Line<Option<(u64, Read)>>,
}

impl Reads {
    /// A reading that began after this was called.
    pub(super) async fn share<F, R>(&self, of: &MessageRef, read: F) -> Read
    where
        F: FnOnce() -> R,
        R: Future<Output = Read>,
    {
        let desk = Arc::clone(self.lock().entry(of.clone()).or_default());
        let ticket = desk.asked.fetch_add(1, Ordering::SeqCst);
        let mut latest = desk.latest.lock().await;
        let known = latest.as_ref().filter(|(covers, _)| *covers > ticket);
        let answer = if let Some((_, answer)) = known {
            answer.clone()
        } else {
            let covers = desk.asked.load(Ordering::SeqCst);
            let answer = read().await;
            *latest = Some((covers, answer.clone()));
            answer
        };
        drop(latest);
        let mut desks = self.lock();
        // The map and this one.
        if Arc::strong_count(&desk) == 2 {
            desks.remove(of);
        }
        answer
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<MessageRef, Arc<Desk>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join_all;
    use tokio::sync::Semaphore;

    use super::*;
    use crate::chat::ChannelId;

    #[tokio::test]
    async fn two_hundred_who_ask_at_once_share_two_readings() {
        let reads = Reads::default();
        let message = MessageRef {
            channel: ChannelId("C1".to_owned()),
            id: "1.2".to_owned(),
        };
        let (count, gate) = (AtomicU64::new(0), Semaphore::new(0));
        let ask = || {
            reads.share(&message, || async {
                count.fetch_add(1, Ordering::SeqCst);
                gate.acquire().await.expect("it stays open").forget();
                Ok(Vec::new())
            })
        };
        let all = join_all((0..200).map(|_| ask()));
        let open = async { gate.add_permits(10) };
        let (answers, ()) = tokio::join!(all, open);
        assert!(answers.iter().all(Result::is_ok));
        assert!(count.load(Ordering::SeqCst) <= 2, "{count:?}");
        assert!(reads.lock().is_empty(), "nothing is kept");
    }
}
