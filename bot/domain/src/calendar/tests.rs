//! Longer tests: tables, properties, and the days on which clocks change.

mod changes;
mod judging;
mod schedules;
mod typed;
mod vectors;
