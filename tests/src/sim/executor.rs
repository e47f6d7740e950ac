//! A single-threaded executor in which time passes only when nothing else is left to do.
//!
//! Whoever is ready at the same time runs in an order that the seed decides. A
//! task belongs to somebody, and all tasks of somebody can be dropped at once:
//! that is a crash.

mod sleep;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

use chrono::{DateTime, TimeDelta, Utc};

use super::chance::{Chance, scramble};
use super::locked;
pub use sleep::Sleep;

/// A task.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Whose a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The world's: it goes on whatever becomes of the bot.
    World,
    /// One life of the bot.
    Bot(u32),
}

/// Why the executor came back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// That time has come.
    Time,
    /// There is nothing left to do, ever.
    Idle,
    /// Tasks wake each other and time stands still.
    Livelock,
}

/// The executor; clones are the same one.
#[derive(Clone)]
pub struct Executor(Arc<Inner>);

/// What one run of the executor amounts to: equal for equal seeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// How often a task was polled.
    pub polls: u64,
    /// Everything that happened, in order.
    pub hash: u64,
}

/// How many polls may go by without any time going by.
const MOST_POLLS_AT_ONCE: u64 = 100_000;

struct Inner {
    state: Mutex<State>,
    woken: Arc<Mutex<Vec<u64>>>,
}

struct State {
    now: DateTime<Utc>,
    chance: Chance,
    tasks: BTreeMap<u64, Slot>,
    queue: BTreeMap<Turn, Entry>,
    next: u64,
    doomed: Vec<Owner>,
    crash_in_a_million: u32,
    trace: Trace,
    at_once: u64,
}

struct Slot {
    owner: Owner,
    /// None while it is being polled.
    task: Option<Task>,
    waker: Waker,
    queued: bool,
}

/// When, in which order among equals, and which.
type Turn = (DateTime<Utc>, u64, u64);

enum Entry {
    Poll(u64),
    Wake(Waker),
}

struct Bell {
    id: u64,
    woken: Arc<Mutex<Vec<u64>>>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        locked(&self.woken).push(self.id);
    }
}

