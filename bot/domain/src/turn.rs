//! One move of everything: a command is decided, its events recorded, what they
//! owe is owed, and whatever they make possible happens in the same move.
//!
//! | command                | when                                         | events                                                    |
//! |------------------------|----------------------------------------------|-----------------------------------------------------------|
//! | new                    | version free                                 | opened                                                    |
//! | images pinned          | open, not pinned                             | manifest fixed, asks opened                               |
//! | images unresolved      | open, not pinned                             | images unresolved                                         |
//! | build failed           | open, not pinned                             | images unresolved                                         |
//! | dry run                | images pinned                                | preview wanted                                            |
//! | looked ahead           | open                                         | previewed; told to those who wanted it                    |
//! | plan                   | open, inside the windows                     | planned, announced                                        |
//! | check                  | the item's role                              | ticked                                                    |
//! | vote, withdraw         | ask open, asked for that                     | voted, vote withdrawn; else vote ignored                  |
//! | withdraw               | an attempt was started on the ask            | vote withdrawn: told, and nothing stops                   |
//! | standing read          | open                                         | voted, vote withdrawn; a waiting start starts or is refused |
//! | … before a start       | the commit is to be looked at                | checks read, branch read                                  |
//! | checks read            | open, checks are demanded                    | checks read, if they say something new                    |
//! | deploy                 | gates open, or set aside                     | start requested, or overridden and attempt started        |
//! | deploy                 | only used-up consent is missing              | asks opened                                               |
//! | start deadline         | still waiting for the asks                   | start refused                                             |
//! | work started, ended    | running, by the fence in force               | work started, work ended, then as far as that leads       |
//! | … last work ended well |                                              | attempt verified, stage ended, watch started, asks opened |
//! | … work ended badly     |                                              | attempt failed, stage ended; incident; rollback or lock   |
//! | … work was cut off     | nobody wants it stopped                      | told, incident; waits for a person                        |
//! | decide                 | work was cut off                             | decided, then as after its end, or work started again     |
//! | … work asks a person   | that role                                    | decided, work ended, then as far as that leads            |
//! | work held              | running, by the fence in force               | work held                                                 |
//! | fence taken            | running                                      | fence taken                                               |
//! | stop                   | running                                      | stop asked, then as above at the next end of work         |
//! | rollback               | not running, a verified target               | asks voided, attempt started                              |
//! | … proven               |                                              | attempt verified, stage ended, locked                     |
//! | tick due               | watched                                      | tick missed, or owed to the world                         |
//! | tick checked, answered | watched                                      | tick checked, tick answered; incident; watch ended        |
//! | extend, end watch      | watched                                      | watch extended, watch ended                               |
//! | open incident          | the right                                    | incident opened, paged                                    |
//! | escalation due         | nobody is on it                              | paged                                                     |
//! | acknowledge … resolve  | open                                         | acknowledged, escalated, updated, resolved                |
//! | freeze, window, unlock | the right                                    | frozen, unfrozen, window added, cancelled, unlocked       |
//! | compared               | should run, idle, another difference         | drift seen, or drift gone                                 |
//! | adopt                  | drift seen, all of it runs                   | adopted; another image: opened … done                     |
//! | cancel                 | open, nothing running                        | cancelled, asks voided                                    |
//! | checkpoint signed      | the release is over                          | checkpointed                                              |
//! | adopt policy           | another hash                                 | policy adopted, asks voided, policy changed, asks opened  |
//! | remove application     | nothing open, nothing running                | removed                                                   |
//! | accept loss            | always                                       | loss accepted                                             |
//! | clock jumped           | always                                       | clock jumped                                              |
//! | duplicates found       | always                                       | duplicates found                                          |
//!
//! Everything else is a [`Refusal`] and changes nothing.

mod advance;
mod agenda;
mod ahead;
mod asked;
mod attempt;
mod checkpoint;
mod configure;
mod consent;
mod cut_off;
mod draft;
mod drift;
mod incident;
mod origin;
mod plan;
mod release;
mod rollback;
mod start;
mod upkeep;
mod watch;

