//! What the channel itself says to one person, in the bot's place.

use super::emoji::Emoji;
use crate::chat::{Block, Card, Span, Text};

/// The bot took it and let it go.
pub(super) fn not_recorded(typed: Option<&str>) -> Card {
    note("Nothing was recorded: try again.", "", typed)
}

/// The bot has too much to do.
pub(super) fn busy(typed: Option<&str>) -> Card {
    note(
        "Shipbell is busy and nothing was recorded.",
        "Try again in a moment.",
        typed,
    )
}

/// The bot took it and has not answered.
pub(super) fn no_answer(typed: Option<&str>) -> Card {
    note(
        "No answer yet; it may still be done.",
        "Look at the channel before you try again.",
        typed,
    )
}

/// The reaction is there, but the bot could not be told.
pub(super) fn reaction_unheard(emoji: Emoji) -> Card {
    let sign = emoji.sign();
    note(
        &format!("Your {sign} is on the message, but Shipbell has not read it yet."),
        "It reads what stands there when it next looks. You need not do anything.",
        None,
    )
}

/// The card was redrawn while the page still showed the old one.
pub(super) fn button_gone() -> Card {
    note(
        "This button is no longer there.",
        "The message has changed since your page was loaded. Look at it again.",
        None,
    )
}

/// The form was replaced or closed.
pub(super) fn form_gone() -> Card {
    note(
        "This form is no longer open.",
        "It was put away or another one took its place. Start again from the message or the command.",
        None,
    )
}

/// A word after a slash that is no command here.
pub(super) fn no_such_command(typed: &str) -> Card {
    note(
        "There is no such command, and nothing was posted.",
        "Commands begin with /release; /release help lists them.",
        Some(typed),
    )
}

/// A message beyond the limit.
pub(super) fn too_long(most: usize) -> Card {
    note(
        &format!("The message is longer than {most} characters and was not posted."),
        "Shorten it, or post it in parts.",
        None,
    )
}

fn note(what: &str, then: &str, typed: Option<&str>) -> Card {
    let mut blocks = vec![Block::Text(Text::plain(what))];
    if !then.is_empty() {
        blocks.push(Block::Context(Text::plain(then)));
    }
    if let Some(typed) = typed {
        blocks.push(Block::Context(Text(vec![
            Span::Plain("You typed ".to_owned()),
            Span::Code(typed.to_owned()),
        ])));
    }
    Card {
        summary: what.to_owned(),
        blocks,
        ..Card::default()
    }
}
