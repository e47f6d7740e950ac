//! The world outside the bot, each part in its own generic words.
//!
//! Every module is one vocabulary and one port: a handful of plain types and a
//! trait over them. Nothing here has heard of what the bot coordinates. Read
//! [`chat`] first; [`containers`] and [`probes`] follow the same shape.

#![warn(missing_docs)]

pub mod chat;
pub mod containers;
pub mod forge;
pub mod hosts;
#[cfg(feature = "http")]
mod http;
pub mod probes;
pub mod redact;
pub mod secret;
#[cfg(any(
    feature = "discord",
    feature = "docker",
    feature = "http",
    feature = "slack"
))]
pub mod tls;
