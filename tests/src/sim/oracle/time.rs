//! Time: windows and freezes, looks and escalations.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use shipbell_domain::event::{AgendaEvent, EnvironmentEvent, Event, IncidentEvent};
use shipbell_domain::ids::{EnvId, FreezeId, IncidentId};
use shipbell_domain::{Fold, StreamId};

use super::{Facts, Findings, Invariant, Start};

pub(super) fn judge(facts: &Facts, found: &mut Findings) {
    for start in facts
        .starts()
        .filter(|it| it.is_deploy() && it.over.is_none())
    {
        in_time(facts, found, &start);
        unlocked(facts, found, &start);
    }
    looks_end(facts, found);
    escalations_stop(facts, found);
}

fn in_time(facts: &Facts, found: &mut Findings, start: &Start<'_>) {
    let hours = facts.team.settings.hours.get(start.environment);
    if hours.is_some_and(|it| it.is_open(start.at).is_none()) {
        let what = format!("{} is outside every window", start.at);
        found.at(start, Invariant::InTime, what);
    }
    let mut standing: BTreeMap<FreezeId, (DateTime<Utc>, Option<DateTime<Utc>>)> = BTreeMap::new();
    for (_, event) in facts.log().filter(|(row, _)| row.seq < start.seq) {
        match event {
            Event::Agenda(AgendaEvent::Frozen {
                freeze,
                app,
                from,
                to,
                ..
            }) if app.as_ref().is_none_or(|it| *it == start.environment.app) => {
                standing.insert(*freeze, (*from, *to));
            }
            Event::Agenda(AgendaEvent::Unfrozen { freeze, .. }) => {
                standing.remove(freeze);
            }
            _ => {}
        }
    }
    let frozen = |(freeze, (from, to)): (&FreezeId, &(DateTime<Utc>, Option<DateTime<Utc>>))| {
        (*from <= start.at && to.is_none_or(|to| start.at < to)).then_some(*freeze)
    };
    if let Some(freeze) = standing.iter().find_map(frozen) {
        found.at(
            start,
            Invariant::InTime,
            format!("it is frozen by {freeze}"),
        );
    }
}

fn unlocked(facts: &Facts, found: &mut Findings, start: &Start<'_>) {
    let mut before = facts
        .of_environments()
        .rev()
        .filter(|(row, id, _)| row.seq < start.seq && *id == start.environment);
    let locked = before.find_map(|(_, _, event)| match event {
        EnvironmentEvent::Locked { .. } => Some(true),
        EnvironmentEvent::Unlocked { .. } => Some(false),
        _ => None,
    });
    if locked == Some(true) {
        found.at(start, Invariant::LockHeeded, "nobody had unlocked it");
    }
}

/// A look ends once, not before its time, and no watch is left open.
fn looks_end(facts: &Facts, found: &mut Findings) {
    let mut due: BTreeMap<(EnvId, u32, u32), DateTime<Utc>> = BTreeMap::new();
    let mut checked: BTreeMap<(EnvId, u32, u32), u32> = BTreeMap::new();
    for (row, id, event) in facts.of_environments() {
        let (attempt, tick) = match event {
            EnvironmentEvent::WatchStarted { attempt, ticks, .. }
            | EnvironmentEvent::WatchExtended { attempt, ticks, .. } => {
                let first = due
                    .keys()
                    .filter(|it| it.0 == *id && it.1 == *attempt)
                    .count();
                for (number, tick) in (u32::try_from(first).unwrap_or(0)..).zip(ticks) {
                    due.insert((id.clone(), *attempt, number), tick.due);
                }
                continue;
            }
            EnvironmentEvent::TickChecked { attempt, tick, .. } => {
                *checked.entry((id.clone(), *attempt, *tick)).or_default() += 1;
                (*attempt, *tick)
            }
            EnvironmentEvent::TickMissed { attempt, tick, .. } => (*attempt, *tick),
            _ => continue,
        };
        let early = due
            .get(&(id.clone(), attempt, tick))
            .is_none_or(|due| row.at < *due);
        if early {
            let what = format!("look {tick} of attempt {attempt} ended before its time");
            found.add(Invariant::LooksEnd, what).environment = Some(id.clone());
        }
    }
    for ((id, attempt, tick), _) in checked.iter().filter(|(_, times)| **times > 1) {
        let what = format!("look {tick} of attempt {attempt} ended twice");
        found.add(Invariant::LooksEnd, what).environment = Some(id.clone());
    }
    for fold in facts.folds.values() {
        let Fold::Environment(it) = fold else {
            continue;
        };
        let Some(watch) = it.watching() else { continue };
        let over = watch
            .ticks
            .last()
            .is_some_and(|last| last.due + chrono::TimeDelta::minutes(30) < facts.end);
        if over {
            let what = format!("the watch of attempt {} never ended", watch.attempt);
            found.add(Invariant::LooksEnd, what).environment = Some(it.id.clone());
        }
    }
}

/// A level is called once, in time, and nobody is called when somebody is on it.
fn escalations_stop(facts: &Facts, found: &mut Findings) {
    let mut called: BTreeMap<(IncidentId, u32), u32> = BTreeMap::new();
    // How many calls may still be made although somebody is on it.
    let mut quiet: BTreeMap<IncidentId, u32> = BTreeMap::new();
    for (row, event) in facts.log() {
        let (StreamId::Incident(id), Event::Incident(event)) = (&row.stream, event) else {
            continue;
        };
        match event {
            IncidentEvent::Paged { level, .. } => {
                *called.entry((*id, *level)).or_default() += 1;
                let Some(allowed) = quiet.get_mut(id) else {
                    continue;
                };
                if *allowed == 0 {
                    let what = format!("{id} calls level {level} although somebody is on it");
                    found.add(Invariant::EscalationStops, what);
                }
                *allowed = allowed.saturating_sub(1);
            }
            IncidentEvent::Acknowledged { .. } | IncidentEvent::Resolved { .. } => {
                quiet.insert(*id, 0);
            }
            // Somebody wants the next people all the same.
            IncidentEvent::Escalated { .. } => {
                quiet.entry(*id).and_modify(|allowed| *allowed += 1);
            }
            IncidentEvent::Opened { .. } | IncidentEvent::Updated { .. } => {}
        }
    }
    for ((id, level), _) in called.iter().filter(|(_, times)| **times > 1) {
        let what = format!("{id} called level {level} twice");
        found.add(Invariant::EscalationStops, what);
    }
}
