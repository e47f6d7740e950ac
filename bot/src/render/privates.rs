//! Short words for one person, where there is nothing to draw.

use shipbell_adapters::chat::card::{Block, Card, Span, Text};
use shipbell_adapters::chat::{Standing, UserId};
use shipbell_domain::ask::Ask;
use shipbell_domain::release::Release;
use shipbell_domain::settings::Settings;

use super::Dialect;

/// Somebody whose account nobody named.
pub fn stranger(by: &UserId) -> Card {
    let what = format!("I do not know who {by} is. Nothing was changed.");
    let next = "Whoever keeps the configuration can add you under [people] and give you a role.";
    two_lines(what, next.to_owned())
}

/// Consent from an account that cannot give it.
pub fn not_a_member(standing: Standing) -> Card {
    let whose = match standing {
        Standing::Member => "a member's",
        Standing::Guest => "a guest's",
        Standing::Bot => "a program's",
        Standing::Gone => "switched off",
    };
    let what = format!("This account is {whose}: it cannot consent. Nothing was changed.");
    let next = "Any full member who is asked can; the ask in the release's thread names them.";
    two_lines(what, next.to_owned())
}

/// Consent while the platform does not say whose an account is.
pub fn unknown_account() -> Card {
    let what = "Your account could not be looked up just now. Nothing was changed.";
    let next = "Try again in a minute. Consent counts only from full members, so it is checked.";
    two_lines(what.to_owned(), next.to_owned())
}

/// A wish while what is stored cannot be trusted.
pub fn halted(why: &str) -> Card {
    let what = format!("I have stopped: nothing is recorded and nothing is done. Why: {why}.");
    let next = "Whoever runs me must look at it: on my machine, `shipbell recover` says what \
                to do. Questions are answered still.";
    two_lines(what, next.to_owned())
}

/// A wish while a part of the log is gone.
pub fn held() -> Card {
    let what = "I wait: a part of my records is gone, so nothing is recorded and nothing is done.";
    let next = "Whoever runs me must look at it: on my machine, `shipbell recover` says what is \
                missing and how to go on. Questions are answered still.";
    two_lines(what.to_owned(), next.to_owned())
}

/// An answer for everybody that could not be shown to them.
pub fn not_shared(mut card: Card) -> Card {
    let note = "Only you see this: it could not be posted just now. Ask again to share it.";
    let note = Text(vec![Span::Plain(note.to_owned())]);
    card.blocks.push(Block::Context(note));
    card
}

/// A link that signs somebody in once.
pub fn sign_in(link: &str) -> Card {
    let summary = "A link that signs you in, once, within a minute.".to_owned();
    let link = Span::Link {
        label: "Sign in".to_owned(),
        url: link.to_owned(),
    };
    let blocks = vec![Block::Text(Text(vec![
        link,
        Span::Plain(": good once, for one minute, for you alone.".to_owned()),
    ]))];
    Card {
        summary,
        blocks,
        ..Card::default()
    }
}

/// An emoji on a release's card: the card is no ballot.
pub fn not_a_ballot(release: &Release, open: &[&Ask], settings: &Settings) -> Card {
    let title = format!("{} {}", settings.title_of(&release.app), release.version);
    let asks: Vec<String> = open
        .iter()
        .map(|ask| {
            format!(
                "\u{201c}{} for {}\u{201d}",
                capital(ask.id.phase.word()),
                ask.id.env
            )
        })
        .collect();
    let what = format!("A reaction on the card of {title} does not count.");
    two_lines(
        what,
        format!("React on the ask in its thread: {}.", asks.join(", ")),
    )
}

/// A message to keep, and nobody can tell with which release.
pub fn which_release<'a>(open: impl Iterator<Item = &'a Release>, dialect: &Dialect) -> Card {
    let open: Vec<String> = open
        .take(5)
        .map(|it| format!("{} ({})", it.id, it.version))
        .collect();
    if open.is_empty() {
        let what = "No release is open, so there is nothing to keep this with.".to_owned();
        return two_lines(what, "Your pin stays where it is.".to_owned());
    }
    let what = format!("Several releases are open: {}.", open.join(", "));
    let next = format!("Say which: {} note <release> <text>", dialect.command);
    two_lines(what, next)
}

/// An emoji on an ask that counts no longer.
pub fn ask_over(ask: &Ask, why: &str) -> Card {
    let what = format!("This ask for {} counts no longer: {why}.", ask.id.env);
    two_lines(
        what,
        "If consent is needed again, there is a newer ask in the thread.".to_owned(),
    )
}

fn two_lines(what: String, next: String) -> Card {
    let summary = format!("{what} {next}");
    let blocks = vec![
        Block::Text(Text::plain(what)),
        Block::Context(Text::plain(next)),
    ];
    Card {
        summary,
        blocks,
        ..Card::default()
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::plain::plain;
    use crate::render::sample::sound;

    #[test]
    fn whoever_cannot_consent_reads_why_and_who_can() {
        let standings = [Standing::Guest, Standing::Bot, Standing::Gone];
        let mut cards: Vec<Card> = standings.map(not_a_member).into();
        cards.push(unknown_account());
        cards.push(stranger(&UserId("U-mia".to_owned())));
        cards.extend([halted("event 7: what it says was changed"), held()]);
        cards.iter().for_each(sound);
        let told: Vec<String> = cards.iter().map(plain).collect();
        insta::assert_snapshot!(told.join("\n\n"), @r"
        This account is a guest's: it cannot consent. Nothing was changed.
        Any full member who is asked can; the ask in the release's thread names them.

        This account is a program's: it cannot consent. Nothing was changed.
        Any full member who is asked can; the ask in the release's thread names them.

        This account is switched off: it cannot consent. Nothing was changed.
        Any full member who is asked can; the ask in the release's thread names them.

        Your account could not be looked up just now. Nothing was changed.
        Try again in a minute. Consent counts only from full members, so it is checked.

        I do not know who U-mia is. Nothing was changed.
        Whoever keeps the configuration can add you under [people] and give you a role.

        I have stopped: nothing is recorded and nothing is done. Why: event 7: what it says was changed.
        Whoever runs me must look at it: on my machine, `shipbell recover` says what to do. Questions are answered still.

        I wait: a part of my records is gone, so nothing is recorded and nothing is done.
        Whoever runs me must look at it: on my machine, `shipbell recover` says what is missing and how to go on. Questions are answered still.
        ");
    }
}
