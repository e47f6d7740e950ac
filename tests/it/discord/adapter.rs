//! The adapter alone, against the server.

mod faults;
mod gateway;
mod hears;
mod house;
mod speaks;
