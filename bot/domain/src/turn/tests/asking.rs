//! People are asked, answer, change their minds, and are reminded.

use super::team::{Team, env_name, person, quorum, reaction, role};
use crate::ask::{Phase, Source, Vote};
use crate::effect::{CardId, Effect};
use crate::gates::Waiting;
use crate::notice::News;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::timer::Timer;

#[test]
fn verification_asks_for_acceptance_and_acceptance_for_the_signoff() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    team.starts("bo", release, "staging");
    team.works_well("staging");
    let accept = team.asked(release, "staging", Phase::Accept);
    assert!(team.ask(release, "production", Phase::Signoff).is_none());
    assert!(team.effects().contains(&Effect::Card {
        card: CardId::Ask {
            ask: accept.clone()
        }
    }));
    team.ticks("chloe", &accept);
    assert_eq!(team.did(), ["release.voted", "release.ask_opened"]);
    assert!(team.ask(release, "production", Phase::Signoff).is_some());
}

#[test]
fn an_answer_counts_once_however_often_it_is_heard_of() {
    let mut team = Team::new();
    let release = team.stages("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    assert_eq!(
        team.votes("dan", &ask, Vote::Yes),
        Ok(Reply::Counted { ask: ask.clone() })
    );
    team.votes("dan", &ask, Vote::Yes).unwrap();
    assert!(team.did().is_empty());
    team.ticks("dan", &ask);
    assert_eq!(team.did(), ["release.voted"], "in another place");
    team.reads(release, None).unwrap();
    assert!(team.did().is_empty());
    let missing = team.ask(release, "production", Phase::Signoff).unwrap();
    let missing = missing.missing(&person("ana"), &team.settings);
    assert_eq!(missing, [(role("product-owner"), 1)].into());
}

#[test]
fn somebody_who_was_not_asked_is_told_so_once() {
    let mut team = Team::new();
    let release = team.stages("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    for recorded in [true, false] {
        let said = team.votes("bo", &ask, Vote::Yes);
        assert!(matches!(said, Ok(Reply::NotCounted { .. })), "{said:?}");
        assert_eq!(team.did() == ["release.vote_ignored"], recorded);
    }
    let nothing = team.withdraws("bo", &ask, Source::Word);
    assert_eq!((nothing, team.did()), (Ok(Reply::Nothing), vec![]));
    team.ticks("bo", &ask);
    assert!(team.did().is_empty(), "nor again when the emoji is read");
}

#[test]
fn a_role_given_later_counts_and_one_taken_away_counts_no_longer() {
    let mut team = Team::new();
    let release = team.stages("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    team.ticks("bo", &ask);
    team.ticks("dan", &ask);
    gives(&mut team, "bo", "product-owner");
    team.reads(release, None).unwrap();
    assert_eq!(team.did(), ["release.voted"]);
    let ask = team.ask(release, "production", Phase::Signoff).unwrap();
    assert!(ask.missing(&person("ana"), &team.settings).is_empty());
    assert!(ask.ignored.is_empty());
    team.settings.people.remove(&person("dan"));
    let ask = team.ask(release, "production", Phase::Signoff).unwrap();
    assert_eq!(
        ask.missing(&person("ana"), &team.settings),
        [(role("release-manager"), 1)].into()
    );
}

#[test]
fn a_veto_wins_until_it_is_lifted() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    team.crosses("fay", &ask);
    let by = [(person("fay"), None)].into();
    let veto = Waiting::Veto {
        env: env_name("production"),
        phase: Phase::Signoff,
        by,
    };
    assert_eq!(waiting(team.deploys("bo", release, "production")), [veto]);
    team.unmarks("fay", &ask);
    assert_eq!(team.did(), ["release.vote_withdrawn"]);
    team.starts("bo", release, "production");
}

#[test]
fn a_veto_outweighs_the_same_persons_consent() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    team.crosses("dan", &ask);
    let refused = waiting(team.deploys("bo", release, "production"));
    assert!(matches!(refused[..], [Waiting::Veto { .. }]), "{refused:?}");
    let said = team.votes("dan", &ask, Vote::Yes);
    assert!(
        matches!(said, Ok(Reply::NotCounted { .. })),
        "the emoji still stands: {said:?}"
    );
    let refused = waiting(team.deploys("bo", release, "production"));
    assert!(matches!(refused[..], [Waiting::Veto { .. }]), "{refused:?}");
}

#[test]
fn the_reason_of_a_veto_goes_with_it() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    team.crosses("dan", &ask);
    let reason = Some("the demo is at noon".to_owned());
    let said = team.votes(
        "dan",
        &ask,
        Vote::No {
            reason: reason.clone(),
        },
    );
    assert_eq!(
        said,
        Ok(Reply::Vetoed {
            ask: ask.clone(),
            reason_wanted: false
        })
    );
    let by = |team: &Team| {
        let ask = team.ask(release, "production", Phase::Signoff).unwrap();
        ask.vetoing(&person("ana"), &team.settings)
    };
    assert_eq!(by(&team), [(person("dan"), reason.clone())].into());
    team.reads(release, None).unwrap();
    assert_eq!(
        by(&team),
        [(person("dan"), reason)].into(),
        "an emoji read again takes none away"
    );
    team.unmarks("dan", &ask);
    assert!(by(&team).is_empty(), "and the emoji gone, so is the veto");
}

