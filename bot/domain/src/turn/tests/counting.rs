//! Whose consent counts: never the requester's, and everybody's once.

use super::team::{Team, image, new, person, quorum, role, service};
use crate::ask::{Phase, Vote};
use crate::command::Report;
use crate::gates::Waiting;
use crate::ids::ReleaseId;
use crate::quorum::Quorum;
use crate::refusal::Refusal;
use crate::reply::Reply;

#[test]
fn whoever_asked_for_a_release_never_counts() {
    let mut team = Team::new();
    let release = team.stages("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    team.ticks("chloe", &ask);
    let said = team.votes("ana", &ask, Vote::Yes);
    assert!(matches!(said, Ok(Reply::NotCounted { .. })), "{said:?}");
    team.ticks("ana", &ask);
    assert_eq!(missing(&mut team, release), quorum(&["release-manager"]));
}

#[test]
fn not_even_with_every_role() {
    let mut team = Team::new();
    let ana = team.settings.people.get_mut(&person("ana")).unwrap();
    ana.roles.extend([role("product-owner"), role("sre")]);
    let release = team.opens("1.4.0");
    team.starts("bo", release, "staging");
    team.works_well("staging");
    let ask = team.asked(release, "staging", Phase::Accept);
    team.ticks("ana", &ask);
    assert!(team.ask(release, "production", Phase::Signoff).is_none());
    team.ticks("chloe", &ask);
    let ask = team.asked(release, "production", Phase::Signoff);
    team.ticks("ana", &ask);
    assert_eq!(
        missing(&mut team, release),
        quorum(&["product-owner", "release-manager"])
    );
}

#[test]
fn the_requesters_veto_counts_as_little() {
    let mut team = Team::new();
    let release = team.readies("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    team.crosses("ana", &ask);
    team.starts("bo", release, "production");
}

#[test]
fn one_person_fills_one_seat() {
    let mut team = Team::new();
    let release = team.stages("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    team.ticks("fay", &ask);
    assert_eq!(
        missing(&mut team, release).size(),
        1,
        "either seat, not both"
    );
    team.votes("fay", &ask, Vote::Yes).unwrap();
    assert_eq!(
        missing(&mut team, release).size(),
        1,
        "nor both by saying it twice"
    );
    team.ticks("dan", &ask);
    team.starts("bo", release, "production");
}

#[test]
fn a_number_of_people_is_a_number_of_people() {
    let two = Quorum([(role("release-manager"), 2)].into());
    let mut team = Team::with_production(|env| env.signoff = two);
    let release = team.stages("1.4.0");
    let ask = team.asked(release, "production", Phase::Signoff);
    team.ticks("dan", &ask);
    team.votes("dan", &ask, Vote::Yes).unwrap();
    assert_eq!(missing(&mut team, release), quorum(&["release-manager"]));
    team.ticks("fay", &ask);
    team.starts("bo", release, "production");
}

#[test]
fn consent_is_to_exactly_these_images() {
    let mut team = Team::new();
    let first = team.readies("1.4.0");
    team.says("ana", new("1.5.0")).unwrap();
    let second = ReleaseId(2);
    let images = [(service(), image("1.5.0"))].into();
    team.world_says(Report::ImagesPinned {
        release: second,
        images,
    })
    .unwrap();
    let ask = team.asked(first, "production", Phase::Signoff);
    assert_eq!(
        ask.manifest,
        team.release(first).manifest.as_ref().unwrap().hash()
    );
    assert_ne!(
        ask.manifest,
        team.release(second).manifest.as_ref().unwrap().hash()
    );
    let refused = team.deploys("bo", second, "production");
    assert!(
        matches!(refused, Err(Refusal::NotYet { .. })),
        "{refused:?}"
    );
}

fn missing(team: &mut Team, release: ReleaseId) -> Quorum {
    let said = team.deploys("bo", release, "production");
    let Err(Refusal::NotYet { waiting, .. }) = said else {
        panic!("{said:?}")
    };
    let [Waiting::Consent { missing, .. }] = &waiting[..] else {
        panic!("{waiting:?}")
    };
    Quorum(missing.clone())
}
