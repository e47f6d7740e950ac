//! One life of the bot: what it does next, commit by commit.

use super::guard::Guard;
use super::host::{Child, Name};
use super::log::{End, Piece, Progress, Stop};
use super::{One, State};

/// One life of the bot.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bot {
    /// Which.
    pub life: u8,
    /// Whether it holds the lock file; it keeps it for as long as it lives.
    pub has_lock: bool,
    /// What it is at.
    pub doing: Doing,
}

/// What a bot is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Doing {
    /// It has started and not yet looked for what was at work.
    Starting,
    /// Nothing, or it waits for the lock file.
    Idle,
    /// It has read what comes next.
    Read(Task),
    /// It may act.
    Ready(Task),
    /// It waits for the end of what it began, or found.
    Following(Task),
    /// It cannot tell how a command ended, and gives it up.
    GivingUp(Task),
    /// It knows how the work ended.
    Seen(Task, Outcome),
    /// It stopped all effects.
    Halted,
}

/// A piece of work, as a driver read of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Task {
    /// Of which attempt.
    pub attempt: u8,
    /// Under which fence.
    pub fence: u8,
    /// By which key its command is found.
    pub key: u8,
    /// Which piece.
    pub piece: Piece,
    /// Whether it had begun before.
    pub resumed: bool,
}

/// How a piece of work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Well.
    Well,
    /// Badly.
    Badly,
    /// Nobody can tell.
    Unknown,
}

impl Bot {
    /// A bot that has just started.
    pub fn started(life: u8) -> Self {
        Self {
            life,
            has_lock: false,
            doing: Doing::Idle,
        }
    }
}

impl State {
    /// The bot people talk to, if it serves.
    pub(super) fn serving(&self) -> Option<usize> {
        let last = self.bots.len().checked_sub(1)?;
        match self.bots[last].doing {
            Doing::Starting | Doing::Halted => None,
            Doing::Idle
            | Doing::Read(_)
            | Doing::Ready(_)
            | Doing::Following(_)
            | Doing::GivingUp(_)
            | Doing::Seen(..) => Some(last),
        }
    }

    /// Whether anybody holds the environment's lock file.
    pub(super) fn is_held(&self) -> bool {
        self.bots.iter().any(|it| it.has_lock) || self.host.children.iter().any(|it| it.holds)
    }
}

impl One {
    /// The store takes what this bot writes, or the bot stops all effects.
    fn writes(self, state: &mut State, at: usize) -> bool {
        let current = state.bots[at].life == state.log.epoch;
        if !current && self.guards.on(Guard::Epoch) {
            state.bots[at].doing = Doing::Halted;
            return false;
        }
        true
    }

    /// Whether a report counts: its attempt is active, and its fence in force.
    fn counts(self, state: &State, task: Task) -> bool {
        let attempt = state.log.attempt(task.attempt);
        attempt.is_some_and(|it| {
            let owned = it.fence == task.fence || !self.guards.on(Guard::FenceCompared);
            it.end.is_none() && owned
        })
    }

    /// A new life takes over: the attempt at work gets a new fence.
    pub(super) fn recover(self, state: &mut State, at: usize) {
        state.bots[at].doing = Doing::Idle;
        let active = state.log.active().next().map(|it| it.0);
        let Some(number) = active else { return };
        if self.writes(state, at) {
            state.log.fence += 1;
            let fence = state.log.fence;
            if let Some(attempt) = state.log.attempt_mut(number) {
                attempt.fence = fence;
            }
        }
    }

    /// The driver reads what comes next.
    pub(super) fn look(state: &mut State, at: usize) {
        let next = state.log.active().find_map(|(number, attempt)| {
            let (piece, progress) = attempt.next()?;
            Some(Task {
                attempt: number,
                fence: attempt.fence,
                key: attempt.key,
                piece,
                resumed: progress == Progress::Begun,
            })
        });
        if let Some(task) = next {
            state.bots[at].doing = Doing::Read(task);
        }
    }

    /// It is recorded that a piece begins, unless that is refused or somebody stopped it.
    pub(super) fn begin(self, state: &mut State, at: usize, task: Task) {
        if task.resumed {
            state.bots[at].doing = Doing::Ready(task);
            return;
        }
        if !self.writes(state, at) {
            return;
        }
        state.bots[at].doing = Doing::Idle;
        if !self.counts(state, task) {
            return;
        }
        let recorded = self.guards.on(Guard::Recorded);
        let Some(attempt) = state.log.attempt_mut(task.attempt) else {
            return;
        };
        if attempt.stop.is_some() {
            return state.log.end(task.attempt, End::Stopped);
        }
        if recorded {
            if attempt.stands(task.piece) != Progress::Pending {
                return;
            }
            attempt.set(task.piece, Progress::Begun);
        }
        state.bots[at].doing = Doing::Ready(task);
    }

