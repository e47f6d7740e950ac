//! Whether the containers of a project are well, from what is seen at one moment.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};

use crate::containers::{Health, Running, Wait};

/// Judges one moment after another.
pub(super) struct Judge<'a> {
    wanted: &'a Wait,
    /// The image id that each pinned service must run.
    images: BTreeMap<String, String>,
    /// The engine's own time when the waiting began.
    began: Option<DateTime<Utc>>,
    /// How often each container had restarted when it was first seen.
    restarts: BTreeMap<String, i64>,
}

/// What one moment shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// All are well. The signature changes when any is started anew.
    Well(String),
    /// Some are not, and may come to be.
    NotYet(String),
    /// One never will.
    Failed(Fault),
}

/// The container at fault.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) service: String,
    pub(super) container: String,
    pub(super) why: String,
    pub(super) what: Wrong,
}

/// What is wrong with a container that will never be well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// It runs another image.
    Image,
    /// Its program ended, and the engine started it again.
    Restarted,
    /// Its program ended.
    Ended,
    /// Its health check says so.
    Unhealthy,
}

impl<'a> Judge<'a> {
    pub(super) fn new(
        wanted: &'a Wait,
        images: BTreeMap<String, String>,
        began: Option<DateTime<Utc>>,
    ) -> Self {
        Self {
            wanted,
            images,
            began,
            restarts: BTreeMap::new(),
        }
    }

    pub(super) fn verdict(&mut self, containers: &[Running]) -> Verdict {
        let mut missing = self.named();
        let mut signature = String::new();
        let mut waiting = Vec::new();
        let mut seen = 0;
        for one in containers {
            if !self.counts(one) {
                continue;
            }
            seen += 1;
            missing.remove(one.service.as_str());
            let first = *self
                .restarts
                .entry(one.container.clone())
                .or_insert(one.restarts);
            if let Some((why, what)) = self.fault(one, first) {
                let (service, container) = (one.service.clone(), one.container.clone());
                return Verdict::Failed(Fault {
                    service,
                    container,
                    why,
                    what,
                });
            }
            if let Some(state) = unready(one) {
                waiting.push(format!("{} {state}", one.service));
            }
            let started = one.started_at.and_then(|at| at.timestamp_nanos_opt());
            signature.extend([
                one.container.as_str(),
                &started.unwrap_or(0).to_string(),
                ";",
            ]);
        }
        waiting.extend(
            missing
                .iter()
                .map(|service| format!("{service} has no container")),
        );
        if seen == 0 && waiting.is_empty() {
            waiting.push("the project has no container".into());
        }
        if waiting.is_empty() {
            Verdict::Well(signature)
        } else {
            Verdict::NotYet(waiting.join(", "))
        }
    }

    /// The containers that were judged.
    pub(super) fn counted(&self, mut containers: Vec<Running>) -> Vec<Running> {
        containers.retain(|one| self.counts(one));
        containers
    }

    /// A container that is not well, if any.
    pub(super) fn unwell<'b>(&self, containers: &'b [Running]) -> Option<&'b Running> {
        containers
            .iter()
            .find(|one| self.counts(one) && unready(one).is_some())
    }

    fn named(&self) -> BTreeSet<&'a str> {
        self.wanted
            .services
            .iter()
            .chain(self.wanted.pins.keys())
            .map(String::as_str)
            .collect()
    }

    fn counts(&self, one: &Running) -> bool {
        let named = self.named();
        named.is_empty() || named.contains(one.service.as_str())
    }

    /// Why it will never be well.
    fn fault(&self, one: &Running, first: i64) -> Option<(String, Wrong)> {
        if let Some(image) = self.images.get(&one.service)
            && *image != one.image_id
        {
            return Some((
                format!("it runs another image, {}", one.image),
                Wrong::Image,
            ));
        }
        if one.restarts > first || (one.restarts > 0 && self.started_lately(one)) {
            return Some((
                format!("it was restarted, {} times in all", one.restarts),
                Wrong::Restarted,
            ));
        }
        if !one.alive && one.started_at.is_some() {
            return Some(("it has ended".into(), Wrong::Ended));
        }
        (one.health == Health::Unhealthy)
            .then(|| ("its health check fails".into(), Wrong::Unhealthy))
    }

    /// A restart longer ago than the time it must be well for is history.
    fn started_lately(&self, one: &Running) -> bool {
        let (Some(began), Some(started)) = (self.began, one.started_at) else {
            return true;
        };
        let window = TimeDelta::from_std(self.wanted.stable_for).unwrap_or(TimeDelta::MAX);
        began.signed_duration_since(started) < window
    }
}

