//! What to type instead of words nobody can act on.

use shipbell_adapters::chat::card::{Block, ButtonStyle, Card, Span, Text};

use super::Dialect;
use super::words::{bound, button, card, said};
use crate::chatops::buttons::Press;
use crate::chatops::resolve::Suggestion;

/// Draws a suggestion: a button runs what only looks, everything else is there to be typed.
pub fn suggestion(suggestion: &Suggestion, dialect: &Dialect) -> Card {
    const MOST: usize = 5;
    let message = bound(&suggestion.message, 900);
    let mut card = card(&message);
    card.blocks.push(Block::Text(Text::plain(message)));
    for line in suggestion.corrected.iter().take(MOST) {
        let typed = bound(&format!("{} {line}", dialect.command), 300);
        if let Some(press) = Press::say(line).filter(|_| card.buttons.len() < 3) {
            card.buttons.push(button(typed, &press, ButtonStyle::Plain));
        } else {
            let spans = vec![said("Type: "), Span::Code(typed)];
            card.blocks.push(Block::Text(Text(spans)));
        }
    }
    card
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::plain;
    use crate::render::sample::dialect;

    #[test]
    fn only_what_looks_runs_at_a_press() {
        let all = Suggestion {
            message: "There is no command \"stauts\". Did you mean status?".to_owned(),
            corrected: vec!["status".to_owned(), "deploy staging".to_owned()],
        };
        insta::assert_snapshot!(plain(&suggestion(&all, &dialect())), @r#"
        There is no command "stauts". Did you mean status?
        Type: `/release deploy staging`
        [/release status]
        "#);
    }
}
