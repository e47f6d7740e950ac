//! What is owed: claimed, carried out, settled, and taken over after a crash.

use shipbell_domain::effect::{Audience, Effect};
use shipbell_domain::ids::{Key, ReleaseId};
use shipbell_domain::notice::{News, Notice};

use super::fixture::{at, card, commit, open, record, refuse, surface, want};
use super::{Bench, Checks as _};
use crate::store::{Claim, Message, Owed, OwedId, Settlement, Settles, Store, Verdict};

pub(super) fn release_card(platform: &str) -> OwedId {
    OwedId {
        key: card(ReleaseId(1)).key(),
        surface: Some(surface(platform)),
    }
}

fn pin() -> Effect {
    Effect::PinImages {
        release: ReleaseId(1),
    }
}

fn say() -> Effect {
    let news = News::ImagesUnresolved {
        version: shipbell_domain::ids::Version::new("1").unwrap(),
        why: "no".to_owned(),
    };
    let notice = Notice {
        release: None,
        app: None,
        mention: Vec::new(),
        news,
    };
    let key = Key::new("hello").unwrap();
    Effect::Say {
        key,
        to: Audience::Channel,
        notice: Box::new(notice),
    }
}

pub(super) fn message(id: &str) -> Message {
    Message {
        surface: surface("web"),
        channel: "release".to_owned(),
        id: id.to_owned(),
    }
}

pub(super) async fn claim(store: &impl Store, id: &OwedId, seconds: i64) -> Claim {
    store
        .claim(id, at(seconds))
        .await
        .unwrap()
        .expect("it can be claimed")
}

async fn owed(store: &impl Store, seconds: i64) -> Vec<OwedId> {
    ids(store.owed(at(seconds), 100).await.unwrap())
}

fn ids(owed: Vec<Owed>) -> Vec<OwedId> {
    owed.into_iter().map(|owed| owed.id).collect()
}

pub(super) async fn a_card_is_owed_once_to_each_platform(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 1, open("1.0.0")).await;
    record(
        &store,
        2,
        want("more", vec![card(ReleaseId(1)), pin()], Vec::new()),
    )
    .await;
    let pin = OwedId {
        key: pin().key(),
        surface: None,
    };
    assert_eq!(
        owed(&store, 2).await,
        [release_card("slack"), release_card("web"), pin.clone()]
    );
    record(&store, 2, open("1.1.0")).await;
    let first = ids(store.owed(at(2), 1).await.unwrap());
    assert_eq!(first, [release_card("slack"), release_card("web"), pin]);
    let cards = store.stored().await.cards;
    assert_eq!(
        cards.values().copied().collect::<Vec<_>>(),
        [(2, 0), (2, 0), (1, 0), (1, 0)]
    );
    assert_eq!(store.next_owed().await.unwrap(), Some(at(2)));
}

pub(super) async fn the_last_state_of_a_card_wins(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 1, open("1.0.0")).await;
    let first = claim(&store, &release_card("web"), 2).await;
    record(
        &store,
        3,
        want("more", vec![card(ReleaseId(1))], Vec::new()),
    )
    .await;
    store
        .settle(&first, Settlement::Done(vec![message("m1")]))
        .await
        .unwrap();
    assert_eq!(
        owed(&store, 3).await,
        [release_card("slack"), release_card("web")]
    );
    let second = claim(&store, &release_card("web"), 4).await;
    assert_eq!(
        (second.wanted, &second.owed.message),
        (2, &Some(message("m1")))
    );
    store
        .settle(&second, Settlement::Done(vec![message("m1")]))
        .await
        .unwrap();
    assert_eq!(owed(&store, 5).await, [release_card("slack")]);
    assert_eq!(
        store.messages(&card(ReleaseId(1)).key()).await.unwrap(),
        [message("m1")]
    );
}

pub(super) async fn news_is_said_once(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 1, want("say", vec![say(), say()], Vec::new())).await;
    let id = OwedId {
        key: say().key(),
        surface: Some(surface("web")),
    };
    let one = claim(&store, &id, 2).await;
    assert_eq!(one.wanted, 1);
    store
        .settle(&one, Settlement::Done(vec![message("m1")]))
        .await
        .unwrap();
    record(&store, 3, want("again", vec![say()], Vec::new())).await;
    let slack = OwedId {
        key: say().key(),
        surface: Some(surface("slack")),
    };
    assert_eq!(owed(&store, 4).await, [slack]);
}

