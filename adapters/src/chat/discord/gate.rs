//! How fast Discord is called: within the limits its answers tell of, never more than
//! it takes altogether, and not at all for as long as it asked.
//! <https://discord.com/developers/docs/topics/rate-limits>

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::route::{Kind, Route};

/// The longest a call waits for its turn; beyond that the caller is told to come back.
const PATIENCE: Duration = Duration::from_secs(4);

/// The longest Discord is left alone for, whatever it asks.
const LONGEST: Duration = Duration::from_mins(10);

/// How many calls there may be in a second. Discord takes fifty.
const A_SECOND: usize = 45;

/// How long the first call of its kind is waited for before another is made: its
/// answer says how many there may be.
const FIRST: Duration = Duration::from_secs(1);

/// How many counts are remembered: there are few channels, and many threads over time.
const REMEMBERED: usize = 2000;

/// Refusals Discord counts, and for how long. At ten thousand it shuts an address out.
const REFUSALS: usize = 5000;
const COUNTED_FOR: Duration = Duration::from_mins(10);

/// What Discord said about how much more may be asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Told {
    /// What the count is called; several kinds of call may share it.
    pub(super) bucket: Option<String>,
    /// How many more calls there may be.
    pub(super) left: Option<u32>,
    /// After how long there may be as many as ever.
    pub(super) resets: Option<Duration>,
}

/// When a call may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Now,
    /// Ask again after so long, or when something was told.
    Wait(Duration),
}

#[derive(Default)]
pub(super) struct Gate {
    state: Mutex<State>,
    told: Notify,
}

#[derive(Default)]
struct State {
    /// Everything is shut until then.
    shut: Option<Instant>,
    /// The calls of the last second.
    lately: VecDeque<Instant>,
    refused: VecDeque<Instant>,
    names: BTreeMap<Kind, String>,
    counts: BTreeMap<(String, String), Count>,
}

struct Count {
    /// Whether an answer told of it.
    known: bool,
    left: u32,
    resets: Instant,
    /// Asked to be left alone until then.
    shut: Option<Instant>,
}

