//! What people do reaches the bot, and what it answers reaches them.

use shipbell_adapters::chat::card::{ButtonStyle, InputKind};
use shipbell_adapters::chat::{Act, Answer, Button, Card, Form, Input, MessageRef, Text, UserId};
use shipbell_tests::servers::slack::Mishap;

use super::house::{House, card, seen, silent};

#[tokio::test]
async fn a_command_arrives_as_typed_and_its_answer_is_private() {
    let house = House::open(|_, _| Some(Answer::Private(Box::new(card("Nothing waits."))))).await;
    let ana = house.person("ana");
    ana.say(
        "release",
        "/release plan staging “now” & <b> https://a.example @bo",
    )
    .await;
    let (by, act) = house.hears(1).await;
    assert_eq!(by, UserId("U0ANA".to_owned()));
    let Act::Said { place, text } = act else {
        panic!("{act:?}");
    };
    assert_eq!(place.channel.0, "C0RELEASE");
    assert!(place.thread.is_none());
    assert!(text.ends_with("& <b> https://a.example @U0BO"), "{text}");
    assert_eq!(ana.heard(), ["Nothing waits."]);
    house.closes().await;
}

#[tokio::test]
async fn a_mention_in_a_thread_knows_its_thread() {
    let house = House::open(|_, _| Some(Answer::Private(Box::new(card("Here."))))).await;
    let at = house.posts("k1", &card("Card")).await.unwrap();
    let bo = house.person("bo");
    bo.reply(&seen(&at), "@shipbell status production").await;
    let (_, act) = house.hears(1).await;
    let Act::Said { place, text } = act else {
        panic!("{act:?}");
    };
    assert_eq!(text, "status production");
    assert_eq!(place.thread, Some(at));
    assert_eq!(bo.hears_something().await, "Here.");
    bo.say("release", "nothing for the bot").await;
    house.closes().await;
}

#[tokio::test]
async fn reactions_arrive_without_tone_and_once() {
    let house = House::open(silent).await;
    let at = house.posts("k1", &card("Sign off?")).await.unwrap();
    let dan = house.person("dan");
    house.slack.mishap("reaction_added", Mishap::Duplicated(3));
    dan.react(&seen(&at), "+1::skin-tone-6");
    let (by, act) = house.hears(1).await;
    let reacted = |emoji: &str, added| Act::Reacted {
        on: at.clone(),
        emoji: emoji.to_owned(),
        added,
    };
    assert_eq!((by.0.as_str(), act), ("U0DAN", reacted("+1", true)));
    house.slack.quiet().await;
    dan.unreact(&seen(&at), "+1::skin-tone-6");
    assert_eq!(house.hears(2).await.1, reacted("+1", false));
    house.closes().await;
}

#[tokio::test]
async fn buttons_menus_and_the_shortcut_arrive() {
    let house = House::open(silent).await;
    let button = |label: &str, action: &str| Button {
        label: label.to_owned(),
        action: action.to_owned(),
        style: ButtonStyle::Plain,
    };
    let full = Card {
        buttons: vec![button("Sign off", "yes:r1"), button("Decline", "no:r1")],
        menu: vec![button("Cancel", "cancel:r1"), button("Replan", "plan:r1")],
        ..card("Card")
    };
    let at = house.posts("k1", &full).await.unwrap();
    let chloe = house.person("chloe");
    let pressed = |action: &str| Act::Pressed {
        on: at.clone(),
        action: action.to_owned(),
    };
    chloe.press(&seen(&at), "Decline").await;
    assert_eq!(house.hears(1).await.1, pressed("no:r1"));
    chloe.pick(&seen(&at), "Replan").await;
    assert_eq!(house.hears(2).await.1, pressed("plan:r1"));

    let said = chloe.reply(&seen(&at), "Looks *good* to me").await;
    chloe.shortcut(&said, "keep_message").await;
    let kept = Act::Kept {
        on: MessageRef {
            channel: at.channel.clone(),
            id: said.stamp,
        },
        thread: Some(at),
        text: "Looks *good* to me".to_owned(),
    };
    assert_eq!(house.hears(3).await.1, kept);
    house.closes().await;
}

