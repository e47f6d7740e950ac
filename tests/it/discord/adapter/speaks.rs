//! What the bot says arrives as it should.

use shipbell_adapters::chat::card::{Pill, Pin, Span};
use shipbell_adapters::chat::{Block, Card, Chat as _, File, Text, Tone, UserId};

use super::house::{House, card, channel, seen, silent, under};

fn pinned(summary: &str, pin: Pin) -> Card {
    Card {
        title: Some(Text::plain(summary)),
        pill: Some(Pill {
            tone: Tone::Waiting,
            words: "Waiting".to_owned(),
        }),
        pin,
        ..card(summary)
    }
}

#[tokio::test]
async fn a_card_is_posted_edited_pinned_and_deleted() {
    let house = House::open(silent).await;
    let at = house
        .posts("card:r1", &pinned("Rapid Audit 1.0.0", Pin::Up))
        .await
        .unwrap();
    let line = house.discord.message("Rapid Audit 1.0.0").await;
    assert_eq!(line, seen(&at));
    let is_pinned = |many| move |house: &House| (house.discord.pins() == many).then_some(());
    house
        .discord
        .until("it is pinned", || is_pinned(1)(&house))
        .await;
    let after = pinned("Rapid Audit 1.0.0 is done", Pin::Down);
    house.chat.edit(&at, &after).await.unwrap();
    house.discord.says(&line, "is done").await;
    house
        .discord
        .until("it is not", || is_pinned(0)(&house))
        .await;
    assert_eq!(
        house.finds("card:r1").await.unwrap(),
        std::slice::from_ref(&at)
    );
    let address = house.chat.link(&at).await.unwrap().unwrap();
    assert!(
        address.starts_with("https://discord.com/channels/"),
        "{address}"
    );
    house.chat.delete_own(&at).await.unwrap();
    house.chat.delete_own(&at).await.unwrap();
    assert_eq!(house.discord.reads(&line), "");
    house.closes().await;
}

#[tokio::test]
async fn a_thread_is_made_once_and_named_like_its_card() {
    let house = House::open(silent).await;
    let at = house
        .posts("card:r1", &pinned("Rapid Audit 1.0.0", Pin::Leave))
        .await
        .unwrap();
    let first = house
        .chat
        .post(&under(&at), "say:1", &card("One"))
        .await
        .unwrap();
    let second = house
        .chat
        .post(&under(&at), "say:2", &card("Two"))
        .await
        .unwrap();
    assert_eq!(first.channel.0, at.id);
    assert_eq!(house.discord.transcript(Some(&seen(&at))), ["One", "Two"]);
    assert_eq!(
        house.discord.thread_name(&seen(&at)).as_deref(),
        Some("Rapid Audit 1.0.0")
    );
    assert_eq!(house.discord.logged("thread"), 1);
    let since = super::house::now() - chrono::TimeDelta::minutes(1);
    let found = house.chat.find_by_key(&under(&at), "say:2", since).await;
    assert_eq!(found.unwrap(), [second]);
    let file = File {
        name: "deploy.log".to_owned(),
        text: "a line\nanother".to_owned(),
    };
    let put = house
        .chat
        .upload(&under(&at), "log:1", &file)
        .await
        .unwrap();
    let files = house.discord.files();
    assert_eq!(files[0].1, "a line\nanother");
    let found = house.chat.find_by_key(&under(&at), "log:1", since).await;
    assert_eq!(found.unwrap(), [put]);
    house.closes().await;
}

#[tokio::test]
async fn only_who_is_meant_is_called() {
    let house = House::open(silent).await;
    let bo = house.person("bo");
    let calls = Card {
        blocks: vec![Block::Text(Text(vec![
            Span::Mention {
                user: UserId(bo.id().to_owned()),
                name: "Bo".to_owned(),
            },
            Span::Plain(": @everyone says <@118700000000000001>".to_owned()),
        ]))],
        ..card("Bo is called")
    };
    let at = house.posts("k", &calls).await.unwrap();
    assert_eq!(house.discord.called(&seen(&at)), ["bo"]);
    house.closes().await;
}

#[tokio::test]
async fn where_components_are_refused_an_embed_says_the_same() {
    let house = House::open(silent).await;
    house.discord.knows_components(false);
    let at = house
        .posts("k1", &pinned("Rapid Audit 1.0.0", Pin::Leave))
        .await
        .unwrap();
    let body = house.discord.body(&seen(&at));
    assert!(body["embeds"][0].is_object(), "{body}");
    assert!(house.discord.reads(&seen(&at)).contains("Waiting"));
    house.posts("k2", &card("Another")).await.unwrap();
    assert_eq!(house.discord.logged("400 50035"), 1, "it is remembered");
    house.chat.edit(&at, &card("Changed")).await.unwrap();
    assert_eq!(house.finds("k1").await.unwrap(), [at]);
    house.closes().await;
}

#[tokio::test]
async fn eight_at_once_keep_to_what_discord_takes() {
    let house = House::open(silent).await;
    let cards: Vec<Card> = (0..8).map(|it| card(&format!("Number {it}"))).collect();
    let keys: Vec<String> = (0..8).map(|it| format!("k{it}")).collect();
    let to = channel();
    let mut later = Vec::new();
    for (key, card) in keys.iter().zip(&cards) {
        if let Err(error) = house.chat.post(&to, key, card).await {
            later.push(error.to_string());
        }
    }
    // Five go at once; the others are told when.
    assert_eq!(house.discord.transcript(None).len() + later.len(), 8);
    assert!(house.discord.transcript(None).len() >= 5, "{later:?}");
    house.closes().await;
}
