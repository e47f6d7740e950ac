//! Why not, as data: what happened, and who or what can unblock it.

use chrono::{DateTime, Utc};

use crate::ask::Phase;
use crate::environment::Ahead;
use crate::gates::Waiting;
use crate::ids::{AppId, EnvId, EnvName, IncidentId, Person, ReleaseId, Role, Version};
use crate::policy::{Action, VersionScheme};

/// A command that changed nothing, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Refusal {
    #[error("{person} has no role here")]
    Stranger { person: Person },
    #[error("{action:?} is for {roles:?}")]
    NotAllowed {
        action: Action,
        roles: Vec<Role>,
        people: Vec<Person>,
    },
    #[error("only {role} can settle this item")]
    NotYourItem { role: Role, people: Vec<Person> },
    #[error("no person settles this item")]
    AutomaticItem { checks: Vec<String> },
    #[error("only {role} can say that")]
    NotAsked { role: Role, people: Vec<Person> },
    #[error("nothing to run again")]
    NothingToRepeat { work: String },
    #[error("no application {app}")]
    UnknownApp { app: AppId, known: Vec<AppId> },
    #[error("no environment {env} in {app}")]
    UnknownEnvironment {
        app: AppId,
        env: EnvName,
        known: Vec<EnvName>,
    },
    #[error("no release {release}")]
    UnknownRelease { release: ReleaseId },
    #[error("no incident {incident}")]
    UnknownIncident { incident: IncidentId },
    #[error("no person {person}")]
    UnknownPerson { person: Person },
    #[error("no image {service}")]
    UnknownImage { service: String, known: Vec<String> },
    #[error("image {service} may not come from {reference}")]
    ImageNotAllowed {
        service: String,
        reference: String,
        allowed: Vec<String>,
    },
    #[error("image {service} needs a reference")]
    ImageMissing { service: String },
    #[error("image {service} is built from a commit")]
    CommitNeeded {
        service: String,
        given: Option<String>,
    },
    #[error("no checklist item {item}")]
    UnknownItem { item: u32, count: u32 },
    #[error("nothing named {what} here")]
    Unknown { what: String, hint: String },
    #[error("{version} is not {scheme:?}")]
    BadVersion {
        version: Version,
        scheme: VersionScheme,
    },
    #[error("{version} is already {release}")]
    VersionTaken {
        version: Version,
        release: ReleaseId,
    },
    #[error("{release} is over")]
    ReleaseOver { release: ReleaseId, cancelled: bool },
    #[error("{version} runs in {environment} already")]
    AlreadyThere {
        environment: EnvId,
        version: Version,
    },
    #[error("gates are closed")]
    NotYet {
        release: ReleaseId,
        env: EnvName,
        waiting: Vec<Waiting>,
        override_roles: Vec<Role>,
    },
    #[error("this cannot be set aside")]
    CannotOverride { waiting: Vec<Waiting> },
    #[error("already starting")]
    AlreadyStarting {
        release: ReleaseId,
        env: EnvName,
        by: Person,
    },
    #[error("an attempt is at work")]
    Busy {
        environment: EnvId,
        attempt: u32,
        release: ReleaseId,
        since: DateTime<Utc>,
    },
    #[error("work was cut off and waits for a person")]
    Undecided {
        environment: EnvId,
        attempt: u32,
        release: ReleaseId,
        work: String,
        people: Vec<Person>,
    },
    #[error("nothing in {environment} waits for a person")]
    NothingToDecide { environment: EnvId },
    #[error("{by} has decided")]
    Decided { environment: EnvId, by: Person },
    #[error("nothing is being done to {environment}")]
    NothingRunning { environment: EnvId },
    #[error("no version to return to")]
    NoTarget {
        environment: EnvId,
        wanted: Option<Version>,
        known: Vec<Version>,
    },
    #[error("what was done to {environment} is not undone by older images")]
    DataAhead {
        environment: EnvId,
        target: Version,
        ahead: Box<Ahead>,
    },
    #[error("{environment} is not locked")]
    NotLocked { environment: EnvId },
    #[error("{environment} runs what was proven")]
    NoDrift { environment: EnvId },
    #[error("{environment} does not run whole")]
    NotWhole {
        environment: EnvId,
        services: Vec<String>,
    },
    #[error("{environment} is not watched")]
    NotWatched { environment: EnvId },
    #[error("this ask is over")]
    AskOver {
        env: EnvName,
        phase: Phase,
        why: String,
    },
    #[error("that is in the past")]
    InThePast { at: DateTime<Utc> },
    #[error("too long: {what}")]
    TooLong { what: &'static str, limit: usize },
    #[error("too many: {what}")]
    TooMany { what: &'static str, limit: usize },
    #[error("something is missing: {what}")]
    Missing { what: &'static str },
    #[error("the time is outside every window")]
    OutsideWindows {
        environment: EnvId,
        next: Option<crate::calendar::Span>,
    },
    #[error("{incident} is over")]
    IncidentOver { incident: IncidentId },
    #[error("{person} is on it already")]
    AlreadyAcknowledged {
        incident: IncidentId,
        person: Person,
    },
    #[error("{app} has open releases")]
    OpenReleases {
        app: AppId,
        releases: Vec<ReleaseId>,
    },
    /// What the world reported is no longer wanted; the sender drops it.
    #[error("out of date: {what}")]
    Stale { what: &'static str },
}
