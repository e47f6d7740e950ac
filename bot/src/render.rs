//! What people read: facts and states as cards, and nothing else makes words.
//!
//! Pure: the same fact always reads the same. A card is drawn from what stands
//! whenever it is sent; a notice is drawn from what it carries alone.

mod app;
mod automatic;
mod cards;
mod gates;
mod notices;
mod plain;
mod preview;
mod privates;
mod questions;
mod refusals;
mod replies;
#[cfg(test)]
mod sample;
mod suggestions;
mod words;

use chrono::{DateTime, TimeDelta, Utc};
use shipbell_adapters::chat::card::Span;
use shipbell_domain::World;
use shipbell_domain::ids::Person;

pub use app::{APP, App};
pub use cards::card;
pub use notices::{difference, notice};
pub use plain::plain;
pub use privates::{
    ask_over, halted, held, not_a_ballot, not_a_member, not_shared, sign_in, stranger,
    unknown_account, which_release,
};
pub use questions::{Sight, question};
pub use refusals::refusal;
pub use replies::reply;
pub use suggestions::suggestion;

/// What a card is drawn from.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// What stands.
    pub world: &'a World,
    /// When it is drawn.
    pub now: DateTime<Utc>,
    /// For which platform.
    pub dialect: &'a Dialect,
    /// What the work that goes on said last.
    pub said: Option<&'a Said>,
}

/// The last word of a piece of work that goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// Which piece of an attempt's work.
    pub index: u32,
    /// What it said, cleaned and redacted.
    pub text: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// Work that said nothing for so long is told to be silent.
pub const SILENCE: TimeDelta = TimeDelta::seconds(30);

/// What differs between platforms in words alone.
pub struct Dialect {
    /// Calls a person there.
    pub mention: Box<dyn Fn(&Person) -> Span + Send + Sync>,
    /// What stands before a command: `/release`, or `shipbell release`.
    pub command: String,
}

impl std::fmt::Debug for Dialect {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dialect")
            .field("command", &self.command)
            .finish_non_exhaustive()
    }
}
