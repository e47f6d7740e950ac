//! What each thing that happens changes.

use super::actions::{Action, Event, Mishap, Wish};
use super::bot::{Bot, Doing, Outcome};
use super::guard::Guard;
use super::host::Name;
use super::log::{Aim, End, Piece, Progress, Stop};
use super::{One, State};

impl One {
    /// Does it.
    pub(super) fn apply(self, state: &mut State, action: Action) {
        match action {
            Action::Person(wish) => self.wish(state, wish),
            Action::Starts => start(state),
            Action::Bot(at) => self.step(state, at),
            Action::Host(event) => self.happen(state, event),
            Action::Wrong(mishap) => {
                state.mishaps += 1;
                self.go_wrong(state, mishap);
            }
        }
    }

    /// A person's wish is recorded.
    fn wish(self, state: &mut State, wish: Wish) {
        state.wishes += u8::from(!matches!(wish, Wish::Deploy(_)));
        match wish {
            Wish::Deploy(release) | Wish::Unlock(release) => {
                self.begin_attempt(state, Aim::Deploy(release));
            }
            Wish::RollBack => self.begin_attempt(state, Aim::Back),
            Wish::Stop(stop) => self.stop(state, stop),
            Wish::ItWorked => decide(state, Progress::Ended),
            Wish::Again => decide(state, Progress::Pending),
        }
    }

    fn begin_attempt(self, state: &mut State, aim: Aim) {
        let busy = state.log.active().next().is_some();
        if busy && self.guards.on(Guard::Assertion) {
            // The decision was wrong: the store refuses it, and all effects stop.
            if let Some(bot) = state.bots.last_mut() {
                bot.doing = Doing::Halted;
            }
            return;
        }
        state.log.locked = false;
        state.log.begin(aim);
    }

    fn stop(self, state: &mut State, stop: Stop) {
        let Some(number) = state.log.active().last().map(|it| it.0) else {
            return;
        };
        let mut waits = false;
        if let Some(attempt) = state.log.attempt_mut(number) {
            attempt.stop = Some(stop);
            waits = attempt.waits.is_some();
        }
        // Of what waits for a person nothing is at work.
        if waits || !self.guards.on(Guard::StopWaits) {
            state.log.end(number, End::Stopped);
        }
    }

    /// A bot does what comes next.
    fn step(self, state: &mut State, at: usize) {
        match state.bots[at].doing {
            Doing::Starting => self.recover(state, at),
            Doing::Idle if state.bots[at].has_lock || !self.guards.on(Guard::Lock) => {
                Self::look(state, at);
            }
            Doing::Idle => state.bots[at].has_lock = true,
            Doing::Read(task) => self.begin(state, at, task),
            Doing::Ready(task) => self.act(state, at, task),
            Doing::Following(task) => {
                let life = state.bots[at].life;
                match state.host.child_of(life, task) {
                    Some(_) => self.time_is_up(state, at, task),
                    None => Self::see(state, at, task),
                }
            }
            Doing::GivingUp(task) => self.seal(state, at, task),
            Doing::Seen(task, outcome) => self.report(state, at, (task, outcome)),
            Doing::Halted => {}
        }
    }

    fn happen(self, state: &mut State, event: Event) {
        match event {
            Event::ChildDone(at) => self.child_ends(state, at, Outcome::Well),
            Event::CommandDone(key) => state.host.run_mut(key).name = Name::Well,
            Event::OrphanEnded(at) => state.host.end_child(at),
            Event::LateCreate(key) => {
                state.host.run_mut(key).late = false;
                state.host.make(key, self.guards.on(Guard::HostKey));
            }
        }
    }

    fn go_wrong(self, state: &mut State, mishap: Mishap) {
        match mishap {
            Mishap::Dies(at) => {
                state.bots.remove(at);
            }
            Mishap::Second => start(state),
            Mishap::ChildFails(at) => self.child_ends(state, at, Outcome::Badly),
            Mishap::CommandFails(key) => state.host.run_mut(key).name = Name::Badly,
            Mishap::Hangs(at) => state.host.children[at].hangs = true,
            Mishap::Killed { child, late } => {
                let key = state.host.children[child].key;
                state.host.run_mut(key).late |= late;
                self.child_ends(state, child, Outcome::Unknown);
            }
            Mishap::TooSlow(at) => {
                if let Doing::Following(task) = state.bots[at].doing {
                    self.time_is_up(state, at, task);
                }
            }
            Mishap::Pruned(key) => state.host.run_mut(key).name = Name::Free,
        }
    }

    /// A child ends; the bot that began it learns of it, if it lives.
    fn child_ends(self, state: &mut State, at: usize, outcome: Outcome) {
        let child = state.host.children[at];
        state.host.end_child(at);
        if child.piece == Piece::Once && outcome == Outcome::Well {
            state.host.make(child.key, self.guards.on(Guard::HostKey));
        }
        let bot = state.bots.iter_mut().find(|it| it.life == child.life);
        let Some(bot) = bot else { return };
        let Doing::Following(task) = bot.doing else {
            return;
        };
        if (task.key, task.piece) != (child.key, child.piece) {
            return;
        }
        bot.doing = match (child.piece, outcome) {
            // From here on the container tells.
            (Piece::Once, Outcome::Well | Outcome::Badly) => bot.doing,
            (Piece::Once, Outcome::Unknown) => Doing::GivingUp(task),
            (Piece::Converge, outcome) => Doing::Seen(task, outcome),
        };
    }
}

/// A person says of what was cut off that it worked, or that it is to run again.
fn decide(state: &mut State, now: Progress) {
    let waiting = { state.log.active() }.find_map(|(number, it)| Some((number, it.waits?)));
    let Some((number, piece)) = waiting else {
        return;
    };
    let key = (now == Progress::Pending).then(|| state.log.new_key());
    let Some(attempt) = state.log.attempt_mut(number) else {
        return;
    };
    attempt.waits = None;
    attempt.set(piece, now);
    attempt.key = key.unwrap_or(attempt.key);
    if attempt.next().is_none() {
        state.log.end(number, End::Verified);
    }
}

/// The bot is started: it opens the store, which begins an epoch.
fn start(state: &mut State) {
    state.lives += 1;
    state.log.epoch = state.lives;
    state.bots.push(Bot {
        doing: Doing::Starting,
        ..Bot::started(state.lives)
    });
}
