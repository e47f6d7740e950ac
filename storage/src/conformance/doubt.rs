//! Messages that may be shown twice are looked for, and copies are known or forgotten.

use shipbell_domain::ids::ReleaseId;

use super::Bench;
use super::fixture::{at, card, open, record, want};
use super::owing::{claim, message, release_card};
use crate::store::{Settlement, Store as _, Swept};

pub(super) async fn what_may_be_shown_twice_is_looked_for(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 1, open("1.0.0")).await;
    let (web, slack) = (release_card("web"), release_card("slack"));
    let sure = claim(&store, &slack, 2).await;
    let done = Settlement::Done(vec![message("s1")]);
    store.settle(&sure, done).await.unwrap();
    let lost = claim(&store, &web, 2).await;
    let unknown = Settlement::Unknown {
        look_at: at(30),
        error: "no answer".to_owned(),
    };
    store.settle(&lost, unknown).await.unwrap();
    let second = claim(&store, &web, 40).await;
    let done = Settlement::Done(vec![message("m1")]);
    store.settle(&second, done).await.unwrap();
    let doubts = async |seconds| store.doubtful(at(seconds), 10).await.unwrap();
    assert_eq!(doubts(159).await, []);
    let found = doubts(160).await;
    let [doubt] = found.as_slice() else {
        panic!("only what was tried twice: {found:?}")
    };
    assert_eq!((&doubt.id, doubt.since, doubt.looks), (&web, at(2), 0));
    assert_eq!(doubt.message, message("m1"));

    // An edit in between changes nothing about it.
    record(
        &store,
        161,
        want("more", vec![card(ReleaseId(1))], Vec::new()),
    )
    .await;
    let edit = claim(&store, &web, 162).await;
    let done = Settlement::Done(vec![message("m1")]);
    store.settle(&edit, done).await.unwrap();
    assert_eq!(doubts(162).await, found);

    let swept = Swept {
        shown: vec![message("m1"), message("m2")],
        gone: Vec::new(),
        again: Some(at(900)),
        looks: 1,
    };
    store.swept(&web, &swept).await.unwrap();
    assert_eq!(doubts(899).await, []);
    assert_eq!(doubts(900).await[0].looks, 1);
    let key = card(ReleaseId(1)).key();
    let copies = async || store.messages(&key).await.unwrap();
    assert!(
        copies().await.contains(&message("m2")),
        "people may act on it"
    );
    let swept = Swept {
        shown: vec![message("m2")],
        gone: vec![message("m1")],
        again: None,
        looks: 2,
    };
    store.swept(&web, &swept).await.unwrap();
    store.swept(&web, &swept).await.unwrap();
    assert!(!copies().await.contains(&message("m1")));
    assert_eq!(doubts(9_999).await, []);
    record(
        &store,
        1_000,
        want("more", vec![card(ReleaseId(1))], Vec::new()),
    )
    .await;
    let edit = claim(&store, &web, 1_001).await;
    assert_eq!(edit.owed.message, Some(message("m2")));
}

pub(super) async fn what_is_gone_is_edited_where_a_copy_is_left(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 1, open("1.0.0")).await;
    let web = release_card("web");
    let lost = claim(&store, &web, 2).await;
    let unknown = Settlement::Unknown {
        look_at: at(3),
        error: "no answer".to_owned(),
    };
    store.settle(&lost, unknown).await.unwrap();
    let one = claim(&store, &web, 3).await;
    let done = Settlement::Done(["m1", "m2", "m3"].map(message).into());
    store.settle(&one, done).await.unwrap();
    let more = async |seconds| {
        let wanted = want("more", vec![card(ReleaseId(1))], Vec::new());
        record(&store, seconds, wanted).await;
    };
    more(3).await;
    let two = claim(&store, &web, 4).await;
    store.settle(&two, Settlement::Gone).await.unwrap();
    let three = claim(&store, &web, 5).await;
    assert_eq!(three.owed.message, Some(message("m2")));

    // While it was edited, another copy became the one to edit.
    let swept = Swept {
        shown: vec![message("m3"), message("m2")],
        gone: Vec::new(),
        again: None,
        looks: 1,
    };
    store.swept(&web, &swept).await.unwrap();
    store.settle(&three, Settlement::Gone).await.unwrap();
    let four = claim(&store, &web, 6).await;
    assert_eq!(four.owed.message, Some(message("m3")));
    let key = card(ReleaseId(1)).key();
    assert_eq!(store.messages(&key).await.unwrap(), [message("m3")]);
    store.settle(&four, Settlement::Gone).await.unwrap();
    assert_eq!(claim(&store, &web, 7).await.owed.message, None);
}
