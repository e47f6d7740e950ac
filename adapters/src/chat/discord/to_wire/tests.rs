//! Cards and forms within Discord's limits.

use super::*;
use crate::chat::card::{Field, InputKind, Pin, StepLine, StepState};
use crate::chat::{Form, Input, UserId};

fn plain(words: &str) -> Text {
    Text::plain(words)
}

fn button(label: &str, action: &str) -> Button {
    Button {
        label: label.to_owned(),
        action: action.to_owned(),
        style: ButtonStyle::Primary,
    }
}

fn full() -> Card {
    let mention = Span::Mention {
        user: UserId("118700000000000003".to_owned()),
        name: "Chloé".to_owned(),
    };
    Card {
        summary: "Rapid Audit 1.0.0 waits for 1 sign-off in production.".to_owned(),
        title: Some(plain("Rapid Audit 1.0.0")),
        pill: Some(Pill {
            tone: Tone::Waiting,
            words: "Waiting for 1 sign-off".to_owned(),
        }),
        blocks: vec![
            Block::Fields(vec![Field {
                name: "Sign-off, 1 of 2".to_owned(),
                lines: vec![plain("✓ Ana"), Text(vec![mention])],
            }]),
            Block::Steps(vec![
                StepLine {
                    state: StepState::Done,
                    title: "Pull php".to_owned(),
                    detail: "24 s".to_owned(),
                },
                StepLine {
                    state: StepState::Running,
                    title: "Migrate".to_owned(),
                    detail: String::new(),
                },
            ]),
            Block::Code {
                caption: "web".to_owned(),
                text: "a ``` b @everyone".to_owned(),
            },
            Block::Evidence {
                title: "Smoke".to_owned(),
                lines: vec!["GET / 200".to_owned()],
            },
            Block::Table {
                head: vec!["what".to_owned(), "when".to_owned()],
                rows: vec![vec!["r1".to_owned(), "today".to_owned()]],
            },
            Block::Context(plain("The first of all")),
        ],
        buttons: vec![
            button("Sign off", "a1"),
            button("Decline", "a2"),
            button("Twice", "a2"),
            button("Fourth", "a4"),
        ],
        menu: vec![button("Fifth", "a5")],
        pin: Pin::Leave,
    }
}

fn count(component: &Value) -> usize {
    let inside = component["components"].as_array().into_iter().flatten();
    1 + inside.map(count).sum::<usize>()
}

fn characters(component: &Value) -> usize {
    let own = component["content"]
        .as_str()
        .map_or(0, |it| it.chars().count());
    let inside = component["components"].as_array().into_iter().flatten();
    own + inside.map(characters).sum::<usize>()
}

/// The keys in one order, whatever features `serde_json` was built with.
fn pretty(value: &Value) -> String {
    let mut sorted = value.clone();
    sorted.sort_all_objects();
    serde_json::to_string_pretty(&sorted).unwrap()
}

#[test]
fn a_card_of_components() {
    let drawn = message(&full(), Make::Modern, Some(Mark::of("k")));
    insta::assert_snapshot!(pretty(&drawn));
}

#[test]
fn a_card_as_an_embed() {
    let drawn = message(&full(), Make::Classic, Some(Mark::of("k")));
    insta::assert_snapshot!(pretty(&drawn));
}

#[test]
fn whoever_is_called_is_listed_and_nobody_else() {
    let drawn = message(&full(), Make::Modern, None);
    assert_eq!(
        drawn["allowed_mentions"]["users"],
        json!(["118700000000000003"])
    );
    assert_eq!(drawn["allowed_mentions"]["parse"], json!([]));
    let nobody = message(&Card::default(), Make::Classic, None);
    assert_eq!(nobody["allowed_mentions"]["parse"], json!([]));
}

#[test]
fn a_very_long_card_is_cut_and_says_so() {
    let long = Card {
        summary: "x".repeat(9000),
        title: Some(plain(&"t".repeat(900))),
        blocks: (0..60)
            .map(|it| Block::Text(plain(&format!("{it} {}", "_long_ ".repeat(200)))))
            .chain([Block::Code {
                caption: String::new(),
                text: "line\n".repeat(9000),
            }])
            .collect(),
        menu: (0..60)
            .map(|it| button(&"label ".repeat(40), &format!("m{it}")))
            .collect(),
        ..full()
    };
    let modern = message(&long, Make::Modern, Some(Mark::of("k")));
    let container = &modern["components"][0];
    assert!(count(container) <= 40, "{}", count(container));
    assert!(characters(container) <= 4000, "{}", characters(container));
    assert!(modern.to_string().contains("are not shown here"));
    let classic = message(&long, Make::Classic, Some(Mark::of("k")));
    let words = |it: &Value| it.as_str().map_or(0, |it| it.chars().count());
    assert!(words(&classic["content"]) <= 2000);
    assert!(words(&classic["embeds"][0]["description"]) <= 4096);
    let chatty = Card {
        blocks: vec![Block::Code {
            caption: "log".to_owned(),
            text: "0123456789".repeat(900),
        }],
        ..Card::default()
    };
    let drawn = message(&chatty, Make::Modern, None).to_string();
    assert!(drawn.contains("characters cut"), "{drawn}");
    assert_eq!(drawn.matches("```").count(), 2, "{drawn}");
}

#[test]
fn a_form_is_a_modal_of_five_parts_at_most() {
    let input = |name: &str, kind| Input {
        name: name.to_owned(),
        label: format!("What about {name}, in as many words as there may be?"),
        hint: "as it is".to_owned(),
        value: String::new(),
        required: true,
        kind,
    };
    let tick = |number: usize| input(&format!("item{number}"), InputKind::Tick);
    let choice = InputKind::Choice(vec![("r1".to_owned(), "The first".to_owned())]);
    let form = Form {
        id: "plan:".to_owned(),
        title: "Plan a deploy to production, the big one of this year".to_owned(),
        intro: vec![plain("Times are read in Paris.")],
        inputs: std::iter::once(input("which", choice))
            .chain([
                input("when", InputKind::Line),
                input("why", InputKind::Lines),
            ])
            .chain((0..30).map(tick))
            .collect(),
        submit: "Go".to_owned(),
        danger: false,
    };
    let modal = modal(&form);
    insta::assert_snapshot!(pretty(&modal));
    assert_eq!(modal["components"].as_array().unwrap().len(), 5);
}
