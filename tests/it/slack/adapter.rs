//! The adapter in the workspace, with a scripted bot behind it.

mod faults;
mod hears;
mod house;
mod long;
mod sockets;
mod speaks;
