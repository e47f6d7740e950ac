//! Who the bot takes somebody for, and what they may do.

use shipbell_adapters::chat::card::{Block, Card, Field, Text};
use shipbell_domain::policy::{Action, Policy};

use super::Sight;
use crate::render::words::{card, listed, strong};

pub(super) fn draw(sight: &Sight<'_>) -> Card {
    let (voice, by) = (sight.voice(), sight.scene.by);
    let roles: Vec<String> = voice
        .settings
        .roles_of(by)
        .iter()
        .map(ToString::to_string)
        .collect();
    let name = voice.name(by);
    let held = match roles.as_slice() {
        [] => "no role: you can look, and not act".to_owned(),
        roles => listed(roles, 10),
    };
    let mut card = card(format!("You are {name} ({by}), with {held}."));
    card.title = Some(strong(format!("{name} ({by})")));
    let mut fields = vec![Field {
        name: "Roles".to_owned(),
        lines: vec![Text::plain(held)],
    }];
    for pinned in sight.scene.vocabulary.apps.iter().take(20) {
        let name = voice.title(&pinned.policy.app);
        fields.push(Field {
            name,
            lines: vec![Text::plain(rights(&pinned.policy, sight))],
        });
    }
    card.blocks.push(Block::Fields(fields));
    let why = "Roles come from [roles] in shipbell.toml; an action that [allow] does not name is open to everybody with a role.";
    card.blocks.push(Block::Context(Text::plain(why)));
    card
}

fn rights(policy: &Policy, sight: &Sight<'_>) -> String {
    let may = |it: &&Action| {
        sight
            .scene
            .vocabulary
            .may(sight.scene.by, **it, &policy.app)
    };
    let (yes, no): (Vec<&Action>, Vec<&Action>) = Action::ALL.iter().partition(may);
    let words = |all: Vec<&Action>| {
        let all: Vec<&str> = all.into_iter().map(|it| it.word()).collect();
        if all.is_empty() {
            "nothing".to_owned()
        } else {
            all.join(", ")
        }
    };
    format!("may {}; may not {}", words(yes), words(no))
}
