//! What only a person can mend on a platform, told for as long as it lasts.

use std::collections::BTreeMap;

use tokio::sync::watch;

/// Tells the first trouble there is, or that there is none, whenever that changes.
/// Ends when the channel is gone.
pub(super) async fn tell<K: Ord>(
    mut trouble: watch::Receiver<BTreeMap<K, String>>,
    tell: impl Fn(Option<String>) + Send,
) {
    loop {
        let first = trouble.borrow_and_update().values().next().cloned();
        tell(first);
        if trouble.changed().await.is_err() {
            return;
        }
    }
}
