//! An environment is watched after a deploy: each look has one end, and silence is told.

use chrono::{DateTime, TimeDelta, Utc};

use super::Decided;
use super::draft::Draft;
use super::incident;
use crate::attempt::Attempt;
use crate::effect::{CardId, Effect};
use crate::environment::Environment;
use crate::event::{EnvironmentEvent, ReleaseEvent};
use crate::ids::{EnvId, Key, Person, Role, Version};
use crate::notice::News;
use crate::policy::{Action, WatchSegment};
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timer::Timer;
use crate::watch::{MAX_TICKS, Tick, Watch};

/// How long a question waits before it is asked again, at most.
const PATIENCE: TimeDelta = TimeDelta::minutes(5);
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
    set_timers(draft, environment, number, 0, &ticks);
    let started = EnvironmentEvent::WatchStarted {
        attempt: number,
        release,
        ticks,
    };
    draft.environment_event(environment, started);
    draft.card(card(environment, draft.environment(&environment.env)));
}

fn ticks_of(segments: &[WatchSegment], from: DateTime<Utc>) -> Vec<Tick> {
    let mut ticks = Vec::new();
    let mut begins = from;
    for segment in segments {
        let ends = begins + segment.length.delta();
        let mut due = begins + segment.every.delta();
        while due <= ends && ticks.len() < MAX_TICKS {
            let (checks, ask) = (segment.checks.clone(), segment.ask.clone());
            ticks.push(Tick { due, checks, ask });
            due += segment.every.delta();
        }
        begins = ends;
    }
    ticks
}

