//! The bot's line to the engine: the port `Containers`.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use shipbell_adapters::containers::{
    Build, Change, Container, ContainerError, Containers, Declared, Exec, Exit, FailureMode, Fate,
    Flavour, Found, Health, Kind, Labels, LogQuery, OneOff, Output, OutputLine, Phase, Pinned,
    Plan, Preflight, Project, Ran, Replaced, Running, Sealing, Session, Shelf, Sight, Snapshot,
    Stream, TOMBSTONE, Tagged, Target, Up, UpReport, Wait,
};

use super::{Command, Engine, resolve};
use crate::sim::weather::Fault;

type Answer<T> = Result<T, ContainerError>;

/// The service every project has.
const SERVICE: &str = "web";

impl Engine {
    /// The way to the engine and back.
    async fn reach(&self, what: &str) -> Answer<()> {
        self.0.executor.pause(5, 300).await;
        if self.0.weather.is_away("engine") || self.0.weather.strikes(Fault::EngineAway) {
            return Err(ContainerError::new(
                Kind::Unreachable,
                what,
                "nobody answers",
            ));
        }
        Ok(())
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
            services: vec![Declared {
                name: SERVICE.to_owned(),
                image: None,
                builds: false,
                published: true,
                ports: Vec::new(),
            }],
            free: None,
            taken: Vec::new(),
        })
    }

    async fn plan(&self, target: &Target, up: &Up, session: &Session<'_>) -> Answer<Plan> {
        let found = self.preflight(target, &up.project, session).await?;
        let now = self.0.executor.now();
        let there = self.host().projects.get(&up.project.name).cloned();
        let there = there.map_or_else(Vec::new, |it| it.containers(&up.project.name, now));
        let change = |(service, pin): (&String, &Pinned)| {
            let runs = there.iter().find(|it| it.service == *service);
            let from = runs.map(|it| it.image.clone());
            let fate = match &from {
                None => Fate::Created,
                Some(image) if *image == pin.reference => Fate::Kept,
                Some(_) => Fate::Replaced,
            };
            Change {
                service: service.clone(),
                fate,
                from,
                to: Some(pin.reference.clone()),
                published: true,
            }
        };
        let changes = up.pins.iter().map(change).collect();
        Ok(Plan { found, changes })
    }

    async fn resolve(&self, _: &Target, image: &str) -> Answer<Pinned> {
        self.reach("resolving").await?;
        if image.contains("missing") {
            return Err(ContainerError::new(
                Kind::NotFound,
                image,
                "manifest unknown",
            ));
        }
        Ok(Pinned {
            reference: resolve(image),
            local: false,
        })
    }

    async fn pull(&self, _: &Target, image: &Pinned, _: &Session<'_>) -> Answer<()> {
        self.reach("pulling").await?;
        self.0.executor.pause(500, 15_000).await;
        self.host().images.insert(image.reference.clone());
        Ok(())
    }

    async fn push(&self, _: &Target, image: &str, _: &Session<'_>) -> Answer<Pinned> {
        self.reach("pushing").await?;
        Ok(Pinned {
            reference: resolve(image),
            local: false,
        })
    }

    async fn look_up(
        &self,
        _: &Target,
        _: (&str, Shelf),
        _: &Session<'_>,
    ) -> Answer<Option<Tagged>> {
        self.reach("looking").await.map(|()| None)
    }

    async fn build(&self, _: &Target, build: &Build, _: &Session<'_>) -> Answer<Pinned> {
        self.reach("building").await?;
        Ok(Pinned {
            reference: resolve(&build.tag),
            local: true,
        })
    }

    async fn retain(&self, _: &Target, _: &str, _: &[Pinned]) -> Answer<Vec<Pinned>> {
        self.reach("keeping images").await?;
        Ok(Vec::new())
    }

    async fn promote(&self, image: &Pinned, tag: &str, _: &Session<'_>) -> Answer<()> {
        self.reach("tagging").await?;
        self.0.executor.pause(50, 2_000).await;
        let tags = &mut self.host().tags;
        tags.insert(tag.to_owned(), image.reference.clone());
        Ok(())
    }

    async fn up(&self, _: &Target, up: &Up, session: &Session<'_>) -> Answer<UpReport> {
        self.reach("up").await?;
        self.child(up, session.within).await?;
        Ok(UpReport {
            flavour: Flavour::V2,
            override_text: "services: {}\n".to_owned(),
            files: None,
            reaped: 0,
            pins: up.pins.clone(),
            ended: BTreeMap::new(),
            output: said("Container started"),
        })
    }

    async fn keep(
        &self,
        _: &Target,
        _: &Up,
        (name, report): (&str, &UpReport),
    ) -> Answer<Snapshot> {
        self.reach("keeping").await?;
        Ok(Snapshot {
            name: name.to_owned(),
            images: report.pins.clone(),
        })
    }

    async fn wait_stable(
        &self,
        _: &Target,
        wait: &Wait,
        session: &Session<'_>,
    ) -> Answer<Vec<Running>> {
        self.reach("waiting").await?;
        let delta = |it: Duration| TimeDelta::from_std(it).unwrap_or_default();
        let begun = self.0.executor.now();
        let healthy_by = begun + delta(wait.healthy_within.min(session.within));
        let mut well_since = None;
        loop {
            let now = self.0.executor.now();
            let project = self
                .host()
                .projects
                .get(&wait.project)
                .cloned()
                .unwrap_or_default();
            let containers = project.containers(&wait.project, now);
            if let Some(error) = verdict(&containers, &wait.pins) {
                return Err(error);
            }
            let well = !containers.is_empty() && project.is_well(now);
            well_since = if well { well_since.or(Some(now)) } else { None };
            if well_since.is_some_and(|since| now - since >= delta(wait.stable_for)) {
                return Ok(containers);
            }
            if well_since.is_none() && now >= healthy_by {
                let error = ContainerError::new(Kind::Timeout, "waiting", "not healthy in time");
                return Err(error.mode(FailureMode::Healthcheck));
            }
            self.0.executor.pause(1_000, 2_000).await;
        }
    }

    async fn foresee(&self, _: &Target, it: &Container) -> Answer<Change> {
        self.reach("looking").await?;
        Err(no_plain_ones(it))
    }

    async fn replace(&self, _: &Target, it: &Container, _: &Session<'_>) -> Answer<Replaced> {
        self.reach("replacing").await?;
        Err(no_plain_ones(it))
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
            return Ok(if sealed {
                Sealing::Sealed
            } else {
                Sealing::Taken(found)
            });
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
        Ok(Ran {
            code: 0,
            output: said("ok"),
        })
    }

    async fn logs(&self, _: &Target, _: &LogQuery) -> Answer<Output> {
        self.reach("logs").await?;
        Ok(said("GET / 200"))
    }

    async fn running(&self, _: &Target, project: &str) -> Answer<Vec<Running>> {
        self.reach("listing").await?;
        let now = self.0.executor.now();
        let host = self.host();
        Ok(host
            .projects
            .get(project)
            .map_or_else(Vec::new, |it| it.containers(project, now)))
    }

    async fn sight(
        &self,
        target: &Target,
        project: &Project,
        _: &Session<'_>,
    ) -> Answer<Vec<Sight>> {
        let running = self.running(target, &project.name).await?;
        Ok(running.into_iter().map(Sight::of_one).collect())
    }

    async fn remove(&self, _: &Target, _: &Labels) -> Answer<()> {
        self.reach("removing").await
    }

    async fn down(&self, _: &Target, _: &str) -> Answer<()> {
        self.reach("down").await
    }
}

