//! What the engine does by itself once it was told to: it goes on when nobody waits.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::{Either, select};
use shipbell_adapters::containers::{ContainerError, Found, Home, Kind, OneOff, Phase, Up};
use tokio::sync::oneshot;

use super::{Command, Converging, Engine, Host, Quality, quality};
use crate::sim::executor::Owner;
use crate::sim::weather::Fault;

type Answer<T> = Result<T, ContainerError>;

impl Engine {
    /// Starts a child process and waits for it; it goes on when nobody waits.
    pub(super) async fn child(&self, up: &Up, within: Duration) -> Answer<()> {
        let (done, ended) = oneshot::channel();
        let (engine, up) = (self.clone(), up.clone());
        let name = up.project.name.clone();
        self.host()
            .projects
            .entry(up.project.name.clone())
            .or_default()
            .children += 1;
        let hangs =
            std::mem::take(&mut self.host().hang) || self.0.weather.strikes(Fault::ChildHangs);
        let work = async move {
            let answer = if hangs {
                engine.hang(&up.project.name).await;
                Err(ContainerError::new(Kind::Interrupted, "up", "killed"))
            } else {
                engine.converge(&up).await
            };
            engine.free(&up.project.name);
            // Whoever started it may be gone.
            drop(done.send(answer));
        };
        self.0.executor.spawn(Owner::World, Box::pin(work));
        let late = self.0.executor.now() + TimeDelta::from_std(within).unwrap_or_default();
        match select(ended, self.0.executor.until(late)).await {
            Either::Left((answer, _)) => answer
                .unwrap_or_else(|_| Err(ContainerError::new(Kind::Interrupted, "up", "killed"))),
            Either::Right(((), _)) => {
                // Whoever waits no longer ends the child first.
                self.end_children(&name);
                Err(ContainerError::new(Kind::Timeout, "up", "too long"))
            }
        }
    }

    async fn converge(&self, up: &Up) -> Answer<()> {
        let it = &self.0;
        let images: BTreeMap<String, String> = up
            .pins
            .iter()
            .map(|(service, pin)| (service.clone(), pin.reference.clone()))
            .collect();
        it.executor.pause(200, 3_000).await;
        let name = up.project.name.clone();
        let missing = images
            .values()
            .find(|it| !self.host().images.contains(*it))
            .cloned();
        if let Some(missing) = missing {
            return Err(ContainerError::new(
                Kind::NotFound,
                "up",
                format!("no image {missing}"),
            ));
        }
        let same = self
            .host()
            .projects
            .get(&name)
            .is_some_and(|it| it.images == images);
        let number = self.host().begin(Converging {
            project: name.clone(),
            images: images.clone(),
            labels: up.labels.clone(),
            began: it.executor.now(),
            ended: None,
        });
        it.diary
            .write("host", format!("{name}: up begins with {images:?}"));
        it.executor.pause(500, 20_000).await;
        let now = it.executor.now();
        let mut host = self.host();
        host.converged[number].ended = Some(now);
        let project = host.projects.entry(name.clone()).or_default();
        if !same {
            project.images = images;
            project.labels = up.labels.clone();
            project.since = now;
        }
        drop(host);
        it.diary.write("host", format!("{name}: up is done"));
        Ok(())
    }

    /// A child that does nothing more, until somebody ends it.
    async fn hang(&self, project: &str) {
        self.0.diary.write("host", format!("{project}: up hangs"));
        let hanging = || {
            let host = self.host();
            let project = host.projects.get(project);
            project.is_some_and(|it| it.hanging > 0)
        };
        if let Some(it) = self.host().projects.get_mut(project) {
            it.hanging += 1;
        }
        while hanging() {
            self.0.executor.pause(100, 300).await;
        }
    }

    fn free(&self, project: &str) {
        if let Some(it) = self.host().projects.get_mut(project) {
            it.children -= 1;
        }
    }

    pub(super) fn start(&self, spec: &OneOff) -> Answer<bool> {
        let now = self.0.executor.now();
        let seconds = self.0.executor.draw(|it| it.between(2, 60));
        let mut host = self.host();
        if let Some(known) = host.commands.get(&spec.name) {
            if known.started.is_none() {
                let what = format!("running {} once", spec.name);
                return Err(ContainerError::given_up(what));
            }
            if known.identity != spec.identity {
                return Err(ContainerError::new(
                    Kind::Conflict,
                    &spec.name,
                    "the name is taken",
                ));
            }
            return Ok(true);
        }
        let (images, project) = match &spec.home {
            Home::Service { pins, project, .. } => {
                let pins = pins
                    .values()
                    .map(|it| it.reference.clone())
                    .collect::<Vec<_>>();
                (pins, Some(project.name.clone()))
            }
            Home::Image { image, .. } => (vec![image.reference.clone()], None),
        };
        if let Some(missing) = images.iter().find(|it| !host.images.contains(*it)) {
            return Err(ContainerError::new(
                Kind::NotFound,
                &spec.name,
                format!("no image {missing}"),
            ));
        }
        let bad = images.iter().any(|it| quality(it) == Quality::BadCommands);
        host.started.push((spec.name.clone(), project.clone(), now));
        host.commands.insert(
            spec.name.clone(),
            Command {
                identity: spec.identity.clone(),
                labels: spec.labels.clone(),
                images,
                project,
                started: Some(now),
                ends: now + TimeDelta::seconds(i64::try_from(seconds).unwrap_or(60)),
                code: i64::from(bad),
            },
        );
        drop(host);
        self.0.diary.write("host", format!("{} starts", spec.name));
        Ok(false)
    }

    pub(super) fn found(&self, name: &str) -> Option<Found> {
        let now = self.0.executor.now();
        let host = self.host();
        let it = host.commands.get(name)?;
        let phase = match it.started {
            None => Phase::Tombstone,
            Some(_) if now < it.ends => Phase::Running,
            Some(_) => Phase::Exited {
                code: it.code,
                out_of_memory: false,
                finished_at: Some(it.ends),
            },
        };
        Some(Found {
            container: format!("C-{name}"),
            labels: it.labels.clone(),
            phase,
        })
    }
}

impl Host {
    fn begin(&mut self, converging: Converging) -> usize {
        self.converged.push(converging);
        self.converged.len() - 1
    }
}
