//! What a backend can look up while decisions are prepared.
//!
//! The rules of what a decision sees and what it changes are written once, over
//! these traits; a backend only knows how to find and how to keep.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use shipbell_domain::ids::{AppId, EnvId, IncidentId, ReleaseId, Version};
use shipbell_domain::timer::Timer;
use shipbell_domain::{Fold, StreamId};

use crate::store::{Claim, InputId};
use crate::{StoreError, chain};

/// What a stream adds up to, and how many events that took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) version: u64,
    pub(crate) fold: Fold,
}

/// The numbers the next release and the next incident get.
pub(crate) type Next = (ReleaseId, IncidentId);

/// Where the log ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) seq: u64,
    pub(crate) at: DateTime<Utc>,
    pub(crate) hash: chain::Digest,
}

/// What every decision may look up.
pub(crate) trait Shelf {
    /// What these streams add up to; those nothing ever happened to are left out.
    fn folds(&mut self, streams: Vec<StreamId>) -> Result<Vec<(StreamId, Kept)>, StoreError>;

    /// The environments of an application that anything ever happened to.
    fn environments(&mut self, app: &AppId) -> Result<BTreeSet<EnvId>, StoreError>;

    /// The open releases of an application.
    fn open_releases(&mut self, app: &AppId) -> Result<BTreeSet<ReleaseId>, StoreError>;

    /// The newest release of an application that is called this.
    fn release_called(
        &mut self,
        app: &AppId,
        version: &Version,
    ) -> Result<Option<ReleaseId>, StoreError>;

    /// The next numbers.
    fn next(&mut self) -> Result<Next, StoreError>;
}

/// What only recording looks up.
pub(crate) trait Desk: Shelf {
    /// Which of these were taken before.
    fn known(&mut self, ids: Vec<InputId>) -> Result<BTreeSet<InputId>, StoreError>;

    /// When a pending wake-up is due; none if it is not pending.
    fn pending(&mut self, timer: &Timer) -> Result<Option<DateTime<Utc>>, StoreError>;

    /// Whether a claim still gives the right to say how its effect ended.
    fn holds(&mut self, claim: &Claim) -> Result<bool, StoreError>;
}

/// What a fold is looked up by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Labels {
    pub(crate) kind: &'static str,
    pub(crate) app: Option<AppId>,
    pub(crate) number: Option<u32>,
    pub(crate) open: bool,
    pub(crate) version: Option<Version>,
}

impl Labels {
    /// The labels of a fold.
    pub(crate) fn of(stream: &StreamId, fold: &Fold) -> Self {
        let number = match stream {
            StreamId::Release(id) => Some(id.0),
            StreamId::Incident(id) => Some(id.0),
            StreamId::Application(_) | StreamId::Environment(_) | StreamId::Agenda => None,
        };
        let version = match fold {
            Fold::Release(it) => Some(it.version.clone()),
            Fold::Application(_) | Fold::Environment(_) | Fold::Incident(_) | Fold::Agenda(_) => {
                None
            }
        };
        let (kind, app, open) = (kind(stream), app_of(stream, fold), fold.is_open());
        Self {
            kind,
            app,
            number,
            open,
            version,
        }
    }
}

/// The word for a kind of stream.
pub(crate) fn kind(stream: &StreamId) -> &'static str {
    match stream {
        StreamId::Application(_) => "application",
        StreamId::Release(_) => "release",
        StreamId::Environment(_) => "environment",
        StreamId::Incident(_) => "incident",
        StreamId::Agenda => "agenda",
    }
}

/// The application a fold belongs to.
pub(crate) fn app_of(stream: &StreamId, fold: &Fold) -> Option<AppId> {
    let of_stream = match stream {
        StreamId::Application(app) => Some(app.clone()),
        StreamId::Environment(id) => Some(id.app.clone()),
        StreamId::Release(_) | StreamId::Incident(_) | StreamId::Agenda => None,
    };
    of_stream.or_else(|| match fold {
        Fold::Release(it) => Some(it.app.clone()),
        Fold::Incident(it) => it.environment.as_ref().map(|it| it.app.clone()),
        Fold::Application(_) | Fold::Environment(_) | Fold::Agenda(_) => None,
    })
}

/// The stream a wake-up belongs to.
pub(crate) fn owner(timer: &Timer) -> StreamId {
    match timer {
        Timer::Plan { release, .. }
        | Timer::StartDeadline { release, .. }
        | Timer::Remind { release, .. } => StreamId::Release(*release),
        Timer::Tick { environment, .. } | Timer::Unanswered { environment, .. } => {
            StreamId::Environment(environment.clone())
        }
        Timer::Escalate { incident, .. } => StreamId::Incident(*incident),
    }
}
