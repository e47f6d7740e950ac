//! What people do, and who sees it.

use shipbell_adapters::chat::card::{Button, ButtonStyle, Form, Input, InputKind};
use shipbell_adapters::chat::{Act, Answer, Block, Card, Chat as _, Completion, Reaction, Text};
use tempfile::tempdir;

use crate::house::{House, between, user};

#[tokio::test]
async fn a_reaction_is_stored_then_hinted_and_everybody_sees_it() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |_| Some(Answer::Done)).await;
    let (ana, bo) = (house.guest("ana").await, house.guest("bo").await);
    let ask = house.post("ask", &sentence("Sign off?")).await;
    house.channel.react(&ask, "white_check_mark").await.unwrap();
    let fields = [
        ("on", ask.id.as_str()),
        ("emoji", "white_check_mark"),
        ("request", "request-1"),
    ];
    let mut on = fields.to_vec();
    on.push(("to", "on"));
    ana.send("/react", &on).await;
    for (guest, pressed) in [(&ana, true), (&bo, false)] {
        let page = guest.page("/channel/release").await;
        let label = format!(
            "aria-pressed=\"{pressed}\" aria-label=\"React with check mark, 2: Ana Ruiz, shipbell\""
        );
        assert!(page.contains(&label), "{page}");
    }
    let hint = Act::Reacted {
        on: ask.clone(),
        emoji: "white_check_mark".to_owned(),
        added: true,
    };
    assert_eq!(house.acts(), [hint]);
    let mut off = fields.to_vec();
    off.push(("to", "off"));
    ana.send("/react", &off).await;
    let own = Reaction {
        by: user("shipbell"),
        emoji: "white_check_mark".to_owned(),
    };
    assert_eq!(house.channel.reactions(&ask).await.unwrap(), [own]);
}

#[tokio::test]
async fn a_private_answer_is_for_one_person() {
    let dir = tempdir().unwrap();
    let told = |_: &Act| Some(Answer::Private(Box::new(sentence("You are Ana"))));
    let house = House::open(dir.path().join("channel.db"), told).await;
    let (ana, bo) = (house.guest("ana").await, house.guest("bo").await);
    ana.send(
        "/say",
        &[("text", "/release whoami"), ("request", "request-1")],
    )
    .await;
    let seen = ana.page("/channel/release").await;
    assert!(seen.contains("You are Ana") && seen.contains("only visible to you"));
    assert!(!seen.contains("/release whoami"), "a command is not posted");
    assert!(!bo.page("/channel/release").await.contains("You are Ana"));
    assert!(matches!(house.acts().as_slice(), [Act::Said { text, .. }] if text == "whoami"));

    let id = between(&seen, "class=\"msg private\" id=\"", "\"");
    bo.send("/dismiss", &[("on", id)]).await;
    assert!(ana.page("/channel/release").await.contains("You are Ana"));
    ana.send("/dismiss", &[("on", id)]).await;
    assert!(!ana.page("/channel/release").await.contains("You are Ana"));
}

#[tokio::test]
async fn the_same_form_sent_twice_has_the_same_id() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |_| Some(Answer::Done)).await;
    let (ana, bo) = (house.guest("ana").await, house.guest("bo").await);
    let mut card = sentence("Ready");
    card.buttons
        .push(button("Deploy to staging", "deploy staging"));
    let message = house.post("k", &card).await;
    let page = ana.page("/channel/release").await;
    let form = between(&page, "action=\"/press\"", "</form>");
    let request = between(form, "name=\"request\" value=\"", "\"");
    let press = [
        ("on", message.id.as_str()),
        ("action", "deploy staging"),
        ("request", request),
    ];
    for guest in [&ana, &ana, &bo] {
        guest.send("/press", &press).await;
    }
    for _ in 0..2 {
        ana.send("/say", &[("text", "well done"), ("request", "request-7")])
            .await;
    }
    let heard = house.heard.lock().unwrap().clone();
    let ids: Vec<&str> = heard.iter().skip(1).map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids.len(), 3, "{heard:?}");
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2], "nobody can use up another's id");
    let page = bo.page("/channel/release").await;
    assert_eq!(page.matches("well done").count(), 1);

    // A button the card no longer has never reaches the bot.
    house
        .channel
        .edit(&message, &sentence("Done"))
        .await
        .unwrap();
    ana.send("/press", &press).await;
    assert_eq!(house.heard.lock().unwrap().len(), heard.len());
    assert!(
        ana.page("/channel/release")
            .await
            .contains("no longer there")
    );
}

