//! What a platform said of accounts and groups lately.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How long what was read of an account or a group holds.
const HOLDS: Duration = Duration::from_secs(30);

/// How many accounts and groups are remembered.
const REMEMBERED: usize = 2000;

/// Answers that hold for some seconds, only so many of them.
pub(super) struct Fresh<K, V>(Mutex<HashMap<K, (Instant, V)>>);

impl<K, V> Default for Fresh<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Fresh<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<V> {
        let known = self.lock();
        let (at, value) = known.get(key)?;
        (at.elapsed() < HOLDS).then(|| value.clone())
    }

    pub(super) fn put(&self, key: K, value: V) {
        let mut known = self.lock();
        if known.len() >= REMEMBERED {
            known.retain(|_, (at, _)| at.elapsed() < HOLDS);
        }
        if known.len() < REMEMBERED {
            known.insert(key, (Instant::now(), value));
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, (Instant, V)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
