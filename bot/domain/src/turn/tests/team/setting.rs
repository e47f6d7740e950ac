//! Who is on the team, and what they demand of a release.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::{Last, Team};
use crate::calendar::{Hours, Length, WeeklyWindow, Window, Zone};
use crate::checks::{Check, CheckKind, HttpCheck};
use crate::ids::{AppId, EnvId, EnvName, Hash, Person, Role, ServiceName, Version};
use crate::origin::Sighting;
use crate::policy::{
    Action, EnvPolicy, OnFailure, Pinned, Policy, Severity, VersionScheme, WatchSegment,
};
use crate::quorum::Quorum;
use crate::settings::{Escalation, Level, Member, Settings};
use crate::steps::{Pull, Run, Step, StepKind, Up};

/// Everybody on the team, with their roles.
const PEOPLE: [(&str, &[&str]); 6] = [
    ("ana", &["release-manager"]),
    ("bo", &["sre"]),
    ("chloe", &["product-owner"]),
    ("dan", &["release-manager"]),
    ("fay", &["product-owner", "release-manager"]),
    ("eve", &[]),
];

impl Team {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    /// A team whose policy differs from the usual one.
    pub(crate) fn with(change: impl FnOnce(&mut Policy)) -> Self {
        let mut team = Self {
            settings: settings(),
            now: at("2026-11-24T10:00:00Z"),
            log: Vec::new(),
            timers: BTreeMap::new(),
            owed: Vec::new(),
            folds: BTreeMap::new(),
            marks: BTreeMap::new(),
            sighting: Sighting::default(),
            last: Last::default(),
        };
        team.changes_policy(change).unwrap();
        team
    }

    /// A team whose policy for production differs from the usual one.
    pub(crate) fn with_production(change: impl FnOnce(&mut EnvPolicy)) -> Self {
        Self::with(|policy| change(&mut policy.environments[1]))
    }

    /// Production takes deploys on weekdays from nine to five, Berlin time.
    pub(crate) fn with_office_hours(mut self) -> Self {
        let zone = self.settings.zone.clone();
        let window = Window::Weekly(WeeklyWindow::parse("Mon-Fri 09:00-17:00").unwrap());
        let hours = Hours {
            zone,
            windows: vec![window],
        };
        self.settings.hours.insert(env_id("production"), hours);
        self
    }

    /// The policy in force is changed and adopted.
    pub(crate) fn changes_policy(&mut self, change: impl FnOnce(&mut Policy)) -> super::Said {
        let mut policy = self.policy().unwrap_or_else(policy);
        change(&mut policy);
        self.adopts(pinned(policy))
    }

    pub(crate) fn policy(&self) -> Option<Policy> {
        let stream = crate::StreamId::Application(app());
        match self.folds.get(&stream)? {
            crate::Fold::Application(it) => Some(it.pinned.as_ref()?.policy.clone()),
            _ => None,
        }
    }
}

pub(crate) fn pinned(policy: Policy) -> Pinned {
    let body = serde_json::to_vec(&policy).unwrap();
    Pinned {
        hash: Hash::of([body.as_slice()]),
        policy,
    }
}

fn settings() -> Settings {
    let member = |(name, roles): &(&str, &[&str])| {
        let roles = roles.iter().map(|it| role(it)).collect();
        (
            person(name),
            Member {
                name: (*name).to_owned(),
                roles,
            },
        )
    };
    let level = |name: &str, after: Option<&str>| Level {
        role: role(name),
        after: after.map(length),
    };
    let levels = vec![
        level("sre", None),
        level("release-manager", Some("10m")),
        level("product-owner", Some("20m")),
    ];
    Settings {
        zone: Zone::parse("Europe/Berlin").unwrap(),
        people: PEOPLE.iter().map(member).collect(),
        titles: [(app(), "The shop".to_owned())].into(),
        hours: BTreeMap::new(),
        announce: BTreeMap::new(),
        freezes: Vec::new(),
        allow: allow(),
        pages: [(
            Severity::P1,
            Escalation {
                suggest: None,
                levels,
            },
        )]
        .into(),
    }
}

