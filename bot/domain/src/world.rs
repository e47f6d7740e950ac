//! Everything one decision may see, and what it needs to see.

mod needs;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use self::needs::{Needs, needs};
use crate::agenda::Agenda;
use crate::application::Application;
use crate::environment::Environment;
use crate::event::Event;
use crate::ids::{AppId, EnvId, EnvName, IncidentId, ReleaseId};
use crate::incident::Incident;
use crate::release::Release;
use crate::settings::Settings;

/// Names one append-only series of events.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "stream", content = "id", rename_all = "snake_case")]
pub enum StreamId {
    /// An application's.
    Application(AppId),
    /// A release's.
    Release(ReleaseId),
    /// An environment's.
    Environment(EnvId),
    /// An incident's.
    Incident(IncidentId),
    /// The one agenda's.
    Agenda,
}

/// What a stream's events add up to. Cheap to hand on: whoever changes one that
/// somebody else holds too changes a copy of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fold", content = "is", rename_all = "snake_case")]
pub enum Fold {
    /// An application.
    Application(Arc<Application>),
    /// A release.
    Release(Arc<Release>),
    /// An environment.
    Environment(Arc<Environment>),
    /// An incident.
    Incident(Arc<Incident>),
    /// The agenda.
    Agenda(Arc<Agenda>),
}

/// Everything one decision may see. The agenda and the numbers are always in it.
#[derive(Clone, Debug)]
pub struct World {
    /// People, time and titles as they are in force.
    pub settings: Arc<Settings>,
    /// The application the decision is about.
    pub application: Option<Arc<Application>>,
    /// Its name.
    pub app: Option<AppId>,
    /// Its environments that anything ever happened to.
    pub environments: BTreeMap<EnvName, Arc<Environment>>,
    /// The releases asked for.
    pub releases: BTreeMap<ReleaseId, Arc<Release>>,
    /// The incident asked for.
    pub incidents: BTreeMap<IncidentId, Arc<Incident>>,
    /// One-off windows and freezes.
    pub agenda: Arc<Agenda>,
    /// The number the next release gets.
    pub next_release: ReleaseId,
    /// The number the next incident gets.
    pub next_incident: IncidentId,
}

impl Fold {
    /// What a stream's first event makes; none if it cannot begin a stream of this name.
    pub fn begin(stream: &StreamId, event: &Event, at: DateTime<Utc>) -> Option<Self> {
        let mut fold = match (stream, event) {
            (StreamId::Application(_), Event::Application(_)) => Self::Application(Arc::default()),
            (StreamId::Environment(id), Event::Environment(_)) => {
                Self::Environment(Arc::new(Environment::new(id.clone())))
            }
            (StreamId::Agenda, Event::Agenda(_)) => Self::Agenda(Arc::default()),
            (StreamId::Release(_), Event::Release(event)) => {
                return Release::opened(event, at).map(|it| Self::Release(Arc::new(it)));
            }
            (StreamId::Incident(_), Event::Incident(event)) => {
                return Incident::opened(event, at).map(|it| Self::Incident(Arc::new(it)));
            }
            (
                StreamId::Application(_)
                | StreamId::Environment(_)
                | StreamId::Agenda
                | StreamId::Release(_)
                | StreamId::Incident(_),
                Event::Application(_)
                | Event::Environment(_)
                | Event::Agenda(_)
                | Event::Release(_)
                | Event::Incident(_),
            ) => return None,
        };
        fold.evolve(event, at);
        Some(fold)
    }

    /// Folds one more event in. Total: a recorded fact cannot be refused.
    pub fn evolve(&mut self, event: &Event, at: DateTime<Utc>) {
        match (self, event) {
            (Self::Application(it), Event::Application(event)) => Arc::make_mut(it).evolve(event),
            (Self::Release(it), Event::Release(event)) => Arc::make_mut(it).evolve(event, at),
            (Self::Environment(it), Event::Environment(event)) => {
                Arc::make_mut(it).evolve(event, at);
            }
            (Self::Incident(it), Event::Incident(event)) => Arc::make_mut(it).evolve(event, at),
            (Self::Agenda(it), Event::Agenda(event)) => Arc::make_mut(it).evolve(event, at),
            (
                Self::Application(_)
                | Self::Release(_)
                | Self::Environment(_)
                | Self::Incident(_)
                | Self::Agenda(_),
                Event::Application(_)
                | Event::Release(_)
                | Event::Environment(_)
                | Event::Incident(_)
                | Event::Agenda(_),
            ) => {}
        }
    }

