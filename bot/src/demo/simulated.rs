//! Containers that only pretend, for machines without an engine: each runs in this
//! program, and answers on its place's port as the real one would.

mod ahead;
mod pins;
mod running;
mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use shipbell_adapters::containers::{
    Build, Change, Container as Plain, ContainerError, Containers, Exec, Exit, FailureMode,
    Flavour, Found, Home, Kind, Labels, LogQuery, OneOff, Output, Pinned, Plan, Preflight, Project,
    Ran, Replaced, Running, Sealing, Session, Shelf, Sight, Snapshot, Tagged, Target, Up, UpReport,
    Wait,
};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use self::pins::{pinned, version, version_of};
use self::running::Container;
use self::told::{found, output};
use super::image;
use super::memory::Memory;
use super::payload::{self, Manners};
use super::place::Place;
use super::versions::{self, Version};

/// The file it keeps what it pretends in.
const FILE: &str = "simulated.json";

/// How often a container's health is looked at.
const LOOK: Duration = Duration::from_millis(100);

/// An engine that only pretends.
pub(super) struct Simulated {
    instance: String,
    places: BTreeMap<String, (Place, u16)>,
    file: PathBuf,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    containers: BTreeMap<String, Container>,
    kept: Kept,
}

/// What outlives the program.
#[derive(Default, Serialize, Deserialize)]
struct Kept {
    /// The version that runs, by project.
    running: BTreeMap<String, String>,
    /// The one-off containers there are: which run each is, or none for one that
    /// only occupies its name.
    once: BTreeMap<String, Option<(String, String)>>,
}

impl Simulated {
    /// With what a demo had kept running.
    pub(super) async fn open(memory: &Memory, folder: &std::path::Path) -> Self {
        let places = Place::ALL.map(|it| (it.project(&memory.instance), (it, memory.port(it))));
        let file = folder.join(FILE);
        let kept: Kept = std::fs::read_to_string(&file)
            .ok()
            .and_then(|text| serde_json::from_str(&text).ok())
            .unwrap_or_default();
        let simulated = Self {
            instance: memory.instance.clone(),
            places: places.into(),
            file,
            state: Mutex::new(State::default()),
        };
        let mut state = simulated.state.lock().await;
        for (project, name) in &kept.running {
            let version = versions::ALL.iter().find(|it| it.name == name);
            if let Some(version) = version
                && let Ok(container) = simulated.begin(project, version).await
            {
                state.containers.insert(project.clone(), container);
            }
        }
        state.kept = kept;
        drop(state);
        simulated
    }

    async fn begin(&self, project: &str, version: &Version) -> Result<Container, ContainerError> {
        let (place, port) = self.place(project)?;
        let mut manners = Manners::read(&version.variables());
        place.name().clone_into(&mut manners.place);
        Container::start(port, version.name, manners)
            .await
            .map_err(|error| {
                ContainerError::new(
                    Kind::Runtime,
                    "starting a simulated container",
                    error.to_string(),
                )
                .mode(FailureMode::Startup)
            })
    }

    fn place(&self, project: &str) -> Result<(Place, u16), ContainerError> {
        let known = self.places.get(project).copied();
        known.ok_or_else(|| ContainerError::new(Kind::NotFound, "looking for a project", project))
    }

    fn keep(&self, kept: &Kept) -> Result<(), ContainerError> {
        let unkept = |why: String| ContainerError::new(Kind::Runtime, "keeping what runs", why);
        let text = serde_json::to_string(kept).map_err(|error| unkept(error.to_string()))?;
        std::fs::write(&self.file, text).map_err(|error| unkept(error.to_string()))
    }
}

type Answer<T> = Result<T, ContainerError>;

#[async_trait]
impl Containers for Simulated {
    async fn preflight(&self, _: &Target, project: &Project, _: &Session<'_>) -> Answer<Preflight> {
        self.place(&project.name)?;
        Ok(ahead::found())
    }

    async fn plan(&self, _: &Target, up: &Up, _: &Session<'_>) -> Answer<Plan> {
        self.place(&up.project.name)?;
        let state = self.state.lock().await;
        let runs = state.containers.get(&up.project.name);
        let runs = runs.and_then(|it| versions::ALL.iter().find(|known| known.name == it.version));
        Ok(ahead::plan(runs.map(pinned).as_ref(), up.pins.get("web")))
    }

    async fn resolve(&self, _: &Target, image: &str) -> Answer<Pinned> {
        let named = |it: &&Version| image::tag(&self.instance, it.name) == image;
        let version = versions::ALL.iter().find(named);
        version.map(pinned).ok_or_else(|| {
            ContainerError::new(
                Kind::NotFound,
                format!("pinning image {image}"),
                "no such image",
            )
        })
    }

    async fn pull(&self, _: &Target, image: &Pinned, _: &Session<'_>) -> Answer<()> {
        version(image).map(|_| ())
    }

    async fn push(&self, _: &Target, image: &str, _: &Session<'_>) -> Answer<Pinned> {
        let why = "there is no registry in this world";
        Err(ContainerError::new(Kind::Refused, image, why))
    }

    async fn look_up(
        &self,
        _: &Target,
        _: (&str, Shelf),
        _: &Session<'_>,
    ) -> Answer<Option<Tagged>> {
        Ok(None)
    }

    async fn build(&self, target: &Target, build: &Build, _: &Session<'_>) -> Answer<Pinned> {
        self.resolve(target, &build.tag).await
    }

    async fn retain(&self, _: &Target, _: &str, _: &[Pinned]) -> Answer<Vec<Pinned>> {
        Ok(Vec::new())
    }

    async fn promote(&self, image: &Pinned, _: &str, _: &Session<'_>) -> Answer<()> {
        let why = "there is no registry in this world";
        Err(ContainerError::new(Kind::Refused, &image.reference, why))
    }

