//! What people were told is recorded, is recorded, once each.

use std::collections::{BTreeMap, BTreeSet};

use shipbell_domain::Event;
use shipbell_domain::event::{EnvironmentEvent, ReleaseEvent};

use crate::people::{Act, Deed, Heard};
use crate::records::{Recorded, Snapshot};

/// Answers that say that a command was done.
const DONE: [&str; 7] = [
    "is open as",
    "Reading what stands",
    "is on its way to",
    "people were asked first",
    "is unlocked",
    "is given up",
    " goes on.",
];

/// Every command that was answered with success is in the log, under the name of
/// whoever gave it, and each command, answered or not, is there once at most.
pub(super) fn recorded(snapshot: &Snapshot, acts: &[Act]) -> Vec<String> {
    let mut wrong = Vec::new();
    for act in acts {
        let (Deed::Said(text), Heard::Answer(answer)) = (&act.deed, &act.heard) else {
            continue;
        };
        let id = format!("web:{}:{}", act.who, act.request);
        let known = snapshot.inbox.get(&id);
        let done = DONE.iter().any(|it| answer.contains(it));
        match known {
            Some((outcome, _)) if done && outcome != "recorded" => {
                wrong.push(format!("{text} ({id}) was done, and is noted as {outcome}"));
            }
            None if done => wrong.push(format!("{text} ({id}) was done, and is not in the log")),
            Some(_) | None => {}
        }
    }
    wrong.extend(traced(snapshot));
    wrong.extend(opened_once(snapshot, acts));
    wrong
}

/// As many things happened by people as commands of theirs were recorded, each at its place.
fn traced(snapshot: &Snapshot) -> Vec<String> {
    let recorded = snapshot.inbox.iter();
    let recorded: Vec<_> = recorded
        .filter(|(_, (outcome, _))| outcome == "recorded")
        .collect();
    let at: BTreeMap<u64, &str> = (snapshot.log.iter())
        .map(|it| (it.seq, it.actor.as_str()))
        .collect();
    let mut wrong = Vec::new();
    let mut places = BTreeSet::new();
    for (id, (_, seq)) in &recorded {
        let who = id.rsplit_once(':').map_or(id.as_str(), |(who, _)| who);
        if at.get(seq) != Some(&who) || !places.insert(seq) {
            wrong.push(format!(
                "{id}: event {seq} is not its own: {:?}",
                at.get(seq)
            ));
        }
    }
    let wishes = snapshot.log.iter().filter(|it| is_wish(it)).count();
    if wishes != recorded.len() {
        let commands = recorded.len();
        wrong.push(format!(
            "{commands} commands were recorded, {wishes} took effect"
        ));
    }
    wrong
}

/// An event that follows from a command at once, one from each.
fn is_wish(it: &Recorded) -> bool {
    it.actor.starts_with("web:")
        && matches!(
            it.event,
            Event::Release(
                ReleaseEvent::Opened { .. }
                    | ReleaseEvent::StartRequested { .. }
                    | ReleaseEvent::AskOpened { .. }
                    | ReleaseEvent::Cancelled { .. }
                    | ReleaseEvent::VoteWithdrawn { .. }
            ) | Event::Environment(
                EnvironmentEvent::Unlocked { .. }
                    | EnvironmentEvent::Decided { .. }
                    | EnvironmentEvent::AttemptStarted { .. }
            )
        )
}

/// Every version somebody asked for is open once: surely if they were told so, at most
/// once if they were not.
fn opened_once(snapshot: &Snapshot, acts: &[Act]) -> Vec<String> {
    let mut opened: BTreeMap<&str, u32> = BTreeMap::new();
    for it in &snapshot.log {
        if let Event::Release(ReleaseEvent::Opened { version, .. }) = &it.event {
            *opened.entry(version.as_str()).or_default() += 1;
        }
    }
    let mut wrong = Vec::new();
    for (version, count) in opened.iter().filter(|(_, count)| **count > 1) {
        wrong.push(format!("{version} was opened {count} times"));
    }
    for act in acts {
        let Deed::Said(text) = &act.deed else {
            continue;
        };
        let told = matches!(&act.heard, Heard::Answer(it) if it.contains("is open as"));
        let version = text
            .strip_prefix("/release new ")
            .and_then(|it| it.split(' ').nth(1));
        if told && version.is_some_and(|it| !opened.contains_key(it)) {
            wrong.push(format!("{text}: {} was told that it is open", act.who));
        }
    }
    wrong
}

