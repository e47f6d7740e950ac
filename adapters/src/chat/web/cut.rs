//! Bounds what a message may hold: too much is cut, and the cut is named.

use crate::chat::{Block, Card, Field, Span, Text};

/// The longest run of words or output that is kept whole, in characters.
const LONG: usize = 12_000;

/// How many blocks, lines or rows of one kind are kept.
const MANY: usize = 200;

/// The card with everything too long in it cut.
pub(super) fn card(mut card: Card) -> Card {
    shorten(&mut card.summary);
    if let Some(title) = &mut card.title {
        text(title);
    }
    card.blocks.truncate(MANY);
    card.blocks.iter_mut().for_each(block);
    card.buttons.truncate(MANY);
    card.menu.truncate(MANY);
    card
}

/// A file's text, its middle cut if there is far too much of it.
pub(super) fn file(mut text: String) -> String {
    shorten_to(&mut text, FILE);
    text
}

const FILE: usize = 1_000_000;

fn block(block: &mut Block) {
    match block {
        Block::Text(words) | Block::Context(words) => text(words),
        Block::Fields(fields) => {
            fields.truncate(MANY);
            for Field { name, lines } in fields {
                shorten(name);
                lines.truncate(MANY);
                lines.iter_mut().for_each(text);
            }
        }
        Block::Steps(steps) => {
            steps.truncate(MANY);
            for step in steps {
                shorten(&mut step.title);
                shorten(&mut step.detail);
            }
        }
        Block::Code { caption, text } => {
            shorten(caption);
            shorten(text);
        }
        Block::Evidence { title, lines } => {
            shorten(title);
            fewer(lines);
            lines.iter_mut().for_each(shorten);
        }
        Block::Table { head, rows } => {
            head.iter_mut().for_each(shorten);
            rows.truncate(MANY);
            rows.iter_mut().flatten().for_each(shorten);
        }
    }
}

fn text(text: &mut Text) {
    text.0.truncate(MANY);
    for span in &mut text.0 {
        match span {
            Span::Plain(words)
            | Span::Strong(words)
            | Span::Code(words)
            | Span::Time { words, .. } => shorten(words),
            Span::Mention { name, .. } => shorten(name),
            Span::Link { label, .. } => shorten(label),
        }
    }
}

/// Keeps the first and the last lines: the end of a log says how it went.
fn fewer(lines: &mut Vec<String>) {
    if lines.len() <= MANY {
        return;
    }
    let cut = lines.len() - MANY;
    lines.splice(MANY / 2..MANY / 2 + cut, [format!("… {cut} lines cut …")]);
}

fn shorten(words: &mut String) {
    shorten_to(words, LONG);
}

fn shorten_to(words: &mut String, most: usize) {
    if words.len() <= most {
        return;
    }
    let head = words.floor_char_boundary(most / 2);
    let tail = words.ceil_char_boundary(words.len() - most / 2);
    let cut = words[head..tail].chars().count();
    words.replace_range(head..tail, &format!("\n… {cut} characters cut …\n"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_output_keeps_both_ends_and_names_the_cut() {
        let long = format!("first{}last", "é".repeat(20_000));
        let card = card(Card {
            blocks: vec![Block::Code {
                caption: "log".to_owned(),
                text: long,
            }],
            ..Card::default()
        });
        let [Block::Code { text, .. }] = card.blocks.as_slice() else {
            panic!("the block is gone")
        };
        assert!(text.starts_with("first"));
        assert!(text.ends_with("last"));
        assert!(text.contains("characters cut"));
        assert!(text.len() < LONG + 100);
    }

    #[test]
    fn short_words_stay_as_they_are() {
        let before = Card {
            summary: "Deployed".to_owned(),
            ..Card::default()
        };
        assert_eq!(card(before.clone()), before);
    }
}
