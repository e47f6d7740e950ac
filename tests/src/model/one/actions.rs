//! What can happen next: by itself, because somebody wants it, or because something goes wrong.

use super::bot::{Bot, Doing, Task};
use super::guard::Guard;
use super::host::Name;
use super::log::{Aim, Attempt, Piece, Progress, Stop};
use super::{One, RELEASES, State};

/// One thing that happens. Numbers are places among bots, children and keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// A person wants something.
    Person(Wish),
    /// The bot is started.
    Starts,
    /// A bot does what comes next.
    Bot(usize),
    /// Something happens on the host.
    Host(Event),
    /// Something goes wrong.
    Wrong(Mishap),
}

/// What a person may want.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wish {
    /// Deploy a release.
    Deploy(u8),
    /// Stop what is at work.
    Stop(Stop),
    /// Of what was cut off: it worked, go on behind it.
    ItWorked,
    /// Or: once more, under a new key.
    Again,
    /// Of a deploy that did not arrive: unlock, and once more.
    Unlock(u8),
    /// Or: back to what was verified before.
    RollBack,
}

/// What happens on the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// A child ends well: the project is converged, or the container made.
    ChildDone(usize),
    /// The command of a key ends well.
    CommandDone(u8),
    /// Somebody ends a child that hangs and has no bot any more.
    OrphanEnded(usize),
    /// A request of a child that is gone is carried out.
    LateCreate(u8),
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mishap {
    /// The bot dies. Its children live on.
    Dies(usize),
    /// A second bot is started beside the first.
    Second,
    /// A bringing of the project to its images fails.
    ChildFails(usize),
    /// The command of a key fails.
    CommandFails(u8),
    /// A child will not end by itself.
    Hangs(usize),
    /// A child is killed, perhaps with its request on the way.
    Killed {
        /// Which.
        child: usize,
        /// Whether the engine has the request already.
        late: bool,
    },
    /// The bot loses patience with what does not hang, or cannot reach the engine.
    TooSlow(usize),
    /// Somebody clears away a container that has ended.
    Pruned(u8),
}

impl One {
    /// What happens once people are silent and nothing more goes wrong.
    pub(super) fn progress(self, state: &State) -> Vec<Action> {
        let mut next = Vec::new();
        if state.bots.is_empty() {
            next.push(Action::Starts);
        }
        for (at, bot) in state.bots.iter().enumerate() {
            if self.has_next(state, bot) {
                next.push(Action::Bot(at));
            }
        }
        for (at, child) in state.host.children.iter().enumerate() {
            let orphan = !state.bots.iter().any(|it| it.life == child.life);
            match (child.hangs, orphan) {
                (false, _) => next.push(Action::Host(Event::ChildDone(at))),
                (true, true) if self.guards.on(Guard::OrphanEnded) => {
                    next.push(Action::Host(Event::OrphanEnded(at)));
                }
                (true, _) => {}
            }
        }
        for (key, run) in (0..).zip(&state.host.runs) {
            if run.name == Name::Running {
                next.push(Action::Host(Event::CommandDone(key)));
            }
        }
        next
    }

    /// Whether a bot need not wait.
    fn has_next(self, state: &State, bot: &Bot) -> bool {
        match bot.doing {
            Doing::Idle => {
                let may_look = bot.has_lock || !self.guards.on(Guard::Lock);
                let work = state.log.active().any(|it| it.1.next().is_some());
                work && (may_look || !state.is_held())
            }
            Doing::Read(task) => !task.resumed || self.guards.on(Guard::Resumed),
            Doing::Following(task) => state.moves_on(bot, task),
            Doing::Starting | Doing::Ready(_) | Doing::GivingUp(_) | Doing::Seen(..) => true,
            Doing::Halted => false,
        }
    }

    /// What people may want.
    pub(super) fn wishes(self, state: &State) -> Vec<Action> {
        if state.serving().is_none() {
            return Vec::new();
        }
        let mut wishes = Vec::new();
        let active = state.log.active().last();
        let idle = active.is_none();
        let next = RELEASES.into_iter().find(|it| !state.log.knows(*it));
        if let Some(release) = next
            && !state.log.locked
            && (idle || !self.guards.on(Guard::EnvLock))
        {
            wishes.push(Wish::Deploy(release));
        }
        if state.wishes < self.bounds.wishes {
            if active.is_some_and(|it| it.1.stop.is_none()) {
                wishes.extend([Stop::Plain, Stop::AndBack].map(Wish::Stop));
            }
            if active.is_some_and(|it| it.1.waits.is_some()) {
                wishes.extend([Wish::ItWorked, Wish::Again]);
            }
            if idle && state.log.locked {
                wishes.extend(decisions(state));
            }
        }
        wishes.into_iter().map(Action::Person).collect()
    }

    /// What can go wrong, and what of it is on its way already.
    pub(super) fn mishaps(self, state: &State) -> Vec<Action> {
        let late = (0..).zip(&state.host.runs).filter(|it| it.1.late);
        let late = late.map(|it| Action::Host(Event::LateCreate(it.0)));
        if state.mishaps >= self.bounds.mishaps {
            return late.collect();
        }
        let mut wrong = Vec::new();
        for (at, bot) in state.bots.iter().enumerate() {
            wrong.push(Mishap::Dies(at));
            if let Doing::Following(task) = bot.doing
                && !state.moves_on(bot, task)
            {
                wrong.push(Mishap::TooSlow(at));
            }
        }
        if state.bots.len() == 1 && !self.guards.on(Guard::OneProcess) {
            wrong.push(Mishap::Second);
        }
        let children = state.host.children.iter().enumerate();
        for (at, child) in children.filter(|it| !it.1.hangs) {
            let killed = |late| Mishap::Killed { child: at, late };
            wrong.extend([Mishap::Hangs(at), killed(false)]);
            wrong.push(match child.piece {
                Piece::Once => killed(true),
                Piece::Converge => Mishap::ChildFails(at),
            });
        }
        for (key, run) in (0..).zip(&state.host.runs) {
            match run.name {
                Name::Running => wrong.push(Mishap::CommandFails(key)),
                Name::Well | Name::Badly if untold(state, key) => {
                    wrong.push(Mishap::Pruned(key));
                }
                Name::Free | Name::Well | Name::Badly | Name::Sealed => {}
            }
        }
        late.chain(wrong.into_iter().map(Action::Wrong)).collect()
    }
}

impl State {
    /// Whether a bot that waits for the end of a piece of work need wait no
    /// longer: what it waits for has ended, is gone, or hangs.
    pub(super) fn moves_on(&self, bot: &Bot, task: Task) -> bool {
        match self.host.child_of(bot.life, task) {
            Some(child) => self.host.children[child].hangs,
            None => task.piece == Piece::Once && self.host.run(task.key).name != Name::Running,
        }
    }
}

/// What a person can decide about a deploy that did not arrive.
fn decisions(state: &State) -> Vec<Wish> {
    let mut wishes = vec![Wish::RollBack];
    let last = { state.log.attempts.iter().rev() }.find_map(|it| match it.aim {
        Aim::Deploy(release) => Some(release),
        Aim::Back => None,
    });
    wishes.extend(last.map(Wish::Unlock));
    wishes
}

/// Whether nobody has recorded yet how a key's command ended.
fn untold(state: &State, key: u8) -> bool {
    let begun = |it: &Attempt| it.stands(Piece::Once) == Progress::Begun && it.waits.is_none();
    state.log.owner(key).is_some_and(begun)
}
