//! People answer asks, and what stands is read again.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::Decided;
use super::draft::{Draft, text};
use crate::ask::{Ask, AskId, AskState, Ballot, Phase, Source, Standing, Vote};
use crate::effect::CardId;
use crate::event::ReleaseEvent;
use crate::ids::{EnvName, Key, Person, ReleaseId, Role};
use crate::notice::News;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timer::Timer;

pub(super) fn vote(
    draft: &mut Draft,
    by: &Person,
    ask: &AskId,
    source: &Source,
    vote: &Vote,
) -> Decided {
    let vote = match vote {
        Vote::Yes => Vote::Yes,
        Vote::No { reason: None } => Vote::No { reason: None },
        Vote::No {
            reason: Some(reason),
        } => Vote::No {
            reason: Some(text("the reason", reason)?),
        },
    };
    require_counting(draft, ask)?;
    if let Some(why) = why_not(draft, by, ask) {
        ignore(draft, by, ask, &why);
        return Ok(Reply::NotCounted {
            ask: ask.clone(),
            why,
        });
    }
    let source = match &vote {
        Vote::No { reason: Some(_) } => vetoed_at(draft, by, ask).unwrap_or(source.clone()),
        Vote::Yes | Vote::No { reason: None } => source.clone(),
    };
    record(draft, by, ask, &source, &vote);
    Ok(match vote {
        Vote::Yes if vetoed_at(draft, by, ask).is_some() => {
            let why = "your veto still stands; take it back where you gave it".to_owned();
            Reply::NotCounted {
                ask: ask.clone(),
                why,
            }
        }
        Vote::Yes => Reply::Counted { ask: ask.clone() },
        Vote::No { reason } => Reply::Vetoed {
            ask: ask.clone(),
            reason_wanted: reason.is_none(),
        },
    })
}

/// Where this person's veto stands: the reason given for it goes with it.
fn vetoed_at(draft: &Draft, by: &Person, ask: &AskId) -> Option<Source> {
    let ballots = find(draft, ask).ok()?.votes.get(by)?;
    let veto = ballots.iter().find(|it| matches!(it.vote, Vote::No { .. }));
    veto.map(|it| it.source.clone())
}

pub(super) fn withdraw(draft: &mut Draft, by: &Person, ask: &AskId, source: &Source) -> Decided {
    draft.require_open(ask.release)?;
    let it = find(draft, ask)?;
    let stands = it.ballot(by, source).is_some();
    match &it.state {
        AskState::Used(attempt) => {
            let again = it.late.contains_key(by);
            return Ok(too_late(
                draft,
                by,
                (ask, source),
                *attempt,
                stands && !again,
            ));
        }
        AskState::Void(why) => {
            let (env, phase, why) = (ask.env.clone(), ask.phase, why.clone());
            return Err(Refusal::AskOver { env, phase, why });
        }
        AskState::Open => {}
    }
    if it.ignored.contains_key(by) && !stands {
        return Ok(Reply::Nothing);
    }
    if stands {
        take_back(draft, by, ask, source);
    }
    Ok(Reply::Withdrawn { ask: ask.clone() })
}

/// Taken back after the start: it stops nothing by itself, and everybody is told.
fn too_late(
    draft: &mut Draft,
    by: &Person,
    (ask, source): (&AskId, &Source),
    attempt: u32,
    news: bool,
) -> Reply {
    let version = draft
        .world
        .releases
        .get(&ask.release)
        .map(|it| it.version.clone());
    let Some(version) = version.filter(|_| news) else {
        return Reply::Nothing;
    };
    take_back(draft, by, ask, source);
    let key = Key::join(&[ask, &"late", by]);
    let news = News::WithdrawnTooLate {
        env: ask.env.clone(),
        version,
        by: by.clone(),
    };
    draft.tell(ask.release, key, Vec::new(), news);
    let why = format!("attempt {attempt} had started; nothing stops by itself");
    Reply::NotCounted {
        ask: ask.clone(),
        why,
    }
}

