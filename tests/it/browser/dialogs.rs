//! Forms as dialogs, and commands completed by keyboard.

use shipbell_adapters::chat::card::{Form, Input, InputKind};
use shipbell_adapters::chat::{Act, Answer, Completion, Text, UserId};
use thirtyfour::Key;

use super::stage::run;

fn bot(_: &UserId, act: &Act) -> Answer {
    match act {
        Act::Said { text, .. } if text.starts_with("rollback") => {
            Answer::Form(Box::new(rollback()))
        }
        Act::Submitted { values, .. } if values[0].1.len() < 8 => {
            let mistake = (
                "why".to_owned(),
                "Say more, so that others understand".to_owned(),
            );
            Answer::FieldErrors(vec![mistake])
        }
        Act::Completing { text } if "rollback shop production".starts_with(text.as_str()) => {
            let text = "rollback shop production".to_owned();
            Answer::Completions(vec![Completion {
                text,
                about: "Return".to_owned(),
            }])
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
        title: "Roll production back to 1.1?".to_owned(),
        intro: vec![Text::plain("1.2 is left behind.")],
        inputs: vec![
            input("why", "Why", InputKind::Line),
            input(
                "sure",
                "The older code understands the schema",
                InputKind::Tick,
            ),
        ],
        submit: "Roll back".to_owned(),
        danger: true,
    }
}

#[tokio::test]
async fn a_dialog_keeps_what_was_entered_until_it_is_right() {
    run("dialog", bot, async |stage| {
        let (ana, bo) = (stage.enter("ana").await, stage.enter("bo").await);
        ana.says("/release rollback production").await;
        ana.sees("Roll production back to 1.1?").await;
        assert_eq!(ana.count("dialog:modal").await, 1);
        assert_eq!(bo.count("dialog").await, 0, "only its opener has it");

        // The browser holds back what is not filled in.
        ana.presses("Roll back").await;
        assert_eq!(ana.count("dialog:modal input:invalid").await, 2);
        ana.types("#v-why", "slow").await;
        ana.clicks("#v-sure").await;
        ana.presses("Roll back").await;
        ana.sees("Say more, so that others understand").await;
        assert_eq!(
            ana.finds("document.getElementById('v-why').value").await,
            "slow"
        );
        assert_eq!(
            ana.finds("document.getElementById('v-sure').checked").await,
            true
        );

        ana.types("#v-why", Key::End + " pages since 14:05").await;
        ana.presses("Roll back").await;
        ana.sees_no_more("Roll production back").await;
        let right = |act: &Act| match act {
            Act::Submitted { values, .. } => values[0].1 == "slow pages since 14:05",
            _ => false,
        };
        stage.hears("the form", right).await;
    })
    .await;
}

#[tokio::test]
async fn a_command_is_written_by_keyboard_alone() {
    run("keyboard", bot, async |stage| {
        let ana = stage.enter("ana").await;
        ana.types("#c", "/release roll").await;
        ana.types("#c", Key::Tab).await;
        let written = "document.getElementById('c').value";
        super::stage::eventually("the command is completed", async || {
            (ana.finds(written).await == "/release rollback shop production").then_some(())
        })
        .await;
        ana.types_on(Key::Enter + "").await;
        ana.sees("Roll production back to 1.1?").await;
        ana.types_on(Key::Escape + "").await;
        ana.sees_no_more("Roll production back").await;
        // The caret is where it was: one can go on typing.
        ana.types_on("good morning" + Key::Enter).await;
        ana.sees("good morning").await;
        let asked = stage.heard();
        let wanted = |act: &&Act| {
            matches!(act, Act::Said { text, .. } if text == "rollback shop production")
        };
        assert_eq!(asked.iter().filter(wanted).count(), 1, "{asked:?}");
    })
    .await;
}
