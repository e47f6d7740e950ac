//! How tests look at cards: one platform, one time.

use shipbell_adapters::chat::UserId;
use shipbell_adapters::chat::card::{Card, Span};
use shipbell_domain::World;
use shipbell_domain::ids::Person;

use super::{Dialect, View};
use crate::chatops::buttons::{MAX_BYTES, Press};
use crate::chatops::vocabulary::sample::at;

/// A platform that calls people by their own name.
pub(super) fn dialect() -> Dialect {
    let mention = |person: &Person| Span::Mention {
        user: UserId(format!("U-{person}")),
        name: person.to_string(),
    };
    Dialect {
        mention: Box::new(mention),
        command: "/release".to_owned(),
    }
}

/// Looks at a world at a time of the sample Friday.
pub(super) fn look<T>(world: &World, time: &str, draw: impl FnOnce(&View<'_>) -> T) -> T {
    draw(&View {
        world,
        now: at(time),
        dialect: &dialect(),
        said: None,
    })
}

/// What holds for every card.
pub(super) fn sound(card: &Card) {
    assert!(!card.summary.is_empty(), "{card:?}");
    assert!(card.buttons.len() <= 3, "{card:?}");
    for button in card.buttons.iter().chain(&card.menu) {
        assert!(button.action.len() <= MAX_BYTES, "{button:?}");
        assert!(Press::decode(&button.action).is_some(), "{button:?}");
    }
    let words = format!("{card:?}").to_lowercase();
    for word in words.split(|it: char| !it.is_alphabetic()) {
        assert!(!["above", "below", "left"].contains(&word), "{card:?}");
    }
}