/// Compares what stands on the asks with what is recorded, and records the difference.
///
/// What changed after the reading began is newer than it. Where something is about
/// to start on it, a consent counts only if it was seen to stand, and an objection
/// or withdrawal counts however it was heard of.
pub(super) fn read(
    draft: &mut Draft,
    release: ReleaseId,
    (read_at, starts): (DateTime<Utc>, bool),
    standing: &[Standing],
) -> Result<(), Refusal> {
    draft.require_open(release)?;
    for seen in standing.iter().filter(|it| it.ask.release == release) {
        let Some(ask) = draft.require_release(release)?.asks.get(&seen.ask) else {
            continue;
        };
        if !ask.is_open() {
            continue;
        }
        let source = Source::Reaction(seen.surface.clone());
        let voted =
            |(_, ballots): &(&Person, &Vec<Ballot>)| ballots.iter().any(|it| it.source == source);
        let recorded = ask.votes.iter().filter(voted).map(|(person, _)| person);
        let people: BTreeSet<Person> = recorded.chain(&seen.yes).chain(&seen.no).cloned().collect();
        for person in people {
            let vote = match (seen.no.contains(&person), seen.yes.contains(&person)) {
                (true, _) => Some(Vote::No { reason: None }),
                (false, true) => Some(Vote::Yes),
                (false, false) => None,
            };
            let Some(ask) = draft.require_release(release)?.asks.get(&seen.ask) else {
                break;
            };
            let newer = ask
                .changed(&person, &source)
                .is_some_and(|at| at >= read_at);
            let consents = ask
                .ballot(&person, &source)
                .is_some_and(|it| it.vote == Vote::Yes);
            if !newer || (starts && consents) {
                see(draft, &person, &seen.ask, &source, vote);
            }
        }
    }
    Ok(())
}

/// Records what somebody was seen to say in one place.
fn see(draft: &mut Draft, person: &Person, ask: &AskId, source: &Source, vote: Option<Vote>) {
    let stands = find(draft, ask).is_ok_and(|it| it.ballot(person, source).is_some());
    match vote {
        None if stands => take_back(draft, person, ask, source),
        None => {}
        Some(vote) => match why_not(draft, person, ask) {
            Some(why) => ignore(draft, person, ask, &why),
            None => record(draft, person, ask, source, &vote),
        },
    }
}

/// People who were asked and have not answered are called once more.
pub(super) fn remind(
    draft: &mut Draft,
    release: ReleaseId,
    env: &EnvName,
    (phase, round): (Phase, u32),
) -> Decided {
    let it = draft.require_open(release)?;
    let waits = |ask: &&Ask| {
        ask.is_open() && ask.id.env == *env && ask.id.phase == phase && ask.id.round == round
    };
    let Some(ask) = it.asks.values().rfind(waits) else {
        return Err(Refusal::Stale {
            what: "nobody is asked any more",
        });
    };
    let missing = ask.missing(&it.requester, &draft.world.settings);
    if missing.is_empty() {
        return Err(Refusal::Stale {
            what: "everybody has answered",
        });
    }
    let (version, requester) = (it.version.clone(), it.requester.clone());
    let key = Key::join(&[&ask.id, &"remind"]);
    let answered: Vec<Person> = ask.votes.keys().cloned().collect();
    let roles: Vec<Role> = missing.into_keys().collect();
    let mut people = draft.holders(&roles);
    people.retain(|it| *it != requester && !answered.contains(it));
    let news = News::StillWaiting {
        env: env.clone(),
        version,
        roles,
    };
    draft.tell(release, key, people, news);
    Ok(Reply::Nothing)
}

/// Voids every ask of a release that still counts.
pub(super) fn void_open_asks(draft: &mut Draft, release: ReleaseId, why: &str) -> u32 {
    let Some(it) = draft.world.releases.get(&release) else {
        return 0;
    };
    let open = it
        .asks
        .values()
        .filter(|ask| ask.is_open())
        .map(|ask| ask.id.clone());
    let open: Vec<AskId> = open.collect();
    for ask in &open {
        void(draft, ask, why);
    }
    u32::try_from(open.len()).unwrap_or(u32::MAX)
}