impl Executor {
    /// An executor at that time whose every choice follows from the seed.
    pub fn new(now: DateTime<Utc>, seed: u64) -> Self {
        let state = State {
            now,
            chance: Chance::new(seed),
            tasks: BTreeMap::new(),
            queue: BTreeMap::new(),
            next: 0,
            doomed: Vec::new(),
            crash_in_a_million: 0,
            trace: Trace {
                polls: 0,
                hash: scramble(seed),
            },
            at_once: 0,
        };
        Self(Arc::new(Inner {
            state: Mutex::new(state),
            woken: Arc::default(),
        }))
    }

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        locked(&self.0.state).now
    }

    /// Draws from the one stream of chance.
    pub fn draw<T>(&self, draw: impl FnOnce(&mut Chance) -> T) -> T {
        draw(&mut locked(&self.0.state).chance)
    }

    /// Returns at that time.
    pub fn until(&self, at: DateTime<Utc>) -> Sleep {
        Sleep::new(self.clone(), at)
    }

    /// Returns after a time between these, in milliseconds.
    pub fn pause(&self, least: u64, most: u64) -> Sleep {
        let micros = self.draw(|it| it.between(least * 1000, most * 1000));
        let micros = i64::try_from(micros).unwrap_or(i64::MAX);
        self.until(self.now() + TimeDelta::microseconds(micros))
    }

    /// Starts a task.
    pub fn spawn(&self, owner: Owner, task: Task) {
        let mut state = locked(&self.0.state);
        let id = state.fresh();
        let waker = Waker::from(Arc::new(Bell {
            id,
            woken: self.0.woken.clone(),
        }));
        state.tasks.insert(
            id,
            Slot {
                owner,
                task: Some(task),
                waker,
                queued: true,
            },
        );
        let now = state.now;
        state.enqueue(now, Entry::Poll(id));
    }

    /// Drops everything somebody does, once the task at work gives way.
    pub fn kill(&self, owner: Owner) {
        locked(&self.0.state).doomed.push(owner);
    }

    /// Drops every task and every wait. They hold the executor that holds them:
    /// a world that has ended would stay in memory for ever.
    pub fn end(&self) {
        let (tasks, queue) = {
            let mut state = locked(&self.0.state);
            (
                std::mem::take(&mut state.tasks),
                std::mem::take(&mut state.queue),
            )
        };
        // Outside the lock, for dropping them cancels waits.
        drop(tasks);
        drop(queue);
    }

    /// How often in a million polls the bot crashes instead.
    pub fn crash_often(&self, in_a_million: u32) {
        locked(&self.0.state).crash_in_a_million = in_a_million;
    }

    /// Whether somebody has tasks and is not about to lose them.
    pub fn is_alive(&self, owner: Owner) -> bool {
        let state = locked(&self.0.state);
        !state.doomed.contains(&owner) && state.tasks.values().any(|it| it.owner == owner)
    }

    /// Adds something to the trace.
    pub fn note(&self, number: u64) {
        locked(&self.0.state).note(number);
    }

    /// What has happened so far.
    pub fn trace(&self) -> Trace {
        locked(&self.0.state).trace
    }

    /// Runs until that time or until nothing is left.
    pub fn run_until(&self, end: DateTime<Utc>) -> Stop {
        loop {
            self.bury();
            self.queue_woken();
            let entry = match locked(&self.0.state).advance(end) {
                Ok(entry) => entry,
                Err(stop) => return stop,
            };
            match entry {
                Entry::Wake(waker) => waker.wake(),
                Entry::Poll(id) => self.poll(id),
            }
        }
    }

    fn poll(&self, id: u64) {
        let Some((mut task, waker)) = locked(&self.0.state).take(id) else {
            return;
        };
        let polled = task.as_mut().poll(&mut Context::from_waker(&waker));
        let mut state = locked(&self.0.state);
        match polled {
            Poll::Pending => {
                if let Some(slot) = state.tasks.get_mut(&id) {
                    slot.task = Some(task);
                }
            }
            Poll::Ready(()) => {
                state.tasks.remove(&id);
                drop(state);
                drop(task);
            }
        }
    }

    /// Dropping a future may wake and cancel others, so it happens outside the lock.
    fn bury(&self) {
        let dead: Vec<Slot> = {
            let mut state = locked(&self.0.state);
            let doomed = std::mem::take(&mut state.doomed);
            if doomed.is_empty() {
                return;
            }
            let of_them = |slot: &Slot| doomed.contains(&slot.owner);
            let ids: Vec<u64> = state
                .tasks
                .iter()
                .filter(|(_, it)| of_them(it))
                .map(|(id, _)| *id)
                .collect();
            ids.iter().filter_map(|id| state.tasks.remove(id)).collect()
        };
        drop(dead);
    }

    fn queue_woken(&self) {
        let mut woken = std::mem::take(&mut *locked(&self.0.woken));
        // Some queues wake those who wait in an order of their own chance, not of ours.
        woken.sort_unstable();
        let mut state = locked(&self.0.state);
        for id in woken {
            let Some(slot) = state.tasks.get_mut(&id) else {
                continue;
            };
            if !std::mem::replace(&mut slot.queued, true) {
                let now = state.now;
                state.enqueue(now, Entry::Poll(id));
            }
        }
    }

    fn wake_at(&self, at: DateTime<Utc>, waker: Waker) -> Turn {
        locked(&self.0.state).enqueue(at, Entry::Wake(waker))
    }

    fn forget(&self, turn: Turn) {
        let forgotten = locked(&self.0.state).queue.remove(&turn);
        drop(forgotten);
    }
}

impl State {
    fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn note(&mut self, number: u64) {
        self.trace.hash = scramble(self.trace.hash ^ number);
    }

    fn enqueue(&mut self, at: DateTime<Utc>, entry: Entry) -> Turn {
        let turn = (at, self.chance.draw(), self.fresh());
        self.queue.insert(turn, entry);
        turn
    }

    fn advance(&mut self, end: DateTime<Utc>) -> Result<Entry, Stop> {
        let Some(first) = self.queue.first_entry() else {
            return Err(Stop::Idle);
        };
        let at = first.key().0;
        if at > end {
            self.now = end;
            return Err(Stop::Time);
        }
        let entry = first.remove();
        self.at_once += 1;
        if at > self.now {
            self.now = at;
            self.at_once = 0;
        }
        if self.at_once > MOST_POLLS_AT_ONCE {
            return Err(Stop::Livelock);
        }
        Ok(entry)
    }

    fn take(&mut self, id: u64) -> Option<(Task, Waker)> {
        let slot = self.tasks.get_mut(&id)?;
        slot.queued = false;
        let owner = slot.owner;
        if owner != Owner::World && self.chance.happens(self.crash_in_a_million) {
            self.doomed.push(owner);
            return None;
        }
        let slot = self.tasks.get_mut(&id)?;
        let taken = (slot.task.take()?, slot.waker.clone());
        self.trace.polls += 1;
        let micros = self.now.timestamp_micros().unsigned_abs();
        self.note(micros ^ scramble(id));
        Some(taken)
    }
}

#[cfg(test)]
mod tests;