    /// The work is begun, or what an earlier try began is found.
    pub(super) fn act(self, state: &mut State, at: usize, task: Task) {
        let bot = &state.bots[at];
        let child = Child {
            life: bot.life,
            attempt: task.attempt,
            key: task.key,
            piece: task.piece,
            holds: bot.has_lock && self.guards.on(Guard::LockInherited),
            hangs: false,
        };
        let found = match task.piece {
            Piece::Once if self.guards.on(Guard::HostKey) => state.host.run(task.key).name,
            Piece::Once | Piece::Converge => Name::Free,
        };
        let unsure = task.piece == Piece::Once && task.resumed && self.guards.on(Guard::OnceRule);
        let doing = match found {
            Name::Free if unsure => Doing::GivingUp(task),
            Name::Free => {
                state.host.add_child(child);
                Doing::Following(task)
            }
            Name::Running | Name::Well | Name::Badly | Name::Sealed => Doing::Following(task),
        };
        state.bots[at].doing = doing;
    }

    /// The end of a command is seen, or that its container is gone.
    pub(super) fn see(state: &mut State, at: usize, task: Task) {
        state.bots[at].doing = match state.host.run(task.key).name {
            Name::Well => Doing::Seen(task, Outcome::Well),
            Name::Badly => Doing::Seen(task, Outcome::Badly),
            // An earlier life gave it up and died before it could say so.
            Name::Sealed => Doing::Seen(task, Outcome::Unknown),
            Name::Free => Doing::GivingUp(task),
            Name::Running => Doing::Following(task),
        };
    }

    /// It takes too long.
    pub(super) fn time_is_up(self, state: &mut State, at: usize, task: Task) {
        let life = state.bots[at].life;
        let child = state.host.child_of(life, task);
        if let Some(child) = child.filter(|_| self.guards.on(Guard::ChildEnded)) {
            state.host.end_child(child);
        }
        state.bots[at].doing = match task.piece {
            Piece::Once => Doing::GivingUp(task),
            Piece::Converge => Doing::Seen(task, Outcome::Badly),
        };
    }

    /// What was given up is ended on the host and can begin no more.
    pub(super) fn seal(self, state: &mut State, at: usize, task: Task) {
        let mut doing = Doing::Seen(task, Outcome::Unknown);
        // A name that is another on every try cannot be found, nor occupied.
        if self.guards.on(Guard::Seal) && self.guards.on(Guard::HostKey) {
            let run = state.host.run_mut(task.key);
            match run.name {
                Name::Free | Name::Running | Name::Sealed => run.name = Name::Sealed,
                // It has ended by itself meanwhile: now it can be told.
                Name::Well | Name::Badly => doing = Doing::Following(task),
            }
        }
        state.bots[at].doing = doing;
    }

    /// It is recorded how a piece ended, and what follows.
    pub(super) fn report(self, state: &mut State, at: usize, (task, outcome): (Task, Outcome)) {
        if !self.writes(state, at) {
            return;
        }
        state.bots[at].doing = Doing::Idle;
        if !self.counts(state, task) {
            return;
        }
        let recorded = self.guards.on(Guard::Recorded);
        let Some(attempt) = state.log.attempt_mut(task.attempt) else {
            return;
        };
        if recorded && attempt.stands(task.piece) != Progress::Begun {
            return;
        }
        if outcome == Outcome::Unknown && attempt.stop.is_none() {
            attempt.waits = Some(task.piece);
            return;
        }
        attempt.set(task.piece, Progress::Ended);
        let (stop, last) = (attempt.stop, attempt.next().is_none());
        let end = match (outcome, stop) {
            (Outcome::Well, None | Some(Stop::Plain)) if last => End::Verified,
            (Outcome::Well, Some(_)) => End::Stopped,
            (Outcome::Well, None) => return,
            (Outcome::Badly, _) => End::Failed,
            (Outcome::Unknown, _) => End::Interrupted,
        };
        state.log.end(task.attempt, end);
    }
}
