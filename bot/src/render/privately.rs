//! Words to one person about who they are and what counts.

use shipbell_adapters::chat::UserId;
use shipbell_adapters::chat::card::{Block, ButtonStyle, Card, Span, Text};
use shipbell_domain::ask::{Ask, Phase};
use shipbell_domain::release::Release;
use shipbell_domain::settings::Settings;

use super::words::{TYPED, bound, button, card, listed, said, sentence};
use crate::chatops::buttons::Press;

/// Somebody whose account belongs to nobody the bot knows.
pub fn stranger(by: &UserId) -> Card {
    let account = bound(&by.0, 60);
    let mut card = card(format!(
        "I do not know your account {account}, so you cannot act here."
    ));
    card.blocks.push(Block::Text(Text(vec![
        Span::Strong("I do not know your account, so you cannot act here.".to_owned()),
        said(" Ask whoever keeps shipbell.toml to add it under [people]: "),
        Span::Code(account),
    ])));
    card
}

/// A link that signs somebody in.
pub fn sign_in(link: &str) -> Card {
    // A notification is shown on locked screens, so the link is not in the summary.
    let mut card = card("A link that signs you in: it works once, within 60 seconds.");
    card.blocks.push(Block::Text(Text(vec![
        Span::Link {
            label: "Sign in to the dashboard".to_owned(),
            url: link.to_owned(),
        },
        said(". The link works once, within 60 seconds, and is for you alone."),
    ])));
    card
}

/// An emoji on a message that is no ballot.
pub fn not_a_ballot(release: &Release, open: &[&Ask], settings: &Settings) -> Card {
    let places: Vec<String> = open
        .iter()
        .map(|it| match it.id.phase {
            Phase::Signoff => format!("the sign-off for {}", it.id.env),
            Phase::Accept => format!("the acceptance of {}", it.id.env),
        })
        .collect();
    let (title, version) = (
        bound(&settings.title_of(&release.app), 60),
        &release.version,
    );
    let places = listed(&places, 3);
    let mut card = sentence(format!(
        "An emoji here does not count. What counts stands on the ask: {places} of {title} {version}."
    ));
    let press = Press::Asks(release.id);
    card.buttons
        .push(button("Open the ask", &press, ButtonStyle::Primary));
    card
}

/// An emoji on an ask that counts no longer.
pub fn ask_over(ask: &Ask, why: &str) -> Card {
    let (env, release, why) = (&ask.id.env, ask.id.release, bound(why, TYPED));
    let what = match ask.id.phase {
        Phase::Signoff => "sign-off for",
        Phase::Accept => "acceptance of",
    };
    let mut card = sentence(format!(
        "This ask is over: the {what} {env} of {release} counts no longer, because {why}."
    ));
    let press = Press::Asks(release);
    card.buttons
        .push(button("See what is asked now", &press, ButtonStyle::Plain));
    card
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chatops::vocabulary::sample::{Day, RELEASE};
    use crate::render::plain::plain;
    use crate::render::sample::sound;

    #[test]
    fn words_to_one_person() {
        let world = Day::waiting().world;
        let release = &world.releases[&RELEASE];
        let open: Vec<&Ask> = release.asks.values().collect();
        let cards = [
            stranger(&UserId("U02X".to_owned())),
            sign_in("https://ship.example.com/in/4f7c"),
            not_a_ballot(release, &open, &world.settings),
            ask_over(open[0], "the images changed"),
        ];
        cards.iter().for_each(sound);
        assert!(
            !cards[1].summary.contains("4f7c"),
            "the link is only in the message"
        );
        let all: Vec<String> = cards.iter().map(plain).collect();
        insta::assert_snapshot!(all.join("\n\n"), @"");
    }
}
