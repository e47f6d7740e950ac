//! Points at which the real program ends itself by SIGKILL, each a wrapper round one port.
//!
//! `SHIPBELL_CRASH_AT=AfterPost:3` ends it the third time a message has landed and
//! nobody has noted yet where. Nothing is tidied up: it is what a power cut leaves.

mod chat;
mod containers;
mod hands;
mod store;

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::process::{Signal, getpid, kill_process};
use shipbell::engine::ports::{Destination, Ports};

/// What the program says last, before the point.
pub const LAST_WORDS: &str = "ends itself at ";

/// A point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// Something is about to be recorded.
    BeforeCommit,
    /// It is recorded, and nobody was answered.
    AfterCommit,
    /// A wake-up was found to be due.
    TimerDue,
    /// What follows from a wake-up is recorded.
    TimerFired,
    /// What stands on the asks was read for a start, and is not recorded.
    StandingRead,
    /// It is recorded, and with it that the attempt began; nobody works on it yet.
    StartRecorded,
    /// An attempt that a dead bot left was taken over.
    FenceTaken,
    /// A piece of work is recorded as begun.
    WorkBegun,
    /// A piece of work is done, and that is not recorded.
    WorkDone,
    /// Something owed was claimed.
    Claimed,
    /// Something owed was done, and that is not noted.
    BeforeSettle,
    /// It is noted.
    AfterSettle,
    /// A message is about to be posted.
    BeforePost,
    /// A message has landed.
    AfterPost,
    /// A message is about to be edited.
    BeforeEdit,
    /// A message was edited.
    AfterEdit,
    /// An ask is about to get the bot's own mark.
    BeforeMark,
    /// An ask has it.
    AfterMark,
    /// A message nobody knows of was looked up.
    LookedUp,
    /// An image is about to be pinned.
    BeforeResolve,
    /// An image was pinned.
    AfterResolve,
    /// An image is about to be pulled.
    BeforePull,
    /// An image was pulled.
    AfterPull,
    /// A project is about to be converged.
    BeforeUp,
    /// Compose says something while it converges one, and lives on.
    DuringUp,
    /// Compose is done with it.
    AfterUp,
    /// A project was found well.
    AfterStable,
    /// A command is about to get its container.
    BeforeOnce,
    /// Compose or the command itself says something.
    DuringOnce,
    /// The command has ended.
    AfterOnce,
    /// A command is about to run in a container of a service.
    BeforeExec,
    /// That command has ended.
    AfterExec,
    /// A program was asked whether it is well.
    AfterProbe,
    /// The lock of an environment is about to be taken.
    BeforeLock,
    /// It is taken.
    AfterLock,
}

impl Point {
    /// All of them.
    pub const ALL: [Self; 35] = [
        Self::BeforeCommit,
        Self::AfterCommit,
        Self::TimerDue,
        Self::TimerFired,
        Self::StandingRead,
        Self::StartRecorded,
        Self::FenceTaken,
        Self::WorkBegun,
        Self::WorkDone,
        Self::Claimed,
        Self::BeforeSettle,
        Self::AfterSettle,
        Self::BeforePost,
        Self::AfterPost,
        Self::BeforeEdit,
        Self::AfterEdit,
        Self::BeforeMark,
        Self::AfterMark,
        Self::LookedUp,
        Self::BeforeResolve,
        Self::AfterResolve,
        Self::BeforePull,
        Self::AfterPull,
        Self::BeforeUp,
        Self::DuringUp,
        Self::AfterUp,
        Self::AfterStable,
        Self::BeforeOnce,
        Self::DuringOnce,
        Self::AfterOnce,
        Self::BeforeExec,
        Self::AfterExec,
        Self::AfterProbe,
        Self::BeforeLock,
        Self::AfterLock,
    ];

    /// The one of that name, as `Debug` writes it.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| format!("{it:?}") == name)
    }
}

/// Counts how often a point is reached, and ends the program at the right time.
#[derive(Debug)]
pub struct Fuse {
    point: Point,
    times: u64,
    reached: AtomicU64,
}

impl Fuse {
    /// Reads `AfterPost:3`; none if it says something else.
    pub fn read(text: &str) -> Option<Self> {
        let (point, times) = text.split_once(':')?;
        Some(Self {
            point: Point::named(point)?,
            times: times.parse().ok()?,
            reached: AtomicU64::new(0),
        })
    }

    /// Ports at which this fuse burns.
    pub fn between(self: &Arc<Self>, ports: Ports) -> Ports {
        let fuse = || Arc::clone(self);
        let chats = ports.chats.into_iter().map(|(surface, it)| {
            let chat = Arc::new(chat::Crashing {
                fuse: fuse(),
                inner: it.chat,
            });
            (surface, Destination { chat, ..it })
        });
        Ports {
            store: Arc::new(store::Crashing {
                fuse: fuse(),
                inner: ports.store,
            }),
            chats: chats.collect(),
            containers: Arc::new(containers::Crashing {
                fuse: fuse(),
                inner: ports.containers,
            }),
            probes: Arc::new(hands::Asking {
                fuse: fuse(),
                inner: ports.probes,
            }),
            locks: Arc::new(hands::Locking {
                fuse: fuse(),
                inner: ports.locks,
            }),
            ..ports
        }
    }

    fn reach(&self, point: Point) {
        if point == self.point && self.reached.fetch_add(1, Ordering::Relaxed) + 1 == self.times {
            self.end();
        }
    }

    fn end(&self) {
        let words = format!("{LAST_WORDS}{:?}:{}\n", self.point, self.times);
        // Whoever reads it may be gone; the end comes all the same.
        drop(std::io::stderr().write_all(words.as_bytes()));
        kill_process(getpid(), Signal::KILL).expect("a process may end itself");
    }
}
