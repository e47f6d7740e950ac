//! The port `Hosts` on this machine, and over a real `ssh` to this machine.
//!
//! Without an ssh server to start the tests over `ssh` say so and pass, unless
//! `SHIPBELL_REQUIRE` names `ssh`.

#![cfg(feature = "docker")]
#![expect(clippy::unwrap_used, reason = "a helper that fails must fail its test")]

mod files;
mod programs;
mod rig;
mod server;
