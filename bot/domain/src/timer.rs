//! Wake-ups the domain asks for: each occurrence has a name and one end.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ask::Phase;
use crate::ids::{EnvId, EnvName, IncidentId, ReleaseId};
use crate::release::Moment;

/// Names one wake-up. Setting it again moves it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "timer", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Timer {
    /// A moment of a planned deploy.
    Plan {
        release: ReleaseId,
        env: EnvName,
        moment: Moment,
    },
    /// A wish to deploy whose asks could not be read in time.
    StartDeadline { release: ReleaseId, env: EnvName },
    /// People who were asked and have not answered.
    Remind {
        release: ReleaseId,
        env: EnvName,
        phase: Phase,
        round: u32,
    },
    /// A look at a watched environment.
    Tick {
        environment: EnvId,
        attempt: u32,
        tick: u32,
    },
    /// A look nobody has answered yet; counts how often they were asked again.
    Unanswered {
        environment: EnvId,
        attempt: u32,
        tick: u32,
        times: u32,
    },
    /// The next level of an incident.
    Escalate { incident: IncidentId, level: u32 },
}

/// A change to the wake-ups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimerChange {
    /// Wake at this time.
    Set(Timer, DateTime<Utc>),
    /// Do not.
    Cancel(Timer),
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan {
                release,
                env,
                moment,
            } => write!(f, "plan/{release}/{env}/{moment:?}"),
            Self::StartDeadline { release, env } => write!(f, "start/{release}/{env}"),
            Self::Remind {
                release,
                env,
                phase,
                round,
            } => {
                write!(f, "remind/{release}/{env}/{}/{round}", phase.slug())
            }
            Self::Tick {
                environment,
                attempt,
                tick,
            } => {
                write!(f, "tick/{environment}/{attempt}/{tick}")
            }
            Self::Unanswered {
                environment,
                attempt,
                tick,
                times,
            } => {
                write!(f, "unanswered/{environment}/{attempt}/{tick}/{times}")
            }
            Self::Escalate { incident, level } => write!(f, "escalate/{incident}/{level}"),
        }
    }
}
