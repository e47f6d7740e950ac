//! Inputs: taken once, each alone, each seeing those before it.

use shipbell_domain::event::{Event, IncidentEvent, ReleaseEvent};
use shipbell_domain::ids::ReleaseId;
use shipbell_domain::{Fold, StreamId};

use super::fixture::{
    Done, Move, at, commit, happen, note, open, record, refuse, release_events, set, timer, want,
};
use super::{Bench, Checks as _};
use crate::StoreError;
use crate::store::{Settles, Store as _, Verdict};

pub(super) async fn a_repeat_changes_nothing(bench: &impl Bench) {
    let store = bench.open().await;
    let twice = vec![open("1.0.0").id("e1"), open("1.0.0").id("e1")];
    let verdicts = commit(&store, at(1), twice).await.unwrap();
    assert!(matches!(
        verdicts.as_slice(),
        [Verdict::Recorded { .. }, Verdict::Repeated]
    ));
    drop(store);
    let store = bench.open().await;
    let verdicts = commit(&store, at(2), vec![open("1.0.0").id("e1")])
        .await
        .unwrap();
    assert!(matches!(verdicts.as_slice(), [Verdict::Repeated]));
    assert_eq!(store.head().await.unwrap().0, 1);
}

pub(super) async fn a_refusal_in_a_batch_refuses_itself_alone(bench: &impl Bench) {
    let store = bench.open().await;
    let batch = vec![open("1.0.0"), refuse("no"), open("1.1.0")];
    let verdicts = commit(&store, at(1), batch).await.unwrap();
    assert!(matches!(
        verdicts.as_slice(),
        [
            Verdict::Recorded { .. },
            Verdict::Refused(_),
            Verdict::Recorded { .. }
        ]
    ));
    let rows = store.events(None, 0, 10).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(store.verify().await.unwrap(), 2);
}

pub(super) async fn a_refusal_is_remembered_and_settles(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 1, want("set", Vec::new(), vec![set(1, 5)])).await;
    let due = Settles::Timer(timer(1));
    let first = refuse("no").id("e1").settles(due);
    let verdicts = commit(&store, at(6), vec![first]).await.unwrap();
    assert!(matches!(verdicts.as_slice(), [Verdict::Refused(_)]));
    assert_eq!(
        store.next_due().await.unwrap(),
        None,
        "the wake-up has ended"
    );
    let verdicts = commit(&store, at(7), vec![note(1, "yes").id("e1")])
        .await
        .unwrap();
    assert!(matches!(verdicts.as_slice(), [Verdict::Repeated]));
}

pub(super) async fn later_inputs_see_what_earlier_ones_changed(bench: &impl Bench) {
    let store = bench.open().await;
    let last = Move::on(open("1.0.0").input.command, |world| {
        assert_eq!(
            world.next_release,
            ReleaseId(2),
            "the number before is taken"
        );
        assert!(
            world.releases.contains_key(&ReleaseId(1)),
            "the version is known already"
        );
        Ok(Done::default())
    });
    // Both have the same command, so each goes by what it sees.
    let both = Move::on(last.input.command.clone(), {
        let first = open("1.0.0");
        move |world| {
            if world.releases.is_empty() {
                first.decide(world)
            } else {
                last.decide(world)
            }
        }
    });
    let verdicts = commit(&store, at(1), vec![both.clone(), both])
        .await
        .unwrap();
    let counts: Vec<usize> = verdicts
        .iter()
        .map(|verdict| match verdict {
            Verdict::Recorded { events, .. } => events.len(),
            Verdict::Refused(_) | Verdict::Repeated => panic!("{verdict:?}"),
        })
        .collect();
    assert_eq!(counts, [1, 0]);
}

pub(super) async fn an_impossible_decision_loses_the_whole_batch(bench: &impl Bench) {
    let store = bench.open().await;
    let resolved = IncidentEvent::Updated {
        by: super::fixture::person("ana"),
        text: "of what?".to_owned(),
    };
    let orphan = (StreamId::Release(ReleaseId(1)), Event::Incident(resolved));
    let batch = vec![open("1.0.0").id("e1"), happen("orphan", vec![orphan])];
    let lost = commit(&store, at(1), batch).await;
    assert!(matches!(lost, Err(StoreError::Corrupt(_))), "{lost:?}");
    let never = release_events(ReleaseId(4), vec![ReleaseEvent::Done]).events;
    let lost = commit(&store, at(1), vec![happen("never", never)]).await;
    assert!(matches!(lost, Err(StoreError::Corrupt(_))), "{lost:?}");
    assert_eq!(store.head().await.unwrap().0, 0);
    assert_eq!(store.next_owed().await.unwrap(), None);

    record(&store, 2, open("1.0.0").id("e1")).await;
    let fold = store.fold(&StreamId::Release(ReleaseId(1))).await.unwrap();
    assert!(matches!(fold, Some(Fold::Release(_))));
}
