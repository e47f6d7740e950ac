//! What an engine is asked to do, as plain data.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::hosts::{BadAddress, Host, Ssh};
use crate::secret::Secret;

/// Labels of containers. The keys are the caller's own.
pub type Labels = BTreeMap<String, String>;

/// Where an engine listens, and the machine its projects' files are on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Target {
    /// `unix:///var/run/docker.sock`, `tcp://host:2376`, or `ssh://user@host:port`
    /// for the engine of that machine, with its projects' files there as well.
    pub docker: String,
    /// For `tcp://`: the folder with `ca.pem`, `cert.pem` and `key.pem`.
    pub certs: Option<PathBuf>,
}

/// A compose project, as it lies on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its name, on the engine too.
    pub name: String,
    /// Its files, the most general first.
    pub files: Vec<PathBuf>,
    /// What relative paths in them start from.
    pub directory: PathBuf,
    /// The file variables are read from; none leaves it to Compose (`.env`).
    pub env_file: Option<PathBuf>,
    /// Variables that win over that file.
    pub vars: BTreeMap<String, Secret>,
    /// Which Compose must be used; none takes the one that made the project's
    /// containers. Naming the other one recreates every container.
    pub flavour: Option<Flavour>,
}

/// The two lines of Compose. Each recreates the containers of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flavour {
    /// The program `docker-compose`, 1.x.
    V1,
    /// The plugin `docker compose`, 2.x and later.
    V2,
}

/// An image that cannot change under its name any more.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Pinned {
    /// `repository@sha256:…`, or the image's id `sha256:…` when it is local.
    pub reference: String,
    /// It never saw a registry: it exists on this one engine.
    pub local: bool,
}

/// Where an image is looked for by its name and tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// In the registry its name begins with, whatever the engine has.
    Registry,
    /// On the engine, whatever a registry has.
    Engine,
}

/// What was found under a name and tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    /// The image: by its digest where a registry has it, by its id on an engine.
    pub pinned: Pinned,
    /// The labels it carries.
    pub labels: Labels,
}

/// Build an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Build {
    /// What it is called, with a tag.
    pub tag: String,
    /// Where paths begin, on the machine the engine's projects are on.
    pub directory: PathBuf,
    /// The folder that is built, from there.
    pub context: String,
    /// The Dockerfile, from there; the one in the folder if not said.
    pub file: Option<String>,
    /// What it is built for; the engine's own platform if not said.
    pub platform: Option<String>,
    /// Arguments of the build. Whoever has the image can read them.
    pub args: BTreeMap<String, String>,
    /// The labels it gets.
    pub labels: Labels,
    /// Where the id of what was built is written; no two builds share a file.
    pub id_file: PathBuf,
}

/// Converge a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Up {
    /// Which.
    pub project: Project,
    /// The services to converge, with what they depend on; empty for all.
    pub services: Vec<String>,
    /// The image each service must run. These win over the project's files.
    pub pins: BTreeMap<String, Pinned>,
    /// Put on the containers of pinned services. A change recreates them.
    pub labels: Labels,
    /// Where the generated override file goes.
    pub state_dir: PathBuf,
    /// Those of the pinned images that no service need have.
    pub optional: BTreeSet<String>,
    /// What was kept of it is read in place of its files, and every image is what
    /// it was then.
    pub snapshot: Option<Snapshot>,
}

/// What a project was brought to, as it was kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The name it was kept under.
    pub name: String,
    /// The image of each service.
    pub images: BTreeMap<String, Pinned>,
}

/// Wait for a project to be well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The project's name.
    pub project: String,
    /// The services that count besides the pinned ones; if there are neither,
    /// all of them do.
    pub services: Vec<String>,
    /// The image each service must run.
    pub pins: BTreeMap<String, Pinned>,
    /// How long all must have been well without a restart.
    pub stable_for: Duration,
    /// How soon all must be well.
    pub healthy_within: Duration,
}

/// Run a command once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneOff {
    /// The container's name. The same name is the same run.
    pub name: String,
    /// A label that tells the same run from another under the same name.
    pub identity: (String, String),
    /// More labels.
    pub labels: Labels,
    /// The command, word by word; empty for the image's own.
    pub command: Vec<String>,
    /// What it runs in.
    pub home: Home,
}

/// What a one-off command runs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// The surroundings of a service: its environment, networks and volumes.
    Service {
        /// The project.
        project: Box<Project>,
        /// The service.
        service: String,
        /// The image each service must run.
        pins: BTreeMap<String, Pinned>,
        /// Its environment, on top of the service's own.
        vars: BTreeMap<String, Secret>,
        /// Where the generated override file goes.
        state_dir: PathBuf,
    },
    /// An image and nothing else, without privileges.
    Image {
        /// The image.
        image: Pinned,
        /// Its environment, on top of the image's own.
        vars: BTreeMap<String, Secret>,
        /// The network it joins; none for no network at all.
        network: Option<String>,
    },
}

/// Run a command inside a running container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exec {
    /// The project's name.
    pub project: String,
    /// The service.
    pub service: String,
    /// The command, word by word.
    pub command: Vec<String>,
    /// Its environment, on top of the container's own.
    pub vars: BTreeMap<String, Secret>,
}

/// Which lines of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogQuery {
    /// The project's name.
    pub project: String,
    /// The service; none for all of them.
    pub service: Option<String>,
    /// At most this many lines of each container, the last ones.
    pub tail: u32,
    /// Only what was written later than this.
    pub since: Option<DateTime<Utc>>,
}

impl Target {
    /// The engine of this machine.
    pub fn local() -> Self {
        Self {
            docker: "unix:///var/run/docker.sock".into(),
            certs: None,
        }
    }

    /// The machine its projects' files are on.
    pub fn host(&self) -> Result<Host, BadAddress> {
        if self.docker.starts_with("ssh://") {
            return Ssh::parse(&self.docker).map(Host::There);
        }
        Ok(Host::Here)
    }
}

/// What images are called that are kept on an engine, before their tag: the name of a
/// project, a dot, and the first digits of the image's digest.
pub const RETAINED: &str = "shipbell-kept";

impl Pinned {
    /// The digest or id alone: `sha256:…`.
    pub fn digest(&self) -> &str {
        self.reference
            .rsplit_once('@')
            .map_or(&self.reference, |(_, digest)| digest)
    }
}

impl fmt::Display for Pinned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reference.fmt(f)
    }
}

impl fmt::Display for Flavour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1 => "docker-compose",
            Self::V2 => "docker compose",
        })
    }
}