#[cfg(test)]
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test looks for one of many"
)]
mod tests;

use chrono::{DateTime, Utc};

use crate::command::{Command, Configure, Report, Wish};
use crate::effect::Effect;
use crate::event::Event;
use crate::ids::Person;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timer::{Timer, TimerChange};
use crate::world::{StreamId, World};
use draft::Draft;

/// What one move changed.
#[derive(Clone, Debug)]
pub struct Turn {
    /// Everything afterwards.
    pub world: World,
    /// What happened, in order.
    pub events: Vec<(StreamId, Event)>,
    /// What is owed for it.
    pub effects: Vec<Effect>,
    /// Wake-ups to set and cancel.
    pub timers: Vec<TimerChange>,
    /// What to tell the person who acted.
    pub reply: Reply,
}

type Decided = Result<Reply, Refusal>;

/// Decides about one command. Pure: the same arguments give the same answer.
pub fn turn(world: World, command: &Command, now: DateTime<Utc>) -> Result<Turn, Refusal> {
    let mut draft = Draft::new(world, now);
    let reply = match command {
        Command::Wish { by, wish } => {
            draft.require_a_role(by)?;
            decide_wish(&mut draft, by, wish)?
        }
        Command::Report(report) => decide_report(&mut draft, report)?,
        Command::Due(timer) => decide_timer(&mut draft, timer)?,
        Command::Configure(Configure::Adopt(pinned)) => configure::adopt(&mut draft, pinned),
        Command::Configure(Configure::Remove(app)) => configure::remove(&mut draft, app)?,
        Command::AcceptLoss { loss, by } => upkeep::accept_loss(&mut draft, loss, by.as_ref()),
    };
    advance::everything(&mut draft);
    Ok(draft.finish(reply))
}

