//! Every integration test.

mod browser;
mod calm;
mod clock;
mod handover;
mod model;
mod simulation;
mod tidy;
