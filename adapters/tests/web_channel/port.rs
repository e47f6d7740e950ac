//! What the bot can do through the port, and what lasts.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what helps a test fails as a test does"
)]

use chrono::TimeDelta;
use shipbell_adapters::chat::card::{Field, Span};
use shipbell_adapters::chat::{
    Answer, Block, Card, Chat as _, ChatError, File, Place, Standing, Text,
};
use tempfile::tempdir;

use crate::house::{House, PATIENCE, place, user};
use crate::people::sentence;

#[tokio::test]
async fn own_messages_are_found_by_key_in_their_place() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |_| Some(Answer::Done)).await;
    let start = *house.now.lock().unwrap();
    let card = house.post("card r142", &sentence("r142")).await;
    house.later(TimeDelta::minutes(5));
    let thread = Place {
        thread: Some(card.clone()),
        ..place()
    };
    let log = File {
        name: "migrate.log".to_owned(),
        text: "all well".to_owned(),
    };
    let file = house.channel.upload(&thread, "log 1", &log).await.unwrap();
    let find = |place: Place, key: &'static str, since| {
        let channel = house.channel.clone();
        async move { channel.find_by_key(&place, key, since).await.unwrap() }
    };
    assert_eq!(
        find(place(), "card r142", start).await,
        std::slice::from_ref(&card)
    );
    assert_eq!(find(thread.clone(), "card r142", start).await, []);
    assert_eq!(find(thread, "log 1", start).await, [file]);
    let now = start + TimeDelta::minutes(1);
    assert_eq!(find(place(), "card r142", now).await, []);
    house.channel.delete_own(&card).await.unwrap();
    house.channel.delete_own(&card).await.unwrap();
    assert_eq!(find(place(), "card r142", start).await, []);
    let gone = house.channel.edit(&card, &Card::default()).await;
    assert_eq!(gone, Err(ChatError::Gone));
    let mut nowhere = place();
    nowhere.channel.0 = "random".to_owned();
    let refused = house.channel.post(&nowhere, "k", &Card::default()).await;
    assert!(matches!(refused, Err(ChatError::Refused(_))));
}

#[tokio::test]
async fn an_edit_changes_the_message_where_it_stands() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |_| Some(Answer::Done)).await;
    let ana = house.guest("ana").await;
    let card = house.post("k", &sentence("Deploying")).await;
    house.post("l", &sentence("Something else")).await;
    house.later(TimeDelta::minutes(18));
    house
        .channel
        .edit(&card, &sentence("Deployed"))
        .await
        .unwrap();
    house
        .channel
        .edit(&card, &sentence("Deployed"))
        .await
        .unwrap();
    let page = ana.page("/channel/release").await;
    assert!(!page.contains("Deploying"));
    assert!(page.find("Deployed") < page.find("Something else"));
    assert!(page.contains("12:40</time>, edited 12:58"), "{page}");
    assert_eq!(page.matches(&format!("id=\"{}\"", card.id)).count(), 1);
}

#[tokio::test]
async fn a_restart_keeps_messages_sessions_and_the_place_in_the_news() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("channel.db");
    let house = House::open(path.clone(), |_| Some(Answer::Done)).await;
    let ana = house.guest("ana").await;
    let card = house.post("k", &sentence("Before the restart")).await;
    ana.send("/say", &[("text", "I saw it"), ("request", "request-1")])
        .await;
    let mut news = ana.get("/events?channel=release&after=0").await;
    let first = until(&mut news, "I saw it").await;
    assert!(first.contains("Before the restart"));
    house.close().await;

    let house = House::open(path, |_| Some(Answer::Done)).await;
    house.later(TimeDelta::hours(1));
    let (ana, bo) = (ana.again(&house), house.guest("bo").await);
    ana.send(
        "/say",
        &[("text", "still signed in"), ("request", "request-2")],
    )
    .await;
    let page = bo.page("/channel/release").await;
    assert!(page.contains("still signed in"));
    assert!(page.contains("Before the restart") && page.contains("I saw it"));
    house.channel.react(&card, "eyes").await.unwrap();
    let mut news = bo.get("/events?channel=release&after=2").await;
    let missed = until(&mut news, "React with eyes, 1: shipbell").await;
    assert!(
        !missed.contains("I saw it"),
        "only what came after: {missed}"
    );
    let mut away = bo.get("/events?channel=release&after=900").await;
    until(&mut away, "event: resync").await;
}

#[tokio::test]
async fn hostile_words_are_only_words() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |_| Some(Answer::Done)).await;
    let ana = house.guest("ana").await;
    let evil = "<script>alert(1)</script>\"'&\r\n\r\nevent: gone";
    let text = Text(vec![
        Span::Plain(evil.to_owned()),
        Span::Strong(evil.to_owned()),
        Span::Code(evil.to_owned()),
        Span::Link {
            label: evil.to_owned(),
            url: "javascript:alert(1)".to_owned(),
        },
        Span::Mention {
            user: user("ana"),
            name: evil.to_owned(),
        },
    ]);
    let card = Card {
        summary: evil.to_owned(),
        title: Some(text.clone()),
        blocks: vec![
            Block::Fields(vec![Field {
                name: evil.to_owned(),
                lines: vec![text],
            }]),
            Block::Code {
                caption: evil.to_owned(),
                text: evil.to_owned(),
            },
            Block::Evidence {
                title: evil.to_owned(),
                lines: vec![evil.to_owned()],
            },
        ],
        ..Card::default()
    };
    house.post("k", &card).await;
    ana.send("/say", &[("text", evil), ("request", "request-1")])
        .await;
    let page = ana.page("/channel/release").await;
    assert!(!page.contains("<script>alert"));
    assert!(!page.contains("href=\"javascript:"));
    assert!(page.matches("script&#62;alert(1)").count() >= 9, "{page}");
    let mut news = ana.get("/events?channel=release&after=0").await;
    let sent = until(&mut news, "Message from Ana").await;
    assert!(!sent.lines().any(|line| line == "event: gone"));
}

#[tokio::test]
async fn accounts_reactions_and_long_output_have_their_limits() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |_| Some(Answer::Done)).await;
    for (who, standing) in [
        ("ana", Standing::Member),
        ("shipbell", Standing::Bot),
        ("mallory", Standing::Gone),
    ] {
        let account = house.channel.account(&user(who)).await.unwrap();
        assert_eq!(account.standing, standing, "{who}");
    }
    let long = Card {
        blocks: vec![Block::Code {
            caption: "log".to_owned(),
            text: "x".repeat(500_000),
        }],
        ..Card::default()
    };
    let message = house.post("k", &long).await;
    let refused = house.channel.react(&message, "tada").await;
    assert!(matches!(refused, Err(ChatError::Refused(_))));
    let page = house.guest("ana").await.page("/channel/release").await;
    assert!(page.contains("488000 characters cut") && page.len() < 60_000);
}

/// Reads events until the words come.
async fn until(news: &mut reqwest::Response, words: &str) -> String {
    let mut read = String::new();
    let reading = async {
        while !read.contains(words) {
            let chunk = news.chunk().await.unwrap().expect("the news ended");
            read += &String::from_utf8_lossy(&chunk);
        }
    };
    tokio::time::timeout(PATIENCE, reading)
        .await
        .unwrap_or_else(|_| panic!("never heard {words}"));
    read
}
