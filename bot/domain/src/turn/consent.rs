//! People answer asks, and what stands is read again.

use std::collections::BTreeSet;

use super::Decided;
use super::draft::{Draft, text};
use crate::ask::{Ask, AskId, AskState, Source, Standing, Vote};
use crate::effect::CardId;
use crate::event::ReleaseEvent;
use crate::ids::{EnvName, Key, Person, ReleaseId, Role};
use crate::notice::News;
use crate::refusal::Refusal;
use crate::reply::Reply;

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
    record(draft, by, ask, source, &vote);
    Ok(match vote {
        Vote::Yes => Reply::Counted { ask: ask.clone() },
        Vote::No { reason } => Reply::Vetoed {
            ask: ask.clone(),
            reason_wanted: reason.is_none(),
        },
    })
}

pub(super) fn withdraw(draft: &mut Draft, by: &Person, ask: &AskId, source: &Source) -> Decided {
    let it = find(draft, ask)?;
    let stands = it.ballot(by, source).is_some();
    if let AskState::Used(attempt) = it.state {
        return too_late(draft, by, ask, attempt, stands);
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
fn too_late(draft: &mut Draft, by: &Person, ask: &AskId, attempt: u32, stands: bool) -> Decided {
    if !stands {
        return Ok(Reply::Nothing);
    }
    let version = draft.require_release(ask.release)?.version.clone();
    let key = Key::join(&[ask, &"late", by]);
    let env = ask.env.clone();
    let news = News::WithdrawnTooLate {
        env: env.clone(),
        version,
        by: by.clone(),
    };
    draft.tell(ask.release, key, Vec::new(), news);
    let why = format!("attempt {attempt} had started");
    Err(Refusal::AskOver {
        env,
        phase: ask.phase,
        why,
    })
}

/// Compares what stands on the asks with what is recorded, and records the difference.
pub(super) fn read(
    draft: &mut Draft,
    release: ReleaseId,
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
        let recorded: BTreeSet<Person> = (ask.votes.iter())
            .filter(|(_, ballots)| ballots.iter().any(|it| it.source == source))
            .map(|(person, _)| person.clone())
            .collect();
        for person in recorded {
            if !seen.yes.contains(&person) && !seen.no.contains(&person) {
                take_back(draft, &person, &seen.ask, &source);
            }
        }
        let yes = seen.yes.difference(&seen.no).map(|it| (it, Vote::Yes));
        let no = seen.no.iter().map(|it| (it, Vote::No { reason: None }));
        for (person, vote) in yes.chain(no) {
            match why_not(draft, person, &seen.ask) {
                Some(why) => ignore(draft, person, &seen.ask, &why),
                None => record(draft, person, &seen.ask, &source, &vote),
            }
        }
    }
    Ok(())
}

/// People who were asked and have not answered are called once more.
pub(super) fn remind(draft: &mut Draft, release: ReleaseId, env: &EnvName, round: u32) -> Decided {
    let it = draft.require_open(release)?;
    let waits = |ask: &&Ask| ask.is_open() && ask.id.env == *env && ask.id.round == round;
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
        let voided = ReleaseEvent::AskVoided {
            ask: ask.clone(),
            why: why.to_owned(),
        };
        draft.release_event(release, voided);
        draft.card(CardId::Ask { ask: ask.clone() });
    }
    u32::try_from(open.len()).unwrap_or(u32::MAX)
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
    let standing = find(draft, ask).ok().and_then(|it| it.ballot(by, source));
    let same = standing.is_some_and(|it| match (&it.vote, vote) {
        // A veto read from an emoji carries no reason: it takes none away.
        (Vote::No { .. }, Vote::No { reason: None }) => true,
        (Vote::Yes | Vote::No { .. }, Vote::Yes | Vote::No { .. }) => it.vote == *vote,
    });
    if same {
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
