//! The whole bot in a simulated world, and against the real one.
//!
//! Read [`sim`] first: the world in which nothing is real but the bot. [`crash`] is
//! for the other one, in which everything is; [`model`] says how a deploy is handed
//! over, and every state of it is visited; [`servers`] are those of others, stood in for.

pub mod crash;
pub mod model;
pub mod servers;
pub mod sim;
