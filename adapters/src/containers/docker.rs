//! The port `Containers` over a Docker engine and the Compose program.
//!
//! The engine's own interface serves for all that is observed, resumed or
//! authenticated; Compose only for `config`, `up` and `run`, because nothing
//! else reads its files as it does.

mod api;
mod build;
pub(crate) mod child;
mod classify;
mod compose;
mod credentials;
mod disk;
mod exec;
mod images;
mod listening;
mod logs;
mod oneoff;
mod override_file;
mod plan;
mod ports;
mod preflight;
mod progress;
mod project;
mod promote;
mod push;
mod remove;
mod replace;
mod retain;
mod settings;
mod sight;
mod snapshot;
mod tagged;
pub(crate) mod tap;
mod tools;
mod tunnel;
mod up;
mod wait;
mod watched;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

pub use self::settings::Settings;

use self::api::Api;
use self::compose::{Aim, Compose, Stems};
use self::tools::Tool;
use self::tunnel::Tunnel;
use super::{
    Build, Change, Container, ContainerError, Containers, Exec, Exit, Found, Kind, Labels,
    LogQuery, OneOff, Output, Pinned, Plan, Preflight, Project, Ran, Replaced, Running, Sealing,
    Session, Shelf, Sight, Snapshot, Tagged, Target, Up, UpReport, Wait,
};
use crate::hosts::{Host, Ssh};
use crate::redact::Redactor;

/// Docker engines, each reached over its own socket.
#[derive(Debug)]
pub struct DockerEngines {
    settings: Settings,
    redactor: Redactor,
    clients: Mutex<BTreeMap<Target, bollard::Docker>>,
    tools: Mutex<BTreeMap<Host, Vec<Tool>>>,
    tunnels: tokio::sync::Mutex<BTreeMap<Ssh, Tunnel>>,
    stems: Stems,
}

impl DockerEngines {
    /// Nothing is connected to before it is needed.
    pub fn new(settings: Settings, redactor: Redactor) -> Self {
        Self {
            settings,
            redactor,
            clients: Mutex::default(),
            tools: Mutex::default(),
            tunnels: tokio::sync::Mutex::default(),
            stems: Stems::default(),
        }
    }

    /// Compose for a project, reading what is to be read, and the images to lay over it.
    async fn prepare<'a>(
        &'a self,
        (api, target): (&Api<'_>, &Target),
        (up, aim): (&'a Up, Aim),
        session: &Session<'_>,
    ) -> Result<(Compose<'a>, Up), ContainerError> {
        let mut compose = self.compose(api, target, (&up.project, aim)).await?;
        let mut wanted = up.clone();
        if let Some(snapshot) = &up.snapshot {
            snapshot::restore(&mut compose, &up.state_dir, snapshot).await?;
            for image in snapshot.images.values() {
                let credentials = credentials::of(&self.settings, &image.reference).await;
                api.pull(image, credentials, session).await?;
            }
            wanted.pins = snapshot::pins(api, &compose, (up, snapshot), session).await?;
        }
        if !up.optional.is_empty() {
            let declared = compose.declared(session).await?;
            let there = |name: &String| declared.iter().any(|it| it.name == *name);
            let pins = &mut wanted.pins;
            pins.retain(|name, _| !up.optional.contains(name) || there(name));
        }
        Ok((compose, wanted))
    }

    async fn api(&self, target: &Target) -> Result<Api<'_>, ContainerError> {
        let reached = self.reach(target).await?;
        let known = self
            .clients
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&reached)
            .cloned();
        if let Some(docker) = known {
            return Ok(Api::over(docker, &self.redactor));
        }
        self.greet(&reached).await
    }

    async fn connect(&self, target: &Target) -> Result<Api<'_>, ContainerError> {
        let reached = self.reach(target).await?;
        self.greet(&reached).await
    }

    /// The engine's address as it is reached from here: behind `ssh` that is a
    /// socket of ours, forwarded by one connection a host.
    async fn reach(&self, target: &Target) -> Result<Target, ContainerError> {
        let Host::There(ssh) = host_of(target)? else {
            return Ok(target.clone());
        };
        let mut tunnels = self.tunnels.lock().await;
        if !tunnels.get_mut(&ssh).is_some_and(Tunnel::lives) {
            let tunnel = Tunnel::open(&self.settings, &self.redactor, &ssh).await?;
            if let Some(broken) = tunnels.insert(ssh.clone(), tunnel) {
                let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
                clients.retain(|known, _| known.docker != broken.address());
            }
        }
        let docker = tunnels.get(&ssh).map(Tunnel::address).unwrap_or_default();
        let certs = None;
        Ok(Target { docker, certs })
    }

    async fn greet(&self, reached: &Target) -> Result<Api<'_>, ContainerError> {
        let api = Api::connect(reached, &self.redactor).await?;
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.insert(reached.clone(), api.docker.clone());
        drop(clients);
        Ok(api)
    }
}

