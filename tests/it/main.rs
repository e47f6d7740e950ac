//! Every integration test.

mod browser;
mod handover;
mod model;
mod simulation;
mod tidy;
