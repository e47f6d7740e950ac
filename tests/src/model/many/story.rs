//! A way through the model in words.

use super::State;
use super::host::{Message, Order, Run};
use super::moves::{Action, Mishap};
use super::replica::Hand;

/// What happens in a step.
pub(super) fn tell(before: &State, action: Action) -> String {
    match action {
        Action::Intend(replica, release) => {
            let (who, fence) = (who(before, replica), before.fence + 1);
            format!(
                "{who} commits to deploy {} under fence {fence}",
                name(release)
            )
        }
        Action::Ask(replica, release) => {
            let (who, run) = (who(before, replica), said(before, release));
            format!("{who} asks for the run of {}: {run}", name(release))
        }
        Action::Act(replica) => {
            let hand = before.hands[usize::from(replica)];
            format!("{} {}", who(before, replica), acts(hand))
        }
        Action::GiveUp(replica) => {
            let fence = before.fence + 1;
            format!(
                "{} decides to give up, under fence {fence}",
                who(before, replica)
            )
        }
        Action::Arrives(message) => format!("the runner is told to {}", told(message)),
        Action::Ends(release) => format!("the run of {} ends", name(release)),
        Action::Forgets(release) => format!("the runner forgets the run of {}", name(release)),
        Action::Wrong(mishap) => went_wrong(before, mishap),
    }
}

fn acts(hand: Hand) -> String {
    match hand {
        Hand::Empty => "does nothing".to_owned(),
        Hand::Send(order) => format!("sends: {}", told(Message::Start(order))),
        Hand::Knows {
            order,
            run: Run::Absent,
        } => {
            format!("commits to start {} again, if all is as it was", of(order))
        }
        Hand::Knows { order, .. } => {
            format!("commits how {} ended, if all is as it was", of(order))
        }
        Hand::Sealing(order) => format!("has the runner sealed for {}, if it is to", of(order)),
        Hand::Waiting(order) => format!("waits no longer for an answer about {}", of(order)),
        Hand::Answered {
            order,
            absent: true,
        } => {
            format!(
                "commits that {} is given up, if all is as it was",
                of(order)
            )
        }
        Hand::Answered {
            order,
            absent: false,
        } => {
            format!("learns that {} runs, and does not give it up", of(order))
        }
    }
}

fn went_wrong(before: &State, mishap: Mishap) -> String {
    match mishap {
        Mishap::Takes(replica) => format!("replica {} takes the lead", replica + 1),
        Mishap::Dies(replica) => format!("{} dies and comes back", who(before, replica)),
        Mishap::Lost(message) => format!("lost on the way: {}", told(message)),
        Mishap::Unanswered(message) => {
            format!(
                "the runner is told to {}; its answer is lost",
                told(message)
            )
        }
        Mishap::Twice(message) => {
            format!(
                "the runner is told to {}, and will be once more",
                told(message)
            )
        }
        Mishap::Impatient(replica, release) => {
            let (who, run) = (who(before, replica), said(before, release));
            format!("{who} asks early for the run of {}: {run}", name(release))
        }
    }
}

fn said(before: &State, release: u8) -> &'static str {
    match before.host.runs[usize::from(release)] {
        Run::Absent => "unknown here",
        Run::Active => "at work",
        Run::Ended => "ended",
    }
}

fn told(message: Message) -> String {
    match message {
        Message::Start(order) => format!("start {}", of(order)),
        Message::Seal { order, from: _ } => format!("seal for {}", of(order)),
    }
}

fn of(order: Order) -> String {
    format!("{} (fence {})", name(order.release), order.fence)
}

fn who(before: &State, replica: u8) -> String {
    let leads = if before.leader == replica {
        "the leader"
    } else {
        "replaced"
    };
    format!("replica {} ({leads})", replica + 1)
}

fn name(release: u8) -> char {
    char::from(b'A' + release)
}
