//! Cards within every limit, and what Slack's types make of them.

use serde_json::{Value, json};
use slack_morphism::blocks::SlackView;

use super::*;
use crate::chat::card::{Input, InputKind, StepLine, StepState};
use crate::chat::{ChannelId, Field, Form, Span, Text, UserId};

fn button(label: &str, action: &str) -> Button {
    Button {
        label: label.to_owned(),
        action: action.to_owned(),
        style: ButtonStyle::Plain,
    }
}

fn whole() -> Card {
    let step = |state, title: &str, detail: &str| StepLine {
        state,
        title: title.to_owned(),
        detail: detail.to_owned(),
    };
    let mention = Span::Mention {
        user: UserId("U02CHLOE1".to_owned()),
        name: "Chloé".to_owned(),
    };
    Card {
        summary: "Shop 1.4 <is> waiting for the product owner.".to_owned(),
        title: Some(Text::plain("Shop 1.4")),
        pill: Some(Pill {
            tone: Tone::Waiting,
            words: "Waiting for 1 sign-off".to_owned(),
        }),
        blocks: vec![
            Block::Text(Text(vec![mention, Span::Plain(": please look".to_owned())])),
            Block::Fields(vec![Field {
                name: "Staging".to_owned(),
                lines: vec![Text::plain("Deployed 13:38"), Text::plain("3 of 3 passed")],
            }]),
            Block::Steps(vec![
                step(StepState::Done, "Pull", "24 s"),
                step(StepState::Running, "Migrate", ""),
                step(StepState::Skipped, "Warm up", ""),
            ]),
            Block::Code {
                caption: "The last lines".to_owned(),
                text: "```<@U1> failed```".to_owned(),
            },
            Block::Evidence {
                title: "Evidence, 14:05".to_owned(),
                lines: vec!["GET /healthz 200".to_owned(), "logs: no match".to_owned()],
            },
            Block::Table {
                head: vec!["#".to_owned(), "When".to_owned()],
                rows: vec![
                    vec!["1".to_owned(), "14:02".to_owned()],
                    vec!["12".to_owned(), String::new()],
                ],
            },
            Block::Context(Text::plain("Asked for by Bo.")),
        ],
        buttons: vec![
            Button {
                style: ButtonStyle::Primary,
                ..button("Sign off", "yes:1")
            },
            button("Decline", "no:1"),
        ],
        menu: vec![button("Show", "show:1"), button("Give up", "cancel:1")],
        ..Card::default()
    }
}

/// In the order of the alphabet, whatever order somebody else's crates ask serde for.
fn pretty(value: &Value) -> String {
    let mut sorted = value.clone();
    sorted.sort_all_objects();
    serde_json::to_string_pretty(&sorted).unwrap()
}

fn value(drawn: &Drawn) -> Value {
    json!({ "text": drawn.text, "blocks": drawn.blocks })
}

#[test]
fn a_card_with_newer_blocks() {
    let drawn = message(&whole(), Natives::ALL);
    assert_eq!(drawn.used, Natives::ALL);
    insta::assert_snapshot!(pretty(&value(&drawn)));
}

#[test]
fn a_card_with_the_blocks_there_always_were() {
    let drawn = message(&whole(), Natives::NONE);
    assert_eq!(drawn.used, Natives::NONE);
    insta::assert_snapshot!(pretty(&value(&drawn)));
}

#[test]
fn slacks_own_types_know_every_block() {
    for natives in [Natives::ALL, Natives::NONE] {
        let drawn = message(&whole(), natives);
        let sent = serde_json::to_value(&drawn.blocks).unwrap();
        let read: Vec<SlackBlock> = serde_json::from_value(sent).unwrap();
        assert_eq!(read, drawn.blocks);
        assert!(!read.iter().any(|it| matches!(it, SlackBlock::Unknown(_))));
    }
}

/// Everything about it is too long and too many.
fn enormous() -> Card {
    let long = |count: usize| "<é*>".repeat(count);
    let step = |index: usize| StepLine {
        state: StepState::Failed,
        title: format!("{index} {}", long(200)),
        detail: long(200),
    };
    let field = Field {
        name: long(100),
        lines: vec![Text::plain(long(2000)); 30],
    };
    let mut blocks = vec![
        Block::Text(Text::plain(long(9000))),
        Block::Fields(vec![field; 25]),
        Block::Steps((0..70).map(step).collect()),
        Block::Code {
            caption: long(900),
            text: long(20_000),
        },
        Block::Evidence {
            title: long(900),
            lines: vec![long(3000); 60],
        },
        Block::Table {
            head: vec![long(90); 25],
            rows: vec![vec![long(900); 25]; 900],
        },
    ];
    blocks.extend((0..80).map(|it| Block::Text(Text::plain(format!("part {it}")))));
    Card {
        summary: long(9000),
        title: Some(Text::plain(long(900))),
        pill: Some(Pill {
            tone: Tone::Bad,
            words: long(2000),
        }),
        blocks,
        buttons: (0..9)
            .map(|it| button(&long(90), &format!("b:{it}")))
            .collect(),
        menu: (0..150)
            .map(|it| button(&long(90), &format!("m:{it}")))
            .collect(),
        ..Card::default()
    }
}

