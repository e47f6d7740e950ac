//! Conversations: people and the world say something, and this is what comes of it.

mod team;

mod asking;
mod asking_people;
mod building;
mod counting;
mod cutting_off;
mod drifting;
mod ending;
mod failing;
mod gating;
mod going_back;
mod incidents;
mod irreversible;
mod looking_ahead;
mod losing;
mod many_hosts;
mod opening;
mod origins;
mod overriding;
mod planning;
mod policies;
mod refusing;
mod signing;
mod starting;
mod stepping;
mod stopping;
mod watching;
mod working;

mod chaos;
