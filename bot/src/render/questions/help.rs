//! How commands are written.

use shipbell_adapters::chat::card::{Block, Card, Field, Span, Text};

use super::Sight;
use crate::chatops::help::{Help, help};
use crate::render::words::{Voice, bound, card, said, strong};

pub(super) fn draw(verb: Option<&str>, sight: &Sight<'_>) -> Card {
    let voice = sight.voice();
    match help(verb, sight.scene) {
        Help::All { commands, examples } => {
            let mut card = card(format!(
                "{} commands. Try {}.",
                commands.len(),
                voice.command_words("status")
            ));
            card.title = Some(strong("What you can type"));
            let written = |(usage, about): &(String, String)| format!("{usage}\n    {about}");
            let text: Vec<String> = commands.iter().map(written).collect();
            let caption = format!("After {}", voice.dialect.command);
            card.blocks.push(Block::Code {
                caption,
                text: text.join("\n"),
            });
            card.blocks.push(Block::Text(tried(&voice, &examples)));
            let more = vec![said("More on one: "), voice.command("help <command>")];
            card.blocks.push(Block::Context(Text(more)));
            card
        }
        Help::One {
            usage,
            about,
            arguments,
            examples,
        } => {
            let first = usage.first().cloned().unwrap_or_default();
            let mut card = card(format!("{about}: {}", voice.command_words(&first)));
            card.title = Some(strong(about));
            let text: Vec<String> = usage.iter().map(|it| voice.command_words(it)).collect();
            let caption = "Written as".to_owned();
            card.blocks.push(Block::Code {
                caption,
                text: text.join("\n"),
            });
            let field = |(name, words): (String, String)| Field {
                name,
                lines: vec![Text::plain(words)],
            };
            let fields: Vec<Field> = arguments.into_iter().map(field).collect();
            if !fields.is_empty() {
                card.blocks.push(Block::Fields(fields));
            }
            card.blocks.push(Block::Text(tried(&voice, &examples)));
            card
        }
        Help::Unknown { verb, verbs } => {
            let words = format!(
                "There is no command \"{}\". The commands are: {}.",
                bound(&verb, 40),
                verbs.join(", ")
            );
            let mut card = card(&words);
            card.blocks.push(Block::Text(Text::plain(words)));
            card
        }
    }
}

fn tried(voice: &Voice<'_>, examples: &[String]) -> Text {
    let mut spans = vec![said("For example: ")];
    for (index, line) in examples.iter().enumerate() {
        if index > 0 {
            spans.push(said(", "));
        }
        spans.push(voice.command(line));
    }
    if examples.is_empty() {
        Text(vec![Span::Plain(String::new())])
    } else {
        Text(spans)
    }
}
