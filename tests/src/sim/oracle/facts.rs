//! What the judges may know: the log, the platforms, the host, and what people did.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use shipbell_domain::attempt::AttemptKind;
use shipbell_domain::event::{EnvironmentEvent, Event, Override, ReleaseEvent};
use shipbell_domain::ids::{EnvId, Hash, Person, ReleaseId};
use shipbell_domain::manifest::Manifest;
use shipbell_domain::{Fold, StreamId};
use shipbell_storage::{EventRow, Owed, WakeUp};

use crate::sim::chat::Post;
use crate::sim::containers::Host;
use crate::sim::people::Deed;
use crate::sim::store::Claimed;
use crate::sim::team::Team;

/// Everything seen from outside, when all is over.
pub struct Facts {
    /// When that is.
    pub end: DateTime<Utc>,
    /// The team.
    pub team: Team,
    /// The whole log.
    pub events: Vec<EventRow>,
    /// What the tables say each stream adds up to.
    pub folds: BTreeMap<StreamId, Fold>,
    /// Where the tables say the log ends.
    pub head: (u64, Hash),
    /// What each platform shows and ever showed.
    pub rooms: Vec<(String, Vec<Post>)>,
    /// What people did.
    pub deeds: Vec<Deed>,
    /// What the host did.
    pub host: Host,
    /// What was claimed.
    pub claims: Vec<Claimed>,
    /// What is still owed.
    pub owed: Vec<Owed>,
    /// Wake-ups whose time has come.
    pub due: Vec<WakeUp>,
    /// Environments on which something is still at work.
    pub active: Vec<EnvId>,
    /// What the store's own check of its chain and tables found.
    pub damage: Vec<String>,
}

/// The start of an attempt, as the log has it.
pub struct Start<'a> {
    /// Its place in the log.
    pub seq: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// Where.
    pub environment: &'a EnvId,
    /// Its number.
    pub attempt: u32,
    /// Forward or back.
    pub kind: &'a AttemptKind,
    /// In whose thread.
    pub release: ReleaseId,
    /// What it brings.
    pub manifest: &'a Manifest,
    /// Who set gates aside.
    pub over: Option<&'a Override>,
}

impl Facts {
    /// Every event that was not erased.
    pub fn log(&self) -> impl DoubleEndedIterator<Item = (&EventRow, &Event)> {
        self.events
            .iter()
            .filter_map(|row| Some((row, row.event.as_ref()?)))
    }

    /// Every event of releases.
    pub fn of_releases(
        &self,
    ) -> impl DoubleEndedIterator<Item = (&EventRow, ReleaseId, &ReleaseEvent)> {
        self.log()
            .filter_map(|(row, event)| match (&row.stream, event) {
                (StreamId::Release(id), Event::Release(event)) => Some((row, *id, event)),
                _ => None,
            })
    }

    /// Every event of environments.
    pub fn of_environments(
        &self,
    ) -> impl DoubleEndedIterator<Item = (&EventRow, &EnvId, &EnvironmentEvent)> {
        self.log()
            .filter_map(|(row, event)| match (&row.stream, event) {
                (StreamId::Environment(id), Event::Environment(event)) => Some((row, id, event)),
                _ => None,
            })
    }

    /// Every start of an attempt.
    pub fn starts(&self) -> impl DoubleEndedIterator<Item = Start<'_>> {
        self.of_environments()
            .filter_map(|(row, environment, event)| match event {
                EnvironmentEvent::AttemptStarted {
                    attempt,
                    kind,
                    release,
                    manifest,
                    over,
                    ..
                } => Some(Start {
                    seq: row.seq,
                    at: row.at,
                    environment,
                    attempt: *attempt,
                    kind,
                    release: *release,
                    manifest,
                    over: over.as_ref(),
                }),
                _ => None,
            })
    }

    /// When and how an attempt ended: whether it was verified.
    pub fn end_of(&self, start: &Start<'_>) -> Option<(&EventRow, bool)> {
        self.of_environments()
            .find_map(|(row, environment, event)| {
                let (attempt, verified) = match event {
                    EnvironmentEvent::AttemptVerified { attempt } => (*attempt, true),
                    EnvironmentEvent::AttemptFailed { attempt, .. } => (*attempt, false),
                    _ => return None,
                };
                (environment == start.environment && attempt == start.attempt)
                    .then_some((row, verified))
            })
    }

    /// Who asked for a release.
    pub fn requester(&self, release: ReleaseId) -> Option<&Person> {
        self.of_releases().find_map(|(_, id, event)| match event {
            ReleaseEvent::Opened { requester, .. } if id == release => Some(requester),
            _ => None,
        })
    }

    /// Every message ever posted under a key, with its platform.
    pub fn posts<'a>(&'a self, key: &'a str) -> impl Iterator<Item = (&'a str, &'a Post)> {
        self.rooms.iter().flat_map(move |(surface, posts)| {
            let of_it = posts.iter().filter(move |it| it.key == key);
            of_it.map(move |it| (surface.as_str(), it))
        })
    }
}

impl Start<'_> {
    /// Whether it brings something new.
    pub fn is_deploy(&self) -> bool {
        *self.kind == AttemptKind::Deploy
    }
}
