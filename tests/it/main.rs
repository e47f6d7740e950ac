//! Every integration test.

mod both;
mod browser;
mod calm;
mod clock;
mod discord;
mod forges;
mod groups;
mod handover;
mod model;
mod oracles;
mod parity;
mod room;
mod simulation;
mod slack;
mod tidy;
mod tour;
