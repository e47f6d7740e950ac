//! Words: what the bot said, and what came of what people said to it.

use std::collections::BTreeMap;

use shipbell_adapters::chat::{Act, Standing};
use shipbell_domain::attempt::AttemptKind;
use shipbell_domain::event::{AgendaEvent, EnvironmentEvent, Event, IncidentEvent, ReleaseEvent};

use super::{Facts, Findings, Invariant};
use crate::sim::chat::{BOT, Post};
use crate::sim::people::Deed;
use crate::sim::team::ACCOUNTS;

pub(super) fn judge(facts: &Facts, found: &mut Findings) {
    said_after_claim(facts, found);
    said_once(facts, found);
    one_effect(facts, found);
}

/// Whatever appeared on a platform had been claimed before.
fn said_after_claim(facts: &Facts, found: &mut Findings) {
    let mut first = BTreeMap::new();
    for claim in &facts.claims {
        let surface = claim
            .id
            .surface
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        first
            .entry((surface, claim.id.key.to_string()))
            .or_insert(claim.at);
    }
    for (surface, posts) in &facts.rooms {
        for post in posts {
            let claimed = first.get(&(surface.clone(), post.key.clone()));
            if claimed.is_none_or(|at| *at > post.at) {
                let what = format!(
                    "{surface} shows {} [{}] that nobody owed",
                    post.id, post.key
                );
                found.add(Invariant::SaidAfterClaim, what);
            }
        }
    }
}

/// In the end every key is shown exactly once; and never twice before that, but for
/// what a platform showed when it had promised that it could not any more. Such a copy
/// may stay for as long as people's answers stand on it.
fn said_once(facts: &Facts, found: &mut Findings) {
    for (surface, posts) in &facts.rooms {
        let mut prompt: BTreeMap<&str, &Post> = BTreeMap::new();
        for post in posts.iter().filter(|it| !it.straggled) {
            let before = prompt.insert(post.key.as_str(), post);
            if before.is_some_and(|it| it.deleted.is_none_or(|at| at > post.at)) {
                let (key, at) = (&post.key, post.at);
                let what = format!("{surface} shows [{key}] a second time at {at}");
                found.add(Invariant::SaidOnce, what);
            }
        }
        let mut shown: BTreeMap<&str, u32> = BTreeMap::new();
        for claim in &facts.claims {
            if claim
                .id
                .surface
                .as_ref()
                .is_some_and(|it| it.as_str() == surface)
            {
                shown.entry(claim.id.key.as_str()).or_default();
            }
        }
        let standing = || posts.iter().filter(|it| it.deleted.is_none());
        for post in standing() {
            let others = standing().filter(|it| it.key == post.key && it.id != post.id);
            // A copy beside another one.
            let is_spare = post.straggled && has_answers(post) && others.count() > 0;
            let times = shown.entry(post.key.as_str()).or_default();
            *times = if is_spare { 1.max(*times) } else { *times + 1 };
        }
        for (key, times) in shown.into_iter().filter(|(_, times)| *times != 1) {
            found.add(
                Invariant::SaidOnce,
                format!("{surface} shows [{key}] {times} times"),
            );
        }
    }
}

fn has_answers(post: &Post) -> bool {
    let standing = post.standing();
    post.key.starts_with("ask/") && standing.iter().any(|it| it.by.0 != BOT)
}

/// Whoever said something that cannot be undone said it once.
fn one_effect(facts: &Facts, found: &mut Findings) {
    let mut effects: BTreeMap<&str, u32> = BTreeMap::new();
    for (_, event) in facts.log() {
        if let Some(text) = text_of(event) {
            *effects.entry(text).or_default() += 1;
        }
    }
    for deed in &facts.deeds {
        let Act::Said { text, .. } = &deed.act else {
            continue;
        };
        let Some(at) = text.find("probe ") else {
            continue;
        };
        let probe = text[at..].split('"').next().unwrap_or_default();
        let times = effects.get(probe).copied().unwrap_or(0);
        if times > 1 {
            found.add(
                Invariant::OneEffect,
                format!("`{text}` happened {times} times"),
            );
        }
        if times == 0 && text.starts_with("incident open") && must_have_worked(deed) {
            found.add(
                Invariant::OneEffect,
                format!("`{text}` was acknowledged and lost"),
            );
        }
    }
}

/// Opening an incident is open to everybody with a role.
fn must_have_worked(deed: &Deed) -> bool {
    let name = deed.by.0.strip_prefix("U-").unwrap_or_default();
    let may = |it: &&(&str, &[&str], Standing)| {
        it.0 == name && it.2 == Standing::Member && !it.1.is_empty()
    };
    deed.answered.is_some() && ACCOUNTS.iter().any(|it| may(&it))
}

/// The words of a person in an event that must not happen twice.
fn text_of(event: &Event) -> Option<&str> {
    match event {
        Event::Incident(IncidentEvent::Opened {
            what, by: Some(_), ..
        }) => Some(what),
        Event::Incident(
            IncidentEvent::Updated { text, .. } | IncidentEvent::Resolved { text, .. },
        )
        | Event::Agenda(AgendaEvent::Frozen { reason: text, .. })
        | Event::Release(ReleaseEvent::Cancelled { why: text, .. })
        | Event::Environment(EnvironmentEvent::AttemptStarted {
            kind: AttemptKind::Rollback { reason: text, .. },
            ..
        }) => Some(text),
        Event::Release(ReleaseEvent::Overridden { over, .. }) => Some(&over.reason),
        _ => None,
    }
}
