//! Whatever is said, Slack takes it: long content is cut, never refused.

use shipbell_adapters::chat::card::{ButtonStyle, Pill, StepLine, StepState};
use shipbell_adapters::chat::{Block, Button, Card, Chat as _, Field, Span, Text, Tone, UserId};

use super::house::{House, silent};

#[tokio::test]
async fn a_card_far_beyond_every_limit_is_taken_whole_or_cut() {
    for native in [true, false] {
        let house = House::open(silent).await;
        house.slack.knows_native_blocks(native);
        let at = house.posts("k1", &enormous(100_000, 1)).await.unwrap();
        for (length, many) in [(3_001, 3), (151, 30), (1, 120)] {
            house.chat.edit(&at, &enormous(length, many)).await.unwrap();
        }
        house.closes().await;
    }
}

/// Everything a card can hold, so many of it, each text of this length.
fn enormous(length: usize, many: usize) -> Card {
    let words = |it: &str| it.repeat(length.div_ceil(it.len()).max(usize::from(length > 0)));
    let hostile = words("<!channel> *_~`&é🚀\n");
    let text = Text(vec![
        Span::Plain(hostile.clone()),
        Span::Strong(hostile.clone()),
        Span::Code(hostile.clone()),
        Span::Mention {
            user: UserId("U0ANA".to_owned()),
            name: hostile.clone(),
        },
        Span::Link {
            label: hostile.clone(),
            url: format!("https://ship.example.com/{}", "x".repeat(length)),
        },
    ]);
    let step = |state| StepLine {
        state,
        title: hostile.clone(),
        detail: hostile.clone(),
    };
    let states = [
        StepState::Pending,
        StepState::Running,
        StepState::Done,
        StepState::Failed,
        StepState::Skipped,
        StepState::Unknown,
    ];
    let field = Field {
        name: hostile.clone(),
        lines: vec![text.clone(); many],
    };
    let row = vec![hostile.clone(); many];
    let blocks = vec![
        Block::Text(text.clone()),
        Block::Context(text.clone()),
        Block::Fields(vec![field; many]),
        Block::Steps(states.into_iter().cycle().take(many).map(step).collect()),
        Block::Code {
            caption: hostile.clone(),
            text: hostile.clone(),
        },
        Block::Evidence {
            title: hostile.clone(),
            lines: vec![hostile.clone(); many],
        },
        Block::Table {
            head: row.clone(),
            rows: vec![row; many],
        },
    ];
    let button = |number: usize| button(&hostile, number);
    Card {
        summary: hostile.clone(),
        title: Some(text),
        pill: Some(Pill {
            tone: Tone::Bad,
            words: hostile.clone(),
        }),
        blocks: std::iter::repeat_n(blocks, many.min(12))
            .flatten()
            .collect(),
        buttons: (0..many).map(button).collect(),
        menu: (many..2 * many).map(button).collect(),
        ..Card::default()
    }
}

fn button(label: &str, number: usize) -> Button {
    Button {
        label: label.to_owned(),
        action: format!("act:{number}"),
        style: ButtonStyle::Danger,
    }
}
