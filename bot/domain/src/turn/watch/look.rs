//! One look at a watched environment: checked, asked about, answered or missed.

use chrono::TimeDelta;

use super::{TIMES, card, end, quiet, require_watch};
use crate::effect::Effect;
use crate::event::EnvironmentEvent;
use crate::ids::{EnvId, Key, Person, ReleaseId, Role, Version};
use crate::notice::News;
use crate::policy::Action;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timer::Timer;
use crate::turn::draft::Draft;
use crate::turn::{Decided, incident};
use crate::watch::Watch;

/// How long a question waits before it is asked again, at most.
const PATIENCE: TimeDelta = TimeDelta::minutes(5);

/// It is time to look. If the bot was away until the next look is due too, this
/// one is told together with that one.
pub(in crate::turn) fn due(
    draft: &mut Draft,
    environment: &EnvId,
    attempt: u32,
    tick: u32,
) -> Decided {
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
        miss(draft, environment, (attempt, tick), Some(into));
        return Ok(Reply::Nothing);
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
    let at = draft.now + patience(draft, environment, tick);
    let environment = environment.clone();
    draft.wake(
        Timer::Unanswered {
            environment,
            attempt,
            tick,
            times,
        },
        at,
    );
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

pub(in crate::turn) fn unanswered(
    draft: &mut Draft,
    environment: &EnvId,
    (attempt, tick): (u32, u32),
    times: u32,
) -> Decided {
    let watch = watching(draft, environment, attempt)?;
    let end = watch.ends.get(&tick);
    if watch.is_settled(tick) || end.is_some_and(|it| it.answered.is_some() || it.missed) {
        return Err(Refusal::Stale {
            what: "somebody answered",
        });
    }
    let role = watch.ticks.get(tick as usize).and_then(|it| it.ask.clone());
    match role {
        Some(role) if times < TIMES => ask(draft, environment, (attempt, tick), &role, times + 1),
        Some(_) | None => miss(draft, environment, (attempt, tick), None),
    }
    Ok(Reply::Nothing)
}

fn miss(
    draft: &mut Draft,
    environment: &EnvId,
    (attempt, tick): (u32, u32),
    coalesced_into: Option<u32>,
) {
    let missed = EnvironmentEvent::TickMissed {
        attempt,
        tick,
        coalesced_into,
    };
    draft.environment_event(environment, missed);
    after(draft, environment);
}

pub(in crate::turn) fn checked(
    draft: &mut Draft,
    environment: &EnvId,
    (attempt, tick): (u32, u32),
    passed: bool,
    findings: &[String],
) -> Decided {
    let watch = watching(draft, environment, attempt)?;
    // That nobody answered takes nothing away from what the checks find.
    if watch.ends.get(&tick).is_some_and(|it| it.checked.is_some()) {
        return Err(Refusal::Stale {
            what: "this look is over",
        });
    }
    let wrong_already = wrong_before(watch, tick);
    let findings: Vec<String> = findings
        .iter()
        .take(20)
        .map(|it| it.chars().take(300).collect())
        .collect();
    let kept = findings.clone();
    draft.environment_event(
        environment,
        EnvironmentEvent::TickChecked {
            attempt,
            tick,
            passed,
            findings: kept,
        },
    );
    if !passed {
        let found = Found {
            findings,
            by: None,
            wrong_already,
        };
        tell(draft, environment, (attempt, tick), found);
    }
    after(draft, environment);
    Ok(Reply::Nothing)
}

pub(in crate::turn) fn answer(
    draft: &mut Draft,
    by: &Person,
    environment: &EnvId,
    tick: u32,
    good: bool,
) -> Decided {
    let watch = require_watch(draft, environment)?;
    let (attempt, wrong_already) = (watch.attempt, wrong_before(watch, tick));
    // That something is wrong can be said at any time; that all is well, once it is time.
    let asked = watch
        .ticks
        .get(tick as usize)
        .filter(|it| !good || it.due <= draft.now);
    let Some(asked) = asked else {
        return Err(Refusal::NotWatched {
            environment: environment.clone(),
        });
    };
    // Anybody with a role may doubt; only those who were asked can say that all is well.
    if let Some(role) = asked.ask.clone().filter(|_| good)
        && !draft.world.settings.roles_of(by).contains(&role)
    {
        let people = draft.holders([&role]);
        return Err(Refusal::NotAllowed {
            action: Action::Watch,
            roles: vec![role],
            people,
        });
    }
    let known = watch.ends.get(&tick).and_then(|it| it.answered.as_ref());
    if known.is_none_or(|(_, known)| *known != good) {
        let answered = EnvironmentEvent::TickAnswered {
            attempt,
            tick,
            by: by.clone(),
            good,
        };
        draft.environment_event(environment, answered);
        quiet(draft, environment, (attempt, tick));
        if !good {
            let found = Found {
                findings: Vec::new(),
                by: Some(by.clone()),
                wrong_already,
            };
            tell(draft, environment, (attempt, tick), found);
        }
        after(draft, environment);
    }
    Ok(Reply::Answered {
        environment: environment.clone(),
    })
}

/// What a look brought to light.
struct Found {
    findings: Vec<String>,
    by: Option<Person>,
    /// Whether that was so before.
    wrong_already: bool,
}

/// Something looks wrong: everybody learns of it, and the first of several
/// findings in a row opens an incident, which calls people.
fn tell(draft: &mut Draft, environment: &EnvId, (attempt, tick): (u32, u32), found: Found) {
    let Some((release, version)) = told_in(draft, environment) else {
        return;
    };
    let Found {
        findings,
        by,
        wrong_already,
    } = found;
    let what = match (&by, findings.first()) {
        (Some(by), _) => format!("{} says it looks wrong", draft.world.settings.name_of(by)),
        (None, Some(first)) => first.clone(),
        (None, None) => "the watch found something wrong".to_owned(),
    };
    let source = by.as_ref().map_or("checks", Person::as_str);
    let key = Key::join(&[&"finding", environment, &attempt, &tick, &source]);
    let news = News::WatchFinding {
        env: environment.env.clone(),
        version,
        findings,
        by,
    };
    draft.tell(release, key, Vec::new(), news);
    if !wrong_already {
        incident::from_watch(draft, environment, release, &what);
    }
}

/// Whether this look, or the last one before it that was taken, found something wrong.
fn wrong_before(watch: &Watch, tick: u32) -> bool {
    let taken = watch.ends.range(..=tick).rev().map(|(_, end)| end);
    let mut taken = taken.filter(|end| end.checked.is_some() || end.answered.is_some());
    taken.next().is_some_and(|end| {
        end.checked.as_ref().is_some_and(|(passed, _)| !passed)
            || end.answered.as_ref().is_some_and(|(_, good)| !good)
    })
}

fn after(draft: &mut Draft, environment: &EnvId) {
    card(draft, environment);
    let watch = draft
        .environment(&environment.env)
        .and_then(|it| it.watching());
    if watch.is_some_and(Watch::is_complete) {
        end(draft, environment, None);
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

/// The release in whose thread it is told, and what it brought.
fn told_in(draft: &Draft, environment: &EnvId) -> Option<(ReleaseId, Version)> {
    let known = draft.environment(&environment.env)?;
    let version = known.current()?.manifest.version.clone();
    Some((known.watch.as_ref()?.release, version))
}
