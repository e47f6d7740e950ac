//! Calls that go wrong: what is certain, what is not, and what is found afterwards.

use shipbell_adapters::chat::{Chat as _, ChatError};
use shipbell_tests::servers::slack::{Fault, How};

use super::house::{House, card, silent};

#[tokio::test]
async fn a_post_that_went_wrong_says_whether_it_may_be_there() {
    let house = House::open(silent).await;
    let refused = |code: &str| How::Refused(code.to_owned());
    // How it goes wrong, what is said, and whether the message is there.
    let cases = [
        (How::Status(500), "unknown", 0),
        (How::Status(502), "unknown", 0),
        (How::ResetBefore, "unknown", 0),
        (How::ResetAfter, "unknown", 1),
        (refused("fatal_error"), "unknown", 0),
        (refused("restricted_action"), "later", 0),
        (refused("msg_blocks_too_long"), "refused", 0),
        (How::RateLimited(1), "later", 0),
    ];
    for (number, (how, said, there)) in cases.into_iter().enumerate() {
        let key = format!("k{number}");
        house.slack.turn_clock_on(std::time::Duration::from_secs(1));
        house
            .slack
            .fault(Fault::once("chat.postMessage", how.clone()));
        let failed = house.posts(&key, &card("Card")).await.unwrap_err();
        let kind = match failed {
            ChatError::Later { .. } => "later",
            ChatError::Refused(_) => "refused",
            ChatError::Gone => "gone",
            ChatError::Unknown(_) => "unknown",
        };
        assert_eq!(kind, said, "{how:?}");
        assert_eq!(house.slack.marked(&key), there, "{how:?}");
        assert_eq!(house.finds(&key).await.unwrap().len(), there, "{how:?}");
    }
    house.closes().await;
}

#[tokio::test]
async fn a_post_that_hangs_is_given_up_and_found() {
    let house = House::open(silent).await;
    house
        .slack
        .fault(Fault::once("chat.postMessage", How::HangAfter));
    let failed = house.posts("k1", &card("Card")).await.unwrap_err();
    assert!(matches!(failed, ChatError::Unknown(_)), "{failed}");
    assert_eq!(house.finds("k1").await.unwrap().len(), 1);
    house.closes().await;
}

#[tokio::test]
async fn a_look_up_that_may_not_see_says_so() {
    let house = House::open(silent).await;
    house.posts("k1", &card("Card")).await.unwrap();
    house.slack.scope("channels:history", false);
    let blind = house.finds("k1").await.unwrap_err();
    assert!(matches!(blind, ChatError::Later { .. }), "{blind}");
    assert!(blind.to_string().contains("missing_scope"), "{blind}");
    house.closes().await;
}

#[tokio::test]
async fn nothing_is_called_before_slack_said_it_may() {
    let house = House::open(silent).await;
    let at = house.posts("k1", &card("Card")).await.unwrap();
    for method in ["chat.update", "reactions.get", "chat.postMessage"] {
        house.slack.fault(Fault::once(method, How::RateLimited(30)));
    }
    for _ in 0..3 {
        house.chat.edit(&at, &card("Card 2")).await.unwrap_err();
        house.chat.reactions(&at).await.unwrap_err();
        house.posts("k2", &card("Card")).await.unwrap_err();
    }
    for method in ["chat.update", "reactions.get"] {
        assert_eq!(house.slack.calls(method), (1, 0), "{method}");
    }
    house.closes().await;
}

#[tokio::test]
async fn an_outage_is_certain_and_over_when_it_is_over() {
    let house = House::open(silent).await;
    let at = house.posts("k1", &card("Card")).await.unwrap();
    house.slack.outage(true);
    house
        .slack
        .until("that it is gone", || {
            (house.slack.sockets() == 0).then_some(())
        })
        .await;
    let failed = house.chat.edit(&at, &card("Card 2")).await.unwrap_err();
    let certain = matches!(failed, ChatError::Later { .. } | ChatError::Unknown(_));
    assert!(certain, "{failed}");
    house.slack.outage(false);
    house.connected(1).await;
    house.chat.edit(&at, &card("Card 3")).await.unwrap();
    assert_eq!(house.slack.transcript("release"), ["shipbell: Card 3"]);
    house.closes().await;
}
