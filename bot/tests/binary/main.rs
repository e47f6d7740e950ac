//! The program itself, from the outside: started, steered by people, killed, started again.
//!
//! Each test is a conversation. People act through the browser channel and on
//! the terminal; what they achieved is asked of the containers, never of the bot.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper that fails must fail its test"
)]

mod engines;
#[path = "../../../adapters/tests/docker/guarded.rs"]
mod guarded;
mod house;
mod outside;
mod pages;
mod people;
#[path = "../../../adapters/tests/hosts/server.rs"]
mod server;
mod tampering;
mod world;

mod audit;
mod builds;
mod configuration;
mod consent;
mod crashes;
mod faults;
mod hosts;
mod integrity;
mod irreversible;
mod offline;
mod plain;
mod releases;
mod snapshots;
mod steps;
mod terminal;