fn no_plain_ones(container: &Container) -> ContainerError {
    let why = "this engine has compose projects alone";
    ContainerError::new(Kind::Refused, &container.name, why)
}

fn said(text: &str) -> Output {
    let line = OutputLine {
        stream: Stream::Stdout,
        at: None,
        text: text.to_owned(),
    };
    Output {
        lines: vec![line],
        left_out: 0,
    }
}

fn verdict(containers: &[Running], pins: &BTreeMap<String, Pinned>) -> Option<ContainerError> {
    let wrong = |it: &&Running| {
        pins.get(&it.service)
            .is_some_and(|pin| pin.reference != it.image)
    };
    if let Some(it) = containers.iter().find(wrong) {
        return Some(ContainerError::new(
            Kind::Runtime,
            &it.service,
            "runs another image",
        ));
    }
    if let Some(it) = containers.iter().find(|it| !it.alive) {
        let error = ContainerError::new(Kind::Runtime, &it.service, "it exited");
        return Some(error.mode(FailureMode::Runtime));
    }
    let sick = containers
        .iter()
        .find(|it| it.health == Health::Unhealthy)?;
    let error = ContainerError::new(Kind::Runtime, &sick.service, "it is not healthy");
    Some(error.mode(FailureMode::Healthcheck))
}
