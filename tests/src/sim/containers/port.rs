//! The bot's line to the engine: the port `Containers`.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use futures_util::future::{Either, select};
use shipbell_adapters::containers::{
    ContainerError, Containers, Exec, Exit, FailureMode, Flavour, Found, Health, Home, Kind, Labels,
    LogQuery, OneOff, Output, OutputLine, Phase, Pinned, Preflight, Project, Ran, Running, Sealing,
    Session, Stable, Stream, TOMBSTONE, Target, Up, UpReport,
};
use tokio::sync::oneshot;

use super::{Command, Converging, Engine, Host, Quality, quality, resolve};
use crate::sim::executor::Owner;
use crate::sim::weather::Fault;

type Answer<T> = Result<T, ContainerError>;

/// The service every project has.
const SERVICE: &str = "web";

impl Engine {
    /// The way to the engine and back.
    async fn reach(&self, what: &str) -> Answer<()> {
        self.0.executor.pause(5, 300).await;
        if self.0.weather.is_away("engine") || self.0.weather.strikes(Fault::EngineAway) {
            return Err(ContainerError::new(Kind::Unreachable, what, "nobody answers"));
        }
        Ok(())
    }

    /// Starts a child process and waits for it; it goes on when nobody waits.
    async fn child(&self, up: &Up, within: Duration) -> Answer<()> {
        let (done, ended) = oneshot::channel();
        let (engine, up) = (self.clone(), up.clone());
        let work = async move {
            let answer = engine.converge(&up).await;
            // Whoever started it may be gone.
            drop(done.send(answer));
        };
        self.0.executor.spawn(Owner::World, Box::pin(work));
        let late = self.0.executor.now() + TimeDelta::from_std(within).unwrap_or_default();
        match select(ended, self.0.executor.until(late)).await {
            Either::Left((answer, _)) => {
                answer.unwrap_or_else(|_| Err(ContainerError::new(Kind::Interrupted, "up", "killed")))
            }
            Either::Right(((), _)) => Err(ContainerError::new(Kind::Timeout, "up", "too long")),
        }
    }

    async fn converge(&self, up: &Up) -> Answer<()> {
        let it = &self.0;
        let images: BTreeMap<String, String> =
            up.pins.iter().map(|(service, pin)| (service.clone(), pin.reference.clone())).collect();
        it.executor.pause(200, 3_000).await;
        let name = up.project.name.clone();
        self.host().projects.entry(name.clone()).or_default().children += 1;
        let missing = images.values().find(|it| !self.host().images.contains(*it)).cloned();
        if let Some(missing) = missing {
            self.free(&name);
            return Err(ContainerError::new(Kind::NotFound, "up", format!("no image {missing}")));
        }
        let same = self.host().projects.get(&name).is_some_and(|it| it.images == images && it.labels == up.labels);
        let number = self.host().begin(Converging {
            project: name.clone(),
            images: images.clone(),
            labels: up.labels.clone(),
            began: it.executor.now(),
            ended: None,
        });
        it.diary.write("host", format!("{name}: up begins with {images:?}"));
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
        self.free(&name);
        it.diary.write("host", format!("{name}: up is done"));
        Ok(())
    }

    fn free(&self, project: &str) {
        if let Some(it) = self.host().projects.get_mut(project) {
            it.children -= 1;
        }
    }

