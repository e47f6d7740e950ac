//! What events add up to: for decisions, for people, and made anew.

use std::collections::BTreeMap;

use shipbell_domain::event::{EnvironmentEvent, ReleaseEvent};
use shipbell_domain::ids::{AppId, IncidentId, ReleaseId, Version};
use shipbell_domain::{Fold, Needs, StreamId};

use super::fixture::history::asks;
use super::fixture::{
    at, commit, environment_events, failed, happen, note, open, record, release_events, settings,
    shop, staging, started,
};
use super::{Bench, Checks as _, history};
use crate::StoreError;
use crate::store::Store as _;

pub(super) async fn a_world_holds_what_is_needed(bench: &impl Bench) {
    let store = bench.open().await;
    history(&store).await;
    let all = Needs {
        incident: Some(IncidentId(1)),
        open_releases: true,
        version: Version::new("1.1.0").ok(),
        ..Needs::default()
    };
    let world = store.world(&all, settings()).await.unwrap();
    assert_eq!(
        world.releases.len(),
        2,
        "the open one, and the one that was named"
    );
    assert!(world.environments.contains_key(&staging().env));
    assert_eq!(world.agenda.freezes.len(), 1);
    assert_eq!(
        (world.next_release, world.next_incident),
        (ReleaseId(3), IncidentId(2))
    );
    assert_eq!(world.releases[&ReleaseId(1)].asks.len(), 1);

    let one = Needs {
        release: Some(ReleaseId(2)),
        ..Needs::default()
    };
    let world = store.world(&one, settings()).await.unwrap();
    assert!(
        world.environments.contains_key(&staging().env),
        "a release brings its application"
    );
    assert!(
        world.releases.contains_key(&ReleaseId(1)),
        "staging is busy with it"
    );

    let world = store.world(&Needs::default(), settings()).await.unwrap();
    assert!(world.environments.is_empty() && world.releases.is_empty());
    assert_eq!(world.agenda.freezes.len(), 1, "the agenda is always in it");
}

pub(super) async fn open_things_are_listed(bench: &impl Bench) {
    let store = bench.open().await;
    history(&store).await;
    record(&store, 9, open("1.2.0")).await;
    let names = |folds: Vec<(StreamId, Fold)>| -> Vec<String> {
        folds
            .into_iter()
            .map(|(stream, _)| stream.to_string())
            .collect()
    };
    let all = [
        "release/r3",
        "release/r1",
        "incident/i1",
        "env/shop/staging",
        "agenda",
    ];
    assert_eq!(names(store.open_folds(None, 10).await.unwrap()), all);
    assert_eq!(
        names(store.open_folds(Some(&shop()), 10).await.unwrap()),
        all
    );
    let newest = ["release/r3", "incident/i1", "env/shop/staging", "agenda"];
    assert_eq!(names(store.open_folds(None, 1).await.unwrap()), newest);
    let other = AppId::new("other").unwrap();
    assert_eq!(
        names(store.open_folds(Some(&other), 10).await.unwrap()),
        ["agenda"]
    );

    let ids = |folds: Vec<Fold>| -> Vec<u32> {
        folds
            .into_iter()
            .map(|fold| match fold {
                Fold::Release(it) => it.id.0,
                other => panic!("{other:?}"),
            })
            .collect()
    };
    assert_eq!(ids(store.releases(None, 2).await.unwrap()), [3, 2]);
    assert_eq!(
        ids(store.releases(Some(&shop()), 10).await.unwrap()),
        [3, 2, 1]
    );
    assert!(store.releases(Some(&other), 10).await.unwrap().is_empty());
    assert_eq!(store.active().await.unwrap(), [staging()]);
}

pub(super) async fn what_is_listed_follows_every_commit(bench: &impl Bench) {
    let store = bench.open().await;
    let over = release_events(ReleaseId(1), vec![ReleaseEvent::Done]);
    let moves = vec![
        open("1.0.0"),
        note(1, "a word"),
        open("1.1.0"),
        happen("begin", environment_events(vec![started(1)])),
        happen("over", over.events),
        note(2, "another"),
        happen("end", environment_events(vec![failed(1)])),
    ];
    for (second, one) in (1..).zip(moves) {
        record(&store, second, one).await;
        let kept = store.stored().await.folds;
        for (stream, fold) in &kept {
            let found = store.fold(stream).await.unwrap();
            assert_eq!(found.as_ref(), Some(fold), "{stream} after {second}");
        }
        let listed = store.open_folds(None, 10).await.unwrap();
        let open = (kept.iter()).filter(|(_, fold)| fold.is_open());
        let open: BTreeMap<_, _> = open.map(|(it, fold)| (it.clone(), fold.clone())).collect();
        assert_eq!(BTreeMap::from_iter(listed), open, "after {second}");
        let releases = store.releases(None, 10).await.unwrap();
        let all = (kept.iter().rev())
            .filter(|(stream, _)| matches!(stream, StreamId::Release(_)))
            .map(|(_, fold)| fold.clone());
        assert_eq!(releases, all.collect::<Vec<_>>(), "after {second}");
    }
}

