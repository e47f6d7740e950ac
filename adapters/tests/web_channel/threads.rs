//! Threads, and what a page's script gets back.

use reqwest::StatusCode;
use shipbell_adapters::chat::card::{Button, ButtonStyle, Span};
use shipbell_adapters::chat::{Act, Answer, Block, Chat as _, Place, PlaceRef, Text};
use tempfile::tempdir;

use crate::house::{House, place, user};
use crate::people::sentence;

#[tokio::test]
async fn an_ask_in_a_thread_waits_for_whom_it_calls() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |_| Some(Answer::Done)).await;
    let (ana, bo) = (house.guest("ana").await, house.guest("bo").await);
    let card = house.post("card", &sentence("r142")).await;
    let mut ask = sentence("Sign off?");
    ask.blocks.push(Block::Text(Text(vec![Span::Mention {
        user: user("ana"),
        name: "Ana Ruiz".to_owned(),
    }])));
    ask.buttons.push(Button {
        label: "Sign off".to_owned(),
        action: "sign".to_owned(),
        style: ButtonStyle::Primary,
    });
    let thread = Place {
        thread: Some(card.clone()),
        ..place()
    };
    let at = house.channel.post(&thread, "ask", &ask).await.unwrap();
    let page = ana.page("/channel/release").await;
    assert!(page.contains("1 reply, from shipbell at 12:40"));
    assert!(page.contains("Waiting for you"));
    assert!(
        !bo.page("/channel/release")
            .await
            .contains("Waiting for you")
    );
    house
        .channel
        .edit(&at, &sentence("Signed off"))
        .await
        .unwrap();
    assert!(
        !ana.page("/channel/release")
            .await
            .contains("Waiting for you")
    );

    let root = card.id.strip_prefix("m-").unwrap();
    let words = [
        ("thread", root),
        ("text", "@shipbell can production"),
        ("request", "request-1"),
    ];
    let answer = bo.send("/say", &words).await;
    let address = answer.headers()["location"].to_str().unwrap();
    assert!(address.starts_with(&format!("/thread/{root}#")));
    let said = Act::Said {
        place: PlaceRef {
            channel: place().channel,
            thread: Some(card.clone()),
        },
        text: "can production".to_owned(),
    };
    assert_eq!(house.acts(), [said]);
    let page = ana.page(&format!("/thread/{root}")).await;
    assert!(page.contains("@shipbell can production"));
}

#[tokio::test]
async fn a_script_gets_fragments_and_knows_what_was_taken() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |act| {
        matches!(act, Act::Said { text, .. } if text == "help").then_some(Answer::Done)
    })
    .await;
    let ana = house.guest("ana").await;
    let say = async |text: &str, request: &str| {
        let fields = [
            ("csrf", ana.csrf()),
            ("channel", "release"),
            ("text", text),
            ("request", request),
        ];
        let live = [("x-shipbell-live", "channel")];
        let answer = ana.bare("/say", &fields, &live).await;
        assert!(answer.headers().contains_key("x-shipbell-request"));
        (answer.status(), answer.text().await.unwrap())
    };
    let (status, html) = say("good morning", "request-1").await;
    assert_eq!(status, StatusCode::OK);
    assert!(html.starts_with("<article") && html.contains("good morning"));
    assert_eq!(say("/release help", "request-2").await.0, StatusCode::OK);
    let (status, html) = say("/release deploy", "request-3").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(html.contains("Nothing was recorded"));
}
