//! A compose project on the engine: what it runs and how well.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use shipbell_adapters::containers::{Health, Labels, Running};

use super::{Quality, quality};

/// A project and what it runs.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// The image of each service.
    pub images: BTreeMap<String, String>,
    /// Their labels.
    pub labels: Labels,
    /// Since when.
    pub since: DateTime<Utc>,
    /// How many child processes are at work on it.
    pub children: u32,
    /// How many of them will not end by themselves.
    pub hanging: u32,
}

/// One bringing of a project to images.
#[derive(Clone, Debug)]
pub struct Converging {
    /// Which project.
    pub project: String,
    /// The image of each service.
    pub images: BTreeMap<String, String>,
    /// The labels of the containers.
    pub labels: Labels,
    /// When it began to change containers.
    pub began: DateTime<Utc>,
    /// When it was done; it is at work if not said.
    pub ended: Option<DateTime<Utc>>,
}

/// How long a container takes to say that it is well.
const WARM_UP: TimeDelta = TimeDelta::seconds(8);

/// How long an image that falls over stands.
const STANDS: TimeDelta = TimeDelta::seconds(240);

impl Project {
    /// Whether every service runs and is well.
    pub fn is_well(&self, now: DateTime<Utc>) -> bool {
        !self.images.is_empty()
            && self
                .images
                .values()
                .all(|it| self.health(it, now) == Some(Health::Healthy))
    }

    /// What one image's health check says; none when it has fallen over.
    pub fn health(&self, image: &str, now: DateTime<Utc>) -> Option<Health> {
        let age = now - self.since;
        match quality(image) {
            Quality::Falls if age > STANDS => None,
            Quality::Sick if age > WARM_UP => Some(Health::Unhealthy),
            Quality::Good | Quality::BadCommands | Quality::Falls if age > WARM_UP => {
                Some(Health::Healthy)
            }
            Quality::Good | Quality::BadCommands | Quality::Falls | Quality::Sick => {
                Some(Health::Starting)
            }
        }
    }

    /// Every container as the engine tells of it.
    pub fn containers(&self, name: &str, now: DateTime<Utc>) -> Vec<Running> {
        let tell = |(service, image): (&String, &String)| {
            let health = self.health(image, now);
            let since = self.since.timestamp_micros();
            Running {
                service: service.clone(),
                container: format!("{name}-{service}-{since}"),
                image: image.clone(),
                image_id: image
                    .rsplit_once('@')
                    .map_or(image.as_str(), |(_, id)| id)
                    .to_owned(),
                alive: health.is_some(),
                health: health.unwrap_or(Health::Unhealthy),
                restarts: i64::from(health.is_none()) * 3,
                started_at: Some(self.since),
                ready_at: None,
                checks: Vec::new(),
                labels: self.labels.clone(),
            }
        };
        self.images.iter().map(tell).collect()
    }
}
