//! Words that would like to be a page.

use shipbell_adapters::chat::card::{Button, ButtonStyle, Field, Pill, Span, StepLine, StepState};
use shipbell_adapters::chat::{Act, Answer, Block, Card, Text, Tone, UserId};

use super::stage::run;

const HOSTILE: &str = "</pre><script>document.title='owned'</script>\
    <img src=x onerror=\"document.title='owned'\">\"'><svg onload=document.title='owned'>";

fn bot(_: &UserId, act: &Act) -> Answer {
    match act {
        Act::Said { text, .. } => Answer::Private(Box::new(card(text))),
        Act::Reacted { .. }
        | Act::Pressed { .. }
        | Act::Submitted { .. }
        | Act::Kept { .. }
        | Act::LookedIn
        | Act::Completing { .. }
        | Act::Connected => Answer::Done,
    }
}

/// A card that says it everywhere.
fn card(words: &str) -> Card {
    let text = || {
        Text(vec![
            Span::Plain(words.to_owned()),
            Span::Strong(words.to_owned()),
            Span::Code(words.to_owned()),
            Span::Link {
                label: words.to_owned(),
                url: "javascript:document.title='owned'".to_owned(),
            },
            Span::Link {
                label: "a page".to_owned(),
                url: format!("https://{words}"),
            },
        ])
    };
    let words = || words.to_owned();
    let step = StepLine {
        state: StepState::Failed,
        title: words(),
        detail: words(),
    };
    Card {
        summary: words(),
        title: Some(text()),
        pill: Some(Pill {
            tone: Tone::Bad,
            words: words(),
        }),
        blocks: vec![
            Block::Text(text()),
            Block::Fields(vec![Field {
                name: words(),
                lines: vec![text()],
            }]),
            Block::Steps(vec![step]),
            Block::Code {
                caption: words(),
                text: words(),
            },
            Block::Evidence {
                title: words(),
                lines: vec![words()],
            },
            Block::Table {
                head: vec![words()],
                rows: vec![vec![words()]],
            },
        ],
        buttons: vec![Button {
            label: words(),
            action: words(),
            style: ButtonStyle::Danger,
        }],
        ..Card::default()
    }
}

#[tokio::test]
async fn hostile_words_are_shown_and_never_obeyed() {
    run("hostile", bot, async |stage| {
        let at = stage.posts(&card(HOSTILE)).await;
        let ana = stage.enter("ana").await;
        let bo = stage.enter("bo").await;
        bo.says(HOSTILE).await;
        ana.sees("Bo Lindqvist").await;
        ana.says(&format!("/release {HOSTILE}")).await;
        ana.sees("only visible to you").await;
        // Put in by the script as well as drawn with the page.
        stage.edits(&at, &card(&format!("{HOSTILE} again"))).await;
        ana.sees("again").await;
        for look in ["live", "drawn anew"] {
            for window in [&ana, &bo] {
                assert_eq!(window.finds("document.title").await, "#release", "{look}");
                assert_eq!(
                    window
                        .count("main script, main img, main svg:not(.sign)")
                        .await,
                    0
                );
                assert_eq!(window.count("main [onerror], main [onload]").await, 0);
                assert_eq!(window.count("main a[href^='javascript']").await, 0);
                assert!(
                    window
                        .text()
                        .await
                        .contains("<script>document.title='owned'</script>")
                );
                window.reloads().await;
                window.sees("Bo Lindqvist").await;
            }
        }
        let pre = ana.text_of(&format!("#{} pre", at.id)).await;
        assert!(pre.starts_with("</pre><script>"), "{pre}");
    })
    .await;
}