    async fn up(&self, _: &Target, up: &Up, _: &Session<'_>) -> Answer<UpReport> {
        let project = &up.project.name;
        let version = version_of(&up.pins)?;
        let mut state = self.state.lock().await;
        let same = state
            .containers
            .get(project)
            .is_some_and(|it| it.version == version.name);
        if !same {
            if let Some(old) = state.containers.remove(project) {
                old.stop().await;
            }
            let new = self.begin(project, &version).await?;
            state.containers.insert(project.clone(), new);
            state
                .kept
                .running
                .insert(project.clone(), version.name.to_owned());
            self.keep(&state.kept)?;
        }
        Ok(UpReport {
            flavour: Flavour::V2,
            override_text: String::new(),
            files: None,
            reaped: 0,
            pins: up.pins.clone(),
            ended: BTreeMap::new(),
            output: output([format!("simulated container web of {project}")]),
        })
    }

    async fn keep(
        &self,
        _: &Target,
        _: &Up,
        (name, report): (&str, &UpReport),
    ) -> Answer<Snapshot> {
        Ok(ahead::kept(report, name))
    }

    async fn wait_stable(
        &self,
        target: &Target,
        wait: &Wait,
        session: &Session<'_>,
    ) -> Answer<Vec<Running>> {
        let begun = Instant::now();
        loop {
            let state = self.state.lock().await;
            let Some(container) = state.containers.get(&wait.project) else {
                return Err(ContainerError::new(
                    Kind::NotFound,
                    "waiting for web",
                    "it is gone",
                ));
            };
            if !container.is_well() {
                let what = format!("waiting for service web of project {}", wait.project);
                let why = "its health check fails (simulated)";
                let error = ContainerError::new(Kind::Runtime, what, why);
                return Err(error
                    .mode(FailureMode::Healthcheck)
                    .output(container.log(50)));
            }
            drop(state);
            if begun.elapsed() >= wait.stable_for.min(session.within) {
                return self.running(target, &wait.project).await;
            }
            sleep(LOOK).await;
        }
    }

    async fn foresee(&self, _: &Target, it: &Plain) -> Answer<Change> {
        Err(ahead::no_plain_ones(it))
    }

    async fn replace(&self, _: &Target, it: &Plain, _: &Session<'_>) -> Answer<Replaced> {
        Err(ahead::no_plain_ones(it))
    }

    async fn run_once(&self, _: &Target, spec: &OneOff, _: &Session<'_>) -> Answer<Exit> {
        let version = match &spec.home {
            Home::Service { pins, .. } => version_of(pins)?,
            Home::Image { image, .. } => version(image)?,
        };
        let mut state = self.state.lock().await;
        let identity = Some(spec.identity.clone());
        let adopted = state.kept.once.get(&spec.name) == Some(&identity);
        let what = format!("running {} once", spec.name);
        match state.kept.once.get(&spec.name) {
            Some(None) => return Err(ContainerError::given_up(what)),
            Some(Some(_)) if !adopted => {
                let why = "something else has that name";
                return Err(ContainerError::new(Kind::Conflict, what, why));
            }
            Some(Some(_)) | None => {}
        }
        state.kept.once.insert(spec.name.clone(), identity);
        self.keep(&state.kept)?;
        let lines = payload::migration(&Manners::read(&version.variables()));
        Ok(Exit {
            code: 0,
            container: spec.name.clone(),
            adopted,
            started_at: None,
            finished_at: None,
            output: output(lines),
        })
    }

    async fn find(&self, _: &Target, name: &str) -> Answer<Option<Found>> {
        let state = self.state.lock().await;
        Ok(state.kept.once.get(name).map(|it| found(name, it.as_ref())))
    }

    async fn tombstone(&self, _: &Target, name: &str, _: &Pinned, _: &Labels) -> Answer<Sealing> {
        let mut state = self.state.lock().await;
        let known = state
            .kept
            .once
            .entry(name.to_owned())
            .or_insert(None)
            .clone();
        self.keep(&state.kept)?;
        Ok(match known {
            None => Sealing::Sealed,
            Some(identity) => Sealing::Taken(found(name, Some(&identity))),
        })
    }

    async fn stop_once(&self, target: &Target, name: &str, _: Duration) -> Answer<Option<Found>> {
        self.find(target, name).await
    }

    async fn exec(&self, _: &Target, _: &Exec, _: &Session<'_>) -> Answer<Ran> {
        let output = output(["nothing runs in a simulated container".to_owned()]);
        Ok(Ran { code: 127, output })
    }

    async fn logs(&self, _: &Target, query: &LogQuery) -> Answer<Output> {
        let state = self.state.lock().await;
        let container = state.containers.get(&query.project);
        let tail = usize::try_from(query.tail).unwrap_or(usize::MAX);
        Ok(output(container.map(|it| it.log(tail)).unwrap_or_default()))
    }

    async fn running(&self, _: &Target, project: &str) -> Answer<Vec<Running>> {
        let state = self.state.lock().await;
        let container = state.containers.get(project).into_iter();
        Ok(container.map(|it| it.seen(project)).collect())
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

    async fn remove(&self, target: &Target, labels: &Labels) -> Answer<()> {
        if labels.get(super::world::INSTANCE) != Some(&self.instance) {
            return Ok(());
        }
        let projects: BTreeSet<&String> = self.places.keys().collect();
        for project in projects {
            self.down(target, project).await?;
        }
        Ok(())
    }

    async fn down(&self, _: &Target, project: &str) -> Answer<()> {
        let mut state = self.state.lock().await;
        if let Some(container) = state.containers.remove(project) {
            container.stop().await;
        }
        state.kept.running.remove(project);
        self.keep(&state.kept)
    }
}
