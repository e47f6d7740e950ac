//! The program itself, from the outside: started, steered by people, killed, started again.
//!
//! Each test is a conversation. People act through the browser channel and on
//! the terminal; what they achieved is asked of the containers, never of the bot.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper that fails must fail its test"
)]

mod house;
mod outside;
mod pages;
mod people;
mod tampering;
mod world;

mod audit;
mod configuration;
mod consent;
mod crashes;
mod hosts;
mod integrity;
mod irreversible;
mod offline;
mod plain;
mod releases;
mod snapshots;
mod steps;
mod terminal;
