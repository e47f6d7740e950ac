//! Slack: the stand-in itself, and the bot in conversation over it.

#![expect(clippy::unwrap_used, reason = "a helper that fails must fail its test")]

mod adapter;
mod away;
mod killed;
mod oracle;
mod over_http;
mod people;
mod stand_in;
mod storms;
