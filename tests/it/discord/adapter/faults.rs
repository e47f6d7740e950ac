//! Calls that go wrong: what was done is found, what was not is told, and nothing is
//! there twice.

use std::time::Duration;

use shipbell_adapters::chat::{Chat as _, ChatError};
use shipbell_tests::servers::discord::{Fault, How};

use super::house::{House, card, silent};

#[tokio::test]
async fn a_lost_answer_is_looked_up_and_found() {
    let house = House::open(silent).await;
    house.discord.fault(Fault::once("post", How::ResetAfter));
    let lost = house.posts("k1", &card("Once")).await;
    assert!(matches!(lost, Err(ChatError::Unknown(_))), "{lost:?}");
    assert_eq!(house.finds("k1").await.unwrap().len(), 1);
    // Sent again within minutes, it is there once all the same.
    house.posts("k1", &card("Once")).await.unwrap();
    assert_eq!(house.discord.transcript(None), ["Once"]);
    house.closes().await;
}

#[tokio::test]
async fn what_was_never_there_is_not_found_and_that_is_certain() {
    let house = House::open(silent).await;
    house.discord.fault(Fault::once("post", How::ResetBefore));
    let lost = house.posts("k1", &card("Never")).await;
    assert!(matches!(lost, Err(ChatError::Unknown(_))), "{lost:?}");
    assert_eq!(house.finds("k1").await.unwrap(), []);
    house.posts("k2", &card("There")).await.unwrap();
    assert_eq!(house.finds("k1").await.unwrap(), []);
    assert_eq!(house.finds("k2").await.unwrap().len(), 1);
    house.closes().await;
}

#[tokio::test]
async fn what_asks_to_be_left_alone_is() {
    let house = House::open(silent).await;
    let limited = How::RateLimited {
        after: 40.0,
        global: false,
    };
    house.discord.fault(Fault::once("post", limited));
    let told = house.posts("k1", &card("One")).await;
    let after = |it: &Result<_, ChatError>| match it {
        Err(ChatError::Later { after, .. }) => *after,
        other => panic!("{other:?}"),
    };
    assert_eq!(after(&told), Duration::from_secs(40));
    // Nothing is called in between: that would be against the rules.
    let again = house.posts("k1", &card("One")).await;
    assert!(after(&again) <= Duration::from_secs(40));
    assert_eq!(house.discord.logged("post went wrong"), 1);
    house.closes().await;
}

#[tokio::test]
async fn a_shut_house_is_left_alone_altogether() {
    let house = House::open(silent).await;
    let at = house.posts("k1", &card("One")).await.unwrap();
    let limited = How::RateLimited {
        after: 30.0,
        global: true,
    };
    house.discord.fault(Fault::once("post", limited));
    assert!(house.posts("k2", &card("Two")).await.is_err());
    let edit = house.chat.edit(&at, &card("Changed")).await;
    assert!(matches!(edit, Err(ChatError::Later { .. })), "{edit:?}");
    house.closes().await;
}

#[tokio::test]
async fn what_stands_before_discord_shuts_everything_for_a_while() {
    let house = House::open(silent).await;
    house.discord.fault(Fault::once("post", How::Proxied));
    let told = house.posts("k1", &card("One")).await;
    assert!(
        matches!(told, Err(ChatError::Later { after, .. }) if after == Duration::from_secs(30)),
        "{told:?}"
    );
    assert!(house.posts("k1", &card("One")).await.is_err());
    house.closes().await;
}

#[tokio::test]
async fn errors_say_whether_it_was_done() {
    let house = House::open(silent).await;
    house.discord.fault(Fault::once("post", How::Status(502)));
    let unclear = house.posts("k1", &card("One")).await;
    assert!(matches!(unclear, Err(ChatError::Unknown(_))), "{unclear:?}");
    house.discord.permission(1 << 11, false);
    let missing = house.posts("k1", &card("One")).await;
    assert!(
        matches!(missing, Err(ChatError::Later { .. })),
        "{missing:?}"
    );
    house.discord.permission(1 << 11, true);
    let at = house.posts("k3", &card("Three")).await.unwrap();
    house.chat.delete_own(&at).await.unwrap();
    let gone = house.chat.edit(&at, &card("Gone")).await;
    assert_eq!(gone, Err(ChatError::Gone));
    house.closes().await;
}