#[expect(clippy::too_many_lines, reason = "a table: one arm for each wish")]
fn decide_wish(draft: &mut Draft, by: &Person, wish: &Wish) -> Decided {
    match wish {
        Wish::New(new) => release::open(draft, by, new),
        Wish::Cancel { release, why } => release::cancel(draft, by, *release, why),
        Wish::Check {
            release,
            item,
            mark,
        } => release::tick(draft, by, *release, *item, mark.as_ref()),
        Wish::Note {
            release,
            text,
            link,
        } => release::note(draft, by, *release, (text, link.as_deref())),
        Wish::Plan {
            release,
            env,
            span,
            summary,
            owner,
        } => {
            let wanted = plan::Wanted {
                span,
                summary,
                owner,
            };
            plan::announce(draft, by, *release, env, &wanted)
        }
        Wish::Deploy { release, env, over } => {
            start::request(draft, by, *release, env, over.as_deref())
        }
        Wish::DryRun { release, env } => ahead::wanted(draft, by, *release, env),
        Wish::Vote { ask, source, vote } => consent::vote(draft, by, ask, source, vote),
        Wish::Withdraw { ask, source } => consent::withdraw(draft, by, ask, source),
        Wish::Rollback {
            environment,
            version,
            reason,
            anyway,
        } => rollback::by_hand(draft, by, environment, (version.as_ref(), *anyway), reason),
        Wish::Stop {
            environment,
            rollback,
        } => rollback::stop(draft, by, environment, rollback.as_deref()),
        Wish::Decide {
            environment,
            asked,
            choice,
        } => cut_off::decide(draft, by, environment, *asked, *choice),
        Wish::Answer {
            environment,
            tick,
            good,
        } => watch::answer(draft, by, environment, *tick, *good),
        Wish::Extend { environment, until } => watch::extend(draft, by, environment, *until),
        Wish::EndWatch { environment } => watch::end_by_hand(draft, by, environment),
        Wish::AddWindow { environment, span } => agenda::add_window(draft, by, environment, *span),
        Wish::CancelWindow { window, why } => agenda::cancel_window(draft, by, *window, why),
        Wish::Freeze {
            app,
            from,
            to,
            reason,
        } => agenda::freeze(draft, by, app.as_ref(), (*from, *to), reason),
        Wish::Unfreeze { freeze } => agenda::unfreeze(draft, by, *freeze),
        Wish::Unlock { environment, why } => agenda::unlock(draft, by, environment, why),
        Wish::Adopt {
            environment,
            version,
            why,
        } => drift::adopt(draft, by, environment, (version.as_ref(), why)),
        Wish::OpenIncident {
            severity,
            what,
            environment,
            app: _,
        } => incident::open_by_hand(draft, by, *severity, what, environment.as_ref()),
        Wish::Acknowledge { incident } => incident::acknowledge(draft, by, *incident),
        Wish::Escalate { incident } => incident::escalate(draft, by, *incident),
        Wish::Update { incident, text } => incident::update(draft, by, *incident, text),
        Wish::Resolve { incident, text } => incident::resolve(draft, by, *incident, text),
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "a table: one arm for each kind of report"
)]
fn decide_report(draft: &mut Draft, report: &Report) -> Decided {
    match report {
        Report::LookedAhead {
            release,
            env,
            preview,
        } => ahead::found(draft, *release, env, preview),
        Report::ImagesPinned { release, images } => release::pinned(draft, *release, images),
        Report::ImagesUnresolved { release, why } => {
            release::unresolved(draft, *release, (why, None))
        }
        Report::BuildFailed { release, why, tail } => {
            release::unresolved(draft, *release, (why, Some(tail)))
        }
        Report::StandingRead {
            release,
            env,
            read_at,
            standing,
            sighting,
        } => {
            consent::read(draft, *release, (*read_at, env.is_some()), standing)?;
            match env {
                Some(env) => {
                    let seen = start::Seen {
                        read_at: *read_at,
                        standing,
                        sighting,
                    };
                    start::after_reading(draft, *release, env, &seen)
                }
                None => Ok(Reply::Nothing),
            }
        }
        Report::ChecksRead { release, checked } => origin::read(draft, *release, checked),
        Report::FenceTaken {
            environment,
            attempt,
        } => attempt::take_over(draft, environment, *attempt),
        Report::WorkStarted {
            environment,
            attempt,
            fence,
            index,
        } => attempt::work_started(draft, environment, (*attempt, *fence), *index),
        Report::WorkEnded {
            environment,
            attempt,
            fence,
            index,
            outcome,
        } => attempt::work_ended(draft, environment, (*attempt, *fence), *index, outcome),
        Report::WorkHeld {
            environment,
            attempt,
            fence,
            why,
        } => attempt::work_held(draft, environment, (*attempt, *fence), why.as_deref()),
        Report::TickChecked {
            environment,
            attempt,
            tick,
            passed,
            findings,
        } => watch::checked(draft, environment, (*attempt, *tick), *passed, findings),
        Report::Compared {
            environment,
            attempt,
            seen,
        } => drift::compared(draft, environment, *attempt, seen),
        Report::ClockJumped { seconds } => Ok(upkeep::clock_jumped(draft, *seconds)),
        Report::DuplicatesFound {
            surface,
            key,
            copies,
        } => Ok(upkeep::duplicates_found(draft, surface, key, copies)),
        Report::CheckpointSigned {
            release,
            checkpoint,
        } => checkpoint::signed(draft, *release, checkpoint),
    }
}

fn decide_timer(draft: &mut Draft, timer: &Timer) -> Decided {
    match timer {
        Timer::Plan {
            release,
            env,
            moment,
        } => plan::moment(draft, *release, env, *moment),
        Timer::StartDeadline { release, env } => start::deadline(draft, *release, env),
        Timer::Remind {
            release,
            env,
            phase,
            round,
        } => consent::remind(draft, *release, env, (*phase, *round)),
        Timer::Tick {
            environment,
            attempt,
            tick,
        } => watch::due(draft, environment, *attempt, *tick),
        Timer::Unanswered {
            environment,
            attempt,
            tick,
            times,
        } => watch::unanswered(draft, environment, (*attempt, *tick), *times),
        Timer::Escalate { incident, level } => incident::due(draft, *incident, *level),
    }
}
