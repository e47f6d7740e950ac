//! A model of a container engine: what it runs, what it was told, and when.
//!
//! [`Host`] is the engine's own truth; [`port`] is how the bot reaches it. What
//! was begun goes on when the bot dies, as child processes and containers do.

mod files;
mod port;
mod project;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use chrono::{DateTime, Utc};
use shipbell_adapters::containers::Labels;

use super::chance::digest;
use super::diary::Diary;
use super::executor::Executor;
use super::locked;
use super::weather::Weather;
pub use project::{Converging, Project};

/// What an image turns out to be once it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quality {
    /// Well.
    Good,
    /// Its health check never passes.
    Sick,
    /// It comes up well, and falls over a few minutes later.
    Falls,
    /// Its one-off commands fail.
    BadCommands,
}

/// One engine; clones are the same one.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    executor: Executor,
    weather: Arc<Weather>,
    diary: Arc<Diary>,
    host: Mutex<Host>,
}

/// An engine's own truth.
#[derive(Clone, Debug, Default)]
pub struct Host {
    /// The images it has.
    pub images: BTreeSet<String>,
    /// Its projects by name.
    pub projects: BTreeMap<String, Project>,
    /// Its one-off containers by name.
    pub commands: BTreeMap<String, Command>,
    /// The tags its registry was given besides, and what they mean.
    pub tags: BTreeMap<String, String>,
    /// Its env files by path, each with its variables.
    pub env_files: BTreeMap<String, BTreeMap<String, String>>,
    /// Whether the next child process will hang.
    pub hang: bool,
    /// Every time a project was brought to images, in order.
    pub converged: Vec<Converging>,
    /// Every start of a one-off container, in order: its name, its project, and when.
    pub started: Vec<(String, Option<String>, DateTime<Utc>)>,
}

/// A one-off container.
#[derive(Clone, Debug)]
pub struct Command {
    /// Tells the same run from another under the same name.
    pub identity: (String, String),
    /// Its labels.
    pub labels: Labels,
    /// The images it was pinned to.
    pub images: Vec<String>,
    /// The project whose surroundings it has.
    pub project: Option<String>,
    /// When it started; never for one that only occupies the name.
    pub started: Option<DateTime<Utc>>,
    /// When it ends by itself.
    pub ends: DateTime<Utc>,
    /// With what.
    pub code: i64,
}

impl Engine {
    /// An engine that runs nothing.
    pub fn new(executor: Executor, weather: Arc<Weather>, diary: Arc<Diary>) -> Self {
        weather.plan_outages("engine");
        Self(Arc::new(Inner {
            executor,
            weather,
            diary,
            host: Mutex::default(),
        }))
    }

    /// Its truth.
    pub fn host(&self) -> MutexGuard<'_, Host> {
        locked(&self.0.host)
    }
}

impl Engine {
    /// Ends every child process at work on a project that would not end by itself.
    pub fn end_children(&self, project: &str) {
        if let Some(it) = self.host().projects.get_mut(project) {
            it.hanging = 0;
        }
    }
}

impl Host {
    /// Somebody makes room: containers that have ended are gone.
    pub fn prune(&mut self, now: DateTime<Utc>) {
        self.commands
            .retain(|_, it| it.started.is_some() && now < it.ends);
    }

    /// What every service of a project runs, if it is up and well.
    pub fn answers(&self, project: &str, now: DateTime<Utc>) -> bool {
        self.projects.get(project).is_some_and(|it| it.is_well(now))
    }
}

/// What an image with that reference is; decided by its name alone.
pub fn quality(reference: &str) -> Quality {
    match digest(reference) % 20 {
        0 | 1 => Quality::Sick,
        2 => Quality::Falls,
        3 => Quality::BadCommands,
        _ => Quality::Good,
    }
}

/// The digest a reference with a tag stands for.
pub fn resolve(reference: &str) -> String {
    let part = |salt: &str| format!("{:016x}", digest(&format!("{salt}{reference}")));
    let name = reference
        .rsplit_once(':')
        .map_or(reference, |(name, _)| name);
    format!(
        "{name}@sha256:{}{}{}{}",
        part("a"),
        part("b"),
        part("c"),
        part("d")
    )
}

#[cfg(test)]
mod tests;
