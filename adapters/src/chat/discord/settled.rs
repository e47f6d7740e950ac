//! How far a session was dealt with: events are dealt with beside one another, and a
//! restart must be sent everything that was not.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One session's events.
#[derive(Default)]
pub(super) struct Settled(Mutex<State>);

#[derive(Default)]
struct State {
    at_work: BTreeSet<u64>,
    highest: u64,
}

impl Settled {
    /// An event came.
    pub(super) fn begin(&self, sequence: u64) {
        let mut state = self.lock();
        state.at_work.insert(sequence);
        state.highest = state.highest.max(sequence);
    }

    /// It was dealt with; everything up to what is returned was.
    pub(super) fn end(&self, sequence: u64) -> u64 {
        let mut state = self.lock();
        state.at_work.remove(&sequence);
        let first = state.at_work.first();
        first.map_or(state.highest, |it| it.saturating_sub(1))
    }

    /// How many are at work.
    pub(super) fn at_work(&self) -> usize {
        self.lock().at_work.len()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_at_work_holds_the_mark() {
        let settled = Settled::default();
        for sequence in 1..=4 {
            settled.begin(sequence);
        }
        assert_eq!(settled.end(3), 0);
        assert_eq!(settled.end(1), 1);
        assert_eq!(settled.end(2), 3);
        assert_eq!(settled.at_work(), 1);
        assert_eq!(settled.end(4), 4);
    }
}