/// The machine a target is on.
fn host_of(target: &Target) -> Result<Host, ContainerError> {
    target.host().map_err(|error| {
        let what = format!("reading the address {}", target.docker);
        ContainerError::new(Kind::Refused, what, error.to_string())
    })
}

#[async_trait]
impl Containers for DockerEngines {
    async fn preflight(
        &self,
        target: &Target,
        project: &Project,
        session: &Session<'_>,
    ) -> Result<Preflight, ContainerError> {
        let api = self.connect(target).await?;
        let compose = self.compose(&api, target, (project, Aim::Look)).await?;
        preflight::look(&api, &compose, session).await
    }

    async fn plan(
        &self,
        target: &Target,
        up: &Up,
        session: &Session<'_>,
    ) -> Result<Plan, ContainerError> {
        let api = self.connect(target).await?;
        let (compose, up) = self
            .prepare((&api, target), (up, Aim::Look), session)
            .await?;
        let found = preflight::look(&api, &compose, session).await?;
        plan::look(&api, (compose, found), &up, session).await
    }

    async fn resolve(&self, target: &Target, image: &str) -> Result<Pinned, ContainerError> {
        let credentials = credentials::of(&self.settings, image).await;
        self.api(target).await?.resolve(image, credentials).await
    }

    async fn pull(
        &self,
        target: &Target,
        image: &Pinned,
        session: &Session<'_>,
    ) -> Result<(), ContainerError> {
        let credentials = credentials::of(&self.settings, &image.reference).await;
        self.api(target)
            .await?
            .pull(image, credentials, session)
            .await
    }

    async fn push(
        &self,
        target: &Target,
        image: &str,
        session: &Session<'_>,
    ) -> Result<Pinned, ContainerError> {
        let credentials = credentials::of(&self.settings, image).await;
        let api = self.api(target).await?;
        api.push(image, credentials, session).await
    }

    async fn look_up(
        &self,
        target: &Target,
        (image, place): (&str, Shelf),
        session: &Session<'_>,
    ) -> Result<Option<Tagged>, ContainerError> {
        let api = self.api(target).await?;
        let credentials = credentials::of(&self.settings, image).await;
        match place {
            Shelf::Engine => api.on_engine(image).await,
            Shelf::Registry => api.in_registry(image, credentials, session).await,
        }
    }

    async fn build(
        &self,
        target: &Target,
        build: &Build,
        session: &Session<'_>,
    ) -> Result<Pinned, ContainerError> {
        self.build_image(target, build, session).await
    }

    async fn retain(
        &self,
        target: &Target,
        project: &str,
        images: &[Pinned],
    ) -> Result<Vec<Pinned>, ContainerError> {
        retain::run(&self.api(target).await?, project, images).await
    }

    async fn promote(
        &self,
        image: &Pinned,
        tag: &str,
        session: &Session<'_>,
    ) -> Result<(), ContainerError> {
        let credentials = credentials::of(&self.settings, &image.reference).await;
        promote::run(&self.redactor, image, (tag, credentials), session).await
    }