    /// Whether it is still on its way: a release or incident not yet over.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Release(it) => it.is_open(),
            Self::Incident(it) => it.is_open(),
            Self::Application(it) => it.pinned.is_some(),
            Self::Environment(_) | Self::Agenda(_) => true,
        }
    }
}

impl World {
    /// A world with nothing in it.
    pub fn empty(settings: Arc<Settings>) -> Self {
        Self {
            settings,
            application: None,
            app: None,
            environments: BTreeMap::new(),
            releases: BTreeMap::new(),
            incidents: BTreeMap::new(),
            agenda: Arc::default(),
            next_release: ReleaseId(1),
            next_incident: IncidentId(1),
        }
    }

    /// Puts what a stream adds up to into its place.
    pub fn place(&mut self, stream: &StreamId, fold: Fold) {
        match (stream, fold) {
            (StreamId::Application(app), Fold::Application(it)) => {
                self.app = Some(app.clone());
                self.application = Some(it);
            }
            (StreamId::Release(id), Fold::Release(it)) => {
                self.releases.insert(*id, it);
            }
            (StreamId::Environment(id), Fold::Environment(it)) => {
                self.environments.insert(id.env.clone(), it);
            }
            (StreamId::Incident(id), Fold::Incident(it)) => {
                self.incidents.insert(*id, it);
            }
            (StreamId::Agenda, Fold::Agenda(it)) => self.agenda = it,
            (
                StreamId::Application(_)
                | StreamId::Release(_)
                | StreamId::Environment(_)
                | StreamId::Incident(_)
                | StreamId::Agenda,
                Fold::Application(_)
                | Fold::Release(_)
                | Fold::Environment(_)
                | Fold::Incident(_)
                | Fold::Agenda(_),
            ) => {}
        }
    }

    /// Folds an event into the world itself, so that later decisions see it.
    pub fn evolve(&mut self, stream: &StreamId, event: &Event, at: DateTime<Utc>) {
        match (stream, event) {
            (StreamId::Application(app), Event::Application(event)) => {
                self.app = Some(app.clone());
                Arc::make_mut(self.application.get_or_insert_default()).evolve(event);
            }
            (StreamId::Release(id), Event::Release(event)) => match self.releases.get_mut(id) {
                Some(it) => Arc::make_mut(it).evolve(event, at),
                None => self
                    .releases
                    .extend(Release::opened(event, at).map(|it| (*id, Arc::new(it)))),
            },
            (StreamId::Environment(id), Event::Environment(event)) => {
                let new = || Arc::new(Environment::new(id.clone()));
                let environment = self.environments.entry(id.env.clone());
                Arc::make_mut(environment.or_insert_with(new)).evolve(event, at);
            }
            (StreamId::Incident(id), Event::Incident(event)) => match self.incidents.get_mut(id) {
                Some(it) => Arc::make_mut(it).evolve(event, at),
                None => self
                    .incidents
                    .extend(Incident::opened(event, at).map(|it| (*id, Arc::new(it)))),
            },
            (StreamId::Agenda, Event::Agenda(event)) => {
                Arc::make_mut(&mut self.agenda).evolve(event, at);
            }
            (
                StreamId::Application(_)
                | StreamId::Release(_)
                | StreamId::Environment(_)
                | StreamId::Incident(_)
                | StreamId::Agenda,
                Event::Application(_)
                | Event::Release(_)
                | Event::Environment(_)
                | Event::Incident(_)
                | Event::Agenda(_),
            ) => {}
        }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Application(app) => write!(f, "app/{app}"),
            Self::Release(release) => write!(f, "release/{release}"),
            Self::Environment(environment) => write!(f, "env/{environment}"),
            Self::Incident(incident) => write!(f, "incident/{incident}"),
            Self::Agenda => f.write_str("agenda"),
        }
    }
}
