//! How fast each method is called: within what Slack promises to take, and not
//! at all for as long as it asked to be left alone.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::method::Method;

/// The longest a call waits for its turn; beyond that the caller is told to come back.
const PATIENCE: Duration = Duration::from_secs(4);

/// The longest Slack is left alone for, whatever it asks.
const LONGEST: Duration = Duration::from_mins(10);

/// When a call may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// After so long; the place in the line is taken.
    After(Duration),
    /// Not within reason; try again after so long.
    NotBefore(Duration),
}

/// The state of each method.
#[derive(Default)]
pub(super) struct Pace(Mutex<BTreeMap<Method, Gate>>);

struct Gate {
    /// When the next call may be made if none had been made in a burst.
    due: Instant,
    shut_until: Option<Instant>,
}

impl Pace {
    /// Takes the next place in a method's line.
    pub(super) fn turn(&self, method: Method, now: Instant) -> Turn {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gate = gates.entry(method).or_insert(Gate {
            due: now,
            shut_until: None,
        });
        if let Some(until) = gate.shut_until.filter(|until| *until > now) {
            return Turn::NotBefore(until - now);
        }
        // A quarter of a minute's calls may come at once, the others evenly.
        let every = Duration::from_mins(1) / method.a_minute();
        let burst = Duration::from_secs(15);
        let due = gate.due.max(now);
        let wait = (due - now).saturating_sub(burst);
        if wait > PATIENCE {
            return Turn::NotBefore(wait);
        }
        gate.due = due + every;
        Turn::After(wait)
    }

    /// Slack said that it takes no more of these for a while.
    pub(super) fn shut(&self, method: Method, after: Duration, now: Instant) {
        let mut gates = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let until = now + after.min(LONGEST);
        let gate = gates.entry(method).or_insert(Gate {
            due: now,
            shut_until: None,
        });
        gate.shut_until = Some(gate.shut_until.map_or(until, |was| was.max(until)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_goes_through_and_the_rest_comes_evenly() {
        let (pace, now) = (Pace::default(), Instant::now());
        let turns: Vec<Turn> = (0..16)
            .map(|_| pace.turn(Method::GetReactions, now))
            .collect();
        assert!(
            turns[..13]
                .iter()
                .all(|it| *it == Turn::After(Duration::ZERO))
        );
        assert_eq!(turns[13], Turn::After(Duration::from_millis(600)));
        assert_eq!(turns[15], Turn::After(Duration::from_secs(3)));
        assert_eq!(
            pace.turn(Method::GetReactions, now),
            Turn::NotBefore(Duration::from_millis(4200))
        );
        assert_eq!(
            pace.turn(Method::UserInfo, now),
            Turn::After(Duration::ZERO),
            "each method has a line of its own"
        );
        let later = now + Duration::from_mins(1);
        assert_eq!(
            pace.turn(Method::GetReactions, later),
            Turn::After(Duration::ZERO)
        );
    }

    #[test]
    fn a_method_is_left_alone_for_as_long_as_slack_asks() {
        let (pace, now) = (Pace::default(), Instant::now());
        pace.shut(Method::PostMessage, Duration::from_secs(30), now);
        pace.shut(Method::PostMessage, Duration::from_secs(5), now);
        assert_eq!(
            pace.turn(Method::PostMessage, now),
            Turn::NotBefore(Duration::from_secs(30))
        );
        let later = now + Duration::from_secs(30);
        assert_eq!(
            pace.turn(Method::PostMessage, later),
            Turn::After(Duration::ZERO)
        );
        pace.shut(Method::PostMessage, Duration::from_hours(9), now);
        assert_eq!(
            pace.turn(Method::PostMessage, now),
            Turn::NotBefore(LONGEST)
        );
    }
}
