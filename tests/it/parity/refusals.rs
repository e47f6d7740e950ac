//! Every refusal, told to the same person on each platform.

use shipbell_domain::Refusal;
use shipbell_domain::ask::Phase;
use shipbell_domain::calendar::Span;
use shipbell_domain::environment::Ahead;
use shipbell_domain::gates::{Moved, NotGreen, Waiting};
use shipbell_domain::ids::{EnvId, IncidentId, ReleaseId};
use shipbell_domain::origin::CheckState;
use shipbell_domain::policy::{Action, VersionScheme};

use super::{at, id, person_role};

/// How many kinds of refusals there are.
const KINDS: usize = 45;

/// One of each kind, in the order of [`place`].
pub(super) fn all() -> Vec<Refusal> {
    let mut all = rights();
    all.extend(names());
    all.extend(releases());
    all.extend(environments());
    all.extend(others());
    let places: Vec<usize> = all.iter().map(place).collect();
    let every: Vec<usize> = (0..KINDS).collect();
    assert_eq!(places, every, "a kind of refusal is not in the table");
    all
}

/// Where a kind stands in the table; a new kind must be named here, and added there.
fn place(refusal: &Refusal) -> usize {
    match refusal {
        Refusal::Stranger { .. } => 0,
        Refusal::NotAllowed { .. } => 1,
        Refusal::NotYourItem { .. } => 2,
        Refusal::NotAsked { .. } => 3,
        Refusal::UnknownApp { .. } => 4,
        Refusal::UnknownEnvironment { .. } => 5,
        Refusal::UnknownRelease { .. } => 6,
        Refusal::UnknownIncident { .. } => 7,
        Refusal::UnknownPerson { .. } => 8,
        Refusal::UnknownImage { .. } => 9,
        Refusal::ImageNotAllowed { .. } => 10,
        Refusal::ImageMissing { .. } => 11,
        Refusal::UnknownItem { .. } => 12,
        Refusal::Unknown { .. } => 13,
        Refusal::BadVersion { .. } => 14,
        Refusal::VersionTaken { .. } => 15,
        Refusal::ReleaseOver { .. } => 16,
        Refusal::AlreadyThere { .. } => 17,
        Refusal::NotYet { .. } => 18,
        Refusal::CannotOverride { .. } => 19,
        Refusal::AlreadyStarting { .. } => 20,
        Refusal::Busy { .. } => 21,
        Refusal::Undecided { .. } => 22,
        Refusal::NothingToDecide { .. } => 23,
        Refusal::NothingToRepeat { .. } => 24,
        Refusal::Decided { .. } => 25,
        Refusal::NothingRunning { .. } => 26,
        Refusal::NoTarget { .. } => 27,
        Refusal::DataAhead { .. } => 28,
        Refusal::NotLocked { .. } => 29,
        Refusal::NotWatched { .. } => 30,
        Refusal::NoDrift { .. } => 31,
        Refusal::NotWhole { .. } => 32,
        Refusal::OutsideWindows { .. } => 33,
        Refusal::AskOver { .. } => 34,
        Refusal::InThePast { .. } => 35,
        Refusal::TooLong { .. } => 36,
        Refusal::TooMany { .. } => 37,
        Refusal::Missing { .. } => 38,
        Refusal::IncidentOver { .. } => 39,
        Refusal::AlreadyAcknowledged { .. } => 40,
        Refusal::OpenReleases { .. } => 41,
        Refusal::Stale { .. } => 42,
        Refusal::AutomaticItem { .. } => 43,
        Refusal::CommitNeeded { .. } => 44,
    }
}

pub(super) fn production() -> EnvId {
    EnvId {
        app: id("rapid-audit"),
        env: id("production"),
    }
}

fn rights() -> Vec<Refusal> {
    let (role, people) = person_role();
    vec![
        Refusal::Stranger { person: id("zoe") },
        Refusal::NotAllowed {
            action: Action::Rollback,
            roles: vec![role.clone()],
            people: people.clone(),
        },
        Refusal::NotYourItem {
            role: role.clone(),
            people: people.clone(),
        },
        Refusal::NotAsked { role, people },
    ]
}

fn names() -> Vec<Refusal> {
    vec![
        Refusal::UnknownApp {
            app: id("rapid"),
            known: vec![id("rapid-audit"), id("motorsport")],
        },
        Refusal::UnknownEnvironment {
            app: id("rapid-audit"),
            env: id("prod"),
            known: vec![id("staging"), id("production")],
        },
        Refusal::UnknownRelease {
            release: ReleaseId(9),
        },
        Refusal::UnknownIncident {
            incident: IncidentId(9),
        },
        Refusal::UnknownPerson { person: id("zoe") },
        Refusal::UnknownImage {
            service: "worker".to_owned(),
            known: vec!["web".to_owned()],
        },
        Refusal::ImageNotAllowed {
            service: "web".to_owned(),
            reference: "example.com/web:1".to_owned(),
            allowed: vec!["registry.example.com/*".to_owned()],
        },
        Refusal::ImageMissing {
            service: "web".to_owned(),
        },
        Refusal::UnknownItem { item: 7, count: 2 },
        Refusal::Unknown {
            what: "f9".to_owned(),
            hint: "There is no freeze.".to_owned(),
        },
        Refusal::BadVersion {
            version: id("tuesday"),
            scheme: VersionScheme::Semver,
        },
    ]
}

