//! Everything works with script switched off.

use shipbell_adapters::chat::card::{Form, Input, InputKind};
use shipbell_adapters::chat::{Act, Answer, UserId};

use super::stage::run;
use super::threads::card;

fn bot(_: &UserId, act: &Act) -> Answer {
    match act {
        Act::Said { text, .. } if text == "cancel" => Answer::Form(Box::new(why())),
        Act::Said { .. } => Answer::Private(Box::new(card("You are Ana", "a person"))),
        Act::Reacted { .. }
        | Act::Pressed { .. }
        | Act::Submitted { .. }
        | Act::Kept { .. }
        | Act::LookedIn
        | Act::Completing { .. }
        | Act::Connected => Answer::Done,
    }
}

fn why() -> Form {
    Form {
        id: "cancel".to_owned(),
        title: "Give 1.2 up?".to_owned(),
        intro: Vec::new(),
        inputs: vec![Input {
            name: "why".to_owned(),
            label: "Why".to_owned(),
            hint: String::new(),
            value: String::new(),
            required: true,
            kind: InputKind::Line,
        }],
        submit: "Give it up".to_owned(),
        danger: false,
    }
}

#[tokio::test]
async fn a_person_without_script_can_do_everything() {
    run("scriptless", bot, async |stage| {
        let root = stage.posts(&card("Shop 1.2", "Waiting")).await;
        let at = stage
            .posts_to(Some(&root), &card("Sign off 1.2?", "Waiting"))
            .await;
        let ana = stage.enter_without_script("ana").await;
        assert_eq!(
            ana.count("#c[role=combobox]").await,
            0,
            "script really is off"
        );

        ana.clicks(&format!("#{}-summary", root.id)).await;
        ana.reacts(&at.id, "white_check_mark").await;
        let on = |act: &Act| matches!(act, Act::Reacted { added: true, .. });
        stage.hears("the reaction", on).await;
        ana.says("good morning").await;
        ana.sees("good morning").await;
        ana.says("/release whoami").await;
        ana.sees("You are Ana").await;
        ana.presses("Dismiss").await;
        ana.sees_no_more("You are Ana").await;

        ana.says("/release cancel").await;
        ana.sees("Give 1.2 up?").await;
        ana.types("#v-why", "not needed any more").await;
        ana.presses("Give it up").await;
        ana.sees_no_more("Give 1.2 up?").await;
        let sent = |act: &Act| matches!(act, Act::Submitted { .. });
        stage.hears("the form", sent).await;
    })
    .await;
}
