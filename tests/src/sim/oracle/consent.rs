//! Consent: who stood on which ask when something started.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use shipbell_adapters::chat::Act;
use shipbell_domain::ask::{AskId, Phase, Source, Vote};
use shipbell_domain::effect::CardId;
use shipbell_domain::event::{ApplicationEvent, Event, ReleaseEvent};
use shipbell_domain::ids::{EnvName, Hash, Person, Role};
use shipbell_domain::policy::Action;
use shipbell_domain::quorum::Quorum;

use super::{Facts, Findings, Invariant, Start};

/// How old what was read may be when something starts.
const FRESH: TimeDelta = TimeDelta::seconds(10);

/// How long a message may be there before the bot knows that it is.
const UNSEEN: TimeDelta = TimeDelta::minutes(3);

pub(super) fn judge(facts: &Facts, found: &mut Findings) {
    let mut used = BTreeSet::new();
    for (_, release, event) in facts.of_releases() {
        if let ReleaseEvent::StageStarted { ask: Some(ask), .. } = event
            && !used.insert(ask.clone())
        {
            let finding = found.add(Invariant::ConsentUsedOnce, format!("{ask} started twice"));
            finding.release = Some(release);
        }
    }
    for start in facts.starts().filter(Start::is_deploy) {
        policy_in_force(facts, found, &start);
        match start.over {
            Some(over) => override_allowed(facts, found, &start, &over.by),
            None => consented(facts, found, &start),
        }
    }
}

fn consented(facts: &Facts, found: &mut Findings, start: &Start<'_>) {
    let env = &start.environment.env;
    let Some(policy) = facts.team.policy(&start.manifest.policy, env) else {
        return found.at(
            start,
            Invariant::PolicyInForce,
            "started under an unknown policy",
        );
    };
    let earlier = policy.needs.as_ref();
    let earlier = earlier.and_then(|it| facts.team.policy(&start.manifest.policy, it));
    let mut asked = vec![(env, Phase::Signoff, &policy.signoff)];
    asked.extend(earlier.map(|it| (&it.name, Phase::Accept, &it.accept)));
    asked.retain(|(_, _, quorum)| !quorum.is_empty());
    if asked.is_empty() {
        return;
    }
    if !was_read(facts, start) {
        found.at(
            start,
            Invariant::QuorumStood,
            "nothing was read within ten seconds before",
        );
    }
    for (env, phase, quorum) in asked {
        let Some(ask) = ask_for(facts, start, env, phase) else {
            let what = format!("no ask to {} {env} for exactly this", phase.word());
            found.at(start, Invariant::QuorumStood, what);
            continue;
        };
        let people = who_stood(facts, start, &ask, quorum);
        if !quorum.met(&people) {
            let what = format!(
                "only {:?} stood on {ask}",
                people.keys().collect::<Vec<_>>()
            );
            found.at(start, Invariant::QuorumStood, what);
        }
        for person in who_objected(facts, start, &ask, quorum) {
            found.at(
                start,
                Invariant::VetoHeeded,
                format!("{person} stood against {ask}"),
            );
        }
    }
}

fn was_read(facts: &Facts, start: &Start<'_>) -> bool {
    let before = facts
        .of_releases()
        .rev()
        .filter(|(row, _, _)| row.seq < start.seq);
    before
        .filter(|(_, release, _)| *release == start.release)
        .find_map(|(_, _, event)| match event {
            ReleaseEvent::StandingRead { env, read_at, .. } if *env == start.environment.env => {
                Some(start.at - *read_at <= FRESH)
            }
            _ => None,
        })
        .unwrap_or(false)
}

/// The ask that counted: for this manifest, not void, not used by an earlier start.
fn ask_for(facts: &Facts, start: &Start<'_>, env: &EnvName, phase: Phase) -> Option<AskId> {
    let manifest = start.manifest.hash();
    let mut counts = None;
    for (row, _, event) in facts
        .of_releases()
        .filter(|(_, id, _)| *id == start.release)
    {
        if row.seq >= start.seq {
            break;
        }
        match event {
            ReleaseEvent::AskOpened { ask, .. }
                if ask.env == *env && ask.phase == phase && ask.manifest == manifest =>
            {
                counts = Some(ask.clone());
            }
            ReleaseEvent::AskVoided { ask, .. }
            | ReleaseEvent::StageStarted { ask: Some(ask), .. }
                // An acceptance that retires in the very move of the start still counts for it.
                if counts.as_ref() == Some(ask) && row.at < start.at =>
            {
                counts = None;
            }
            _ => {}
        }
    }
    counts
}

