//! A release is opened, its images are pinned, its checklist is settled.

use std::collections::BTreeMap;

use super::team::{Team, app, env_name, image, new, person, role, service, version};
use crate::ask::Phase;
use crate::command::{New, Report, Wish};
use crate::effect::{CardId, Effect};
use crate::gates::Waiting;
use crate::ids::{ReleaseId, ServiceName};
use crate::notice::News;
use crate::policy::{Action, Item, Settler, VersionScheme};
use crate::refusal::Refusal;
use crate::release::Mark;
use crate::reply::Reply;

#[test]
fn a_release_is_opened_and_its_images_are_wanted() {
    let mut team = Team::new();
    let said = team.says("ana", new("1.4.0"));
    let (release, version) = (ReleaseId(1), version("1.4.0"));
    assert_eq!(said, Ok(Reply::Opened { release, version }));
    assert_eq!(team.did(), ["release.opened"]);
    let card = Effect::Card {
        card: CardId::Release { release },
    };
    assert_eq!(team.effects(), [card, Effect::PinImages { release }]);
    assert_eq!(
        team.release(release).references[&service()],
        "registry.example/web:1.4.0"
    );

    team.pins(release).unwrap();
    assert_eq!(team.did(), ["release.manifest_fixed"]);
    assert!(
        team.ask(release, "production", Phase::Signoff).is_none(),
        "staging comes first"
    );
}

#[test]
fn asks_wait_for_the_images() {
    let mut team = Team::with(|policy| policy.environments[1].needs = None);
    team.says("ana", new("1.4.0")).unwrap();
    assert!(
        team.ask(ReleaseId(1), "production", Phase::Signoff)
            .is_none()
    );
    team.pins(ReleaseId(1)).unwrap();
    assert_eq!(team.did(), ["release.manifest_fixed", "release.ask_opened"]);
}

#[test]
fn images_are_pinned_once() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    assert_eq!(
        team.pins(release),
        Ok(Reply::Nothing),
        "the same again changes nothing"
    );
    assert!(team.did().is_empty());
    let images = BTreeMap::from([(service(), image("something else"))]);
    let again = team.world_says(Report::ImagesPinned { release, images });
    assert!(matches!(again, Err(Refusal::Stale { .. })));
    let others = BTreeMap::from([(ServiceName::new("db").unwrap(), image("db"))]);
    let others = team.world_says(Report::ImagesPinned {
        release,
        images: others,
    });
    assert!(matches!(others, Err(Refusal::Stale { .. })));
}

#[test]
fn images_that_cannot_be_pinned_are_told_to_whoever_asked() {
    let mut team = Team::new();
    team.says("ana", new("1.4.0")).unwrap();
    let release = ReleaseId(1);
    let why = "no such tag".to_owned();
    let report = Report::ImagesUnresolved {
        release,
        why: why.clone(),
    };
    team.world_says(report.clone()).unwrap();
    assert_eq!(team.did(), ["release.images_unresolved"]);
    assert!(matches!(team.news()[..], [News::ImagesUnresolved { .. }]));
    team.world_says(report).unwrap();
    assert!(team.did().is_empty(), "the same trouble is recorded once");

    let refused = team.deploys("bo", release, "staging");
    let Err(Refusal::NotYet { waiting, .. }) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        waiting,
        [Waiting::Images {
            failed: Some(why.clone())
        }]
    );
    team.pins(release).unwrap();
    assert_eq!(team.release(release).unresolved, None);
    let late = team.world_says(Report::ImagesUnresolved { release, why });
    assert!(matches!(late, Err(Refusal::Stale { .. })));
}

#[test]
fn a_version_has_one_open_release() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    let taken = Refusal::VersionTaken {
        version: version("1.4.0"),
        release,
    };
    assert_eq!(team.says("dan", new("1.4.0")), Err(taken));
    let why = "wrong branch".to_owned();
    team.says("ana", Wish::Cancel { release, why }).unwrap();
    assert!(
        team.says("dan", new("1.4.0")).is_ok(),
        "given up, it is free again"
    );
}

#[test]
fn a_version_is_written_as_the_team_writes_them() {
    let mut team = Team::new();
    let bad = Refusal::BadVersion {
        version: version("monday"),
        scheme: VersionScheme::Semver,
    };
    assert_eq!(team.says("ana", new("monday")), Err(bad));
    let schemes = [
        (VersionScheme::Calver, "2026.11.20-1", "2026.11-1"),
        (VersionScheme::Semver, "1.4.0-rc1", "1.4"),
        (VersionScheme::GitSha, "3f9c2ab", "3f9c2a"),
    ];
    for (scheme, good, bad) in schemes {
        assert!(scheme.fits(good) && !scheme.fits(bad), "{scheme:?}");
        assert!(scheme.fits(scheme.example()));
    }
    assert!(VersionScheme::Any.fits("monday"));
}

