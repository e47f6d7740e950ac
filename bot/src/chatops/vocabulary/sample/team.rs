//! Who is in the sample team and what it demands.

use std::collections::BTreeMap;

use shipbell_domain::attempt::Work;
use shipbell_domain::calendar::{Hours, WeeklyWindow, Window, Zone};
use shipbell_domain::checks::{Check, CheckKind, HttpCheck};
use shipbell_domain::ids::{AppId, Hash, ServiceName};
use shipbell_domain::manifest::{Image, Manifest};
use shipbell_domain::policy::{
    Action, EnvPolicy, Item, OnFailure, Pinned, Policy, Settler, Severity, VersionScheme,
};
use shipbell_domain::quorum::Quorum;
use shipbell_domain::settings::{Escalation, Level, Member, Settings};
use shipbell_domain::steps::{Pull, Step, StepKind, Up};

use super::{app, env, length, person, place, role, version};

pub(super) fn settings() -> Settings {
    let zone = Zone::parse("Europe/Paris").unwrap();
    let member = |id: &str, name: &str, roles: &[&str]| {
        let roles = roles.iter().map(|it| role(it)).collect();
        (
            person(id),
            Member {
                name: name.to_owned(),
                roles,
            },
        )
    };
    let friday = Window::Weekly(WeeklyWindow::parse("Tue,Thu,Fri 14:00-16:00").unwrap());
    let hours = Hours {
        zone: zone.clone(),
        windows: vec![friday],
    };
    let level = |name: &str, after: Option<&str>| Level {
        role: role(name),
        after: after.map(length),
    };
    let levels = vec![level("sre", None), level("release-manager", Some("10m"))];
    let page = Escalation {
        suggest: Some("rollback".to_owned()),
        levels,
    };
    Settings {
        zone,
        people: BTreeMap::from([
            member("ana", "Ana Ruiz", &["release-manager"]),
            member("bo", "Bo Lindqvist", &["sre"]),
            member("chloe", "Chloé Martin", &["product-owner"]),
            member("kai", "Kai Ito", &["developer"]),
        ]),
        titles: BTreeMap::from([
            (app(), "Rapid Audit Manage".to_owned()),
            (
                AppId::new("motorsport").unwrap(),
                "Motorsport API".to_owned(),
            ),
        ]),
        hours: BTreeMap::from([(place("production"), hours)]),
        announce: BTreeMap::new(),
        freezes: Vec::new(),
        allow: BTreeMap::new(),
        pages: BTreeMap::from([(Severity::P1, page)]),
    }
}

pub(super) fn policy() -> Pinned {
    let item = |name: &str, title: &str| Item {
        by: Settler::Role(role(name)),
        title: title.to_owned(),
    };
    let policy = Policy {
        app: app(),
        scheme: VersionScheme::Calver,
        images: BTreeMap::from([(service("php"), "ghcr.io/acme/php:{version}".to_owned())]),
        builds: [].into(),
        allow_images: shipbell_domain::policy::Repositories::default(),
        origin: None,
        checklist: vec![
            item("developer", "CI is green"),
            item("sre", "Migrations reviewed"),
            item("sre", "Settings are up to date"),
        ],
        allow: BTreeMap::from([(Action::Override, vec![role("sre")])]),
        environments: vec![
            environment("staging", None, &[]),
            environment(
                "production",
                Some("staging"),
                &["product-owner", "release-manager"],
            ),
        ],
    };
    Pinned {
        hash: Hash::of([b"policy".as_slice()]),
        policy,
    }
}

pub(super) fn motorsport() -> Pinned {
    let mut pinned = policy();
    pinned.policy.app = AppId::new("motorsport").unwrap();
    pinned.policy.scheme = VersionScheme::Any;
    pinned.policy.checklist.clear();
    pinned.policy.environments = vec![environment("production", None, &["product-owner"])];
    pinned
}

fn environment(name: &str, needs: Option<&str>, signoff: &[&str]) -> EnvPolicy {
    let question = "Is the older code compatible with the current schema?".to_owned();
    EnvPolicy {
        name: env(name),
        needs: needs.map(env),
        signoff: Quorum(signoff.iter().map(|it| (role(it), 1)).collect()),
        accept: Quorum::default(),
        announced: false,
        fleet: None,
        no_new_commits: false,
        deploy: Vec::new(),
        rollback: Vec::new(),
        smoke: Vec::new(),
        on_failure: OnFailure::Stop,
        watch: Vec::new(),
        incident: Some(Severity::P1),
        rollback_ask: if name == "production" {
            vec![question]
        } else {
            Vec::new()
        },
    }
}

pub(super) fn manifest(name: &str) -> Manifest {
    let digest = Hash::of([name.as_bytes()]);
    let image = Image {
        reference: format!("ghcr.io/acme/php:{name}"),
        pinned: format!("ghcr.io/acme/php@sha256:{}", String::from(digest)),
        local: false,
    };
    Manifest {
        app: app(),
        version: version(name),
        commit: None,
        images: BTreeMap::from([(service("php"), image)]),
        policy: policy().hash,
    }
}

/// Two steps and three checks.
pub(super) fn work() -> Vec<Work> {
    let step = |kind| Work::Step(Step::new(kind, length("5m")));
    let up = Up {
        stable_for: length("10s"),
        healthy_within: length("2m"),
    };
    let mut work = vec![
        step(StepKind::Pull(Pull {
            service: service("php"),
        })),
        step(StepKind::Up(up)),
    ];
    work.extend(["/healthz", "/login", "/api/version"].map(|path| Work::Check(check(path))));
    work
}

pub(super) fn check(path: &str) -> Check {
    let http = HttpCheck {
        url: format!("https://rapid-audit.example.com{path}"),
        status: Some(200),
        headers: BTreeMap::new(),
        json: BTreeMap::new(),
        contains: None,
        cookie: None,
        within: None,
    };
    Check {
        title: None,
        tries: 1,
        every: length("1s"),
        kind: CheckKind::Http(http),
    }
}

fn service(name: &str) -> ServiceName {
    ServiceName::new(name).unwrap()
}