fn releases() -> Vec<Refusal> {
    let window = Waiting::Window {
        next: Span::new(at("14:00"), at("16:00")),
    };
    vec![
        Refusal::VersionTaken {
            version: id("1.0.0"),
            release: ReleaseId(1),
        },
        Refusal::ReleaseOver {
            release: ReleaseId(1),
            cancelled: true,
        },
        Refusal::AlreadyThere {
            environment: production(),
            version: id("1.0.0"),
        },
        Refusal::NotYet {
            release: ReleaseId(1),
            env: id("production"),
            waiting: vec![
                window.clone(),
                Waiting::Checklist {
                    open: vec![(1, "Read <b>the</b> *notes*".to_owned(), id("sre"))],
                },
                Waiting::Ci {
                    commit: Some("3f9c2ab8".to_owned()),
                    why: NotGreen::Red {
                        checks: vec![(
                            "test <b>*all*".to_owned(),
                            CheckState::Failed("timed_out".to_owned()),
                        )],
                    },
                },
                Waiting::NewCommits {
                    branch: "main".to_owned(),
                    commit: Some("3f9c2ab8".to_owned()),
                    why: Moved::To {
                        commit: "b1946ac9".to_owned(),
                    },
                },
                Waiting::Freeze {
                    until: Some(at("18:00")),
                    reason: "the fair".to_owned(),
                },
            ],
            override_roles: vec![id("sre")],
        },
        Refusal::CannotOverride {
            waiting: vec![window, Waiting::Images { failed: None }],
        },
        Refusal::AlreadyStarting {
            release: ReleaseId(1),
            env: id("production"),
            by: id("bo"),
        },
    ]
}

fn environments() -> Vec<Refusal> {
    vec![
        Refusal::Busy {
            environment: production(),
            attempt: 3,
            release: ReleaseId(1),
            since: at("13:00"),
        },
        Refusal::Undecided {
            environment: production(),
            attempt: 3,
            release: ReleaseId(1),
            work: "Migrate".to_owned(),
            people: vec![id("bo")],
        },
        Refusal::NothingToDecide {
            environment: production(),
        },
        Refusal::NothingToRepeat {
            work: "Drain the queue".to_owned(),
        },
        Refusal::Decided {
            environment: production(),
            by: id("bo"),
        },
        Refusal::NothingRunning {
            environment: production(),
        },
        Refusal::NoTarget {
            environment: production(),
            wanted: Some(id("0.9.0")),
            known: vec![id("1.0.0")],
        },
        Refusal::DataAhead {
            environment: production(),
            target: id("1.0.0"),
            ahead: Box::new(Ahead {
                attempt: 2,
                index: 1,
                step: "Run migrate".to_owned(),
                version: id("1.1.0"),
                restore: "Restore the dump of before the deploy.".to_owned(),
            }),
        },
        Refusal::NotLocked {
            environment: production(),
        },
        Refusal::NotWatched {
            environment: production(),
        },
        Refusal::NoDrift {
            environment: production(),
        },
        Refusal::NotWhole {
            environment: production(),
            services: vec!["web".to_owned()],
        },
        Refusal::OutsideWindows {
            environment: production(),
            next: Span::new(at("14:00"), at("16:00")),
        },
    ]
}

fn others() -> Vec<Refusal> {
    vec![
        Refusal::AskOver {
            env: id("production"),
            phase: Phase::Signoff,
            why: "the images changed".to_owned(),
        },
        Refusal::InThePast { at: at("09:00") },
        Refusal::TooLong {
            what: "the reason",
            limit: 500,
        },
        Refusal::TooMany {
            what: "windows",
            limit: 50,
        },
        Refusal::Missing { what: "a reason" },
        Refusal::IncidentOver {
            incident: IncidentId(1),
        },
        Refusal::AlreadyAcknowledged {
            incident: IncidentId(1),
            person: id("bo"),
        },
        Refusal::OpenReleases {
            app: id("rapid-audit"),
            releases: vec![ReleaseId(1), ReleaseId(2)],
        },
        Refusal::Stale {
            what: "the attempt",
        },
        Refusal::AutomaticItem {
            checks: vec!["lint".to_owned(), "test <b>*all*".to_owned()],
        },
        Refusal::CommitNeeded {
            service: "web".to_owned(),
            given: Some("main".to_owned()),
        },
    ]
}