#[tokio::test]
async fn a_form_opens_shows_what_is_wrong_and_closes() {
    let house = House::open(formal).await;
    let chloe = house.person("chloe");
    chloe.say("release", "/release decline").await;
    let modal = chloe.sees_modal("Why?").await;
    assert_eq!(modal.title, "Decline production");
    chloe.fill("Why?", "bad");
    chloe.fill("Sure?", "true");
    chloe.fill("Which?", "Production");
    chloe.submit().await;
    assert_eq!(chloe.modal().unwrap().errors, ["Say more."]);
    chloe.fill("Why?", "Not\non a Friday");
    chloe.submit().await;
    let (_, act) = house.hears(3).await;
    let value = |name: &str, it: &str| (name.to_owned(), it.to_owned());
    let Act::Submitted { form, mut values } = act else {
        panic!("{act:?}");
    };
    values.sort();
    assert_eq!(form, "decline:r1");
    let expected = [
        value("sure", "true"),
        value("where", "p"),
        value("why", "Not\non a Friday"),
    ];
    assert_eq!(values, expected);
    chloe.hears("Declined.").await;
    assert!(chloe.modal().is_none());
    house.closes().await;
}

/// Asks why, and is not content with everything.
#[expect(clippy::unnecessary_wraps, reason = "a script may also fail to record")]
fn formal(_: &UserId, act: &Act) -> Option<Answer> {
    let input = |name: &str, label: &str, kind| Input {
        name: name.to_owned(),
        label: label.to_owned(),
        hint: String::new(),
        value: String::new(),
        required: true,
        kind,
    };
    let places = vec![
        ("s".to_owned(), "Staging".to_owned()),
        ("p".to_owned(), "Production".to_owned()),
    ];
    Some(match act {
        Act::Submitted { values, .. } if values.iter().any(|(_, it)| it == "bad") => {
            Answer::FieldErrors(vec![("why".to_owned(), "Say more.".to_owned())])
        }
        Act::Submitted { .. } => Answer::Private(Box::new(card("Declined."))),
        _ => Answer::Form(Box::new(Form {
            id: "decline:r1".to_owned(),
            title: "Decline production".to_owned(),
            intro: vec![Text::plain("Nothing is deployed then.")],
            inputs: vec![
                input("why", "Why?", InputKind::Lines),
                input("sure", "Sure?", InputKind::Tick),
                input("where", "Which?", InputKind::Choice(places)),
            ],
            submit: "Decline".to_owned(),
            danger: true,
        })),
    })
}

#[tokio::test]
async fn the_home_tab_shows_what_the_bot_says() {
    let house = House::open(|_, _| Some(Answer::Private(Box::new(card("One ask waits."))))).await;
    let dan = house.person("dan");
    dan.opens_home().await;
    assert_eq!(house.hears(1).await.1, Act::LookedIn);
    let shown = || dan.home().filter(|it| it.contains("One ask waits."));
    house.slack.until("the home tab", shown).await;
    house.closes().await;
}

#[tokio::test]
async fn what_could_not_be_recorded_comes_again_or_fails_visibly() {
    let house = House::open(|_, act| match act {
        Act::Said { .. } | Act::Connected => None,
        _ => Some(Answer::Done),
    })
    .await;
    house.slack.forgive("was not acknowledged in time");
    let ana = house.person("ana");
    let turned = async {
        house.hears(1).await;
        house.slack.turn_clock_on(std::time::Duration::from_secs(3));
    };
    tokio::join!(turned, ana.say("release", "/release status"));
    ana.hears("failed with the error").await;

    let at = house.posts("k1", &card("Card")).await.unwrap();
    ana.reply(&seen(&at), "@shipbell status").await;
    house.hears(2).await;
    house.slack.turn_clock_on(std::time::Duration::from_secs(3));
    house.hears(3).await;
    house.slack.forgive("");
    drop(house);
}
