//! What a release is and how it moves. No IO, no clock, no async.
//!
//! [`turn`] is the whole interface: what the decision must see ([`World`], as
//! [`needs`] names it), a [`Command`] and the time go in; events, owed effects,
//! timers and a volatile reply come out, or a [`Refusal`].
//!
//! Reading order: names and time; what a team configured; what happened and
//! what stands; what somebody wants and what comes of it.

#![warn(missing_docs, clippy::wildcard_enum_match_arm)]

pub mod calendar;
pub mod ids;

pub mod checks;
pub mod policy;
pub mod settings;
pub mod steps;

pub mod event;
pub mod fleet;

pub mod agenda;
pub mod application;
pub mod ask;
pub mod attempt;
pub mod drift;
pub mod environment;
pub mod history;
pub mod incident;
pub mod manifest;
pub mod origin;
pub mod preview;
pub mod release;
pub mod snapshot;
pub mod watch;

pub mod gates;
pub mod quorum;

pub mod command;
pub mod effect;
pub mod notice;
pub mod refusal;
pub mod reply;
pub mod timer;
pub mod world;

pub mod turn;

pub use command::Command;
pub use effect::Effect;
pub use event::Event;
pub use refusal::Refusal;
pub use reply::Reply;
pub use turn::{Turn, turn};
pub use world::{Fold, Needs, StreamId, World, needs};
