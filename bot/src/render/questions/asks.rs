//! Who is asked to consent to a release, with the buttons to answer.

use shipbell_adapters::chat::card::Card;
use shipbell_domain::ask::Ask;
use shipbell_domain::effect::CardId;
use shipbell_domain::ids::ReleaseId;

use super::{Sight, not_there};
use crate::render::cards::card as card_of;
use crate::render::words::sentence;

pub(super) fn draw(id: ReleaseId, sight: &Sight<'_>) -> Card {
    let Some(release) = sight.scene.vocabulary.release(id) else {
        return not_there(&format!("release {id}"));
    };
    let open: Vec<&Ask> = release.asks.values().filter(|it| it.is_open()).collect();
    let theirs = open.iter().find(|it| {
        let settings = &sight.scene.vocabulary.settings;
        !it.roles_asked(sight.scene.by, &release.requester, settings)
            .is_empty()
    });
    let Some(ask) = theirs.or(open.first()) else {
        return sentence(format!("Nobody is asked about {} now.", release.version));
    };
    let shown = CardId::Ask {
        ask: ask.id.clone(),
    };
    let card = sight.on(&release.app, |_, view| card_of(&shown, view));
    let mut card = card.unwrap_or_else(|| not_there("such ask"));
    if theirs.is_none() {
        card.buttons.clear();
    }
    card
}
