//! What can happen next: by itself, because an attempt is given up, or because something goes wrong.

use super::guard::Guard;
use super::host::{Message, Run};
use super::replica::{Hand, Row};
use super::{Many, RELEASES, REPLICAS, State};

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// A replica commits that a release is to be deployed.
    Intend(u8, u8),
    /// A replica asks the runner about a run, and is answered.
    Ask(u8, u8),
    /// A replica does what it has in hand.
    Act(u8),
    /// Instead a replica gives the attempt up.
    GiveUp(u8),
    /// A message arrives.
    Arrives(Message),
    /// A run ends.
    Ends(u8),
    /// The runner forgets a run that has ended.
    Forgets(u8),
    /// Something goes wrong.
    Wrong(Mishap),
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mishap {
    /// Another replica takes the lead; the one before does not know yet.
    Takes(u8),
    /// A replica dies and comes back with empty hands.
    Dies(u8),
    /// A message is lost.
    Lost(Message),
    /// A message arrives, and its answer is lost.
    Unanswered(Message),
    /// A message arrives, and will once more.
    Twice(Message),
    /// A replica asks about a run whose start is still on its way.
    Impatient(u8, u8),
}

impl Many {
    /// What happens once nothing more goes wrong.
    pub(super) fn progress(&self, state: &State) -> Vec<Action> {
        let mut next = Vec::new();
        for replica in REPLICAS {
            match state.hands[usize::from(replica)] {
                Hand::Empty => next.extend(self.looks(state, replica)),
                // Its message is on its way: an answer may come.
                Hand::Waiting(order) if state.seals(replica, order.fence) => {}
                Hand::Send(_)
                | Hand::Knows { .. }
                | Hand::Sealing(_)
                | Hand::Waiting(_)
                | Hand::Answered { .. } => next.push(Action::Act(replica)),
            }
        }
        next.extend(state.messages().map(Action::Arrives));
        for (release, run) in (0..).zip(state.host.runs) {
            match run {
                Run::Active => next.push(Action::Ends(release)),
                Run::Absent | Run::Ended => {}
            }
        }
        next
    }

    /// What a leader with empty hands sees to. Asking where nothing can be
    /// learned is left out.
    fn looks(&self, state: &State, replica: u8) -> Vec<Action> {
        if !self.leads(state, replica) {
            return Vec::new();
        }
        let look = |release: u8| match state.rows[usize::from(release)] {
            Row::Approved => { self.may_begin(state) }.then_some(Action::Intend(replica, release)),
            Row::Deploying { .. } => match state.host.runs[usize::from(release)] {
                Run::Active => None,
                Run::Absent if state.starts(release) || state.is_handled(release) => None,
                // It would be refused as long as another one is at work.
                Run::Absent if state.at_work() > 0 => None,
                Run::Absent | Run::Ended => Some(Action::Ask(replica, release)),
            },
            Row::Done | Row::Aborted => None,
        };
        RELEASES.into_iter().filter_map(look).collect()
    }

    /// What a leader can give up.
    pub(super) fn aborts(&self, state: &State) -> Vec<Action> {
        if state.aborts >= self.bounds.aborts {
            return Vec::new();
        }
        let absent = |replica: &u8| {
            let hand = state.hands[usize::from(*replica)];
            matches!(
                hand,
                Hand::Knows {
                    run: Run::Absent,
                    ..
                }
            )
        };
        let able = REPLICAS.into_iter().filter(absent);
        able.map(Action::GiveUp).collect()
    }