#[test]
fn a_veto_by_word_stands_until_the_word_is_taken_back() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    let said = team.votes("fay", &ask, Vote::No { reason: None });
    assert_eq!(
        said,
        Ok(Reply::Vetoed {
            ask: ask.clone(),
            reason_wanted: true
        })
    );
    let missing = team.votes(
        "fay",
        &ask,
        Vote::No {
            reason: Some(" ".to_owned()),
        },
    );
    assert!(matches!(missing, Err(Refusal::Missing { .. })));
    let long = team.votes(
        "fay",
        &ask,
        Vote::No {
            reason: Some("x".repeat(1001)),
        },
    );
    assert!(matches!(long, Err(Refusal::TooLong { limit: 1000, .. })));
    let gone = team.withdraws("fay", &ask, Source::Word);
    assert_eq!(gone, Ok(Reply::Withdrawn { ask }));
    team.starts("bo", release, "production");
}

#[test]
fn consent_withdrawn_before_the_start_blocks_it() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    team.unmarks("dan", &ask);
    let refused = waiting(team.deploys("bo", release, "production"));
    let missing = quorum(&["release-manager"]).0;
    let (env, phase) = (env_name("production"), Phase::Signoff);
    assert_eq!(
        refused,
        [Waiting::Consent {
            env,
            phase,
            missing
        }]
    );
}

#[test]
fn consent_withdrawn_after_the_start_stops_nothing_and_is_told_once() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    team.starts("bo", release, "production");
    let said = team.withdraws("dan", &ask, reaction());
    assert!(matches!(said, Ok(Reply::NotCounted { .. })), "{said:?}");
    assert_eq!(team.did(), ["release.vote_withdrawn"]);
    assert!(matches!(team.news()[..], [News::WithdrawnTooLate { .. }]));
    assert!(team.is_busy("production"));
    let used = &team.release(release).asks[&ask];
    assert!(
        used.votes.contains_key(&person("dan")),
        "what it started on stays on record"
    );
    assert!(used.late.contains_key(&person("dan")));
    team.withdraws("dan", &ask, reaction()).unwrap();
    assert!(team.did().is_empty() && team.news().is_empty());
    team.withdraws("bo", &ask, reaction()).unwrap();
    assert!(team.did().is_empty(), "and only of those who consented");
}

#[test]
fn an_ask_that_is_over_takes_no_answers() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let used = team.asked(release, "production", Phase::Signoff);
    team.starts("bo", release, "production");
    let over = team.votes("dan", &used, Vote::Yes);
    assert!(matches!(over, Err(Refusal::AskOver { .. })));
    let mut other = used.clone();
    other.round = 9;
    let unknown = team.votes("dan", &other, Vote::Yes);
    assert!(matches!(unknown, Err(Refusal::AskOver { .. })));
    team.changes_policy(|policy| policy.environments[0].smoke.clear())
        .unwrap();
    let void = team
        .release(release)
        .asks
        .values()
        .find(|it| it.id.phase == Phase::Accept);
    let void = void.unwrap().id.clone();
    let withdrawn = team.withdraws("chloe", &void, reaction());
    assert!(
        matches!(withdrawn, Err(Refusal::AskOver { .. })),
        "{withdrawn:?}"
    );
}

#[test]
fn people_are_reminded_once_and_only_those_who_have_not_answered() {
    let mut team = Team::new();
    let release = team.stages("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    team.ticks("dan", &ask);
    team.wait("3h");
    let still: Vec<_> = mentions(&team, |it| matches!(it, News::StillWaiting { .. }));
    assert_eq!(still, [vec![person("chloe"), person("fay")]]);
    team.wait("1d");
    assert_eq!(
        mentions(&team, |it| matches!(it, News::StillWaiting { .. })).len(),
        1
    );
}

#[test]
fn nobody_is_reminded_of_what_is_settled() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let (env, round) = (env_name("production"), 1);
    let remind = |phase| Timer::Remind {
        release,
        env: env.clone(),
        phase,
        round,
    };
    let settled = team.timer(remind(Phase::Signoff));
    assert!(matches!(settled, Err(Refusal::Stale { .. })));
    team.starts("bo", release, "production");
    assert!(
        !team.has_timer(|it| *it == remind(Phase::Signoff)),
        "nothing left to remind of"
    );
    let used = team.timer(remind(Phase::Signoff));
    assert!(matches!(used, Err(Refusal::Stale { .. })));
}

#[test]
fn two_asks_of_one_environment_are_reminded_of_separately() {
    let mut team = Team::with(|policy| policy.environments[0].signoff = quorum(&["sre"]));
    let first = team.opens("1.4.0");
    let ask = team.asked(first, "staging", Phase::Signoff);
    team.ticks("bo", &ask);
    team.starts("bo", first, "staging");
    team.works_well("staging");
    let second = team.opens("1.5.0");
    let ask = team.asked(second, "staging", Phase::Signoff);
    team.ticks("bo", &ask);
    team.starts("bo", second, "staging");
    team.works_well("staging");
    // The first one is to come back while its acceptance is still open.
    let said = team.deploys("bo", first, "staging");
    assert!(matches!(said, Ok(Reply::Asked { .. })), "{said:?}");
    team.wait("3h");
    let reminded = mentions(&team, |it| matches!(it, News::StillWaiting { .. }));
    assert_eq!(reminded.len(), 3, "one acceptance each, and one sign-off");
}

fn mentions(team: &Team, wanted: impl Fn(&News) -> bool) -> Vec<Vec<crate::ids::Person>> {
    let said = team.owed.iter().filter_map(|it| match it {
        Effect::Say { notice, .. } if wanted(&notice.news) => Some(notice.mention.clone()),
        _ => None,
    });
    said.collect()
}

fn waiting(said: Result<Reply, Refusal>) -> Vec<Waiting> {
    let Err(Refusal::NotYet { waiting, .. }) = said else {
        panic!("{said:?}")
    };
    waiting
}

fn gives(team: &mut Team, name: &str, new: &str) {
    let member = team.settings.people.get_mut(&person(name)).unwrap();
    member.roles.insert(role(new));
}
