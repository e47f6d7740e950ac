//! What the world owes: data only, each safe to do twice; the engine carries it out.

use serde::{Deserialize, Serialize};

use crate::ask::AskId;
use crate::ids::{EnvId, EnvName, IncidentId, Key, ReleaseId};
use crate::notice::Notice;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum Effect {
    /// Draw a card again from what stands: the last state wins.
    Card { card: CardId },
    /// Say something once that rings a bell; what it says is fixed now.
    Say {
        key: Key,
        to: Audience,
        notice: Box<Notice>,
    },
    /// Pin the images of a release.
    PinImages { release: ReleaseId },
    /// Read what the checks of a release's commit say, until it can be told.
    ReadChecks { release: ReleaseId },
    /// Read what stands on the asks, and about the commit, before a start.
    ReadStanding { release: ReleaseId, env: EnvName },
    /// Find out what a deploy would change.
    LookAhead { release: ReleaseId, env: EnvName },
    /// Look at a watched environment.
    LookAt {
        environment: EnvId,
        attempt: u32,
        tick: u32,
    },
    /// Sign where the log stands, now that a release is over.
    Checkpoint { release: ReleaseId },
}

/// Where something is said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "snake_case")]
pub enum Audience {
    /// In the channel.
    Channel,
    /// In the thread of a card.
    Thread(CardId),
}

/// A message that is edited in place, one a destination.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "card", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields say what they are")]
pub enum CardId {
    /// When a release goes to an environment; in the channel.
    Announcement { release: ReleaseId, env: EnvName },
    /// A release and how it stands; in the channel.
    Release { release: ReleaseId },
    /// A question to people; in the release's thread.
    Ask { ask: AskId },
    /// An attempt, step by step; in the release's thread.
    Progress {
        release: ReleaseId,
        environment: EnvId,
        attempt: u32,
    },
    /// What the checks of an attempt found; in the release's thread.
    Evidence {
        release: ReleaseId,
        environment: EnvId,
        attempt: u32,
    },
    /// A watch; in the release's thread.
    Watch {
        release: ReleaseId,
        environment: EnvId,
        attempt: u32,
    },
    /// An incident; in the channel.
    Incident { incident: IncidentId },
}

impl Effect {
    /// The name it is done under: a second effect of this name is the first.
    pub fn key(&self) -> Key {
        match self {
            Self::Card { card } => card.key(),
            Self::Say { key, .. } => Key::join(&[&"say", key]),
            Self::PinImages { release } => Key::join(&[&"pin", release]),
            Self::ReadChecks { release } => Key::join(&[&"checks", release]),
            Self::ReadStanding { release, env } => Key::join(&[&"read", release, env]),
            Self::LookAhead { release, env } => Key::join(&[&"ahead", release, env]),
            Self::LookAt {
                environment,
                attempt,
                tick,
            } => Key::join(&[&"look", environment, attempt, tick]),
            Self::Checkpoint { release } => Key::join(&[&"checkpoint", release]),
        }
    }
}

impl Effect {
    /// The card in whose thread it is told; none for the channel, and for what no platform shows.
    pub fn parent(&self) -> Option<CardId> {
        match self {
            Self::Card { card } => card.parent(),
            Self::Say {
                to: Audience::Thread(card),
                ..
            } => Some(card.clone()),
            Self::Say {
                to: Audience::Channel,
                ..
            }
            | Self::PinImages { .. }
            | Self::ReadChecks { .. }
            | Self::ReadStanding { .. }
            | Self::LookAhead { .. }
            | Self::LookAt { .. }
            | Self::Checkpoint { .. } => None,
        }
    }
}

impl CardId {
    /// The name it is posted under.
    pub fn key(&self) -> Key {
        match self {
            Self::Announcement { release, env } => Key::join(&[&"announcement", release, env]),
            Self::Release { release } => Key::join(&[&"release", release]),
            Self::Ask { ask } => Key::join(&[&"ask", ask]),
            Self::Progress {
                environment,
                attempt,
                ..
            } => Key::join(&[&"progress", environment, attempt]),
            Self::Evidence {
                environment,
                attempt,
                ..
            } => Key::join(&[&"evidence", environment, attempt]),
            Self::Watch {
                environment,
                attempt,
                ..
            } => Key::join(&[&"watch", environment, attempt]),
            Self::Incident { incident } => Key::join(&[&"incident", incident]),
        }
    }

    /// The card whose thread it stands in; none for one in the channel itself.
    pub fn parent(&self) -> Option<Self> {
        match self {
            Self::Announcement { .. } | Self::Release { .. } | Self::Incident { .. } => None,
            Self::Ask { ask } => Some(Self::Release {
                release: ask.release,
            }),
            Self::Progress { release, .. }
            | Self::Evidence { release, .. }
            | Self::Watch { release, .. } => Some(Self::Release { release: *release }),
        }
    }
}