    /// What can go wrong.
    pub(super) fn mishaps(&self, state: &State) -> Vec<Action> {
        let mut all = Vec::new();
        if !self.guards.on(Guard::ResultKept) {
            let ended = (0..).zip(state.host.runs).filter(|it| it.1 == Run::Ended);
            all.extend(ended.map(|it| Action::Forgets(it.0)));
        }
        if state.mishaps >= self.bounds.mishaps {
            return all;
        }
        let mut wrong = vec![Mishap::Takes(1 - state.leader)];
        for replica in REPLICAS {
            if state.hands[usize::from(replica)] != Hand::Empty {
                wrong.push(Mishap::Dies(replica));
            } else if self.leads(state, replica) {
                let early = |it: &u8| {
                    let deploying = matches!(state.rows[usize::from(*it)], Row::Deploying { .. });
                    let absent = state.host.runs[usize::from(*it)] == Run::Absent;
                    deploying && absent && (state.starts(*it) || state.is_handled(*it))
                };
                let early = RELEASES.into_iter().filter(early);
                wrong.extend(early.map(|it| Mishap::Impatient(replica, it)));
            }
        }
        for message in state.messages() {
            wrong.extend([Mishap::Lost(message), Mishap::Twice(message)]);
            if let Message::Seal { .. } = message {
                wrong.push(Mishap::Unanswered(message));
            }
        }
        all.extend(wrong.into_iter().map(Action::Wrong));
        all
    }

    /// Does it.
    pub(super) fn apply(&self, state: &mut State, action: Action) {
        match action {
            Action::Intend(replica, release) => Self::intend(state, replica, release),
            Action::Ask(replica, release) => Self::ask(state, replica, release),
            Action::Act(replica) => self.act(state, replica),
            Action::GiveUp(replica) => {
                state.aborts += 1;
                if let Hand::Knows { order, .. } = state.hands[usize::from(replica)] {
                    self.give_up(state, replica, order);
                }
            }
            Action::Arrives(message) => {
                state.take(message);
                self.arrive(state, message);
            }
            Action::Ends(release) => state.host.runs[usize::from(release)] = Run::Ended,
            Action::Forgets(release) => state.host.runs[usize::from(release)] = Run::Absent,
            Action::Wrong(mishap) => {
                state.mishaps += 1;
                self.go_wrong(state, mishap);
            }
        }
    }

    fn go_wrong(&self, state: &mut State, mishap: Mishap) {
        match mishap {
            Mishap::Takes(replica) => state.leader = replica,
            Mishap::Dies(replica) => state.hands[usize::from(replica)] = Hand::Empty,
            Mishap::Lost(message) => state.take(message),
            Mishap::Unanswered(message) => {
                state.take(message);
                // Whoever waits learns nothing of it.
                let _unheard = self.seal(state, message.order());
            }
            Mishap::Twice(message) => self.arrive(state, message),
            Mishap::Impatient(replica, release) => Self::ask(state, replica, release),
        }
    }

    fn arrive(&self, state: &mut State, message: Message) {
        match message {
            Message::Start(order) => self.run(state, order),
            Message::Seal { order, from } => {
                let answer = self.seal(state, order);
                let hand = &mut state.hands[usize::from(from)];
                if *hand == Hand::Waiting(order) {
                    *hand = match answer {
                        Some(absent) => Hand::Answered { order, absent },
                        None => Hand::Empty,
                    };
                }
            }
        }
    }
}

impl State {
    /// Whether a start is on its way.
    fn starts(&self, release: u8) -> bool {
        let start = |it: &Message| matches!(it, Message::Start(order) if order.release == release);
        self.net.iter().any(start)
    }

    /// Whether a replica has something in hand for a release.
    fn is_handled(&self, release: u8) -> bool {
        self.hands.iter().any(|it| match it {
            Hand::Empty => false,
            Hand::Send(order)
            | Hand::Knows { order, .. }
            | Hand::Sealing(order)
            | Hand::Waiting(order)
            | Hand::Answered { order, .. } => order.release == release,
        })
    }

    /// Whether a seal of a replica is on its way.
    fn seals(&self, replica: u8, fence: u8) -> bool {
        let mine = |it: &Message| matches!(it, Message::Seal { order, from } if *from == replica && order.fence == fence);
        self.net.iter().any(mine)
    }

    /// The messages on their way, each once.
    fn messages(&self) -> impl Iterator<Item = Message> {
        let mut all = self.net.clone();
        all.dedup();
        all.into_iter()
    }

    fn take(&mut self, message: Message) {
        if let Some(at) = self.net.iter().position(|it| *it == message) {
            self.net.remove(at);
        }
    }
}
