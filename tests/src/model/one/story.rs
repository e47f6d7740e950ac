//! A way through the model in words.

use super::actions::{Action, Event, Mishap, Wish};
use super::bot::{Bot, Doing, Outcome, Task};
use super::guard::Guard;
use super::log::{Aim, Piece, Stop};
use super::{One, State};

/// What happens in a step.
pub(super) fn tell(model: One, before: &State, action: &Action) -> String {
    match *action {
        Action::Person(wish) => format!("somebody {}", wanted(wish)),
        Action::Starts => format!("the bot is started: life {}", before.lives + 1),
        Action::Bot(at) => {
            let bot = &before.bots[at];
            format!("life {} {}", bot.life, next(model, before, bot))
        }
        Action::Host(event) => happened(before, event),
        Action::Wrong(mishap) => went_wrong(before, mishap),
    }
}

fn wanted(wish: Wish) -> String {
    match wish {
        Wish::Deploy(release) => format!("deploys release {}", name(release)),
        Wish::Stop(Stop::Plain) => "stops it".to_owned(),
        Wish::Stop(Stop::AndBack) => "stops it and wants to go back".to_owned(),
        Wish::ItWorked => "says that what was cut off worked".to_owned(),
        Wish::Again => "wants what was cut off run again".to_owned(),
        Wish::Unlock(release) => format!("unlocks and deploys {} again", name(release)),
        Wish::RollBack => "rolls back".to_owned(),
    }
}

fn next(model: One, before: &State, bot: &Bot) -> String {
    let locks = model.guards.on(Guard::Lock);
    match bot.doing {
        Doing::Starting => "takes over what was at work, under a new fence".to_owned(),
        Doing::Idle if locks && !bot.has_lock => "takes the lock file".to_owned(),
        Doing::Idle => "reads what comes next".to_owned(),
        Doing::Read(task) if !task.resumed && is_stopped(before, task) => {
            format!("ends attempt {}: somebody stopped it", task.attempt + 1)
        }
        Doing::Read(task) if task.resumed => format!("goes on with {}", work(before, task)),
        Doing::Read(task) => format!("records that {} begins", work(before, task)),
        Doing::Ready(task) => format!("begins {}, or finds it", work(before, task)),
        Doing::Following(task) => format!("has waited for {}", work(before, task)),
        Doing::GivingUp(task) => format!("gives up {}", work(before, task)),
        Doing::Seen(task, outcome) => {
            let how = match outcome {
                Outcome::Well => "well",
                Outcome::Badly => "badly",
                Outcome::Unknown => "nobody knows how",
            };
            format!("records that {} ended: {how}", work(before, task))
        }
        Doing::Halted => "does nothing any more".to_owned(),
    }
}

fn is_stopped(before: &State, task: Task) -> bool {
    let attempt = before.log.attempt(task.attempt);
    attempt.is_some_and(|it| it.stop.is_some() && it.fence == task.fence)
}

fn happened(before: &State, event: Event) -> String {
    match event {
        Event::ChildDone(at) => format!("{} is done", child(before, at)),
        Event::CommandDone(key) => format!("the command of key {} ends", key + 1),
        Event::OrphanEnded(at) => format!("somebody ends {}", child(before, at)),
        Event::LateCreate(key) => {
            let number = key + 1;
            format!("the late request for the container of key {number} is carried out")
        }
    }
}

fn went_wrong(before: &State, mishap: Mishap) -> String {
    match mishap {
        Mishap::Dies(at) => format!("life {} dies", before.bots[at].life),
        Mishap::Second => format!("a second bot is started: life {}", before.lives + 1),
        Mishap::ChildFails(at) => format!("{} fails", child(before, at)),
        Mishap::CommandFails(key) => format!("the command of key {} fails", key + 1),
        Mishap::Hangs(at) => format!("{} hangs", child(before, at)),
        Mishap::Killed { child: at, late } => {
            let way = if late { ", its request on the way" } else { "" };
            format!("{} is killed{way}", child(before, at))
        }
        Mishap::TooSlow(at) => format!("life {} waits no longer", before.bots[at].life),
        Mishap::Pruned(key) => {
            let number = key + 1;
            format!("somebody clears away the ended container of key {number}")
        }
    }
}

fn child(before: &State, at: usize) -> String {
    let it = before.host.children[at];
    let doing = match it.piece {
        Piece::Once => "making the container",
        Piece::Converge => "converging",
    };
    let (life, number) = (it.life, it.attempt + 1);
    format!("the child of life {life} ({doing}, attempt {number})")
}

fn work(before: &State, task: Task) -> String {
    let piece = match task.piece {
        Piece::Once => "the command",
        Piece::Converge => "converging",
    };
    let aim = match before.log.attempt(task.attempt).map(|it| it.aim) {
        Some(Aim::Deploy(release)) => format!("deploy {}", name(release)),
        Some(Aim::Back) | None => "rollback".to_owned(),
    };
    let (number, fence) = (task.attempt + 1, task.fence);
    format!("{piece} of attempt {number} ({aim}, fence {fence})")
}

fn name(release: u8) -> char {
    char::from(b'A' + release)
}