fn set_timers(draft: &mut Draft, environment: &EnvId, attempt: u32, first: u32, ticks: &[Tick]) {
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

/// It is time to look. If the bot was away until the next look is due too, this
/// one is told together with that one.
pub(super) fn due(draft: &mut Draft, environment: &EnvId, attempt: u32, tick: u32) -> Decided {
    let watch = watching(draft, environment, attempt)?;
    if watch.is_settled(tick) {
        return Err(Refusal::Stale {
            what: "this look is over",
        });
    }
    let later = (tick + 1..).zip(watch.ticks.iter().skip(tick as usize + 1));
    let passed = later
        .take_while(|(_, it)| it.due <= draft.now)
        .map(|(tick, _)| tick)
        .last();
    if let Some(into) = passed {
        return miss(draft, environment, (attempt, tick), Some(into));
    }
    let Some(planned) = watch.ticks.get(tick as usize).cloned() else {
        return Err(Refusal::Stale {
            what: "no such look",
        });
    };
    if !planned.checks.is_empty() {
        draft.owe(Effect::LookAt {
            environment: environment.clone(),
            attempt,
            tick,
        });
    }
    if let Some(role) = &planned.ask {
        ask(draft, environment, (attempt, tick), role, 1);
    }
    Ok(Reply::Nothing)
}

fn ask(
    draft: &mut Draft,
    environment: &EnvId,
    (attempt, tick): (u32, u32),
    role: &Role,
    times: u32,
) {
    let Some((release, version)) = told_in(draft, environment) else {
        return;
    };
    let key = Key::join(&[&"watch", environment, &attempt, &tick, &times]);
    let (env, again) = (environment.env.clone(), times > 1);
    let news = News::WatchQuestion {
        env,
        version,
        tick,
        again,
    };
    draft.tell(release, key, draft.holders([role]), news);
    let timer_env = environment.clone();
    let timer = Timer::Unanswered {
        environment: timer_env.clone(),
        attempt,
        tick,
        times,
    };
    draft.wake(timer, draft.now + patience(draft, &timer_env, tick));
}

/// Until the next look, but no longer than people are given at most.
fn patience(draft: &Draft, environment: &EnvId, tick: u32) -> TimeDelta {
    let watch = draft
        .environment(&environment.env)
        .and_then(|it| it.watching());
    let due = |tick: u32| watch?.ticks.get(tick as usize).map(|it| it.due);
    let gap = due(tick + 1)
        .zip(due(tick))
        .map(|(next, this)| (next - this) / 2);
    gap.unwrap_or(PATIENCE)
        .clamp(TimeDelta::seconds(1), PATIENCE)
}

pub(super) fn unanswered(
    draft: &mut Draft,
    environment: &EnvId,
    (attempt, tick): (u32, u32),
    times: u32,
) -> Decided {
    let watch = watching(draft, environment, attempt)?;
    if watch.is_settled(tick)
        || watch
            .ends
            .get(&tick)
            .is_some_and(|it| it.answered.is_some())
    {
        return Err(Refusal::Stale {
            what: "somebody answered",
        });
    }
    let role = watch.ticks.get(tick as usize).and_then(|it| it.ask.clone());
    match role {
        Some(role) if times < TIMES => {
            ask(draft, environment, (attempt, tick), &role, times + 1);
            Ok(Reply::Nothing)
        }
        Some(_) | None => miss(draft, environment, (attempt, tick), None),
    }
}

fn miss(
    draft: &mut Draft,
    environment: &EnvId,
    (attempt, tick): (u32, u32),
    coalesced_into: Option<u32>,
) -> Decided {
    let missed = EnvironmentEvent::TickMissed {
        attempt,
        tick,
        coalesced_into,
    };
    draft.environment_event(environment, missed);
    after_tick(draft, environment);
    Ok(Reply::Nothing)
}

pub(super) fn checked(
    draft: &mut Draft,
    environment: &EnvId,
    (attempt, tick): (u32, u32),
    passed: bool,
    findings: &[String],
) -> Decided {
    let watch = watching(draft, environment, attempt)?;
    if watch
        .ends
        .get(&tick)
        .is_some_and(|it| it.checked.is_some() || it.missed)
    {
        return Err(Refusal::Stale {
            what: "this look is over",
        });
    }
    let findings: Vec<String> = findings
        .iter()
        .take(20)
        .map(|it| it.chars().take(300).collect())
        .collect();
    draft.environment_event(
        environment,
        EnvironmentEvent::TickChecked {
            attempt,
            tick,
            passed,
            findings: findings.clone(),
        },
    );
    if !passed {
        found(draft, environment, (attempt, tick), findings, None);
    }
    after_tick(draft, environment);
    Ok(Reply::Nothing)
}

pub(super) fn answer(
    draft: &mut Draft,
    by: &Person,
    environment: &EnvId,
    tick: u32,
    good: bool,
) -> Decided {
    let not_watched = || Refusal::NotWatched {
        environment: environment.clone(),
    };
    let known = draft
        .environment(&environment.env)
        .and_then(|it| it.watching());
    let watch = known.ok_or_else(not_watched)?;
    let (attempt, asked) = (watch.attempt, watch.ticks.get(tick as usize));
    let role = asked.ok_or_else(not_watched)?.ask.clone();
    // Anybody with a role may say that something is wrong; that all is well, those who were asked.
    if let Some(role) = role.filter(|_| good) {
        if !draft.world.settings.roles_of(by).contains(&role) {
            let people = draft.holders([&role]);
            return Err(Refusal::NotAllowed {
                action: Action::Watch,
                roles: vec![role],
                people,
            });
        }
    }
    let answered = EnvironmentEvent::TickAnswered {
        attempt,
        tick,
        by: by.clone(),
        good,
    };
    draft.environment_event(environment, answered);
    if !good {
        found(
            draft,
            environment,
            (attempt, tick),
            Vec::new(),
            Some(by.clone()),
        );
    }
    after_tick(draft, environment);
    Ok(Reply::Answered {
        environment: environment.clone(),
    })
}

/// Something looks wrong: everybody learns of it, and an incident calls people.
fn found(
    draft: &mut Draft,
    environment: &EnvId,
    (attempt, tick): (u32, u32),
    findings: Vec<String>,
    by: Option<Person>,
) {
    let Some((release, version)) = told_in(draft, environment) else {
        return;
    };
    let what = match (&by, findings.first()) {
        (Some(by), _) => format!("{} says it looks wrong", draft.world.settings.name_of(by)),
        (None, Some(first)) => first.clone(),
        (None, None) => "the watch found something wrong".to_owned(),
    };
    let env = environment.env.clone();
    let key = Key::join(&[&"finding", environment, &attempt, &tick]);
    let news = News::WatchFinding {
        env,
        version,
        findings,
        by,
    };
    draft.tell(release, key, Vec::new(), news);
    incident::from_watch(draft, environment, release, &what);
}

pub(super) fn extend(
    draft: &mut Draft,
    by: &Person,
    environment: &EnvId,
    until: DateTime<Utc>,
) -> Decided {
    draft.require_env(&environment.app, &environment.env)?;
    draft.require(by, Action::Watch)?;
    let known = draft
        .environment(&environment.env)
        .and_then(|it| it.watching());
    let Some(watch) = known else {
        return Err(Refusal::NotWatched {
            environment: environment.clone(),
        });
    };
    let attempt = watch.attempt;
    let Some(last) = watch.ticks.last().cloned() else {
        return Err(Refusal::NotWatched {
            environment: environment.clone(),
        });
    };
    let before = watch
        .ticks
        .iter()
        .rev()
        .nth(1)
        .map_or(watch.started_at, |it| it.due);
    let every = (last.due - before).max(TimeDelta::seconds(1));
    let (first, room) = (
        watch.ticks.len(),
        MAX_TICKS.saturating_sub(watch.ticks.len()),
    );
    let mut due = last.due + every;
    let mut ticks = Vec::new();
    while due <= until && ticks.len() < room {
        ticks.push(Tick {
            due,
            ..last.clone()
        });
        due += every;
    }
    let Some(until) = ticks.last().map(|it| it.due) else {
        return Err(Refusal::InThePast { at: until });
    };
    set_timers(
        draft,
        environment,
        attempt,
        u32::try_from(first).unwrap_or(u32::MAX),
        &ticks,
    );
    let extended = EnvironmentEvent::WatchExtended {
        attempt,
        by: by.clone(),
        ticks,
    };
    draft.environment_event(environment, extended);
    draft.card(card(environment, draft.environment(&environment.env)));
    Ok(Reply::WatchExtended {
        environment: environment.clone(),
        until,
    })
}

pub(super) fn end_by_hand(draft: &mut Draft, by: &Person, environment: &EnvId) -> Decided {
    draft.require_env(&environment.app, &environment.env)?;
    draft.require(by, Action::Watch)?;
    if draft
        .environment(&environment.env)
        .and_then(|it| it.watching())
        .is_none()
    {
        return Err(Refusal::NotWatched {
            environment: environment.clone(),
        });
    }
    end(draft, environment, Some(by.clone()));
    Ok(Reply::WatchEnded {
        environment: environment.clone(),
    })
}

/// Something new is being brought there: what was watched is no longer what runs.
pub(super) fn end_for_attempt(draft: &mut Draft, environment: &EnvId) {
    if draft
        .environment(&environment.env)
        .and_then(|it| it.watching())
        .is_some()
    {
        end(draft, environment, None);
    }
}

fn after_tick(draft: &mut Draft, environment: &EnvId) {
    let known = draft.environment(&environment.env);
    draft.card(card(environment, known));
    let complete = draft
        .environment(&environment.env)
        .and_then(|it| it.watching())
        .is_some_and(Watch::is_complete);
    if complete {
        end(draft, environment, None);
    }
}

fn end(draft: &mut Draft, environment: &EnvId, by: Option<Person>) {
    let known = draft
        .environment(&environment.env)
        .and_then(|it| it.watching());
    let Some(watch) = known.cloned() else { return };
    for (tick, _) in (0u32..)
        .zip(&watch.ticks)
        .filter(|(tick, _)| !watch.is_settled(*tick))
    {
        let (environment, attempt) = (environment.clone(), watch.attempt);
        draft.let_sleep(Timer::Tick {
            environment: environment.clone(),
            attempt,
            tick,
        });
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
    let ended = EnvironmentEvent::WatchEnded {
        attempt: watch.attempt,
        by,
        at: draft.now,
    };
    draft.environment_event(environment, ended);
    draft.card(card(environment, draft.environment(&environment.env)));
    let open = draft
        .world
        .releases
        .get(&watch.release)
        .is_some_and(|it| it.is_open());
    if open {
        let (env, findings) = (environment.env.clone(), watch.findings());
        draft.release_event(watch.release, ReleaseEvent::StageWatched { env, findings });
    }
}

fn watching<'a>(draft: &'a Draft, environment: &EnvId, attempt: u32) -> Result<&'a Watch, Refusal> {
    let known = draft
        .environment(&environment.env)
        .and_then(|it| it.watching());
    let stale = Refusal::Stale {
        what: "this watch is over",
    };
    known.filter(|it| it.attempt == attempt).ok_or(stale)
}

fn told_in(draft: &Draft, environment: &EnvId) -> Option<(crate::ids::ReleaseId, Version)> {
    let known = draft.environment(&environment.env)?;
    let version = known.current()?.manifest.version.clone();
    Some((known.watch.as_ref()?.release, version))
}

fn card(environment: &EnvId, known: Option<&Environment>) -> CardId {
    let watch = known.and_then(|it| it.watch.as_ref());
    let (release, attempt) =
        watch.map_or((crate::ids::ReleaseId(0), 0), |it| (it.release, it.attempt));
    CardId::Watch {
        release,
        environment: environment.clone(),
        attempt,
    }
}