impl Gate {
    /// Waits for a call's turn; if that takes long, says how long instead.
    pub(super) async fn pass(&self, route: &Route) -> Result<(), Duration> {
        let until = Instant::now() + PATIENCE;
        loop {
            let told = self.told.notified();
            let now = Instant::now();
            let Turn::Wait(wait) = self.lock().turn(route, now) else {
                return Ok(());
            };
            if now + wait > until {
                return Err(wait);
            }
            tokio::select! {
                () = told => {}
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Notes what an answer told.
    pub(super) fn learn(&self, route: &Route, told: &Told) {
        self.lock().learn(route, told, Instant::now());
        self.told.notify_waiters();
    }

    /// Leaves one kind of call alone, or all of them.
    pub(super) fn shut(&self, route: &Route, everything: bool, after: Duration) {
        let until = Instant::now() + after.min(LONGEST);
        let mut state = self.lock();
        if everything {
            state.shut = state.shut.max(Some(until));
        } else {
            let key = state.key(route);
            let count = state.counts.entry(key).or_insert(Count {
                known: false,
                left: 0,
                resets: until,
                shut: None,
            });
            count.shut = count.shut.max(Some(until));
        }
        drop(state);
        self.told.notify_waiters();
    }

    /// Notes an answer of the kind Discord shuts addresses out for.
    pub(super) fn refused(&self) {
        let now = Instant::now();
        let mut state = self.lock();
        while state
            .refused
            .front()
            .is_some_and(|it| now - *it > COUNTED_FOR)
        {
            state.refused.pop_front();
        }
        state.refused.push_back(now);
        if state.refused.len() >= REFUSALS {
            tracing::error!("Discord refuses very much; it is left alone for ten minutes");
            state.shut = Some(now + LONGEST);
            state.refused.clear();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether a call may be made; if so it is counted.
    fn turn(&mut self, route: &Route, now: Instant) -> Turn {
        // Answers to people do not count against the whole.
        if !route.kind.is_counted() {
            return wait(self.shut, now).unwrap_or(Turn::Now);
        }
        if let Some(wait) = wait(self.shut, now) {
            return wait;
        }
        while self
            .lately
            .front()
            .is_some_and(|it| now - *it >= Duration::from_secs(1))
        {
            self.lately.pop_front();
        }
        if self.lately.len() >= A_SECOND
            && let Some(first) = self.lately.front()
        {
            return Turn::Wait(*first + Duration::from_secs(1) - now);
        }
        let key = self.key(route);
        if let Some(count) = self.counts.get_mut(&key) {
            if let Some(wait) = wait(count.shut, now) {
                return wait;
            }
            if count.resets > now {
                if count.left == 0 {
                    return Turn::Wait(count.resets - now);
                }
                count.left -= 1;
            } else {
                // As many as ever; the next answer says how many.
                (count.known, count.left, count.resets) = (false, 0, now + FIRST);
            }
        } else {
            if self.counts.len() >= REMEMBERED {
                self.counts.retain(|_, it| it.resets > now);
            }
            let count = Count {
                known: false,
                left: 0,
                resets: now + FIRST,
                shut: None,
            };
            self.counts.insert(key, count);
        }
        self.lately.push_back(now);
        Turn::Now
    }

    fn learn(&mut self, route: &Route, told: &Told, now: Instant) {
        if !route.kind.is_counted() {
            return;
        }
        let before = self.key(route);
        if let Some(bucket) = &told.bucket {
            self.names.insert(route.kind, bucket.clone());
        }
        let (key, old) = (self.key(route), self.counts.remove(&before));
        let shut = old.as_ref().and_then(|it| it.shut);
        let known = self.counts.remove(&key).or(old.filter(|_| key == before));
        let (left, resets) = match (told.left, told.resets) {
            (Some(left), Some(resets)) => (left, now + resets.min(LONGEST)),
            // No limit was told of: nobody waits for anybody.
            _ => (u32::MAX, now + LONGEST),
        };
        let left = match known {
            // Others are on their way that this answer did not count.
            Some(count) if count.known && count.resets > now => left.min(count.left),
            Some(_) | None => left,
        };
        let count = Count {
            known: true,
            left,
            resets,
            shut,
        };
        self.counts.insert(key, count);
    }

    fn key(&self, route: &Route) -> (String, String) {
        let name = self.names.get(&route.kind);
        let name = name.map_or_else(|| format!("{:?}", route.kind), Clone::clone);
        (name, route.major.clone())
    }
}

fn wait(shut: Option<Instant>, now: Instant) -> Option<Turn> {
    let until = shut.filter(|until| *until > now)?;
    Some(Turn::Wait(until - now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::ChannelId;

    fn post(channel: &str) -> Route {
        Route::post(&ChannelId(channel.to_owned()))
    }

    fn told(left: u32) -> Told {
        Told {
            bucket: Some("b1".to_owned()),
            left: Some(left),
            resets: Some(Duration::from_secs(5)),
        }
    }

    #[test]
    fn the_first_call_is_waited_for_and_then_as_many_go_as_were_told() {
        let (mut state, now) = (State::default(), Instant::now());
        let (one, other) = (post("1"), post("2"));
        assert_eq!(state.turn(&one, now), Turn::Now);
        assert!(matches!(state.turn(&one, now), Turn::Wait(_)));
        assert_eq!(state.turn(&other, now), Turn::Now, "another channel");
        state.learn(&one, &told(2), now);
        assert_eq!(state.turn(&one, now), Turn::Now);
        assert_eq!(state.turn(&one, now), Turn::Now);
        assert_eq!(state.turn(&one, now), Turn::Wait(Duration::from_secs(5)));
        let later = now + Duration::from_secs(5);
        assert_eq!(state.turn(&one, later), Turn::Now);
    }

    #[test]
    fn answers_that_come_late_give_nothing_back() {
        let (mut state, now) = (State::default(), Instant::now());
        let one = post("1");
        assert_eq!(state.turn(&one, now), Turn::Now);
        state.learn(&one, &told(2), now);
        assert_eq!(state.turn(&one, now), Turn::Now);
        assert_eq!(state.turn(&one, now), Turn::Now);
        state.learn(&one, &told(1), now);
        let more = state.counts.values().map(|it| it.left).sum::<u32>();
        assert!(more <= 1, "{more}");
    }

    #[test]
    fn so_many_go_in_a_second_altogether_and_answers_to_people_go_always() {
        let (mut state, now) = (State::default(), Instant::now());
        for channel in 0..A_SECOND {
            assert_eq!(state.turn(&post(&channel.to_string()), now), Turn::Now);
        }
        assert!(matches!(state.turn(&post("more"), now), Turn::Wait(_)));
        assert_eq!(state.turn(&Route::callback("1", "t"), now), Turn::Now);
    }

    #[tokio::test]
    async fn what_is_shut_for_long_is_told_at_once() {
        let gate = Gate::default();
        gate.shut(&post("1"), false, Duration::from_mins(1));
        assert!(gate.pass(&post("1")).await.is_err());
        assert_eq!(gate.pass(&post("2")).await, Ok(()));
        gate.shut(&post("1"), true, Duration::from_mins(1));
        assert!(gate.pass(&post("3")).await.is_err());
    }
}