    fn start(&self, spec: &OneOff) -> Answer<bool> {
        let now = self.0.executor.now();
        let seconds = self.0.executor.draw(|it| it.between(2, 60));
        let mut host = self.host();
        if let Some(known) = host.commands.get(&spec.name) {
            if known.identity != spec.identity || known.started.is_none() {
                return Err(ContainerError::new(Kind::Conflict, &spec.name, "the name is taken"));
            }
            return Ok(true);
        }
        let (images, project) = match &spec.home {
            Home::Service { pins, project, .. } => {
                let pins = pins.values().map(|it| it.reference.clone()).collect::<Vec<_>>();
                (pins, Some(project.name.clone()))
            }
            Home::Image { image, .. } => (vec![image.reference.clone()], None),
        };
        if let Some(missing) = images.iter().find(|it| !host.images.contains(*it)) {
            return Err(ContainerError::new(Kind::NotFound, &spec.name, format!("no image {missing}")));
        }
        let bad = images.iter().any(|it| quality(it) == Quality::BadCommands);
        host.started.push((spec.name.clone(), now));
        host.commands.insert(spec.name.clone(), Command {
            identity: spec.identity.clone(),
            labels: spec.labels.clone(),
            images,
            project,
            started: Some(now),
            ends: now + TimeDelta::seconds(i64::try_from(seconds).unwrap_or(60)),
            code: i64::from(bad),
        });
        drop(host);
        self.0.diary.write("host", format!("{} starts", spec.name));
        Ok(false)
    }

    fn found(&self, name: &str) -> Option<Found> {
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
        Some(Found { container: format!("C-{name}"), labels: it.labels.clone(), phase })
    }
}

impl Host {
    fn begin(&mut self, converging: Converging) -> usize {
        self.converged.push(converging);
        self.converged.len() - 1
    }
}

#[async_trait]
impl Containers for Engine {
    async fn preflight(&self, _: &Target, _: &Project, _: &Session<'_>) -> Answer<Preflight> {
        self.reach("preflight").await?;
        Ok(Preflight {
            engine: "29.0.0".to_owned(),
            api: "1.52".to_owned(),
            flavour: Flavour::V2,
            compose: "5.0.0".to_owned(),
            services: vec![SERVICE.to_owned()],
        })
    }

    async fn resolve(&self, _: &Target, image: &str) -> Answer<Pinned> {
        self.reach("resolving").await?;
        if image.contains("missing") {
            return Err(ContainerError::new(Kind::NotFound, image, "manifest unknown"));
        }
        Ok(Pinned { reference: resolve(image), local: false })
    }

    async fn pull(&self, _: &Target, image: &Pinned, _: &Session<'_>) -> Answer<()> {
        self.reach("pulling").await?;
        self.0.executor.pause(500, 15_000).await;
        self.host().images.insert(image.reference.clone());
        Ok(())
    }

    async fn up(&self, _: &Target, up: &Up, session: &Session<'_>) -> Answer<UpReport> {
        self.reach("up").await?;
        self.child(up, session.within).await?;
        Ok(UpReport {
            flavour: Flavour::V2,
            override_text: "services: {}\n".to_owned(),
            reaped: 0,
            output: said("Container started"),
        })
    }

    async fn wait_stable(
        &self,
        _: &Target,
        stable: &Stable,
        session: &Session<'_>,
    ) -> Answer<Vec<Running>> {
        self.reach("waiting").await?;
        let delta = |it: Duration| TimeDelta::from_std(it).unwrap_or_default();
        let begun = self.0.executor.now();
        let healthy_by = begun + delta(stable.healthy_within.min(session.within));
        let mut well_since = None;
        loop {
            let now = self.0.executor.now();
            let project = self.host().projects.get(&stable.project).cloned().unwrap_or_default();
            let containers = project.containers(&stable.project, now);
            if let Some(error) = verdict(&containers, &stable.pins) {
                return Err(error);
            }
            let well = !containers.is_empty() && project.is_well(now);
            well_since = if well { well_since.or(Some(now)) } else { None };
            if well_since.is_some_and(|since| now - since >= delta(stable.stable_for)) {
                return Ok(containers);
            }
            if well_since.is_none() && now >= healthy_by {
                let error = ContainerError::new(Kind::Timeout, "waiting", "not healthy in time");
                return Err(error.mode(FailureMode::Healthcheck));
            }
            self.0.executor.pause(1_000, 2_000).await;
        }
    }

