//! The browser channel in a real browser: what people see, press and type there.
//!
//! The channel is the real one, on a real socket; the bot behind it says what the
//! test has it say, so that what is looked at is the pages alone.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper that fails must fail its test"
)]

mod stage;
mod window;

mod dialogs;
mod hostile;
mod pages;
mod scriptless;
mod threads;