/// Every answer to an ask that somebody was told counts, or is taken back, is in the
/// log in that order.
pub(super) fn counted(snapshot: &Snapshot, acts: &[Act]) -> Vec<String> {
    let mut told: BTreeMap<(&str, &str), Vec<bool>> = BTreeMap::new();
    for act in acts {
        if let (Deed::Reacted { ask, on, .. }, Heard::Answer(answer)) = (&act.deed, &act.heard)
            && answer.contains("Your answer for")
        {
            let turns = told.entry((ask, act.who)).or_default();
            if turns.last() != Some(on) {
                turns.push(*on);
            }
        }
    }
    let mut kept: BTreeMap<(String, String), Vec<bool>> = BTreeMap::new();
    for it in &snapshot.log {
        let (ask, by, on) = match &it.event {
            Event::Release(ReleaseEvent::Voted { ask, by, .. }) => (ask, by, true),
            Event::Release(ReleaseEvent::VoteWithdrawn { ask, by, .. }) => (ask, by, false),
            _ => continue,
        };
        let place = (format!("ask/{ask}"), by.to_string());
        kept.entry(place).or_default().push(on);
    }
    let lost = told.iter().filter(|((ask, who), turns)| {
        let mut kept = kept
            .get(&((*ask).to_owned(), (*who).to_owned()))
            .into_iter()
            .flatten();
        !turns.iter().all(|turn| kept.any(|it| it == turn))
    });
    lost.map(|((ask, who), turns)| format!("{who} on {ask}: told {turns:?}, not in the log so"))
        .collect()
}

/// On open asks, what is recorded is what stands, but for the bot and who asked.
pub(super) fn stands(snapshot: &Snapshot) -> Option<String> {
    let open: BTreeSet<String> = open_asks(snapshot);
    let requesters = requesters(snapshot);
    let stands: BTreeSet<(&str, &str)> = (snapshot.marks.iter())
        .filter(|(ask, who)| open.contains(ask) && who != "shipbell")
        .filter(|(ask, who)| {
            let release = ask.split('/').nth(1).unwrap_or_default();
            requesters.get(release) != Some(who)
        })
        .map(|(ask, who)| (ask.as_str(), who.as_str()))
        .collect();
    let counts: BTreeSet<(&str, &str)> = (snapshot.consent.iter())
        .map(|(ask, who)| (ask.as_str(), who.as_str()))
        .collect();
    (stands != counts).then(|| format!("consent that stands: {stands:?}, that counts: {counts:?}"))
}

fn open_asks(snapshot: &Snapshot) -> BTreeSet<String> {
    let mut open = BTreeSet::new();
    for it in &snapshot.log {
        match &it.event {
            Event::Release(ReleaseEvent::AskOpened { ask, .. }) => {
                open.insert(format!("ask/{ask}"));
            }
            Event::Release(
                ReleaseEvent::AskVoided { ask, .. }
                | ReleaseEvent::StageStarted { ask: Some(ask), .. },
            ) => {
                open.remove(&format!("ask/{ask}"));
            }
            _ => {}
        }
    }
    open
}

fn requesters(snapshot: &Snapshot) -> BTreeMap<String, String> {
    let opened = snapshot.log.iter().filter_map(|it| match &it.event {
        Event::Release(ReleaseEvent::Opened {
            release, requester, ..
        }) => Some((release.to_string(), requester.to_string())),
        _ => None,
    });
    opened.collect()
}
