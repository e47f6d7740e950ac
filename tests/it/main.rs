//! Every integration test.

mod browser;
mod model;
mod simulation;
mod tidy;
