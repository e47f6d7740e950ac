//! The port `Containers` against a real Docker engine and the installed Compose.
//!
//! Without an engine every test says so and passes, unless `SHIPBELL_REQUIRE`
//! names `docker`. What Compose does is tried with both lines of it; a missing one is
//! said, unless `SHIPBELL_REQUIRE` names it (`compose1`, `compose2`).

#![cfg(feature = "docker")]
#![expect(clippy::unwrap_used, reason = "a helper that fails must fail its test")]

mod builds;
mod composes;
mod cut_off;
mod failures;
mod flavours;
mod guarded;
mod images;
mod oneoffs;
mod plain;
mod plans;
mod projects;
mod real_registry;
mod registry;
mod remote;
mod rig;
#[path = "../hosts/server.rs"]
mod server;
mod sights;
mod snapshots;
mod tls;
