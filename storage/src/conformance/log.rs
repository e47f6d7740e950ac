//! The log: without gaps, in time, in pages, and bound together.

use std::collections::BTreeMap;

use shipbell_domain::ids::ReleaseId;
use shipbell_domain::{Fold, StreamId};

use super::fixture::{at, card, commit, note, open, record, want};
use super::{Bench, Checks as _, history};
use crate::store::Store as _;
use crate::{StoreError, chain};

pub(super) async fn positions_and_versions_have_no_gaps(bench: &impl Bench) {
    let store = bench.open().await;
    history(&store).await;
    let rows = store.events(None, 0, 1_000).await.unwrap();
    let mut versions: BTreeMap<StreamId, u64> = BTreeMap::new();
    for (seq, row) in (1u64..).zip(&rows) {
        let version = versions.entry(row.stream.clone()).or_default();
        *version += 1;
        assert_eq!((row.seq, row.version), (seq, *version));
    }
    assert!(versions.len() >= 4, "{versions:?}");
    let last = rows.last().unwrap();
    assert_eq!(store.head().await.unwrap(), (last.seq, last.hash.clone()));
    assert_eq!(store.verify().await.unwrap(), last.seq);
}

pub(super) async fn time_never_goes_back(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 100, open("1.0.0")).await;
    record(&store, 50, note(1, "the clock was set back")).await;
    let wanted = want("now", vec![card(ReleaseId(1))], Vec::new());
    record(&store, 50, wanted).await;
    let owed = store.owed(at(50), 10).await.unwrap();
    assert_eq!(owed.len(), 2, "nothing waits for the clock to catch up");
    drop(store);
    let store = bench.open().await;
    record(&store, 60, note(1, "still")).await;
    record(&store, 101, note(1, "at last")).await;
    let rows = store.events(None, 0, 10).await.unwrap();
    let times: Vec<_> = rows.iter().map(|row| row.at).collect();
    assert_eq!(times, [at(100), at(100), at(100), at(101)]);
    assert!(
        store
            .stored()
            .await
            .differences(&store.rebuilt().await)
            .is_empty()
    );
}

pub(super) async fn a_changed_event_is_found(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 1, open("1.0.0")).await;
    record(&store, 2, note(1, "true")).await;
    record(&store, 3, note(1, "later")).await;
    assert_eq!(store.verify().await.unwrap(), 3);
    drop(store);
    bench.forge(2).await;
    let store = bench.open().await;
    let found = store.verify().await;
    assert!(
        matches!(&found, Err(StoreError::Corrupt(text)) if text.contains("event 2")),
        "{found:?}"
    );
}

pub(super) async fn events_come_in_pages(bench: &impl Bench) {
    let store = bench.open().await;
    let batch = vec![
        open("1.0.0"),
        open("1.1.0"),
        note(1, "a"),
        note(2, "b"),
        note(1, "c"),
    ];
    commit(&store, at(1), batch).await.unwrap();
    let seqs = |rows: Vec<crate::EventRow>| rows.iter().map(|row| row.seq).collect::<Vec<_>>();
    assert_eq!(seqs(store.events(None, 0, 2).await.unwrap()), [1, 2]);
    assert_eq!(seqs(store.events(None, 2, 2).await.unwrap()), [3, 4]);
    assert_eq!(seqs(store.events(None, 4, 2).await.unwrap()), [5]);
    assert!(store.events(None, 5, 2).await.unwrap().is_empty());
    let first = StreamId::Release(ReleaseId(1));
    let rows = store.events(Some(&first), 1, 10).await.unwrap();
    assert_eq!(
        rows.iter().map(|row| row.version).collect::<Vec<_>>(),
        [2, 3]
    );
    let Some(Fold::Release(release)) = store.fold(&first).await.unwrap() else {
        panic!()
    };
    assert_eq!(release.unresolved.as_deref(), Some("c"));
}

pub(super) async fn bytes_are_kept_under_their_hash(bench: &impl Bench) {
    let store = bench.open().await;
    let hash = store.keep(b"abc").await.unwrap();
    assert_eq!(
        hash.as_str(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    assert_eq!(store.keep(b"abc").await.unwrap(), hash);
    drop(store);
    let store = bench.open().await;
    assert_eq!(
        store.kept(&hash).await.unwrap().as_deref(),
        Some(b"abc".as_slice())
    );
    assert_eq!(store.kept(&chain::hex(&[0; 32])).await.unwrap(), None);
    let much = store.keep(&vec![0; 256 * 1024 + 1]).await;
    assert!(matches!(much, Err(StoreError::Unusable { .. })), "{much:?}");
}
