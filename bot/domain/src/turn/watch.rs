//! An environment is watched after a deploy: it begins, is made longer, and ends.

mod look;

use chrono::{DateTime, TimeDelta, Utc};

pub(super) use self::look::{answer, checked, due, unanswered};
use super::Decided;
use super::draft::Draft;
use crate::attempt::Attempt;
use crate::effect::CardId;
use crate::event::{EnvironmentEvent, ReleaseEvent};
use crate::ids::{EnvId, Person};
use crate::policy::{Action, WatchSegment};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timer::Timer;
use crate::watch::{MAX_TICKS, Tick, Watch};

/// How often a question is asked before it is missed.
const TIMES: u32 = 2;

pub(super) fn begin(draft: &mut Draft, environment: &EnvId, attempt: &Attempt) {
    let policy = draft
        .policy()
        .and_then(|it| it.environment(&environment.env));
    let segments = policy.map(|it| it.watch.clone()).unwrap_or_default();
    let ticks = ticks_of(&segments, draft.now);
    if ticks.is_empty() {
        return;
    }
    let (number, release) = (attempt.number, attempt.release);
    set_timers(draft, environment, (number, 0), &ticks);
    let started = EnvironmentEvent::WatchStarted {
        attempt: number,
        release,
        ticks,
    };
    draft.environment_event(environment, started);
    card(draft, environment);
}

/// Looks in each rhythm, one at least: a rhythm slower than its time ends with it.
fn ticks_of(segments: &[WatchSegment], from: DateTime<Utc>) -> Vec<Tick> {
    let mut ticks = Vec::new();
    let mut begins = from;
    for segment in segments {
        let ends = begins + segment.length.delta();
        let mut due = (begins + segment.every.delta()).min(ends);
        while due <= ends && ticks.len() < MAX_TICKS {
            let (checks, ask) = (segment.checks.clone(), segment.ask.clone());
            ticks.push(Tick { due, checks, ask });
            due += segment.every.delta();
        }
        begins = ends;
    }
    ticks
}

fn set_timers(
    draft: &mut Draft,
    environment: &EnvId,
    (attempt, first): (u32, u32),
    ticks: &[Tick],
) {
    for (tick, planned) in (first..).zip(ticks) {
        let environment = environment.clone();
        draft.wake(
            Timer::Tick {
                environment,
                attempt,
                tick,
            },
            planned.due,
        );
    }
}

pub(super) fn extend(
    draft: &mut Draft,
    by: &Person,
    environment: &EnvId,
    until: DateTime<Utc>,
) -> Decided {
    draft.require_env(&environment.app, &environment.env)?;
    draft.require(by, Action::Watch)?;
    let watch = require_watch(draft, environment)?;
    let attempt = watch.attempt;
    let ticks = further(watch, until, draft.now)?;
    let until = ticks.last().map_or(until, |it| it.due);
    let first = u32::try_from(watch.ticks.len()).unwrap_or(u32::MAX);
    set_timers(draft, environment, (attempt, first), &ticks);
    let extended = EnvironmentEvent::WatchExtended {
        attempt,
        by: by.clone(),
        ticks,
    };
    draft.environment_event(environment, extended);
    card(draft, environment);
    Ok(Reply::WatchExtended {
        environment: environment.clone(),
        until,
    })
}

/// More looks like the last one and in its rhythm, none of them in the past; one
/// at the very end where there is no time for the rhythm.
fn further(watch: &Watch, until: DateTime<Utc>, now: DateTime<Utc>) -> Result<Vec<Tick>, Refusal> {
    let past = Refusal::InThePast { at: until };
    let Some(last) = watch
        .ticks
        .last()
        .filter(|it| until > it.due && until > now)
    else {
        return Err(past);
    };
    let room = MAX_TICKS.saturating_sub(watch.ticks.len());
    if room == 0 {
        return Err(Refusal::TooLong {
            what: "the watch",
            limit: MAX_TICKS,
        });
    }
    let before = watch
        .ticks
        .iter()
        .rev()
        .nth(1)
        .map_or(watch.started_at, |it| it.due);
    let every = (last.due - before).num_seconds().max(1);
    let skipped = (now - last.due).num_seconds().max(0) / every;
    let mut due = last.due + TimeDelta::seconds(every * (skipped + 1));
    let mut ticks = Vec::new();
    while due <= until && ticks.len() < room {
        ticks.push(Tick {
            due,
            ..last.clone()
        });
        due += TimeDelta::seconds(every);
    }
    if ticks.is_empty() {
        ticks.push(Tick {
            due: until,
            ..last.clone()
        });
    }
    Ok(ticks)
}

pub(super) fn end_by_hand(draft: &mut Draft, by: &Person, environment: &EnvId) -> Decided {
    draft.require_env(&environment.app, &environment.env)?;
    draft.require(by, Action::Watch)?;
    require_watch(draft, environment)?;
    end(draft, environment, Some(by.clone()));
    Ok(Reply::WatchEnded {
        environment: environment.clone(),
    })
}

/// Ends the watch if there is one: something new is being brought there, or
/// there is nothing left to look at.
pub(super) fn end(draft: &mut Draft, environment: &EnvId, by: Option<Person>) {
    let known = draft
        .environment(&environment.env)
        .and_then(|it| it.watching());
    let Some(watch) = known.cloned() else { return };
    let (attempt, release) = (watch.attempt, watch.release);
    for (tick, _) in (0u32..)
        .zip(&watch.ticks)
        .filter(|(tick, _)| !watch.is_settled(*tick))
    {
        let environment = environment.clone();
        draft.let_sleep(Timer::Tick {
            environment: environment.clone(),
            attempt,
            tick,
        });
        quiet(draft, &environment, (attempt, tick));
    }
    let ended = EnvironmentEvent::WatchEnded {
        attempt,
        by,
        at: draft.now,
    };
    draft.environment_event(environment, ended);
    card(draft, environment);
    let watched = draft.world.releases.get(&release);
    if watched.is_some_and(|it| it.is_open()) {
        let (env, findings) = (environment.env.clone(), watch.findings());
        draft.release_event(release, ReleaseEvent::StageWatched { env, findings });
    }
}

/// Nobody is asked about a look any more.
fn quiet(draft: &mut Draft, environment: &EnvId, (attempt, tick): (u32, u32)) {
    for times in 1..=TIMES {
        let environment = environment.clone();
        draft.let_sleep(Timer::Unanswered {
            environment,
            attempt,
            tick,
            times,
        });
    }
}

fn require_watch<'a>(draft: &'a Draft, environment: &EnvId) -> Result<&'a Watch, Refusal> {
    let known = draft
        .environment(&environment.env)
        .and_then(|it| it.watching());
    known.ok_or_else(|| Refusal::NotWatched {
        environment: environment.clone(),
    })
}

fn card(draft: &mut Draft, environment: &EnvId) {
    let known = draft
        .environment(&environment.env)
        .and_then(|it| it.watch.as_ref());
    if let Some((release, attempt)) = known.map(|it| (it.release, it.attempt)) {
        draft.card(CardId::Watch {
            release,
            environment: environment.clone(),
            attempt,
        });
    }
}