#[tokio::test]
async fn a_form_keeps_what_was_entered_until_it_is_right() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |act| {
        Some(match act {
            Act::Submitted { values, .. } if values[0].1.is_empty() => {
                Answer::FieldErrors(vec![("why".to_owned(), "Say why".to_owned())])
            }
            Act::Submitted { .. } => Answer::Done,
            Act::Said { .. }
            | Act::Reacted { .. }
            | Act::Pressed { .. }
            | Act::Kept { .. }
            | Act::LookedIn
            | Act::Completing { .. }
            | Act::Connected => Answer::Form(Box::new(rollback())),
        })
    })
    .await;
    let (ana, bo) = (house.guest("ana").await, house.guest("bo").await);
    ana.send(
        "/say",
        &[
            ("text", "/release rollback production"),
            ("request", "request-1"),
        ],
    )
    .await;
    assert!(!bo.page("/channel/release").await.contains("<dialog"));
    let shown = ana.page("/channel/release").await;
    let dialog = between(&shown, "<dialog", "</dialog>");
    let first = between(dialog, "name=\"request\" value=\"", "\"");
    ana.send(
        "/submit",
        &[("request", first), ("v.why", ""), ("v.sure", "on")],
    )
    .await;
    let shown = ana.page("/channel/release").await;
    let dialog = between(&shown, "<dialog", "</dialog>");
    assert!(dialog.contains("Say why") && dialog.contains("aria-invalid=\"true\""));
    assert!(dialog.contains("value=\"true\" checked"), "{dialog}");
    let second = between(dialog, "name=\"request\" value=\"", "\"");
    assert_ne!(first, second);
    let right = [
        ("request", second),
        ("v.why", "login fails"),
        ("v.other", "x"),
        ("v.sure", "1"),
    ];
    ana.send("/submit", &right).await;
    assert!(!ana.page("/channel/release").await.contains("<dialog"));
    let wanted = Act::Submitted {
        form: "rollback".to_owned(),
        values: vec![
            ("why".to_owned(), "login fails".to_owned()),
            ("sure".to_owned(), "true".to_owned()),
        ],
    };
    assert_eq!(house.acts().last(), Some(&wanted));
}

#[tokio::test]
async fn an_act_that_came_to_nothing_is_said_and_given_back() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |_| None).await;
    let ana = house.guest("ana").await;
    let command = [
        ("text", "/release deploy staging"),
        ("request", "request-1"),
    ];
    ana.send("/say", &command).await;
    let page = ana.page("/channel/release").await;
    assert!(page.contains("Nothing was recorded: try again."));
    assert!(page.contains("<code>/release deploy staging</code>"));
    ana.send(
        "/say",
        &[("text", "/relase deploy"), ("request", "request-2")],
    )
    .await;
    let page = ana.page("/channel/release").await;
    assert!(page.contains("There is no such command, and nothing was posted."));
    assert_eq!(house.acts().len(), 1);
}

#[tokio::test]
async fn commands_complete_and_words_do_not() {
    let dir = tempdir().unwrap();
    let house = House::open(dir.path().join("channel.db"), |_| {
        Some(Answer::Completions(vec![Completion {
            text: "deploy staging".to_owned(),
            about: "<b>now</b>".to_owned(),
        }]))
    })
    .await;
    let ana = house.guest("ana").await;
    let found = ana.page("/complete?text=%2Frelease%20dep").await;
    assert!(found.contains("data-text=\"/release deploy staging\""));
    assert!(!found.contains("<b>now"));
    assert_eq!(ana.page("/complete?text=dep").await, "");
    assert_eq!(
        house.acts(),
        [Act::Completing {
            text: "dep".to_owned()
        }]
    );
}

pub(crate) fn sentence(words: &str) -> Card {
    Card {
        summary: words.to_owned(),
        blocks: vec![Block::Text(Text::plain(words))],
        ..Card::default()
    }
}

fn button(label: &str, action: &str) -> Button {
    Button {
        label: label.to_owned(),
        action: action.to_owned(),
        style: ButtonStyle::Primary,
    }
}

fn rollback() -> Form {
    let input = |name: &str, label: &str, kind| Input {
        name: name.to_owned(),
        label: label.to_owned(),
        hint: String::new(),
        value: String::new(),
        required: true,
        kind,
    };
    Form {
        id: "rollback".to_owned(),
        title: "Roll back production".to_owned(),
        intro: vec![Text::plain("Production goes back to 2026.11.18-2.")],
        inputs: vec![
            input("why", "Why?", InputKind::Line),
            input("sure", "Yes, I checked", InputKind::Tick),
        ],
        submit: "Roll back production".to_owned(),
        danger: true,
    }
}