pub(super) async fn releases_that_ask_are_listed(bench: &impl Bench) {
    let store = bench.open().await;
    history(&store).await;
    for (second, version) in (9..).zip(["1.2.0", "1.3.0", "1.4.0"]) {
        record(&store, second, open(version)).await;
    }
    assert_eq!(store.asked(10).await.unwrap(), [], "what was asked is used");
    for release in [3, 4] {
        let asks = asks(ReleaseId(release));
        record(&store, 20 + i64::from(release), happen("ask", asks)).await;
    }
    let (third, fourth) = (ReleaseId(3), ReleaseId(4));
    assert_eq!(store.asked(10).await.unwrap(), [fourth, third]);
    assert_eq!(store.asked(1).await.unwrap(), [fourth]);
    let over = release_events(fourth, vec![ReleaseEvent::Done]);
    record(&store, 30, happen("over", over.events)).await;
    assert_eq!(store.asked(10).await.unwrap(), [third]);
}

pub(super) async fn a_second_attempt_is_never_recorded(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 1, open("1.0.0")).await;
    record(
        &store,
        2,
        happen("one", environment_events(vec![started(1)])),
    )
    .await;
    let head = store.head().await.unwrap();
    let two = happen("two", environment_events(vec![started(2)]));
    let found = commit(&store, at(3), vec![two]).await;
    assert!(matches!(found, Err(StoreError::Corrupt(_))), "{found:?}");
    assert_eq!(store.head().await.unwrap(), head);
    let after = environment_events(vec![failed(1), started(2)]);
    record(&store, 4, happen("after", after)).await;
    assert_eq!(store.active().await.unwrap(), [staging()]);
    record(
        &store,
        5,
        happen("end", environment_events(vec![failed(2)])),
    )
    .await;
    assert!(store.active().await.unwrap().is_empty());
}

pub(super) async fn a_fence_is_never_given_out_twice(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 1, open("1.0.0")).await;
    for (second, attempt) in [(2, 1), (3, 2)] {
        let events = environment_events(vec![started(attempt), failed(attempt)]);
        record(&store, second, happen("deploy", events)).await;
    }
    for fence in [2, 1] {
        let taken = EnvironmentEvent::FenceTaken { attempt: 2, fence };
        let again = happen("again", environment_events(vec![taken]));
        let found = commit(&store, at(4), vec![again]).await;
        assert!(matches!(found, Err(StoreError::Corrupt(_))), "{found:?}");
    }
    let old = happen("old", environment_events(vec![started(1)]));
    let found = commit(&store, at(5), vec![old]).await;
    assert!(matches!(found, Err(StoreError::Corrupt(_))), "{found:?}");
    let next = environment_events(vec![started(3)]);
    record(&store, 6, happen("next", next)).await;
}

pub(super) async fn tables_are_what_the_events_add_up_to(bench: &impl Bench) {
    let store = bench.open().await;
    history(&store).await;
    let (stored, rebuilt) = (store.stored().await, store.rebuilt().await);
    assert_eq!(stored.differences(&rebuilt), Vec::<String>::new());
    assert_eq!(stored.folds.len(), 5);
    assert_eq!(stored.rows.len(), 8, "{:#?}", stored.rows);
    let mut wrong = stored.clone();
    wrong.folds.remove(&StreamId::Agenda);
    wrong.rows.pop_first();
    assert_eq!(wrong.differences(&rebuilt).len(), 2);
}

pub(super) async fn an_earlier_opening_is_not_the_same(bench: &impl Bench) {
    let store = bench.open().await;
    let (first, name) = (store.epoch(), store.instance().to_owned());
    assert_eq!((first, name.as_str()), (1, "07".repeat(16).as_str()));
    drop(store);
    let store = bench.open().await;
    assert_eq!((store.epoch(), store.instance()), (2, name.as_str()));
}
