//! An ask under a card, seen by two people at once.

use shipbell_adapters::chat::card::{Button, ButtonStyle, Pill, Span};
use shipbell_adapters::chat::{Act, Answer, Block, Card, Text, Tone, UserId};

use super::stage::run;

/// A card that says one thing.
pub(super) fn card(title: &str, pill: &str) -> Card {
    Card {
        summary: format!("{title}: {pill}"),
        title: Some(Text::plain(title)),
        pill: Some(Pill {
            tone: Tone::Waiting,
            words: pill.to_owned(),
        }),
        ..Card::default()
    }
}

fn ask(pill: &str) -> Card {
    let user = UserId("ana".to_owned());
    let mut card = card("Sign off 1.2 for production?", pill);
    let called = Span::Mention {
        user,
        name: "Ana Ruiz".to_owned(),
    };
    card.blocks.push(Block::Text(Text(vec![called])));
    card.buttons.push(Button {
        label: "Sign off for production".to_owned(),
        action: "yes".to_owned(),
        style: ButtonStyle::Primary,
    });
    card
}

fn bot(by: &UserId, act: &Act) -> Answer {
    match act {
        Act::Reacted { .. } if by.0 == "bo" => {
            Answer::Private(Box::new(card("Thank you", "it does not count")))
        }
        Act::Said { text, .. } if text == "whoami" => {
            Answer::Private(Box::new(card(&format!("You are {by}"), "a person")))
        }
        Act::Said { .. }
        | Act::Reacted { .. }
        | Act::Pressed { .. }
        | Act::Submitted { .. }
        | Act::Kept { .. }
        | Act::LookedIn
        | Act::Completing { .. }
        | Act::Connected => Answer::Done,
    }
}

#[tokio::test]
async fn two_people_see_the_same_ask() {
    run("ask", bot, async |stage| {
        let root = stage
            .posts(&card("Shop 1.2", "Waiting for 1 sign-off"))
            .await;
        let at = stage
            .posts_to(Some(&root), &ask("Waiting for 1 sign-off"))
            .await;
        let (ana, bo) = (stage.enter("ana").await, stage.enter("bo").await);
        ana.sees("Waiting for you").await;
        assert!(
            !bo.text().await.contains("Waiting for you"),
            "it is Ana who is called"
        );
        for window in [&ana, &bo] {
            window.clicks(&format!("#{}-summary", root.id)).await;
            window.sees("Sign off 1.2 for production?").await;
        }

        ana.reacts(&at.id, "white_check_mark").await;
        let chip = format!("#{}-white_check_mark[aria-label*='1: Ana Ruiz']", at.id);
        bo.clicks(&chip).await;
        let both = format!("#{}-white_check_mark[aria-label*='2: ']", at.id);
        ana.text_of(&both).await;
        bo.sees("it does not count").await;
        assert!(
            !ana.text().await.contains("it does not count"),
            "only Bo is told"
        );
        let reacted = stage.heard();
        assert_eq!(reacted.len(), 2, "{reacted:?}");

        stage.edits(&at, &ask("Complete")).await;
        for window in [&ana, &bo] {
            window.sees("Complete").await;
            assert_eq!(
                window.count(&format!("#{}", at.id)).await,
                1,
                "edited, not posted again"
            );
        }
    })
    .await;
}

#[tokio::test]
async fn a_button_of_a_card_reaches_the_bot() {
    run("button", bot, async |stage| {
        stage.posts(&ask("Waiting for 1 sign-off")).await;
        let ana = stage.enter("ana").await;
        ana.presses("Sign off for production").await;
        let pressed = |act: &Act| matches!(act, Act::Pressed { action, .. } if action == "yes");
        stage.hears("the button", pressed).await;
        assert!(
            !ana.text().await.contains("did not work"),
            "{}",
            ana.text().await
        );
    })
    .await;
}

#[tokio::test]
async fn a_private_line_is_for_one_person_until_put_away() {
    run("private", bot, async |stage| {
        let (ana, bo) = (stage.enter("ana").await, stage.enter("bo").await);
        ana.says("/release whoami").await;
        ana.sees("You are ana").await;
        ana.sees("only visible to you").await;
        bo.says("good morning").await;
        ana.sees("good morning").await;
        assert!(!bo.text().await.contains("You are ana"));
        bo.reloads().await;
        bo.sees("good morning").await;
        assert!(!bo.text().await.contains("You are ana"));
        ana.presses("Dismiss").await;
        ana.sees_no_more("You are ana").await;
    })
    .await;
}
