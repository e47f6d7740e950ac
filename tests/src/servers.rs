//! Servers that stand in for those of others, in process and over real sockets.

mod clock;
pub mod discord;
pub mod forges;
mod line;
pub mod slack;
