//! Discord: the adapter against a server of our own, and the bot in conversation over it.

#![expect(clippy::unwrap_used, reason = "a helper that fails must fail its test")]

mod adapter;
mod killed;
mod options;
mod oracle;
mod troubles;