/// Every text, with the key it stands under.
fn texts<'a>(value: &'a Value, key: &'a str, found: &mut Vec<(&'a str, usize)>) {
    match value {
        Value::String(text) => found.push((key, text.chars().count())),
        Value::Array(all) => all.iter().for_each(|it| texts(it, key, found)),
        Value::Object(all) => all.iter().for_each(|(key, it)| texts(it, key, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn check(block: &Value) {
    let mut found = Vec::new();
    texts(block, "", &mut found);
    let longest = found.iter().map(|(_, count)| *count).max().unwrap_or(0);
    assert!(longest <= 3000, "{block}");
    match block["type"].as_str().unwrap() {
        "header" => assert!(longest <= 150),
        "section" => {
            let fields = block["fields"].as_array();
            assert!(fields.is_none_or(|it| it.len() <= 10 && longest <= 2000));
        }
        "context" => assert!(block["elements"].as_array().unwrap().len() <= 10),
        "actions" => {
            let elements = block["elements"].as_array().unwrap();
            assert!(elements.len() <= 25);
            let options = elements.last().unwrap()["options"].as_array().unwrap();
            assert!(options.len() <= 100);
            assert!(longest <= 150);
        }
        "plan" => assert!(block["tasks"].as_array().unwrap().len() <= 50),
        "container" => assert!(block["child_blocks"].as_array().unwrap().len() <= 10),
        "data_table" => {
            let rows = block["rows"].as_array().unwrap();
            assert!(rows.len() <= 201 && rows.iter().all(|it| it.as_array().unwrap().len() <= 20));
        }
        "rich_text" => {}
        other => panic!("no rule for {other}"),
    }
}

#[test]
fn whatever_is_too_long_is_cut_and_the_cut_is_said() {
    for natives in [Natives::ALL, Natives::NONE] {
        let drawn = message(&enormous(), natives);
        assert!(drawn.blocks.len() <= 50, "{}", drawn.blocks.len());
        assert!(drawn.text.chars().count() <= 4 * 4000);
        for block in &drawn.blocks {
            check(&serde_json::to_value(block).unwrap());
        }
        let all = serde_json::to_string(&drawn.blocks).unwrap();
        assert!(all.contains("characters cut"));
    }
}

#[test]
fn a_card_of_one_sentence_shows_it() {
    let card = Card {
        summary: "Nothing waits for you & yours.".to_owned(),
        ..Card::default()
    };
    let drawn = message(&card, Natives::ALL);
    assert_eq!(drawn.text, "Nothing waits for you &amp; yours.");
    assert_eq!(drawn.blocks.len(), 1);
}

#[test]
fn nothing_is_sent_with_nothing_in_it() {
    let bare = Card {
        title: Some(Text::plain("")),
        blocks: vec![
            Block::Steps(vec![StepLine {
                state: StepState::Done,
                title: String::new(),
                detail: String::new(),
            }]),
            Block::Evidence {
                title: String::new(),
                lines: vec![String::new()],
            },
            Block::Table {
                head: vec![String::new()],
                rows: vec![vec![String::new()]],
            },
        ],
        buttons: vec![button("", "a")],
        ..Card::default()
    };
    for natives in [Natives::ALL, Natives::NONE] {
        let drawn = message(&bare, natives);
        let sent = serde_json::to_value(&drawn.blocks).unwrap();
        let mut found = Vec::new();
        texts(&sent, "", &mut found);
        assert!(found.iter().all(|(_, count)| *count > 0), "{sent}");
    }
}

fn form() -> Form {
    let input = |name: &str, kind: InputKind, value: &str| Input {
        name: name.to_owned(),
        label: format!("What about {name}?"),
        hint: "say it shortly".to_owned(),
        value: value.to_owned(),
        required: name != "note",
        kind,
    };
    let choice = |count: usize| {
        InputKind::Choice(
            (0..count)
                .map(|it| (format!("v{it}"), "x".repeat(90)))
                .collect(),
        )
    };
    Form {
        id: "back:shop:production".to_owned(),
        title: "Bring production back to 1.3".to_owned(),
        intro: vec![Text::plain("Production goes back.")],
        inputs: vec![
            input("why", InputKind::Line, "one\ntwo"),
            input("note", InputKind::Lines, "one\ntwo"),
            input("to", choice(150), "v7"),
            input("none", choice(0), ""),
            input("sure", InputKind::Tick, "true"),
        ],
        submit: "Bring production back".to_owned(),
        danger: true,
    }
}

#[test]
fn a_form_is_a_modal_that_carries_where_it_was_asked_for() {
    let origin = origin(Some(ChannelId("C1".to_owned())), None);
    let view = modal(&form(), &origin);
    let sent = serde_json::to_value(&view).unwrap();
    assert!(sent["title"]["text"].as_str().unwrap().chars().count() <= 24);
    assert!(sent["submit"]["text"].as_str().unwrap().chars().count() <= 24);
    let select = &sent["blocks"][3]["element"];
    assert_eq!(select["options"].as_array().unwrap().len(), 100);
    assert_eq!(select["initial_option"]["value"], "v7");
    let carried: Origin = serde_json::from_str(sent["private_metadata"].as_str().unwrap()).unwrap();
    assert_eq!(carried.form, "back:shop:production");
    let mut shown = sent.clone();
    shown["blocks"][3]["element"]["options"] = json!("…");
    insta::assert_snapshot!(pretty(&shown));
    let read: SlackView = serde_json::from_value(sent).unwrap();
    assert_eq!(read, view);
}
