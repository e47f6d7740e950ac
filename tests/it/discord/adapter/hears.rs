//! What people do reaches the bot, and what it answers reaches them.

use shipbell_adapters::chat::card::{ButtonStyle, InputKind};
use shipbell_adapters::chat::{Act, Answer, Button, Card, Completion, Form, Input, Standing};
use shipbell_adapters::chat::{Chat as _, UserId};

use super::house::{House, card, seen, silent};

fn form() -> Form {
    let input = |name: &str, kind| Input {
        name: name.to_owned(),
        label: format!("The {name}"),
        hint: String::new(),
        value: String::new(),
        required: false,
        kind,
    };
    Form {
        id: "decline:r1".to_owned(),
        title: "Decline".to_owned(),
        intro: Vec::new(),
        inputs: vec![
            input("why", InputKind::Lines),
            input("sure", InputKind::Tick),
        ],
        submit: "Decline".to_owned(),
        danger: true,
    }
}

#[tokio::test]
async fn a_command_arrives_as_one_line_and_its_answer_is_private() {
    let house = House::open(|_, _| Some(Answer::Private(Box::new(card("Nothing waits."))))).await;
    let ana = house.person("ana");
    let options = [("override", "it must go"), ("environment", "staging")];
    ana.command("deploy", &options).await;
    let (by, act) = house.hears(1).await;
    assert_eq!(by.0, ana.id());
    let Act::Said { place, text } = act else {
        panic!("{act:?}");
    };
    assert_eq!(text, "deploy staging --override \"it must go\"");
    assert!(place.thread.is_none());
    assert_eq!(ana.heard(), ["Nothing waits."]);
    house.closes().await;
}

#[tokio::test]
async fn options_fill_themselves_in() {
    let house = House::open(|_, act| {
        let Act::Completing { text } = act else {
            return Some(Answer::Done);
        };
        let way = |word: &str| Completion {
            text: format!("deploy rapid-audit {word}"),
            about: format!("after {text}"),
        };
        Some(Answer::Completions(vec![
            way("staging"),
            way("\"two words\""),
            way("--override"),
        ]))
    })
    .await;
    let options = [("app", "rapid-audit")];
    let bo = house.person("bo");
    let offered = bo
        .completes("deploy", &options, ("environment", "st"))
        .await;
    assert_eq!(offered, ["staging", "two words"]);
    let (_, act) = house.hears(1).await;
    let text = "deploy rapid-audit st".to_owned();
    assert_eq!(act, Act::Completing { text });
    house.closes().await;
}

#[tokio::test]
async fn reactions_arrive_with_who_and_which_and_the_bots_own_do_not() {
    let house = House::open(silent).await;
    let at = house.posts("k1", &card("Sign off?")).await.unwrap();
    house.chat.react(&at, "white_check_mark").await.unwrap();
    let dan = house.person("dan");
    dan.react(&seen(&at), "✅");
    let reacted = |added| Act::Reacted {
        on: at.clone(),
        emoji: "white_check_mark".to_owned(),
        added,
    };
    assert_eq!(
        house.hears(1).await,
        (UserId(dan.id().to_owned()), reacted(true))
    );
    house.person("robot").react(&seen(&at), "✅");
    dan.unreact(&seen(&at), "✅");
    assert_eq!(house.hears(2).await.1, reacted(false));
    let stand: Vec<String> = house
        .chat
        .reactions(&at)
        .await
        .unwrap()
        .into_iter()
        .map(|it| it.by.0)
        .collect();
    assert_eq!(stand.len(), 2, "the bot and the robot: {stand:?}");
    house.closes().await;
}