/// In what way it is not well, though it may come to be.
fn unready(one: &Running) -> Option<&'static str> {
    match (one.alive, one.health) {
        (false, _) => Some("does not run"),
        (true, Health::Starting) => Some("has not passed its health check"),
        (true, Health::Unhealthy) => Some("fails its health check"),
        (true, Health::Unchecked | Health::Healthy) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::containers::Labels;

    fn web() -> Running {
        Running {
            service: "web".into(),
            container: "c1".into(),
            image: "app:1".into(),
            image_id: "sha256:1".into(),
            alive: true,
            health: Health::Healthy,
            restarts: 0,
            started_at: Some(at(100)),
            ready_at: None,
            checks: Vec::new(),
            labels: Labels::new(),
        }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn verdict(moments: &[Running]) -> Verdict {
        let wanted = Wait {
            project: "p".into(),
            services: vec!["web".into()],
            pins: BTreeMap::new(),
            stable_for: Duration::from_secs(10),
            healthy_within: Duration::from_mins(1),
        };
        let images = BTreeMap::from([("web".to_owned(), "sha256:1".to_owned())]);
        let mut judge = Judge::new(&wanted, images, Some(at(100)));
        let verdicts = moments
            .iter()
            .map(|one| judge.verdict(std::slice::from_ref(one)));
        verdicts.last().unwrap_or_else(|| judge.verdict(&[]))
    }

    fn why(moments: &[Running]) -> String {
        match verdict(moments) {
            Verdict::Failed(fault) => fault.why,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn well_is_running_healthy_and_the_right_image() {
        assert!(matches!(verdict(&[web()]), Verdict::Well(_)));
        let unchecked = Running {
            health: Health::Unchecked,
            ..web()
        };
        assert!(matches!(verdict(&[unchecked]), Verdict::Well(_)));
        let other = Running {
            image_id: "sha256:2".into(),
            ..web()
        };
        assert_eq!(why(&[other]), "it runs another image, app:1");
    }

    #[test]
    fn a_start_takes_its_time_and_an_end_is_final() {
        let starting = Running {
            health: Health::Starting,
            ..web()
        };
        let news = "web has not passed its health check".to_owned();
        assert_eq!(verdict(&[starting]), Verdict::NotYet(news));
        let created = Running {
            alive: false,
            started_at: None,
            ..web()
        };
        assert_eq!(
            verdict(&[created]),
            Verdict::NotYet("web does not run".into())
        );
        assert_eq!(verdict(&[]), Verdict::NotYet("web has no container".into()));
        assert_eq!(
            why(&[Running {
                alive: false,
                ..web()
            }]),
            "it has ended"
        );
        assert_eq!(
            why(&[Running {
                health: Health::Unhealthy,
                ..web()
            }]),
            "its health check fails"
        );
    }

    #[test]
    fn restarts_count_while_watched_or_lately() {
        let lately = Running {
            restarts: 1,
            ..web()
        };
        assert_eq!(why(&[lately]), "it was restarted, 1 times in all");
        let long_ago = Running {
            restarts: 1,
            started_at: Some(at(50)),
            ..web()
        };
        assert!(matches!(
            verdict(std::slice::from_ref(&long_ago)),
            Verdict::Well(_)
        ));
        let again = Running {
            restarts: 2,
            ..long_ago.clone()
        };
        assert_eq!(why(&[long_ago, again]), "it was restarted, 2 times in all");
    }

    #[test]
    fn a_new_start_is_another_signature() {
        let again = Running {
            started_at: Some(at(101)),
            ..web()
        };
        assert_ne!(verdict(&[web()]), verdict(&[again]));
    }
}
