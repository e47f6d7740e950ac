//! Release coordination over chat.
//!
//! What a release is stands in `shipbell-domain`. Here, in reading order: what
//! drives it, how people steer it, how it is shown, what a team configures, and
//! the program around it.

pub mod engine;

pub mod chatops;
pub mod render;

pub mod config;

pub mod audit;

pub mod demo;
pub mod wiring;

pub mod cli;
pub mod desk;
pub mod door;
pub mod failure;
pub mod inspection;
pub mod seen;
pub mod system;
pub mod telemetry;
