//! What an environment was brought to, as it was kept where it runs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::fleet::Fleet;
use crate::ids::HostName;
use crate::steps::Settled;

/// Everything that ran when a deploy had gone well: what a rollback returns to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The name the project's files were kept under, if a project was brought to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The image of every service, not only of those that are released.
    pub images: BTreeMap<String, Kept>,
    /// For how many milliseconds each replaced service was away.
    pub away: BTreeMap<String, u64>,
    /// The settings of every plain container, by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub containers: BTreeMap<String, Settled>,
    /// What each host was brought to, if there are several: then the rest is empty.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hosts: BTreeMap<HostName, Snapshot>,
}

/// An image that ran.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// By its digest, or by its id.
    pub pinned: String,
    /// Whether it exists on that engine alone.
    pub local: bool,
}

/// The most services that are kept, and the longest name of an image.
const MOST: usize = 50;
const LONGEST: usize = 300;

/// How long the texts in the settings of all plain containers may be together.
const SETTINGS: usize = 8 * 1024;

impl Snapshot {
    /// What was kept, and what a later step kept after it.
    pub(crate) fn then(mut self, later: Self) -> Self {
        self.name = later.name.or(self.name);
        self.images.extend(later.images);
        self.away.extend(later.away);
        self.containers.extend(later.containers);
        for (host, later) in later.hosts {
            let earlier = self.hosts.remove(&host).unwrap_or_default();
            self.hosts.insert(host, earlier.then(later));
        }
        self
    }

    /// What was kept of one of several hosts, or of the only one.
    pub fn on(&self, host: Option<&HostName>) -> Option<&Self> {
        match host {
            Some(host) => self.hosts.get(host),
            None => Some(self).filter(|it| it.hosts.is_empty()),
        }
    }

    /// The same as what one of several hosts was brought to.
    #[must_use]
    pub fn of_host(self, host: Option<&HostName>) -> Self {
        let Some(host) = host else { return self };
        Self {
            hosts: BTreeMap::from([(host.clone(), self)]),
            ..Self::default()
        }
    }

    /// The same within limits; none if it would not be whole.
    pub fn bounded(&self) -> Option<Self> {
        let short = |it: &Kept| it.pinned.len() <= LONGEST;
        let settings: usize = self.containers.values().map(Settled::size).sum();
        let fits = self.images.len() <= MOST
            && self.images.values().all(short)
            && settings <= SETTINGS
            && self.hosts.len() <= Fleet::MOST
            && self.hosts.values().all(|it| it.bounded().is_some());
        fits.then(|| self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Length;
    use crate::ids::{AppId, EnvId, EnvName, ServiceName};
    use crate::steps::{Container, Restart, Value};

    fn settled(value: &str) -> Settled {
        let length = |text: &str| text.parse::<Length>().unwrap();
        Settled {
            container: Container {
                service: ServiceName::new("web").unwrap(),
                name: None,
                argv: Vec::new(),
                ports: Vec::new(),
                volumes: Vec::new(),
                networks: Vec::new(),
                restart: Restart::default(),
                stop_within: length("10s"),
                stable_for: length("10s"),
                healthy_within: length("2m"),
            },
            vars: [("MODE".to_owned(), Value::Plain(value.to_owned()))].into(),
        }
    }

    fn of(name: &str, value: &str) -> Snapshot {
        Snapshot {
            containers: [(name.to_owned(), settled(value))].into(),
            ..Snapshot::default()
        }
    }

    #[test]
    fn what_several_steps_kept_is_one() {
        let project = Snapshot {
            name: Some("a1".to_owned()),
            away: [("web".to_owned(), 900)].into(),
            ..Snapshot::default()
        };
        let all = of("a", "1")
            .then(project)
            .then(of("b", "2"))
            .then(of("a", "3"));
        assert_eq!(all.name.as_deref(), Some("a1"));
        assert_eq!(all.away["web"], 900);
        assert_eq!(all.containers.len(), 2);
        assert_eq!(all.containers["a"], settled("3"));
    }

    #[test]
    fn settings_are_kept_whole_or_not_at_all() {
        assert!(of("a", &"x".repeat(4_000)).bounded().is_some());
        assert!(of("a", &"x".repeat(9_000)).bounded().is_none());
    }

    #[test]
    fn a_container_without_a_name_gets_one_of_its_environment() {
        let environment = EnvId {
            app: AppId::new("shop").unwrap(),
            env: EnvName::new("staging").unwrap(),
        };
        let mut it = settled("1").container;
        assert_eq!(it.name_in(&environment), "shop-staging-web");
        it.name = Some("web-1".to_owned());
        assert_eq!(it.name_in(&environment), "web-1");
    }
}