    async fn up(
        &self,
        target: &Target,
        up: &Up,
        session: &Session<'_>,
    ) -> Result<UpReport, ContainerError> {
        let api = self.api(target).await?;
        let (compose, up) = self
            .prepare((&api, target), (up, Aim::Act), session)
            .await?;
        up::run(&api, compose, &up, session).await
    }

    async fn keep(
        &self,
        target: &Target,
        up: &Up,
        (name, report): (&str, &UpReport),
    ) -> Result<Snapshot, ContainerError> {
        let api = self.api(target).await?;
        let compose = self.compose(&api, target, (&up.project, Aim::Look)).await?;
        snapshot::take(&api, &compose, (name, &up.state_dir), report).await
    }

    async fn wait_stable(
        &self,
        target: &Target,
        wait: &Wait,
        session: &Session<'_>,
    ) -> Result<Vec<Running>, ContainerError> {
        wait::stable(&self.api(target).await?, wait, session).await
    }

    async fn foresee(
        &self,
        target: &Target,
        container: &Container,
    ) -> Result<Change, ContainerError> {
        replace::foresee(&self.connect(target).await?, container).await
    }

    async fn replace(
        &self,
        target: &Target,
        container: &Container,
        session: &Session<'_>,
    ) -> Result<Replaced, ContainerError> {
        let begun = Instant::now();
        let credentials = credentials::of(&self.settings, &container.image.reference).await;
        let api = self.api(target).await?;
        api.pull(&container.image, credentials, session).await?;
        let within = session.within.saturating_sub(begun.elapsed());
        let session = Session { within, ..*session };
        replace::run(&api, container, &session).await
    }

    async fn run_once(
        &self,
        target: &Target,
        spec: &OneOff,
        session: &Session<'_>,
    ) -> Result<Exit, ContainerError> {
        let api = self.api(target).await?;
        oneoff::run(self, (&api, target), spec, session).await
    }

    async fn find(&self, target: &Target, name: &str) -> Result<Option<Found>, ContainerError> {
        self.api(target).await?.find(name).await
    }

    async fn tombstone(
        &self,
        target: &Target,
        name: &str,
        image: &Pinned,
        labels: &Labels,
    ) -> Result<Sealing, ContainerError> {
        oneoff::seal(&self.api(target).await?, name, image, labels).await
    }

    async fn stop_once(
        &self,
        target: &Target,
        name: &str,
        grace: Duration,
    ) -> Result<Option<Found>, ContainerError> {
        oneoff::stop(&self.api(target).await?, name, grace).await
    }

    async fn exec(
        &self,
        target: &Target,
        exec: &Exec,
        session: &Session<'_>,
    ) -> Result<Ran, ContainerError> {
        exec::run(&self.api(target).await?, exec, session).await
    }

    async fn logs(&self, target: &Target, query: &LogQuery) -> Result<Output, ContainerError> {
        logs::read(&self.api(target).await?, query).await
    }

    async fn running(
        &self,
        target: &Target,
        project: &str,
    ) -> Result<Vec<Running>, ContainerError> {
        self.api(target).await?.running(project).await
    }

    async fn sight(
        &self,
        target: &Target,
        project: &Project,
        session: &Session<'_>,
    ) -> Result<Vec<Sight>, ContainerError> {
        let api = self.api(target).await?;
        let compose = self.compose(&api, target, (project, Aim::Look)).await?;
        sight::look(&api, &compose, session).await
    }

    async fn remove(&self, target: &Target, labels: &Labels) -> Result<(), ContainerError> {
        remove::labelled(&self.api(target).await?, labels).await
    }

    async fn down(&self, target: &Target, project: &str) -> Result<(), ContainerError> {
        let labels = Labels::from([(project::PROJECT.to_owned(), project.to_owned())]);
        self.remove(target, &labels).await
    }
}
