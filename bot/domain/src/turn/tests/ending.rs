//! A release is done when nothing is left to do, or it is given up.

use chrono::TimeDelta;

use super::team::{Team, env_id, env_name, person, quorum};
use crate::ask::{AskState, Phase};
use crate::calendar::Span;
use crate::command::Wish;
use crate::effect::{CardId, Effect};
use crate::ids::ReleaseId;
use crate::refusal::Refusal;
use crate::release::End;
use crate::reply::Reply;
use crate::timer::Timer;

#[test]
fn verified_accepted_and_watched_it_is_done() {
    let mut team = Team::with_production(|env| env.accept = quorum(&["product-owner"]));
    let release = team.brings("1.4.0");
    assert!(team.release(release).is_open(), "verified");
    team.watches("production");
    assert!(team.release(release).is_open(), "and watched");
    let ask = team.asked(release, "production", Phase::Accept);
    team.ticks("chloe", &ask);
    assert_eq!(
        team.did(),
        ["release.voted", "release.done"],
        "and accepted"
    );
    let card = Effect::Card {
        card: CardId::Ask { ask: ask.clone() },
    };
    assert!(team.effects().contains(&card), "its asks are shown as over");
    assert!(matches!(team.release(release).end, Some(End::Done { .. })));

    let over = Refusal::ReleaseOver {
        release,
        cancelled: false,
    };
    assert_eq!(team.deploys("bo", release, "production"), Err(over.clone()));
    let source = super::team::reaction();
    assert_eq!(team.withdraws("chloe", &ask, source), Err(over.clone()));
    assert_eq!(cancels(&mut team, "ana", release), Err(over));
}

#[test]
fn without_a_watch_verification_is_enough() {
    let mut team = Team::with_production(|env| env.watch.clear());
    let release = team.brings("1.4.0");
    assert!(team.did().ends_with(&["release.done"]));
    assert!(!team.release(release).is_open());
    team.wait("1d");
    assert!(team.timers.is_empty(), "{:?}", team.timers);
}

#[test]
fn a_staging_nobody_accepted_keeps_it_open() {
    let mut team = Team::with_production(|env| env.watch.clear());
    let release = team.opens("1.4.0");
    team.starts("bo", release, "staging");
    team.works_well("staging");
    team.overrides("bo", release, "production").unwrap();
    team.works_well("production");
    assert!(team.release(release).is_open());
    let ask = team.asked(release, "staging", Phase::Accept);
    team.ticks("chloe", &ask);
    assert!(!team.release(release).is_open());
}

#[test]
fn a_failed_attempt_keeps_it_open_until_another_goes_well() {
    let mut team = Team::with_production(|env| env.watch.clear());
    let release = team.readies("1.4.0");
    team.starts("bo", release, "production");
    team.breaks("production");
    assert!(team.release(release).is_open());
    team.unlocks("production").unwrap();
    team.deploys("bo", release, "production").unwrap();
    team.all_sign(release);
    team.starts("bo", release, "production");
    team.works_well("production");
    assert!(!team.release(release).is_open());
}

#[test]
fn given_up_nothing_is_asked_any_more() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let (from, env) = (team.now + TimeDelta::hours(1), env_name("production"));
    let span = Span::new(from, from + TimeDelta::hours(1)).unwrap();
    let (summary, owner) = ("faster".to_owned(), person("bo"));
    team.says(
        "ana",
        Wish::Plan {
            release,
            env: env.clone(),
            span,
            summary,
            owner,
        },
    )
    .unwrap();
    assert_eq!(
        cancels(&mut team, "dan", release),
        Ok(Reply::Cancelled { release })
    );
    let did = [
        "release.cancelled",
        "release.ask_voided",
        "release.ask_voided",
    ];
    assert_eq!(team.did(), did);
    let card = Effect::Card {
        card: CardId::Announcement { release, env },
    };
    assert!(team.effects().contains(&card));
    let asks = team.release(release).asks.values();
    assert!(
        asks.into_iter()
            .all(|it| matches!(it.state, AskState::Void(_)))
    );
    assert!(team.timers.is_empty(), "{:?}", team.timers);
    let over = Refusal::ReleaseOver {
        release,
        cancelled: true,
    };
    assert_eq!(team.deploys("bo", release, "staging"), Err(over.clone()));
    assert_eq!(team.reads(release, None), Err(over));
}

#[test]
fn a_start_in_the_making_ends_with_it() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    team.deploys("bo", release, "production").unwrap();
    let reading = team.reading(release, Some("production"));
    cancels(&mut team, "ana", release).unwrap();
    assert!(!team.has_timer(|it| matches!(it, Timer::StartDeadline { .. })));
    assert_eq!(
        team.release(release).stages[&env_name("production")].starting,
        None
    );
    let over = Refusal::ReleaseOver {
        release,
        cancelled: true,
    };
    assert_eq!(team.world_says(reading), Err(over));
}

#[test]
fn whoever_asked_for_it_may_give_it_up_and_others_need_the_right() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    assert!(matches!(
        cancels(&mut team, "bo", release),
        Err(Refusal::NotAllowed { .. })
    ));
    team.settings.people.get_mut(&person("ana")).unwrap().roles = [super::team::role("sre")].into();
    cancels(&mut team, "ana", release).unwrap();
}

#[test]
fn what_is_running_is_not_given_up() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    team.starts("bo", release, "staging");
    let (environment, since) = (env_id("staging"), team.now);
    let busy = Refusal::Busy {
        environment,
        attempt: 1,
        release,
        since,
    };
    assert_eq!(cancels(&mut team, "ana", release), Err(busy));
}

fn cancels(team: &mut Team, by: &str, release: ReleaseId) -> Result<Reply, Refusal> {
    team.says(
        by,
        Wish::Cancel {
            release,
            why: "the feature is not ready".to_owned(),
        },
    )
}
