//! The hand-over of a deploy from one owner to the next, as models whose every state is visited.
//!
//! Reading order: what is common to both models; the bot as it is, one process that dies
//! and comes back; and the protocol that several replicas will need. What they
//! say for those who run a bot stands in `docs/reliability.md`.

pub mod check;
pub mod guards;

pub mod one;

pub mod many;
