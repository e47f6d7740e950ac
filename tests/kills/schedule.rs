//! When the program dies: every named point, moments seen from outside, and any time at all.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use shipbell_tests::crash::Point;
use shipbell_tests::sim::chance::Chance;

/// How many kills it takes to reach every point and still have some left to chance.
pub(crate) const ALL: u32 = 48;

/// How often a life may end without its point.
const TRIES: u32 = 8;

/// How one life ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kill {
    /// By its own hand, at a point reached for the n-th time.
    At {
        point: Point,
        times: u64,
        tries: u32,
    },
    /// From outside, once the engine tells of this.
    Seen(Moment),
    /// From outside, so long after it began to start.
    Starting(Duration),
    /// From outside, so long after it began to serve.
    Serving(Duration),
}

/// What happens to a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// One for a command was made.
    OnceMade,
    /// It was started.
    OnceStarted,
    /// It has ended.
    OnceEnded,
    /// One of a service was made.
    ServiceMade,
}

impl Moment {
    const ALL: [Self; 4] = [
        Self::OnceMade,
        Self::OnceStarted,
        Self::OnceEnded,
        Self::ServiceMade,
    ];
}

/// All kills of a run.
pub(crate) struct Schedule {
    kills: VecDeque<Kill>,
    /// The life before was to leave a message behind that nobody has noted.
    posted: bool,
}

impl Schedule {
    pub(crate) fn new(count: u32, chance: &mut Chance) -> Self {
        let named = Point::ALL.map(|point| at(point, chance));
        let mut kills: Vec<Kill> = named.into();
        kills.extend(Moment::ALL.map(Kill::Seen));
        while kills.len() < count as usize {
            let kill = match chance.between(0, 9) {
                0 | 1 => Kill::Starting(Duration::from_millis(chance.between(1, 900))),
                2..=4 if kills.len() > ALL as usize => {
                    let point = chance.pick(&Point::ALL).copied();
                    at(point.unwrap_or(Point::AfterCommit), chance)
                }
                _ => Kill::Serving(Duration::from_millis(chance.between(200, 7_000))),
            };
            kills.push(kill);
        }
        shuffle(&mut kills, chance);
        kills.truncate(count as usize);
        Self {
            kills: kills.into(),
            posted: false,
        }
    }

    pub(crate) fn next(&mut self) -> Option<Kill> {
        let next = self.kills.pop_front()?;
        let looks_up = matches!(
            next,
            Kill::At {
                point: Point::LookedUp,
                ..
            }
        );
        self.posted = looks_up && !self.posted;
        if !self.posted {
            return Some(next);
        }
        // There is nothing to look up but where a message has landed and nobody knows.
        self.kills.push_front(next);
        Some(Kill::At {
            point: Point::AfterPost,
            times: 1,
            tries: 0,
        })
    }

    /// A life ended without reaching its point: another one tries, in place of one left to chance.
    pub(crate) fn again(&mut self, kill: Kill) {
        let Kill::At { point, tries, .. } = kill else {
            return;
        };
        assert!(tries < TRIES, "{point:?} was not reached in {TRIES} lives");
        let spare = |it: &Kill| matches!(it, Kill::Serving(_));
        if let Some(index) = self.kills.iter().rposition(spare) {
            self.kills.remove(index);
        }
        let place = self.kills.len().min(3);
        let tries = tries + 1;
        self.kills.insert(
            place,
            Kill::At {
                point,
                times: 1,
                tries,
            },
        );
    }
}

fn at(point: Point, chance: &mut Chance) -> Kill {
    let most = match point {
        Point::BeforeCommit
        | Point::AfterCommit
        | Point::Claimed
        | Point::BeforeSettle
        | Point::AfterSettle => 15,
        Point::BeforePost | Point::AfterPost | Point::BeforeEdit | Point::AfterEdit => 4,
        Point::WorkBegun | Point::WorkDone | Point::DuringUp | Point::DuringOnce => 2,
        Point::TimerDue
        | Point::TimerFired
        | Point::StandingRead
        | Point::StartRecorded
        | Point::FenceTaken
        | Point::BeforeMark
        | Point::AfterMark
        | Point::LookedUp
        | Point::BeforeResolve
        | Point::AfterResolve
        | Point::BeforePull
        | Point::AfterPull
        | Point::BeforeUp
        | Point::AfterUp
        | Point::AfterStable
        | Point::BeforeOnce
        | Point::AfterOnce
        | Point::BeforeExec
        | Point::AfterExec
        | Point::AfterProbe
        | Point::BeforeLock
        | Point::AfterLock => 1,
    };
    let times = chance.between(1, most);
    Kill::At {
        point,
        times,
        tries: 0,
    }
}

fn shuffle(kills: &mut [Kill], chance: &mut Chance) {
    for last in (1..kills.len()).rev() {
        let other = chance.between(0, last as u64);
        kills.swap(last, usize::try_from(other).unwrap_or(last));
    }
}

impl fmt::Display for Kill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At { point, times, .. } => write!(f, "{point:?}:{times}"),
            Self::Seen(moment) => write!(f, "as the engine tells: {moment:?}"),
            Self::Starting(after) => write!(f, "{after:?} into the start"),
            Self::Serving(after) => write!(f, "after serving {after:?}"),
        }
    }
}
