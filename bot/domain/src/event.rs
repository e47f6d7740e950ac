//! What happened: past tense, never refused, never edited. The stored form.
//!
//! Variants are only ever added: a stored event is read by the version that finds it.

mod agenda;
mod application;
mod environment;
mod incident;
mod release;

#[cfg(test)]
mod tests;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use agenda::AgendaEvent;
pub use application::ApplicationEvent;
pub use environment::{EnvironmentEvent, Evidence, Outcome};
pub use incident::IncidentEvent;
pub use release::{Override, ReleaseEvent, StageResult};

use crate::world::StreamId;

/// A fact about one stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", content = "is", rename_all = "snake_case")]
pub enum Event {
    /// About an application.
    Application(ApplicationEvent),
    /// About a release.
    Release(ReleaseEvent),
    /// About an environment and what is done to it.
    Environment(EnvironmentEvent),
    /// About an incident.
    Incident(IncidentEvent),
    /// About one-off windows and freezes.
    Agenda(AgendaEvent),
}

/// An event where and when it happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its stream.
    pub stream: StreamId,
    /// When; never earlier than the event before it.
    pub at: DateTime<Utc>,
    /// What.
    pub event: Event,
}

impl Event {
    /// The stable name it is stored and searched under.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Application(event) => event.kind(),
            Self::Release(event) => event.kind(),
            Self::Environment(event) => event.kind(),
            Self::Incident(event) => event.kind(),
            Self::Agenda(event) => event.kind(),
        }
    }
}
