//! Somebody changes what runs without a word to anybody: it is told once, and may be
//! taken as it is.

use super::team::{Said, Team, app, env_id, image, service, succeeded, version};
use crate::command::{Report, Wish};
use crate::drift::{Differs, Seen};
use crate::event::Outcome;
use crate::notice::News;
use crate::refusal::Refusal;
use crate::release::End;
use crate::reply::Reply;
use crate::snapshot::Kept;

/// What runs when a version does.
fn running(name: &str) -> Vec<Seen> {
    let image = image(name);
    vec![Seen {
        on: None,
        service: service().to_string(),
        id: image.pinned.clone(),
        image: Kept {
            pinned: image.pinned,
            local: image.local,
        },
        made: "m".to_owned(),
        asked: None,
        running: 1,
    }]
}

/// A team whose 1.4.0 runs in an environment and was seen there.
fn team_with(env: &str) -> Team {
    let mut team = Team::new();
    let release = match env {
        "staging" => team.opens("1.4.0"),
        _ => team.readies("1.4.0"),
    };
    team.starts("bo", release, env);
    while team.is_busy(env) {
        let Outcome::Succeeded { mut evidence } = succeeded() else {
            unreachable!("it succeeded");
        };
        evidence.seen = running("1.4.0");
        team.works(env, Outcome::Succeeded { evidence });
    }
    team
}

fn looks(team: &mut Team, env: &str, seen: Vec<Seen>) -> Said {
    let attempt = team.environment(env).current().unwrap().attempt;
    team.world_says(Report::Compared {
        environment: env_id(env),
        attempt,
        seen,
    })
}

fn adopts(team: &mut Team, by: &str, env: &str, name: Option<&str>) -> Said {
    team.says(
        by,
        Wish::Adopt {
            environment: env_id(env),
            version: name.map(version),
            why: "a fix by hand at night".to_owned(),
        },
    )
}

#[test]
fn what_was_proven_is_known_from_then_on() {
    let mut team = team_with("staging");
    assert_eq!(team.environment("staging").seen, running("1.4.0"));
    looks(&mut team, "staging", running("1.4.0")).unwrap();
    assert!(team.did().is_empty(), "{:?}", team.did());
}

#[test]
fn a_change_is_told_once() {
    let mut team = team_with("staging");
    looks(&mut team, "staging", running("1.4.1")).unwrap();
    assert_eq!(team.did(), ["environment.drift_seen"]);
    let news = team.news();
    let [News::Drifted { differences, .. }] = news[..] else {
        panic!("{news:?}");
    };
    assert!(matches!(differences[0].what, Differs::Image { .. }));

    looks(&mut team, "staging", running("1.4.1")).unwrap();
    assert!(team.did().is_empty(), "it is known");
    looks(&mut team, "staging", running("1.4.2")).unwrap();
    assert_eq!(team.news().len(), 1, "that is another change");
    looks(&mut team, "staging", running("1.4.0")).unwrap();
    assert_eq!(team.did(), ["environment.drift_gone"]);
    assert!(team.news().is_empty(), "nobody must act");
    assert_eq!(team.environment("staging").drift, None);
}

#[test]
fn nothing_is_compared_while_it_is_being_changed() {
    let mut team = team_with("staging");
    let attempt = team.environment("staging").current().unwrap().attempt;
    let next = team.opens("1.5.0");
    team.starts("bo", next, "staging");
    let compared = Report::Compared {
        environment: env_id("staging"),
        attempt,
        seen: running("1.5.0"),
    };
    let said = team.world_says(compared.clone());
    assert!(matches!(said, Err(Refusal::Stale { .. })), "{said:?}");
    team.works_well("staging");
    let said = team.world_says(compared);
    assert!(matches!(said, Err(Refusal::Stale { .. })), "{said:?}");
}

#[test]
fn another_image_becomes_a_release_that_is_over() {
    let mut team = team_with("staging");
    looks(&mut team, "staging", running("1.4.1")).unwrap();
    let unnamed = adopts(&mut team, "bo", "staging", None);
    assert!(matches!(unnamed, Err(Refusal::Missing { .. })));
    let taken = adopts(&mut team, "bo", "staging", Some("1.4.0"));
    assert!(matches!(taken, Err(Refusal::VersionTaken { .. })));

    let said = adopts(&mut team, "bo", "staging", Some("1.4.1"));
    let (environment, to) = (env_id("staging"), version("1.4.1"));
    assert_eq!(
        said,
        Ok(Reply::Adopted {
            environment,
            version: to
        })
    );
    let here = team.environment("staging");
    let current = here.current().unwrap();
    assert_eq!(current.manifest.version, version("1.4.1"));
    assert_eq!(here.previous().unwrap().manifest.version, version("1.4.0"));
    assert_eq!(here.drift, None);
    let release = team.release(current.release);
    assert!(matches!(release.end, Some(End::Done { .. })));
    assert_eq!(release.app, app());
    assert_eq!(team.refolded(), *team.folds());

    let again = adopts(&mut team, "bo", "staging", Some("1.4.1"));
    assert!(matches!(again, Err(Refusal::NoDrift { .. })));
    looks(&mut team, "staging", running("1.4.1")).unwrap();
    assert!(team.did().is_empty());
}

#[test]
fn where_consent_is_demanded_only_those_adopt_who_may_do_without() {
    let mut team = team_with("production");
    looks(&mut team, "production", running("1.4.1")).unwrap();
    let said = adopts(&mut team, "chloe", "production", Some("1.4.1"));
    assert!(matches!(said, Err(Refusal::NotAllowed { .. })), "{said:?}");
    adopts(&mut team, "bo", "production", Some("1.4.1")).unwrap();
    let news = team.news();
    let told = news.iter().any(|it| matches!(it, News::Adopted { .. }));
    assert!(told, "everybody learns of it: {news:?}");
}

#[test]
fn other_settings_are_the_same_version() {
    let mut team = team_with("production");
    let mut seen = running("1.4.0");
    seen[0].made = "n".to_owned();
    looks(&mut team, "production", seen.clone()).unwrap();
    adopts(&mut team, "chloe", "production", None).unwrap();
    assert_eq!(team.did(), ["environment.adopted"]);
    let here = team.environment("production");
    assert_eq!((here.verified.len(), &here.seen), (1, &seen));
}

#[test]
fn what_does_not_run_is_not_adopted() {
    let mut team = team_with("staging");
    let mut seen = running("1.4.1");
    seen[0].running = 0;
    looks(&mut team, "staging", seen).unwrap();
    let said = adopts(&mut team, "bo", "staging", Some("1.4.1"));
    let Err(Refusal::NotWhole { services, .. }) = said else {
        panic!("{said:?}");
    };
    assert_eq!(services, ["web"]);
}