/// An ask counts no longer, and nobody is reminded of it.
pub(super) fn void(draft: &mut Draft, ask: &AskId, why: &str) {
    let voided = ReleaseEvent::AskVoided {
        ask: ask.clone(),
        why: why.to_owned(),
    };
    draft.release_event(ask.release, voided);
    draft.let_sleep(reminder(ask));
    draft.card(CardId::Ask { ask: ask.clone() });
}

/// The wake-up that reminds people of an ask.
pub(super) fn reminder(ask: &AskId) -> Timer {
    let AskId {
        release,
        env,
        phase,
        manifest: _,
        round,
    } = ask;
    Timer::Remind {
        release: *release,
        env: env.clone(),
        phase: *phase,
        round: *round,
    }
}

fn find<'a>(draft: &'a Draft, ask: &AskId) -> Result<&'a Ask, Refusal> {
    let (env, phase) = (ask.env.clone(), ask.phase);
    let release = draft.require_release(ask.release)?;
    let gone = || Refusal::AskOver {
        env,
        phase,
        why: "nobody was asked that".to_owned(),
    };
    release.asks.get(ask).ok_or_else(gone)
}

fn require_counting(draft: &Draft, ask: &AskId) -> Result<(), Refusal> {
    draft.require_open(ask.release)?;
    let why = match &find(draft, ask)?.state {
        AskState::Open => return Ok(()),
        AskState::Used(attempt) => format!("attempt {attempt} was started on it"),
        AskState::Void(why) => why.clone(),
    };
    Err(Refusal::AskOver {
        env: ask.env.clone(),
        phase: ask.phase,
        why,
    })
}

/// Why an answer of this person cannot count; none if it can.
fn why_not(draft: &Draft, by: &Person, id: &AskId) -> Option<String> {
    let release = draft.world.releases.get(&id.release)?;
    let ask = release.asks.get(id)?;
    if *by == release.requester {
        return Some("whoever asked for a release does not consent to it".to_owned());
    }
    if ask
        .roles_asked(by, &release.requester, &draft.world.settings)
        .is_empty()
    {
        let roles: Vec<String> = ask.quorum.0.keys().map(ToString::to_string).collect();
        return Some(format!("only {} can", roles.join(" or ")));
    }
    None
}

fn record(draft: &mut Draft, by: &Person, ask: &AskId, source: &Source, vote: &Vote) {
    let Ok(it) = find(draft, ask) else { return };
    let same = it
        .ballot(by, source)
        .is_some_and(|it| match (&it.vote, vote) {
            // A veto read from an emoji carries no reason: it takes none away.
            (Vote::No { .. }, Vote::No { reason: None }) => true,
            (Vote::Yes | Vote::No { .. }, Vote::Yes | Vote::No { .. }) => it.vote == *vote,
        });
    if same && !it.ignored.contains_key(by) {
        return;
    }
    let voted = ReleaseEvent::Voted {
        ask: ask.clone(),
        by: by.clone(),
        source: source.clone(),
        vote: vote.clone(),
    };
    draft.release_event(ask.release, voted);
    draft.card(CardId::Ask { ask: ask.clone() });
}

fn take_back(draft: &mut Draft, by: &Person, ask: &AskId, source: &Source) {
    let withdrawn = ReleaseEvent::VoteWithdrawn {
        ask: ask.clone(),
        by: by.clone(),
        source: source.clone(),
    };
    draft.release_event(ask.release, withdrawn);
    draft.card(CardId::Ask { ask: ask.clone() });
}

fn ignore(draft: &mut Draft, by: &Person, ask: &AskId, why: &str) {
    let known = find(draft, ask).is_ok_and(|it| it.ignored.contains_key(by));
    if known {
        return;
    }
    let ignored = ReleaseEvent::VoteIgnored {
        ask: ask.clone(),
        by: by.clone(),
        why: why.to_owned(),
    };
    draft.release_event(ask.release, ignored);
    draft.card(CardId::Ask { ask: ask.clone() });
}