pub(super) async fn a_claim_is_held_by_one(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 1, open("1.0.0")).await;
    let one = claim(&store, &release_card("web"), 2).await;
    assert_eq!((one.owed.tries, one.owed.claimed), (0, None));
    assert_eq!(
        store.claim(&release_card("web"), at(3)).await.unwrap(),
        None
    );
    let again = store.claim(&release_card("web"), at(2)).await.unwrap();
    let again = again.expect("whoever lost the answer gets the same claim");
    assert_eq!((again.at, again.epoch), (one.at, one.epoch));
    let listed = store.owed(at(3), 10).await.unwrap();
    assert_eq!(
        listed[1].claimed,
        Some(at(2)),
        "what was claimed is listed, and since when"
    );

    let later = Settlement::Later {
        at: at(60),
        error: "busy".to_owned(),
    };
    store.settle(&one, later.clone()).await.unwrap();
    assert_eq!(owed(&store, 59).await, [release_card("slack")]);
    assert_eq!(owed(&store, 60).await.len(), 2);
    let two = claim(&store, &release_card("web"), 60).await;
    assert_eq!(
        (two.owed.tries, two.owed.claimed),
        (1, None),
        "certainly not done before"
    );
    store.settle(&one, later).await.unwrap();
    assert_eq!(
        store.claim(&release_card("web"), at(61)).await.unwrap(),
        None,
        "two still holds"
    );
}

pub(super) async fn what_nobody_knows_is_looked_up(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 1, open("1.0.0")).await;
    let slack = claim(&store, &release_card("slack"), 2).await;
    store
        .settle(&slack, Settlement::Done(Vec::new()))
        .await
        .unwrap();
    let one = claim(&store, &release_card("web"), 2).await;
    assert_eq!(
        store.next_owed().await.unwrap(),
        None,
        "all of it is in somebody's hands"
    );
    let unknown = Settlement::Unknown {
        look_at: at(32),
        error: "no answer".to_owned(),
    };
    store.settle(&one, unknown.clone()).await.unwrap();
    record(
        &store,
        3,
        want("more", vec![card(ReleaseId(1))], Vec::new()),
    )
    .await;
    let slack = claim(&store, &release_card("slack"), 4).await;
    store
        .settle(&slack, Settlement::Done(Vec::new()))
        .await
        .unwrap();
    assert_eq!(
        store.next_owed().await.unwrap(),
        Some(at(32)),
        "not before it can be known"
    );
    assert!(owed(&store, 31).await.is_empty());

    let two = claim(&store, &release_card("web"), 32).await;
    assert_eq!(two.owed.claimed, Some(at(2)), "since when nobody knows");
    store.settle(&two, unknown).await.unwrap();
    let three = claim(&store, &release_card("web"), 40).await;
    assert_eq!(three.owed.claimed, Some(at(2)));
    assert_eq!(three.owed.held, Some(at(32)), "when it was last tried");
    store
        .settle(
            &one,
            Settlement::Dead {
                error: "too late".to_owned(),
            },
        )
        .await
        .unwrap();
    store
        .settle(&three, Settlement::Done(vec![message("m1")]))
        .await
        .unwrap();
    assert!(owed(&store, 99).await.is_empty());
}

pub(super) async fn a_restart_takes_claims_over(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 1, open("1.0.0")).await;
    let old = claim(&store, &release_card("web"), 2).await;
    drop(store);
    let store = bench.open().await;
    assert_eq!(store.next_owed().await.unwrap(), Some(at(1)));
    assert_eq!(store.owed(at(3), 10).await.unwrap()[1].claimed, Some(at(2)));
    let new = claim(&store, &release_card("web"), 3).await;
    assert_eq!((new.epoch, new.owed.claimed), (old.epoch + 1, Some(at(2))));
    store
        .settle(&old, Settlement::Done(vec![message("old")]))
        .await
        .unwrap();
    assert_eq!(
        owed(&store, 4).await.len(),
        2,
        "an old claim settles nothing"
    );
    store
        .settle(&new, Settlement::Done(vec![message("new")]))
        .await
        .unwrap();
    assert_eq!(owed(&store, 4).await, [release_card("slack")]);
    let copies = store.messages(&card(ReleaseId(1)).key()).await.unwrap();
    assert_eq!(
        copies,
        [message("old"), message("new")],
        "but what it posted is known"
    );
}

