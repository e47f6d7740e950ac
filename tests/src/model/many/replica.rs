//! What a replica has in hand, and what it commits.

use super::guard::Guard;
use super::host::{Message, Order, Run};
use super::{Many, State};

/// What is recorded of a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Row {
    /// It may be deployed.
    Approved,
    /// An attempt is active.
    Deploying {
        /// Under this fence.
        fence: u8,
    },
    /// It was deployed.
    Done,
    /// It was given up.
    Aborted,
}

/// What a replica is about to do. It is lost when the replica dies, and kept
/// when it merely leads no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hand {
    /// Nothing.
    Empty,
    /// Ask the runner to start.
    Send(Order),
    /// Act on what the runner said of a run a while ago.
    Knows {
        /// Which run, and the fence in its row then.
        order: Order,
        /// What it said.
        run: Run,
    },
    /// Ask the runner to seal.
    Sealing(Order),
    /// Wait for its answer.
    Waiting(Order),
    /// Act on the answer.
    Answered {
        /// To what.
        order: Order,
        /// Whether the run was absent.
        absent: bool,
    },
}

impl Many {
    /// Whether a replica may commit: it leads, or nobody looks.
    pub(super) fn leads(&self, state: &State, replica: u8) -> bool {
        state.leader == replica || !self.guards.on(Guard::Epoch)
    }

    /// Whether an attempt may begin.
    pub(super) fn may_begin(&self, state: &State) -> bool {
        state.active() == 0 || !self.guards.on(Guard::EnvLock)
    }

    /// Whether a row is still as it was when a decision about it was made.
    fn stands(&self, state: &State, order: Order) -> bool {
        match state.rows[usize::from(order.release)] {
            Row::Deploying { fence } => {
                fence == order.fence || !self.guards.on(Guard::FenceCompared)
            }
            Row::Approved | Row::Done | Row::Aborted => false,
        }
    }

    /// An intent is committed, with a fence of its own.
    pub(super) fn intend(state: &mut State, replica: u8, release: u8) {
        state.fence += 1;
        let fence = state.fence;
        state.rows[usize::from(release)] = Row::Deploying { fence };
        state.hands[usize::from(replica)] = Hand::Send(Order { release, fence });
    }

    /// The runner is asked about a run.
    pub(super) fn ask(state: &mut State, replica: u8, release: u8) {
        let at = usize::from(release);
        if let Row::Deploying { fence } = state.rows[at] {
            state.hands[usize::from(replica)] = Hand::Knows {
                order: Order { release, fence },
                run: state.host.runs[at],
            };
        }
    }

    /// What a replica has in hand is done.
    pub(super) fn act(&self, state: &mut State, replica: u8) {
        let hand = std::mem::replace(&mut state.hands[usize::from(replica)], Hand::Empty);
        let leads = self.leads(state, replica);
        match hand {
            Hand::Send(order) => state.send(Message::Start(order)),
            Hand::Knows { order, run } if leads && self.stands(state, order) => match run {
                Run::Absent => self.start_again(state, replica, order),
                Run::Ended => state.rows[usize::from(order.release)] = Row::Done,
                Run::Active => {}
            },
            Hand::Sealing(order) if self.guards.on(Guard::Seal) => {
                state.send(Message::Seal {
                    order,
                    from: replica,
                });
                state.hands[usize::from(replica)] = Hand::Waiting(order);
            }
            Hand::Sealing(order) => {
                let absent = true;
                state.hands[usize::from(replica)] = Hand::Answered { order, absent };
            }
            Hand::Answered {
                order,
                absent: true,
            } if leads && self.stands(state, order) => {
                state.rows[usize::from(order.release)] = Row::Aborted;
            }
            // It leads no longer, the row has changed, or no answer came.
            Hand::Empty | Hand::Knows { .. } | Hand::Waiting(_) | Hand::Answered { .. } => {}
        }
    }

    /// The run is not there: the same key again, under a new fence.
    fn start_again(&self, state: &mut State, replica: u8, order: Order) {
        if self.guards.on(Guard::NewFence) {
            Self::intend(state, replica, order.release);
        } else {
            state.hands[usize::from(replica)] = Hand::Send(order);
        }
    }

    /// Instead of starting again an attempt is given up, under a new fence.
    pub(super) fn give_up(&self, state: &mut State, replica: u8, order: Order) {
        state.hands[usize::from(replica)] = Hand::Empty;
        if !self.leads(state, replica) || !self.stands(state, order) {
            return;
        }
        state.fence += 1;
        let fence = state.fence;
        if self.guards.on(Guard::FenceCompared) {
            state.rows[usize::from(order.release)] = Row::Deploying { fence };
        }
        let release = order.release;
        state.hands[usize::from(replica)] = Hand::Sealing(Order { release, fence });
    }
}

impl State {
    fn send(&mut self, message: Message) {
        self.net.push(message);
        self.net.sort_unstable();
    }
}