    async fn run_once(&self, _: &Target, spec: &OneOff, session: &Session<'_>) -> Answer<Exit> {
        self.reach("running").await?;
        let adopted = self.start(spec)?;
        let ends = self.host().commands.get(&spec.name).map(|it| it.ends);
        let ends = ends.unwrap_or_else(|| self.0.executor.now());
        let late = self.0.executor.now() + TimeDelta::from_std(session.within).unwrap_or_default();
        self.0.executor.until(ends.min(late)).await;
        let now = self.0.executor.now();
        if now < ends {
            return Err(ContainerError::new(Kind::Timeout, &spec.name, "too long"));
        }
        let host = self.host();
        let it = host.commands.get(&spec.name);
        Ok(Exit {
            code: it.map_or(0, |it| it.code),
            container: format!("C-{}", spec.name),
            adopted,
            started_at: it.and_then(|it| it.started),
            finished_at: Some(ends),
            output: said("migrated"),
        })
    }

    async fn find(&self, _: &Target, name: &str) -> Answer<Option<Found>> {
        self.reach("looking").await?;
        Ok(self.found(name))
    }

    async fn tombstone(
        &self,
        _: &Target,
        name: &str,
        _: &Pinned,
        labels: &Labels,
    ) -> Answer<Sealing> {
        self.reach("sealing").await?;
        if let Some(found) = self.found(name) {
            let sealed = found.phase == Phase::Tombstone;
            return Ok(if sealed { Sealing::Sealed } else { Sealing::Taken(found) });
        }
        let now = self.0.executor.now();
        let command = Command {
            identity: (TOMBSTONE.to_owned(), String::new()),
            labels: labels.clone(),
            images: Vec::new(),
            project: None,
            started: None,
            ends: now,
            code: 0,
        };
        self.host().commands.insert(name.to_owned(), command);
        Ok(Sealing::Sealed)
    }

    async fn stop_once(&self, _: &Target, name: &str, grace: Duration) -> Answer<Option<Found>> {
        self.reach("stopping").await?;
        let dies = self.0.executor.now() + TimeDelta::from_std(grace).unwrap_or_default();
        let ends = self.host().commands.get_mut(name).map(|it| {
            if it.ends > dies {
                it.ends = dies;
                it.code = 137;
            }
            it.ends
        });
        if let Some(ends) = ends {
            self.0.executor.until(ends).await;
        }
        Ok(self.found(name))
    }

    async fn exec(&self, _: &Target, _: &Exec, _: &Session<'_>) -> Answer<Ran> {
        self.reach("exec").await?;
        self.0.executor.pause(100, 2_000).await;
        Ok(Ran { code: 0, output: said("ok") })
    }

    async fn logs(&self, _: &Target, _: &LogQuery) -> Answer<Output> {
        self.reach("logs").await?;
        Ok(said("GET / 200"))
    }

    async fn running(&self, _: &Target, project: &str) -> Answer<Vec<Running>> {
        self.reach("listing").await?;
        let now = self.0.executor.now();
        let host = self.host();
        Ok(host.projects.get(project).map_or_else(Vec::new, |it| it.containers(project, now)))
    }

    async fn remove(&self, _: &Target, _: &Labels) -> Answer<()> {
        self.reach("removing").await
    }

    async fn down(&self, _: &Target, _: &str) -> Answer<()> {
        self.reach("down").await
    }
}

fn said(text: &str) -> Output {
    let line = OutputLine { stream: Stream::Stdout, at: None, text: text.to_owned() };
    Output { lines: vec![line], left_out: 0 }
}

fn verdict(containers: &[Running], pins: &BTreeMap<String, Pinned>) -> Option<ContainerError> {
    let wrong = |it: &&Running| pins.get(&it.service).is_some_and(|pin| pin.reference != it.image);
    if let Some(it) = containers.iter().find(wrong) {
        return Some(ContainerError::new(Kind::Runtime, &it.service, "runs another image"));
    }
    if let Some(it) = containers.iter().find(|it| !it.running) {
        let error = ContainerError::new(Kind::Runtime, &it.service, "it exited");
        return Some(error.mode(FailureMode::Runtime));
    }
    let sick = containers.iter().find(|it| it.health == Health::Unhealthy)?;
    let error = ContainerError::new(Kind::Runtime, &sick.service, "it is not healthy");
    Some(error.mode(FailureMode::Healthcheck))
}
