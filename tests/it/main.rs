//! Every integration test.

mod browser;
mod simulation;
mod tidy;
