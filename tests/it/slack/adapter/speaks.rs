//! What the bot says: posted, edited, pinned, found again, deleted; and who people are.

use shipbell_adapters::chat::{
    Block, Card, Chat as _, File, Pin, Reaction, Standing, Text, UserId,
};

use super::house::{House, card, channel, now, seen, silent, under};

#[tokio::test]
async fn a_message_is_posted_edited_pinned_found_and_deleted() {
    let house = House::open(silent).await;
    let mut first = card("Rapid Audit 1.0.0: waiting");
    first.pin = Pin::Up;
    let at = house.posts("k1", &first).await.unwrap();
    assert_eq!(
        house.slack.notification(&seen(&at)),
        "Rapid Audit 1.0.0: waiting"
    );
    let pinned = || (house.slack.pins("release").len() == 1).then_some(());
    house.slack.until("the pin", pinned).await;

    house.slack.turn_clock_on(std::time::Duration::from_secs(1));
    let reply = house
        .chat
        .post(&under(&at), "k2", &card("Sign off?"))
        .await
        .unwrap();
    house
        .chat
        .edit(&at, &card("Rapid Audit 1.0.0: deployed"))
        .await
        .unwrap();
    let text = house.slack.notification(&seen(&at));
    assert_eq!(text, "Rapid Audit 1.0.0: deployed");
    assert_eq!(house.finds("k1").await.unwrap(), std::slice::from_ref(&at));
    assert_eq!(house.finds("k9").await.unwrap(), []);
    let since = now() - chrono::TimeDelta::minutes(1);
    let found = house.chat.find_by_key(&under(&at), "k2", since).await;
    assert_eq!(found.unwrap(), std::slice::from_ref(&reply));
    let link = house.chat.link(&at).await.unwrap().unwrap();
    assert!(
        link.starts_with("https://ship.example.com/archives/C0RELEASE/p"),
        "{link}"
    );

    let mut last = card("Rapid Audit 1.0.0: done");
    last.pin = Pin::Down;
    house.chat.edit(&at, &last).await.unwrap();
    let unpinned = || house.slack.pins("release").is_empty().then_some(());
    house.slack.until("no pin", unpinned).await;
    house.chat.delete_own(&reply).await.unwrap();
    house.chat.delete_own(&reply).await.unwrap();
    assert!(house.slack.thread(&seen(&at)).is_empty());
    house.closes().await;
}

#[tokio::test]
async fn reactions_are_put_read_and_put_again() {
    let house = House::open(silent).await;
    let at = house.posts("k1", &card("Sign off?")).await.unwrap();
    house.chat.react(&at, "white_check_mark").await.unwrap();
    house.chat.react(&at, "white_check_mark").await.unwrap();
    let chloe = house.person("chloe");
    chloe.react(&seen(&at), "white_check_mark");
    chloe.react(&seen(&at), "+1::skin-tone-3");
    let by = |user: &str, emoji: &str| Reaction {
        by: UserId(user.to_owned()),
        emoji: emoji.to_owned(),
    };
    let mut stand = house.chat.reactions(&at).await.unwrap();
    stand.sort();
    assert_eq!(
        stand,
        [
            by("U0CHLOE", "+1"),
            by("U0CHLOE", "white_check_mark"),
            by("U0SHIPBELL", "white_check_mark"),
        ]
    );
    house.closes().await;
}

#[tokio::test]
async fn more_people_than_an_answer_names_are_all_read() {
    let house = House::open(silent).await;
    let at = house.posts("k1", &card("Sign off?")).await.unwrap();
    for name in ["ana", "bo", "chloe", "dan", "gil", "uma", "sam"] {
        house.person(name).react(&seen(&at), "white_check_mark");
    }
    assert_eq!(house.chat.reactions(&at).await.unwrap().len(), 7);
    house.closes().await;
}

#[tokio::test]
async fn guests_bots_strangers_and_those_who_left_are_told_apart() {
    let house = House::open(silent).await;
    let cases = [
        ("U0CHLOE", Standing::Member, vec!["S0OWNERS"]),
        ("U0ANA", Standing::Member, vec!["S0MIXED"]),
        ("U0GIL", Standing::Guest, vec![]),
        ("U0UMA", Standing::Guest, vec![]),
        ("U0SAM", Standing::Guest, vec![]),
        ("U0ROB", Standing::Bot, vec![]),
        ("U0SHIPBELL", Standing::Bot, vec![]),
        ("U0EVE", Standing::Gone, vec![]),
        ("U0NOBODY", Standing::Gone, vec![]),
    ];
    for (id, standing, groups) in cases {
        let account = house.chat.account(&UserId(id.to_owned())).await.unwrap();
        assert_eq!(account.standing, standing, "{id}");
        assert_eq!(account.groups, groups, "{id}");
    }
    house.closes().await;
}

#[tokio::test]
async fn a_file_lies_in_the_thread() {
    let house = House::open(silent).await;
    let at = house.posts("k1", &card("Deploy")).await.unwrap();
    let file = File {
        name: "migrate.log".to_owned(),
        text: "line\n".repeat(200_000),
    };
    house.chat.upload(&under(&at), "k2", &file).await.unwrap();
    let files = house.slack.files();
    assert_eq!(files[0].1.len(), 1_000_000);
    let thread = house.slack.thread(&seen(&at));
    assert_eq!(thread.len(), 1, "{thread:?}");
    assert!(thread[0].contains("migrate.log"), "{thread:?}");
    house.closes().await;
}

#[tokio::test]
async fn newer_blocks_that_are_refused_go_out_as_older_ones() {
    let house = House::open(silent).await;
    house.slack.knows_native_blocks(false);
    let evidence = Card {
        blocks: vec![
            Block::Evidence {
                title: "Smoke tests".to_owned(),
                lines: vec!["GET /healthz 200".to_owned()],
            },
            Block::Table {
                head: vec!["Release".to_owned(), "State".to_owned()],
                rows: vec![vec!["#1".to_owned(), "deployed".to_owned()]],
            },
            Block::Context(Text::plain("Recorded")),
        ],
        ..card("3 of 3 passed")
    };
    let at = house.posts("k1", &evidence).await.unwrap();
    let text = house.slack.reads(&seen(&at));
    for words in ["Smoke tests", "GET /healthz 200", "deployed", "Recorded"] {
        assert!(text.contains(words), "{text}");
    }
    assert_eq!(house.slack.calls("chat.postMessage"), (2, 1));
    house.chat.edit(&at, &evidence).await.unwrap();
    assert_eq!(house.slack.calls("chat.update"), (1, 1), "it is remembered");
    assert!(channel().thread.is_none());
    house.closes().await;
}
