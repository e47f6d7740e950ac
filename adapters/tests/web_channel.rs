//! The browser channel over real sockets: who gets in, who sees what, what lasts.

#![cfg(all(feature = "web", feature = "http"))]

#[path = "web_channel/doors.rs"]
mod doors;
#[path = "web_channel/house.rs"]
mod house;
#[path = "web_channel/people.rs"]
mod people;
#[path = "web_channel/port.rs"]
mod port;
#[path = "web_channel/threads.rs"]
mod threads;
