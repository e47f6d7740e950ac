//! An incident as its events made it.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::Length;
use crate::event::IncidentEvent;
use crate::ids::{EnvId, IncidentId, Person, ReleaseId};
use crate::policy::Severity;
use crate::settings::{Escalation, Level};

/// One incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Its number.
    pub id: IncidentId,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub what: String,
    /// Where.
    pub environment: Option<EnvId>,
    /// The release it came with.
    pub release: Option<ReleaseId>,
    /// Who opened it; nobody if a failed deploy did.
    pub by: Option<Person>,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// Whom it calls, as it was when it began.
    pub escalation: Escalation,
    /// Whom it called, and when.
    pub paged: Vec<Paged>,
    /// Who is on it, since when.
    pub acknowledged: Option<(Person, DateTime<Utc>)>,
    /// What people told.
    pub updates: Vec<(Person, DateTime<Utc>, String)>,
    /// Who ended it, when, and with what words.
    pub resolved: Option<(Person, DateTime<Utc>, String)>,
}

/// One call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paged {
    /// The level.
    pub level: u32,
    /// Who was called.
    pub people: Vec<Person>,
    /// When.
    pub at: DateTime<Utc>,
}

/// How often the last level is called again before it stays with the card.
pub const MAX_PAGES: u32 = 12;

/// The pause before the last level is called again.
const AGAIN: TimeDelta = TimeDelta::minutes(10);

impl Incident {
    /// The incident its first event describes.
    pub fn opened(event: &IncidentEvent, at: DateTime<Utc>) -> Option<Self> {
        let IncidentEvent::Opened {
            incident,
            severity,
            what,
            environment,
            release,
            by,
            escalation,
        } = event
        else {
            return None;
        };
        Some(Self {
            id: *incident,
            severity: *severity,
            what: what.clone(),
            environment: environment.clone(),
            release: *release,
            by: by.clone(),
            opened_at: at,
            escalation: escalation.clone(),
            paged: Vec::new(),
            acknowledged: None,
            updates: Vec::new(),
            resolved: None,
        })
    }

    /// Folds one event in.
    pub fn evolve(&mut self, event: &IncidentEvent, at: DateTime<Utc>) {
        match event {
            IncidentEvent::Opened { .. } | IncidentEvent::Escalated { .. } => {}
            IncidentEvent::Paged { level, people } => {
                self.paged.push(Paged {
                    level: *level,
                    people: people.clone(),
                    at,
                });
            }
            IncidentEvent::Acknowledged { by } => self.acknowledged = Some((by.clone(), at)),
            IncidentEvent::Updated { by, text } => {
                self.updates.push((by.clone(), at, text.clone()));
            }
            IncidentEvent::Resolved { by, text } => {
                self.resolved = Some((by.clone(), at, text.clone()));
            }
        }
    }

    /// Whether it goes on.
    pub fn is_open(&self) -> bool {
        self.resolved.is_none()
    }

    /// When a level is called if nobody is on it by then.
    pub fn due(&self, level: u32) -> Option<DateTime<Utc>> {
        let levels = &self.escalation.levels;
        if let Some(it) = levels.get(level as usize) {
            return Some(self.planned(it));
        }
        // Past the last level, that level is called again and again, up to a limit.
        // The pause begins anew with every call: a late one must not bring a burst.
        let planned = self.planned(levels.last()?);
        let called = self.paged.last().map_or(planned, |it| it.at.max(planned));
        (level < MAX_PAGES).then(|| called + AGAIN)
    }

    fn planned(&self, level: &Level) -> DateTime<Utc> {
        self.opened_at + level.after.map_or_else(TimeDelta::zero, Length::delta)
    }
}
