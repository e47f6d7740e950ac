//! Bring one plain container to an image and settings, and wait until it is well:
//! what `docker stop`, `docker rm` and `docker run` do by hand.

use core::net::IpAddr;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Value;
use crate::calendar::Length;
use crate::ids::{EnvId, ServiceName};

/// One container that no compose file describes. Replaced when its image or a setting
/// changes, and only once the new image is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Container {
    /// Its image, by the name under `images`.
    pub service: ServiceName,
    /// What the engine calls it; after its environment and image if not said.
    pub name: Option<String>,
    /// Command and arguments in place of the image's own, if any; no shell reads them.
    pub argv: Vec<String>,
    /// Where the machine passes requests on.
    pub ports: Vec<Port>,
    /// What it sees of the machine's disk.
    pub volumes: Vec<Mount>,
    /// The networks it is in; the engine's own if there are none.
    pub networks: Vec<String>,
    /// What the engine does when it ends by itself.
    pub restart: Restart,
    /// How long it may take to end when it is asked to, before it is killed.
    pub stop_within: Length,
    /// Healthy and not restarted for this long.
    pub stable_for: Length,
    /// Healthy at the latest after this long.
    pub healthy_within: Length,
}

/// A port of the machine that leads to one of the container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    /// The machine's address it is open at; every one if not said.
    pub address: Option<IpAddr>,
    /// The machine's port.
    pub outside: u16,
    /// The container's port.
    pub inside: u16,
    /// What is spoken there.
    pub protocol: Protocol,
}

/// What is spoken on a port.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the protocols' own names")]
pub enum Protocol {
    #[default]
    Tcp,
    Udp,
}

/// Something of the machine's disk that a container sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// An absolute path of the machine, or the name of a volume.
    pub source: String,
    /// An absolute path of the container.
    pub inside: String,
    /// Whether it may only be read there.
    pub read_only: bool,
}

/// What the engine does when a container ends by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Restart {
    /// Nothing.
    No,
    /// Start it again if it failed.
    OnFailure,
    /// Start it again, and with the engine.
    Always,
    /// The same, unless somebody stopped it.
    #[default]
    UnlessStopped,
}

/// The settings a container was well with: what a rollback returns to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// The settings.
    pub container: Container,
    /// Its environment; secrets are only named.
    pub vars: BTreeMap<String, Value>,
}

impl Container {
    pub(super) fn title(&self) -> String {
        match &self.name {
            Some(name) => format!("Replace container {name}"),
            None => format!("Replace the container of {}", self.service),
        }
    }

    /// What the engine calls it in an environment.
    pub fn name_in(&self, environment: &EnvId) -> String {
        let EnvId { app, env } = environment;
        (self.name.clone()).unwrap_or_else(|| format!("{app}-{env}-{}", self.service))
    }
}

impl Settled {
    /// How long its texts are together.
    pub(crate) fn size(&self) -> usize {
        let Container {
            argv,
            volumes,
            networks,
            ..
        } = &self.container;
        let value = |it: &Value| match it {
            Value::Plain(text) | Value::Env(text) | Value::File(text) => text.len(),
        };
        let words = argv.iter().chain(networks).map(String::len);
        let volumes = volumes.iter().map(|it| it.source.len() + it.inside.len());
        let vars = { self.vars.iter() }.map(|(name, it)| name.len() + value(it));
        words.chain(volumes).chain(vars).sum()
    }
}

impl Restart {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::No, Self::OnFailure, Self::Always, Self::UnlessStopped];

    /// The engine's word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::OnFailure => "on-failure",
            Self::Always => "always",
            Self::UnlessStopped => "unless-stopped",
        }
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            Some(IpAddr::V6(address)) => write!(f, "[{address}]:")?,
            Some(IpAddr::V4(address)) => write!(f, "{address}:")?,
            None => {}
        }
        write!(f, "{}:{}", self.outside, self.inside)?;
        match self.protocol {
            Protocol::Tcp => Ok(()),
            Protocol::Udp => f.write_str("/udp"),
        }
    }
}
