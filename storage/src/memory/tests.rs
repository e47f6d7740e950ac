//! What only the store in memory must do: no runtime, and an end to earlier openings.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::{MemoryDisk, MemoryStore};
use crate::conformance::history;
use crate::{Store as _, StoreError};

#[test]
fn it_never_waits_and_needs_no_runtime() {
    let store = MemoryStore::open(MemoryDisk::new([0; 16]));
    let done = pin!(history(&store)).poll(&mut Context::from_waker(Waker::noop()));
    assert!(done.is_ready());
    let head = pin!(store.head()).poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(head, Poll::Ready(Ok((seq, _))) if seq > 0));
}

#[tokio::test]
async fn an_earlier_opening_can_write_no_more() {
    let disk = MemoryDisk::new([0; 16]);
    let before = MemoryStore::open(disk.clone());
    before.keep(b"before").await.unwrap();
    let _after = MemoryStore::open(disk);
    let refused = before.keep(b"after").await;
    assert!(
        matches!(refused, Err(StoreError::Unusable { .. })),
        "{refused:?}"
    );
}
