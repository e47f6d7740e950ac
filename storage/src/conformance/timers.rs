//! Wake-ups: each moves, ends once, and never comes early.

use chrono::TimeDelta;
use shipbell_domain::timer::TimerChange;

use super::Bench;
use super::fixture::{at, commit, record, set, timer, want};
use crate::store::{Settles, Store as _, Verdict, WakeUp};

pub(super) async fn a_wake_up_moves_and_is_cancelled(bench: &impl Bench) {
    let store = bench.open().await;
    record(
        &store,
        1,
        want("set", Vec::new(), vec![set(1, 10), set(2, 20)]),
    )
    .await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(10)));
    record(&store, 2, want("move", Vec::new(), vec![set(1, 30)])).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(20)));
    assert!(store.due(at(19), 10).await.unwrap().is_empty());
    let both = [
        WakeUp {
            timer: timer(2),
            due: at(20),
        },
        WakeUp {
            timer: timer(1),
            due: at(30),
        },
    ];
    assert_eq!(store.due(at(30), 10).await.unwrap(), both);
    assert_eq!(store.due(at(30), 1).await.unwrap(), both[..1]);
    let cancel = TimerChange::Cancel(timer(2));
    record(&store, 3, want("cancel", Vec::new(), vec![cancel])).await;
    drop(store);
    let store = bench.open().await;
    assert_eq!(store.due(at(30), 10).await.unwrap(), both[1..]);
}

pub(super) async fn a_wake_up_ends_once(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 1, want("set", Vec::new(), vec![set(1, 10)])).await;
    let fire = |name: &str| want(name, Vec::new(), vec![]).settles(Settles::Timer(timer(1)));
    let verdicts = commit(&store, at(10), vec![fire("once"), fire("twice")])
        .await
        .unwrap();
    assert!(matches!(
        verdicts.as_slice(),
        [Verdict::Recorded { .. }, Verdict::Repeated]
    ));
    let verdicts = commit(&store, at(11), vec![fire("again")]).await.unwrap();
    assert!(matches!(verdicts.as_slice(), [Verdict::Repeated]));
    assert_eq!(store.next_due().await.unwrap(), None);

    let again = want("again", Vec::new(), vec![set(1, 20)]);
    record(&store, 12, again).await;
    assert_eq!(
        store.next_due().await.unwrap(),
        Some(at(20)),
        "another occurrence of the name"
    );
    let itself = want("itself", Vec::new(), vec![set(1, 40)]).settles(Settles::Timer(timer(1)));
    record(&store, 20, itself).await;
    assert_eq!(
        store.next_due().await.unwrap(),
        Some(at(40)),
        "it may set itself again"
    );
}

pub(super) async fn a_wake_up_is_never_early(bench: &impl Bench) {
    let store = bench.open().await;
    let fine = at(10) + TimeDelta::nanoseconds(1);
    let change = TimerChange::Set(timer(1), fine);
    record(&store, 1, want("set", Vec::new(), vec![change])).await;
    assert!(store.due(at(10), 10).await.unwrap().is_empty());
    assert!(store.next_due().await.unwrap().unwrap() > fine);
    let early = want("early", Vec::new(), vec![]).settles(Settles::Timer(timer(1)));
    let verdicts = commit(&store, at(10), vec![early]).await.unwrap();
    assert!(matches!(verdicts.as_slice(), [Verdict::Repeated]));
    assert_eq!(
        store.due(at(11), 10).await.unwrap().len(),
        1,
        "it is still to come"
    );
}