#[tokio::test]
async fn buttons_menus_and_forms_arrive_with_what_they_carry() {
    let house = House::open(|_, act| match act {
        Act::Pressed { action, .. } if action == "decline" => Some(Answer::Form(Box::new(form()))),
        Act::Submitted { values, .. } if values.iter().any(|(_, it)| it == "no") => Some(
            Answer::FieldErrors(vec![("why".to_owned(), "Say more.".to_owned())]),
        ),
        _ => Some(Answer::Done),
    })
    .await;
    let button = |label: &str, action: &str| Button {
        label: label.to_owned(),
        action: action.to_owned(),
        style: ButtonStyle::Plain,
    };
    let with = Card {
        buttons: vec![button("Decline", "decline")],
        menu: vec![button("Show", "show"), button("Stop", "stop")],
        ..card("An ask")
    };
    let at = seen(&house.posts("k1", &with).await.unwrap());
    let chloe = house.person("chloe");
    assert!(chloe.press(&at, "Stop").await.is_none());
    let pressed = |act: Act| match act {
        Act::Pressed { action, .. } => action,
        other => panic!("{other:?}"),
    };
    assert_eq!(pressed(house.hears(1).await.1), "stop");
    let modal = chloe.press(&at, "Decline").await.unwrap();
    chloe
        .submit(&modal, &[("why", "no"), ("~tickssure", "sure")])
        .await;
    let (_, act) = house.hears(3).await;
    let Act::Submitted { form, values } = act else {
        panic!("{act:?}");
    };
    assert_eq!(form, "decline:r1");
    let value = |name: &str, it: &str| (name.to_owned(), it.to_owned());
    assert_eq!(values, [value("why", "no"), value("sure", "true")]);

    chloe.hears("Say more.").await;
    let again = chloe.press_private("Fill it in again").await.unwrap();
    assert!(
        again.data.to_string().contains("\"value\":\"no\""),
        "{again:?}"
    );
    chloe.submit(&again, &[("why", "It is broken")]).await;
    house.hears(4).await;
    house.closes().await;
}

#[tokio::test]
async fn an_answer_that_takes_long_is_shown_to_come_and_comes() {
    let house = House::open(|_, _| Some(Answer::Private(Box::new(card("It took a while."))))).await;
    house.greeted(1).await;
    house.holds(true);
    let ana = house.person("ana");
    ana.command("status", &[]).await;
    assert_eq!(ana.heard(), Vec::<String>::new());
    house.holds(false);
    ana.hears("It took a while").await;
    assert_eq!(house.discord.logged("edit original"), 1);
    house.closes().await;
}

#[tokio::test]
async fn what_could_not_be_recorded_is_told() {
    let house = House::open(|_, act| match act {
        Act::Said { .. } => None,
        _ => Some(Answer::Done),
    })
    .await;
    let ana = house.person("ana");
    ana.command("status", &[]).await;
    ana.hears("Nothing was recorded").await;
    house.closes().await;
}

#[tokio::test]
async fn an_answer_to_a_mention_is_shown_to_its_person_alone() {
    let house = House::open(|_, act| match act {
        Act::Said { .. } => Some(Answer::Private(Box::new(card("A secret link")))),
        _ => Some(Answer::Done),
    })
    .await;
    let (bo, eve) = (house.person("bo"), house.person("eve"));
    bo.mentions("open");
    let (_, act) = house.hears(1).await;
    assert!(matches!(act, Act::Said { text, .. } if text == "open"));
    let line = house.discord.message("there is an answer for you").await;
    assert_eq!(house.discord.called(&line), ["bo"]);
    assert!(!house.discord.transcript(None).join("").contains("secret"));
    eve.press(&line, "Show it").await;
    eve.hears("This is for").await;
    bo.press(&line, "Show it").await;
    bo.hears("A secret link").await;
    let gone = || house.discord.reads(&line).is_empty().then_some(());
    house.discord.until("the line goes", gone).await;
    house.closes().await;
}

#[tokio::test]
async fn only_full_members_count_and_have_roles() {
    let house = House::open(silent).await;
    let account = async |name: &str| {
        let user = UserId(house.person(name).id().to_owned());
        let account = house.chat.account(&user).await.unwrap();
        (account.standing, account.groups.len())
    };
    assert_eq!(account("ana").await, (Standing::Member, 0));
    assert_eq!(account("chloe").await, (Standing::Member, 1));
    assert_eq!(account("robot").await, (Standing::Bot, 0));
    assert_eq!(account("newcomer").await, (Standing::Guest, 0));
    assert_eq!(account("stranger").await, (Standing::Gone, 0));
    house.closes().await;
}
