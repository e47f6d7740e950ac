//! Plain containers, which no compose file describes: what they are to be like, and
//! what bringing them there did.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Fate, Labels, Pinned, Running};
use crate::secret::Secret;

/// The label with the project a plain container belongs to: whoever knows the project
/// may replace it, and nobody else.
pub const PLAIN: &str = "io.shipbell.project";

/// One container, as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    /// What the engine calls it.
    pub name: String,
    /// The project it belongs to.
    pub project: String,
    /// The service it stands for there.
    pub service: String,
    /// Its image.
    pub image: Pinned,
    /// More labels. They are given to a new container, and replace none.
    pub labels: Labels,
    /// Its command, word by word; empty for the image's own.
    pub command: Vec<String>,
    /// Its environment, on top of the image's own.
    pub vars: BTreeMap<String, Secret>,
    /// Where the machine passes requests on.
    pub ports: Vec<Port>,
    /// What it sees of the machine's disk.
    pub volumes: Vec<Volume>,
    /// The networks it is in; the engine's own if there are none.
    pub networks: Vec<String>,
    /// What the engine does when it ends by itself.
    pub restart: Restart,
    /// How long the one before may take to end.
    pub grace: Duration,
    /// How long it must have been well without a restart.
    pub stable_for: Duration,
    /// How soon it must be well.
    pub healthy_within: Duration,
}

/// A port of the machine that leads to one of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Port {
    /// The machine's address it is open at; every one if not said.
    pub address: Option<IpAddr>,
    /// The machine's port.
    pub outside: u16,
    /// The container's port.
    pub inside: u16,
    /// Whether it is one of UDP, not TCP.
    pub udp: bool,
}

/// Something of the machine's disk that a container sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// An absolute path, which must be there, or a volume's name.
    pub source: String,
    /// An absolute path in the container.
    pub inside: String,
    /// Whether it may only be read.
    pub read_only: bool,
}

/// What the engine does when a container ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// Nothing.
    No,
    /// Start it again if it failed.
    OnFailure,
    /// Start it again, and with the engine.
    Always,
    /// The same, unless somebody stopped it.
    UnlessStopped,
}

/// What bringing a container to an image and settings did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// What became of the one before.
    pub fate: Fate,
    /// The one before, if there was one.
    pub before: Option<Running>,
    /// The one that runs now, and is well.
    pub now: Running,
    /// When the one before ended, by the engine's clock, if it was replaced.
    pub ended: Option<DateTime<Utc>>,
    /// The last lines of the one before, read before it was removed.
    pub last_words: Vec<String>,
}