fn allow() -> BTreeMap<Action, Vec<Role>> {
    let allow = [
        (Action::Override, vec![role("sre")]),
        (Action::Rollback, vec![role("sre"), role("release-manager")]),
        (Action::Freeze, vec![role("release-manager")]),
        (Action::Cancel, vec![role("release-manager")]),
        (Action::Unlock, vec![role("sre")]),
        (Action::Incident, vec![role("sre")]),
    ];
    allow.into()
}

fn policy() -> Policy {
    let staging = EnvPolicy {
        accept: quorum(&["product-owner"]),
        ..environment("staging")
    };
    let production = EnvPolicy {
        needs: Some(env_name("staging")),
        signoff: quorum(&["product-owner", "release-manager"]),
        on_failure: OnFailure::Rollback,
        watch: vec![segment("15m", "5m")],
        incident: Some(Severity::P1),
        ..environment("production")
    };
    Policy {
        app: app(),
        scheme: VersionScheme::Semver,
        images: [(service(), "registry.example/web:{version}".to_owned())].into(),
        builds: [].into(),
        allow_images: crate::policy::Repositories::default(),
        origin: None,
        checklist: Vec::new(),
        allow: allow(),
        environments: vec![staging, production],
    }
}

/// Pull, migrate, recreate, and a smoke test.
fn environment(env: &str) -> EnvPolicy {
    let step = |kind| Step::new(kind, length("5m"));
    let migrate = Run {
        service: service(),
        argv: vec!["migrate".to_owned()],
        once: true,
        alone: None,
    };
    let up = Up {
        stable_for: length("10s"),
        healthy_within: length("1m"),
    };
    EnvPolicy {
        name: env_name(env),
        needs: None,
        signoff: Quorum::default(),
        accept: Quorum::default(),
        announced: false,
        fleet: None,
        no_new_commits: false,
        deploy: vec![
            step(StepKind::Pull(Pull { service: service() })),
            step(StepKind::Run(migrate)),
            step(StepKind::Up(up.clone())),
        ],
        rollback: vec![
            step(StepKind::Pull(Pull { service: service() })),
            step(StepKind::Up(up)),
        ],
        smoke: vec![check()],
        on_failure: OnFailure::Stop,
        watch: Vec::new(),
        incident: None,
        rollback_ask: Vec::new(),
    }
}

pub(crate) fn check() -> Check {
    let kind = CheckKind::Http(HttpCheck {
        url: "https://shop.example/health".to_owned(),
        status: None,
        headers: BTreeMap::new(),
        json: BTreeMap::new(),
        contains: None,
        cookie: None,
        within: None,
    });
    Check {
        title: None,
        tries: 1,
        every: length("1s"),
        kind,
    }
}

pub(crate) fn segment(lasts: &str, every: &str) -> WatchSegment {
    WatchSegment {
        length: length(lasts),
        every: length(every),
        checks: vec![check()],
        ask: None,
    }
}

pub(crate) fn quorum(roles: &[&str]) -> Quorum {
    Quorum(roles.iter().map(|it| (role(it), 1)).collect())
}

pub(crate) fn app() -> AppId {
    AppId::new("shop").unwrap()
}

pub(crate) fn service() -> ServiceName {
    ServiceName::new("web").unwrap()
}

pub(crate) fn env_name(env: &str) -> EnvName {
    EnvName::new(env).unwrap()
}

pub(crate) fn env_id(env: &str) -> EnvId {
    EnvId {
        app: app(),
        env: env_name(env),
    }
}

pub(crate) fn person(name: &str) -> Person {
    Person::new(name).unwrap()
}

pub(crate) fn role(name: &str) -> Role {
    Role::new(name).unwrap()
}

pub(crate) fn version(version: &str) -> Version {
    Version::new(version).unwrap()
}

pub(crate) fn length(length: &str) -> Length {
    Length::parse(length).unwrap()
}

pub(crate) fn at(instant: &str) -> DateTime<Utc> {
    instant.parse().unwrap()
}
