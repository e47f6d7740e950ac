//! What an engine answers, as plain data.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Flavour, Labels, Output, Pinned};
use crate::secret::Secret;

/// Marks a container that only occupies a name.
pub const TOMBSTONE: &str = "io.shipbell.tombstone";

/// What answered a preflight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preflight {
    /// The engine's version.
    pub engine: String,
    /// The version of the protocol spoken with it.
    pub api: String,
    /// Which Compose serves the project.
    pub flavour: Flavour,
    /// Its version.
    pub compose: String,
    /// The services its files name. Pinning any other one would invent it.
    pub services: Vec<Declared>,
    /// How many bytes are free where the engine keeps its images, if that can be told.
    pub free: Option<u64>,
    /// The ports its files publish that somebody else has, as far as that can be seen.
    pub taken: Vec<Taken>,
}

/// A service as a project's files declare it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// The image it names.
    pub image: Option<String>,
    /// Whether its image is built from sources beside the files.
    pub builds: bool,
    /// Whether the machine passes requests on to it.
    pub published: bool,
    /// At which of its ports the machine does, those that are left to the engine aside.
    pub ports: Vec<Published>,
}

/// A port of the machine that leads to a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// The machine's address it is open at; every one if not said.
    pub address: Option<IpAddr>,
    /// The port.
    pub port: u16,
    /// Whether it is one of UDP, not TCP.
    pub udp: bool,
}

/// A port that a service is to have, and somebody else has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// The service.
    pub service: String,
    /// The port.
    pub port: Published,
    /// The container that has it; a program of the machine if it is none.
    pub by: Option<String>,
}

impl Taken {
    /// What is so.
    pub fn why(&self) -> String {
        let holder = match &self.by {
            Some(container) => format!("container {container}"),
            None => "another program".to_owned(),
        };
        let (port, service) = (self.port, &self.service);
        format!("port {port} of service {service} is taken by {holder}")
    }

    /// What to do about it.
    pub fn hint(&self) -> String {
        if let Some(container) = &self.by {
            return format!("Stop {container}, or publish another port");
        }
        let port = self.port.port;
        format!("`ss -ltnp 'sport = :{port}'` names it: stop it, or publish another port")
    }
}

impl fmt::Display for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            Some(address) => SocketAddr::new(address, self.port).fmt(f),
            None => self.port.fmt(f),
        }
    }
}

impl Preflight {
    /// The names of the services, for people.
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.services.iter().map(|it| it.name.as_str()).collect();
        names.join(", ")
    }
}

/// What converging a project would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What would do it.
    pub found: Preflight,
    /// Every service, by name.
    pub changes: Vec<Change>,
}

/// What becomes of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Its name.
    pub service: String,
    /// What becomes of its containers.
    pub fate: Fate,
    /// The image its containers were made from, if there are any.
    pub from: Option<String>,
    /// The image it is to run, if it stays.
    pub to: Option<String>,
    /// Whether the machine passes requests on to it.
    pub published: bool,
}

/// What becomes of a service's containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// There are none yet.
    Created,
    /// They are replaced by new ones.
    Replaced,
    /// They stand still, and are started.
    Started,
    /// They go on.
    Kept,
    /// The files do not name the service any more.
    Removed,
}

/// What converging a project did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpReport {
    /// Which Compose did it.
    pub flavour: Flavour,
    /// The generated override file, as written.
    pub override_text: String,
    /// The project's files as Compose read them with that, values of variables and all;
    /// none if it could not be asked a second time.
    pub files: Option<Secret>,
    /// Half-made containers of an earlier, interrupted call that were removed.
    pub reaped: usize,
    /// The image each service was pinned to.
    pub pins: BTreeMap<String, Pinned>,
    /// When the first container of each service ended meanwhile, by the engine's clock.
    pub ended: BTreeMap<String, DateTime<Utc>>,
    /// What Compose said.
    pub output: Output,
}

/// A container of a service, as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Running {
    /// The service.
    pub service: String,
    /// The container's id.
    pub container: String,
    /// The image as it was named when the container was made.
    pub image: String,
    /// That image's id on the engine.
    pub image_id: String,
    /// Whether it runs.
    pub alive: bool,
    /// What its health check says.
    pub health: Health,
    /// How often the engine restarted it.
    pub restarts: i64,
    /// When it was last started.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was first seen well, by the engine's clock; only whoever waits for
    /// that knows.
    pub ready_at: Option<DateTime<Utc>>,
    /// What its health check said last, the oldest first; only whoever waits for it to be
    /// well knows.
    pub checks: Vec<String>,
    /// Its labels.
    pub labels: Labels,
}

/// A service as it runs, and as its project's files ask for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sight {
    /// The service.
    pub service: String,
    /// The image its newest container runs, as exactly as it can be named.
    pub image: Pinned,
    /// The ids of the images its containers run; one, if they are alike.
    pub id: String,
    /// What the settings come to that its containers were made with; one hash, if they are alike.
    pub made: String,
    /// What the settings come to that the files ask for, if they name the service.
    pub asked: Option<String>,
    /// How many of its containers run.
    pub running: u32,
}

impl Sight {
    /// A service that has one container, whose files nobody reads.
    pub fn of_one(container: Running) -> Self {
        let (reference, local) = (container.image_id.clone(), true);
        Self {
            service: container.service,
            image: Pinned { reference, local },
            id: container.image_id,
            made: String::new(),
            asked: None,
            running: u32::from(container.alive),
        }
    }
}

/// What a container's health check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// There is none.
    Unchecked,
    /// Nothing yet.
    Starting,
    /// All is well.
    Healthy,
    /// It fails.
    Unhealthy,
}

/// A one-off container that was found by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The container's id.
    pub container: String,
    /// Its labels.
    pub labels: Labels,
    /// How far it got.
    pub phase: Phase,
}

/// How far a one-off container got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It only occupies the name and will never run.
    Tombstone,
    /// Made and never started.
    Created,
    /// Running.
    Running,
    /// Ended.
    Exited {
        /// The exit code.
        code: i64,
        /// It was killed for want of memory.
        out_of_memory: bool,
        /// When.
        finished_at: Option<DateTime<Utc>>,
    },
}

/// How a one-off command ended by itself, well or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exit {
    /// Its exit code.
    pub code: i64,
    /// The container's id.
    pub container: String,
    /// An earlier call had made the container.
    pub adopted: bool,
    /// When it was started.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
    /// Everything it wrote, bounded.
    pub output: Output,
}

/// How a command inside a running container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// Its exit code. 126 and 127 mean that it could not be started.
    pub code: i64,
    /// Everything it wrote, bounded.
    pub output: Output,
}

/// Whether a name could be occupied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sealing {
    /// The name is occupied, now or since earlier: nothing can run under it.
    Sealed,
    /// Too late: a container of that name runs or has run.
    Taken(Found),
}
