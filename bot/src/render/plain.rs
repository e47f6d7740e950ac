//! A card as plain text, for terminals and tests.

use std::fmt::Write as _;

use shipbell_adapters::chat::card::{Block, Card, Field, Span, StepState, Text, Tone};

/// Draws a card with nothing but characters.
pub fn plain(card: &Card) -> String {
    let mut out = String::new();
    let title = card.title.as_ref().map(words);
    let pill = card
        .pill
        .as_ref()
        .map(|it| format!("[{} {}]", sign(it.tone), it.words));
    let head: Vec<String> = title.into_iter().chain(pill).collect();
    if !head.is_empty() {
        line(&mut out, &head.join("  "));
    }
    for block in &card.blocks {
        draw(&mut out, block);
    }
    if out.is_empty() {
        line(&mut out, &card.summary);
    }
    let buttons: Vec<String> = card
        .buttons
        .iter()
        .map(|it| format!("[{}]", it.label))
        .collect();
    let menu: Vec<&str> = card.menu.iter().map(|it| it.label.as_str()).collect();
    let menu = (!menu.is_empty()).then(|| format!("… {}", menu.join(", ")));
    let actions: Vec<String> = buttons.into_iter().chain(menu).collect();
    if !actions.is_empty() {
        line(&mut out, &actions.join("  "));
    }
    out.trim_end().to_owned()
}

fn draw(out: &mut String, block: &Block) {
    match block {
        Block::Text(text) | Block::Context(text) => line(out, &words(text)),
        Block::Fields(fields) => {
            let longest = fields.iter().map(|it| it.name.chars().count()).max();
            let width = longest.unwrap_or(0).min(40) + 2;
            for it in fields {
                field(out, it, width);
            }
        }
        Block::Steps(steps) => {
            for step in steps {
                let detail = if step.detail.is_empty() {
                    String::new()
                } else {
                    format!(" ({})", step.detail)
                };
                line(
                    out,
                    &format!("  {} {}{detail}", mark(step.state), step.title),
                );
            }
        }
        Block::Code { caption, text } => {
            line(out, &format!("{caption}:"));
            text.lines().for_each(|it| line(out, &format!("  | {it}")));
        }
        Block::Evidence { title, lines } => {
            line(out, &format!("{title}:"));
            for it in lines {
                line(out, &format!("  {it}"));
            }
        }
        Block::Table { head, rows } => table(out, head, rows),
    }
}

fn field(out: &mut String, field: &Field, width: usize) {
    for (index, text) in field.lines.iter().enumerate() {
        let name = if index == 0 { field.name.as_str() } else { "" };
        line(out, &format!("  {name:<width$}{}", words(text)));
    }
}

fn table(out: &mut String, head: &[String], rows: &[Vec<String>]) {
    let all = || std::iter::once(head).chain(rows.iter().map(Vec::as_slice));
    let width = |column: usize| {
        all()
            .filter_map(|row| row.get(column))
            .map(|it| it.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    for row in all() {
        let mut drawn = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            write!(drawn, "{cell:<width$}  ").expect("writing to a string cannot fail");
        }
        line(out, &drawn);
    }
}

fn line(out: &mut String, words: &str) {
    // Control characters would let a remark redraw the terminal it is shown in.
    let shown: String = words.chars().filter(|it| !it.is_control()).collect();
    out.push_str(shown.trim_end());
    out.push('\n');
}

fn words(text: &Text) -> String {
    let span = |it: &Span| match it {
        Span::Plain(words) | Span::Strong(words) | Span::Time { words, .. } => words.clone(),
        Span::Code(words) => format!("`{words}`"),
        Span::Mention { name, .. } => format!("@{name}"),
        Span::Link { label, url } => format!("{label} <{url}>"),
    };
    text.0.iter().map(span).collect()
}

fn sign(tone: Tone) -> &'static str {
    match tone {
        Tone::Idle => "·",
        Tone::Running => "▸",
        Tone::Good => "✓",
        Tone::Waiting => "○",
        Tone::Bad => "✕",
    }
}

fn mark(state: StepState) -> &'static str {
    match state {
        StepState::Pending => "○",
        StepState::Running => "▸",
        StepState::Done => "✓",
        StepState::Failed => "✕",
        StepState::Skipped => "–",
        StepState::Unknown => "?",
    }
}

#[cfg(test)]
mod tests {
    use shipbell_adapters::chat::card::Pill;

    use super::*;

    #[test]
    fn a_terminal_is_not_redrawn_by_what_somebody_typed() {
        let hostile = "\u{1b}[2Jgone\r\n<script>alert(1)</script> <!channel> @everyone";
        let card = Card {
            title: Some(Text::plain(hostile)),
            pill: Some(Pill {
                tone: Tone::Bad,
                words: "Failed".to_owned(),
            }),
            blocks: vec![
                Block::Table {
                    head: vec!["a".to_owned(), "b".to_owned()],
                    rows: vec![vec!["long word".to_owned(), "x".to_owned()]],
                },
                Block::Code {
                    caption: "Log".to_owned(),
                    text: "one\n\u{1b}[31mtwo".to_owned(),
                },
            ],
            ..Card::default()
        };
        insta::assert_snapshot!(plain(&card), @r"
        [2Jgone<script>alert(1)</script> <!channel> @everyone  [✕ Failed]
        a          b
        long word  x
        Log:
          | one
          | [31mtwo
        ");
    }
}