#[test]
fn images_can_be_named_by_hand() {
    let mut team = Team::with(|policy| {
        policy.images.insert(
            ServiceName::new("db").unwrap(),
            "registry.example:5000/db".into(),
        );
    });
    let missing = Refusal::ImageMissing {
        service: "db".to_owned(),
    };
    assert_eq!(team.says("ana", new("1.4.0")), Err(missing));

    let mut images = BTreeMap::from([(ServiceName::new("db").unwrap(), "db:16".to_owned())]);
    team.says("ana", wanted(images.clone())).unwrap();
    assert_eq!(team.release(ReleaseId(1)).references.len(), 2);

    images.insert(ServiceName::new("cache").unwrap(), "redis:8".to_owned());
    let unknown = team.says("ana", wanted(images));
    let known = vec!["db".to_owned(), "web".to_owned()];
    assert_eq!(
        unknown,
        Err(Refusal::UnknownImage {
            service: "cache".to_owned(),
            known
        })
    );
    let mut long = BTreeMap::from([(service(), "x".repeat(2000))]);
    long.insert(ServiceName::new("db").unwrap(), "db:16".to_owned());
    assert!(matches!(
        team.says("ana", wanted(long)),
        Err(Refusal::TooLong { .. })
    ));
}

#[test]
fn whoever_may_not_open_releases_is_told_who_may() {
    let mut team = Team::with(|policy| {
        policy
            .allow
            .insert(Action::New, vec![role("release-manager")]);
    });
    let roles = vec![role("release-manager")];
    let people = vec![person("ana"), person("dan"), person("fay")];
    let refused = Refusal::NotAllowed {
        action: Action::New,
        roles,
        people,
    };
    assert_eq!(team.says("bo", new("1.4.0")), Err(refused));
    assert_eq!(
        team.says("eve", new("1.4.0")),
        Err(Refusal::Stranger {
            person: person("eve")
        })
    );
}

#[test]
fn checklist_items_are_settled_by_their_role() {
    let mut team = Team::with(|policy| {
        let item = |role_name, title: &str| Item {
            by: Settler::Role(role(role_name)),
            title: title.to_owned(),
        };
        policy.checklist = vec![item("sre", "backup taken"), item("product-owner", "notes")];
    });
    let release = team.opens("1.4.0");
    let done = Some(Mark::Done);
    let check = |item, mark: &Option<Mark>| Wish::Check {
        release,
        item,
        mark: mark.clone(),
    };

    let role_of_item = role("sre");
    let people = vec![person("bo")];
    let refused = Refusal::NotYourItem {
        role: role_of_item,
        people,
    };
    assert_eq!(team.says("chloe", check(1, &done)), Err(refused));
    for item in [0, 3] {
        let unknown = Refusal::UnknownItem { item, count: 2 };
        assert_eq!(team.says("bo", check(item, &done)), Err(unknown));
    }
    assert_eq!(
        team.says("bo", check(1, &done)),
        Ok(Reply::Ticked {
            release,
            item: 1,
            open: 1
        })
    );
    assert_eq!(team.did(), ["release.ticked"]);
    team.says("bo", check(1, &done)).unwrap();
    assert!(team.did().is_empty(), "settled already");

    let refused = team.deploys("bo", release, "staging");
    let Err(Refusal::NotYet { waiting, .. }) = refused else {
        panic!("{refused:?}")
    };
    let open = vec![(2, "notes".to_owned(), role("product-owner"))];
    assert_eq!(waiting, [Waiting::Checklist { open }]);

    let empty = Some(Mark::NotApplicable {
        reason: "  ".to_owned(),
    });
    let missing = team.says("chloe", check(2, &empty));
    assert!(matches!(missing, Err(Refusal::Missing { .. })));
    let not_applicable = Some(Mark::NotApplicable {
        reason: "a fix only".to_owned(),
    });
    team.says("chloe", check(2, &not_applicable)).unwrap();
    team.starts("bo", release, "staging");

    let opened = team.says("bo", check(1, &None));
    assert_eq!(
        opened,
        Ok(Reply::Ticked {
            release,
            item: 1,
            open: 1
        }),
        "and opened again"
    );
}

#[test]
fn what_people_say_is_kept_with_a_release() {
    let mut team = Team::new();
    let release = team.opens("1.4.0");
    let link = Some("https://chat.example/1".to_owned());
    let note = |text: &str, link: &Option<String>| Wish::Note {
        release,
        text: text.to_owned(),
        link: link.clone(),
    };
    assert_eq!(
        team.says("bo", note("the disk is nearly full", &link)),
        Ok(Reply::Noted { release })
    );
    assert_eq!(team.did(), ["release.noted"]);
    team.says("chloe", note("again", &link)).unwrap();
    assert!(team.did().is_empty(), "one place, one note");
    team.says("chloe", note("again", &None)).unwrap();
    assert_eq!(team.did(), ["release.noted"]);
    assert!(matches!(
        team.says("bo", note("  ", &None)),
        Err(Refusal::Missing { .. })
    ));
    assert!(matches!(
        team.says("nobody", note("x", &None)),
        Err(Refusal::Stranger { .. })
    ));
    for number in 2..200 {
        team.says("bo", note(&number.to_string(), &None)).unwrap();
    }
    assert!(matches!(
        team.says("bo", note("one more", &None)),
        Err(Refusal::TooMany { limit: 200, .. })
    ));
}

#[test]
fn an_unknown_release_is_not_deployed() {
    let mut team = Team::new();
    let release = ReleaseId(7);
    let env = env_name("staging");
    let refused = team.says(
        "bo",
        Wish::Deploy {
            release,
            env,
            over: None,
        },
    );
    assert_eq!(refused, Err(Refusal::UnknownRelease { release }));
}

fn wanted(images: BTreeMap<ServiceName, String>) -> Wish {
    let (app, version) = (app(), version("1.4.0"));
    Wish::New(New {
        app,
        version,
        images,
        commit: None,
        note: None,
        ticket: None,
    })
}