pub(super) async fn what_is_gone_is_posted_afresh(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 1, open("1.0.0")).await;
    let one = claim(&store, &release_card("web"), 2).await;
    store
        .settle(&one, Settlement::Done(vec![message("m1")]))
        .await
        .unwrap();
    record(
        &store,
        3,
        want("more", vec![card(ReleaseId(1))], Vec::new()),
    )
    .await;
    let two = claim(&store, &release_card("web"), 4).await;
    store.settle(&two, Settlement::Gone).await.unwrap();
    let three = claim(&store, &release_card("web"), 5).await;
    assert_eq!((&three.owed.message, three.owed.claimed), (&None, None));
    assert_eq!(three.owed.held, None);
    assert!(
        store
            .messages(&card(ReleaseId(1)).key())
            .await
            .unwrap()
            .is_empty()
    );
}

pub(super) async fn what_is_dead_lives_when_wanted_again(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 1, want("pin", vec![pin()], Vec::new())).await;
    let id = OwedId {
        key: pin().key(),
        surface: None,
    };
    let one = claim(&store, &id, 2).await;
    store
        .settle(
            &one,
            Settlement::Dead {
                error: "never".to_owned(),
            },
        )
        .await
        .unwrap();
    assert!(owed(&store, 99).await.is_empty());
    assert_eq!(store.claim(&id, at(99)).await.unwrap(), None);
    record(&store, 3, want("again", vec![pin()], Vec::new())).await;
    assert_eq!(claim(&store, &id, 4).await.owed.tries, 0);
}

pub(super) async fn an_answer_settles_its_claim_once(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 1, want("pin", vec![pin()], Vec::new())).await;
    let id = OwedId {
        key: pin().key(),
        surface: None,
    };
    let one = claim(&store, &id, 2).await;
    let answer = Settles::Effect(Box::new(one.clone()));
    let batch = vec![
        refuse("late").settles(answer.clone()),
        refuse("twice").settles(answer),
    ];
    let verdicts = commit(&store, at(3), batch).await.unwrap();
    assert!(matches!(
        verdicts.as_slice(),
        [Verdict::Refused(_), Verdict::Repeated]
    ));
    assert!(
        owed(&store, 99).await.is_empty(),
        "a refused answer is an answer"
    );

    record(&store, 4, want("again", vec![pin()], Vec::new())).await;
    let stale = refuse("stale").settles(Settles::Effect(Box::new(one)));
    let verdicts = commit(&store, at(5), vec![stale]).await.unwrap();
    assert!(matches!(verdicts.as_slice(), [Verdict::Repeated]));
    let two = claim(&store, &id, 6).await;
    let both = want("both", vec![pin()], Vec::new()).settles(Settles::Effect(Box::new(two)));
    record(&store, 7, both).await;
    assert_eq!(
        owed(&store, 8).await,
        [id],
        "wanted once more by the answer itself"
    );
}

pub(super) async fn every_copy_of_a_message_is_known(bench: &impl Bench) {
    let store = bench.open().await;
    record(&store, 1, open("1.0.0")).await;
    let one = claim(&store, &release_card("web"), 2).await;
    let copies = vec![message("z"), message("a")];
    store
        .settle(&one, Settlement::Done(copies.clone()))
        .await
        .unwrap();
    assert_eq!(
        store.messages(&card(ReleaseId(1)).key()).await.unwrap(),
        copies
    );
    for id in ["z", "a"] {
        let about = store.message(&surface("web"), "release", id).await.unwrap();
        assert_eq!(about, Some(card(ReleaseId(1))));
    }
    assert_eq!(
        store.message(&surface("web"), "other", "z").await.unwrap(),
        None
    );
    assert_eq!(
        store
            .message(&surface("slack"), "release", "z")
            .await
            .unwrap(),
        None
    );
}