/// Who really stood on an ask just before a start, and may count there.
fn who_stood(
    facts: &Facts,
    start: &Start<'_>,
    ask: &AskId,
    quorum: &Quorum,
) -> BTreeMap<Person, BTreeSet<Role>> {
    let mut people = BTreeSet::new();
    let stood = |from: DateTime<Utc>, to: Option<DateTime<Utc>>| {
        from <= start.at && to.is_none_or(|to| to >= start.at - FRESH)
    };
    let key = CardId::Ask { ask: ask.clone() }.key();
    for (surface, post) in facts.posts(key.as_str()) {
        for mark in post
            .marks
            .iter()
            .filter(|it| it.emoji == "white_check_mark")
        {
            if stood(mark.from, mark.to) {
                people.extend(facts.team.person(surface, &mark.by));
            }
        }
    }
    people.extend(who_said_so(facts, start, ask));
    with_roles(facts, start, quorum, people)
}

/// Who consented by a word that stands, and really said it.
fn who_said_so(facts: &Facts, start: &Start<'_>, ask: &AskId) -> BTreeSet<Person> {
    let mut people = BTreeSet::new();
    for (row, _, event) in facts
        .of_releases()
        .filter(|(row, _, _)| row.seq < start.seq)
    {
        match event {
            ReleaseEvent::Voted {
                ask: of,
                by,
                source: Source::Word,
                vote,
            } if of == ask => {
                match vote {
                    Vote::Yes if said(facts, by, row.at) => people.insert(by.clone()),
                    Vote::Yes | Vote::No { .. } => people.remove(by),
                };
            }
            ReleaseEvent::VoteWithdrawn {
                ask: of,
                by,
                source: Source::Word,
            } if of == ask => {
                people.remove(by);
            }
            _ => {}
        }
    }
    people
}

fn said(facts: &Facts, by: &Person, until: DateTime<Utc>) -> bool {
    facts.deeds.iter().any(|deed| {
        let is_word = match &deed.act {
            Act::Said { text, .. } => text.starts_with("signoff"),
            Act::Pressed { .. } | Act::Submitted { .. } => true,
            Act::Reacted { .. }
            | Act::Kept { .. }
            | Act::LookedIn
            | Act::Completing { .. }
            | Act::Connected => false,
        };
        let person = facts.team.person(&deed.surface, &deed.by);
        is_word && deed.at <= until && person.as_ref() == Some(by)
    })
}

/// Who stood against it for all the time in which it could be read.
fn who_objected(
    facts: &Facts,
    start: &Start<'_>,
    ask: &AskId,
    quorum: &Quorum,
) -> BTreeSet<Person> {
    let mut people = BTreeSet::new();
    let key = CardId::Ask { ask: ask.clone() }.key();
    for (surface, post) in facts.posts(key.as_str()) {
        if post.at > start.at - UNSEEN || post.deleted.is_some_and(|at| at < start.at) {
            continue;
        }
        for mark in post.marks.iter().filter(|it| it.emoji == "x") {
            let throughout = mark.from < start.at - FRESH - TimeDelta::seconds(1)
                && mark.to.is_none_or(|to| to > start.at);
            if throughout {
                people.extend(facts.team.person(surface, &mark.by));
            }
        }
    }
    with_roles(facts, start, quorum, people)
        .into_keys()
        .collect()
}

/// Those of these people whom a quorum asks, with their roles; never the requester.
fn with_roles(
    facts: &Facts,
    start: &Start<'_>,
    quorum: &Quorum,
    people: BTreeSet<Person>,
) -> BTreeMap<Person, BTreeSet<Role>> {
    let requester = facts.requester(start.release);
    let mut counted = BTreeMap::new();
    for person in people.into_iter().filter(|it| Some(it) != requester) {
        let mut roles = facts.team.settings.roles_of(&person);
        roles.retain(|role| quorum.0.contains_key(role));
        if !roles.is_empty() {
            counted.insert(person, roles);
        }
    }
    counted
}

fn override_allowed(facts: &Facts, found: &mut Findings, start: &Start<'_>, by: &Person) {
    let policy = facts
        .team
        .policies
        .iter()
        .find(|it| it.hash == start.manifest.policy);
    let allowed = policy
        .and_then(|it| it.policy.allowed(Action::Override))
        .unwrap_or_default();
    let roles = facts.team.settings.roles_of(by);
    let is_member = facts.team.is_member(by);
    if !is_member || !allowed.iter().any(|role| roles.contains(role)) {
        let what = format!("{by} may not set gates aside");
        found.at(start, Invariant::OverrideAllowed, what);
    }
}

fn policy_in_force(facts: &Facts, found: &mut Findings, start: &Start<'_>) {
    let before = facts.log().rev().filter(|(row, _)| row.seq < start.seq);
    let adopted: Option<&Hash> = before.into_iter().find_map(|(_, event)| match event {
        Event::Application(ApplicationEvent::PolicyAdopted { pinned }) => Some(&pinned.hash),
        _ => None,
    });
    if adopted != Some(&start.manifest.policy) {
        found.at(
            start,
            Invariant::PolicyInForce,
            "started under a policy that is not in force",
        );
    }
}
