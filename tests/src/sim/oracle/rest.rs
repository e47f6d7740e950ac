//! Rest: when nothing goes wrong any more, nothing stays owed and nothing is stuck.

use std::collections::BTreeSet;

use shipbell_domain::ask::{Ask, Source, Vote};
use shipbell_domain::effect::CardId;
use shipbell_domain::ids::{EnvId, Person, Surface};
use shipbell_domain::release::Release;
use shipbell_domain::{Fold, StreamId};

use super::{Facts, Findings, Invariant};
use crate::sim::chat::Post;

pub(super) fn judge(facts: &Facts, found: &mut Findings) {
    for owed in &facts.owed {
        let what = format!("{} is still owed, tried {} times", owed.id.key, owed.tries);
        found.add(Invariant::NothingStuck, what);
    }
    for wake_up in &facts.due {
        let what = format!("{} was due at {}", wake_up.timer, wake_up.due);
        found.add(Invariant::NothingStuck, what);
    }
    let waits = |it: &&EnvId| match facts.folds.get(&StreamId::Environment((*it).clone())) {
        Some(Fold::Environment(it)) => it.active().is_some_and(|it| it.cut_off().is_some()),
        _ => false,
    };
    // What was cut off waits for a person, for as long as they like.
    for environment in facts.active.iter().filter(|it| !waits(it)) {
        let what = format!("something is still at work on {environment}");
        found.add(Invariant::NothingStuck, what).environment = Some(environment.clone());
    }
    for fold in facts.folds.values() {
        let Fold::Release(release) = fold else {
            continue;
        };
        if !release.is_open() {
            continue;
        }
        if release.stages.values().any(|it| it.starting.is_some()) {
            let finding = found.add(Invariant::NothingStuck, "a wish to deploy never ended");
            finding.release = Some(release.id);
        }
        for ask in release.asks.values().filter(|it| it.is_open()) {
            no_signoff_lost(facts, found, release, ask);
        }
    }
}

/// What stands on an open ask is what is recorded, platform by platform.
fn no_signoff_lost(facts: &Facts, found: &mut Findings, release: &Release, ask: &Ask) {
    let key = CardId::Ask {
        ask: ask.id.clone(),
    }
    .key();
    let counts = |person: &Person| {
        !ask.roles_asked(person, &release.requester, &facts.team.settings)
            .is_empty()
    };
    for (surface, posts) in &facts.rooms {
        let shown = posts
            .iter()
            .filter(|it| it.key == key.as_str() && it.deleted.is_none());
        let mut yes: BTreeSet<Person> = BTreeSet::new();
        let mut no: BTreeSet<Person> = BTreeSet::new();
        for reaction in shown.flat_map(Post::standing) {
            let Some(person) = facts.team.person(surface, &reaction.by) else {
                continue;
            };
            match reaction.emoji.as_str() {
                "white_check_mark" => yes.insert(person),
                "x" => no.insert(person),
                _ => false,
            };
        }
        yes.retain(|it| counts(it) && !no.contains(it));
        let source = Source::Reaction(Surface::new(surface).expect("platforms are named by words"));
        let recorded: BTreeSet<Person> = (ask.votes.iter())
            .filter(|(_, ballots)| {
                ballots
                    .iter()
                    .any(|it| it.source == source && it.vote == Vote::Yes)
            })
            .map(|(person, _)| person.clone())
            .collect();
        if yes != recorded {
            let what = format!(
                "{surface} shows {yes:?} on {}, recorded are {recorded:?}",
                ask.id
            );
            found.add(Invariant::NoSignoffLost, what).release = Some(release.id);
        }
    }
}
