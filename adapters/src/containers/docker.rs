//! The port `Containers` over a Docker engine and the Compose program.
//!
//! The engine's own interface serves for all that is observed, resumed or
//! authenticated; Compose only for `config`, `up` and `run`, because nothing
//! else reads its files as it does.

mod api;
mod child;
mod classify;
mod compose;
mod credentials;
mod exec;
mod images;
mod logs;
mod oneoff;
mod override_file;
mod project;
mod remove;
mod tap;
mod tools;
mod up;
mod wait;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;

use self::api::Api;
use self::tools::Tool;
use super::image::ImageSpec;
use super::{
    ContainerError, Containers, Exec, Exit, Found, Labels, LogQuery, OneOff, Output, Pinned,
    Preflight, Project, Ran, Running, Sealing, Session, Target, Up, UpReport, Wait,
};
use crate::redact::Redactor;

/// Docker engines, each reached over its own socket.
#[derive(Debug)]
pub struct DockerEngines {
    settings: Settings,
    redactor: Redactor,
    clients: Mutex<BTreeMap<Target, bollard::Docker>>,
    tools: Mutex<Vec<Tool>>,
}

/// What the programs we start get to see; they see nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Where programs are looked for: `PATH`.
    pub path: String,
    /// `HOME`.
    pub home: PathBuf,
    /// Docker's own configuration, with credentials of registries; none for
    /// `.docker` under the home.
    pub docker_config: Option<PathBuf>,
}

impl DockerEngines {
    /// Nothing is connected to before it is needed.
    pub fn new(settings: Settings, redactor: Redactor) -> Self {
        let (clients, tools) = (Mutex::default(), Mutex::default());
        Self {
            settings,
            redactor,
            clients,
            tools,
        }
    }

    /// Makes an image on an engine from files, without builder and registry.
    pub async fn load(&self, target: &Target, image: &ImageSpec) -> Result<Pinned, ContainerError> {
        self.api(target).await?.load(image).await
    }

    async fn api(&self, target: &Target) -> Result<Api<'_>, ContainerError> {
        let known = self
            .clients
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(target)
            .cloned();
        if let Some(docker) = known {
            return Ok(Api::over(docker, &self.redactor));
        }
        self.connect(target).await
    }

    async fn connect(&self, target: &Target) -> Result<Api<'_>, ContainerError> {
        let api = Api::connect(target, &self.redactor).await?;
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.insert(target.clone(), api.docker.clone());
        drop(clients);
        Ok(api)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            path: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin".into(),
            home: "/".into(),
            docker_config: None,
        }
    }
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
        let (engine, version) = api.version().await?;
        let compose = self.compose(&api, target, project).await?;
        let services = compose.services(session).await?;
        let (flavour, tool) = (compose.tool.flavour, compose.tool.version.clone());
        Ok(Preflight {
            engine,
            api: version,
            flavour,
            compose: tool,
            services,
        })
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

    async fn up(
        &self,
        target: &Target,
        up: &Up,
        session: &Session<'_>,
    ) -> Result<UpReport, ContainerError> {
        let api = self.api(target).await?;
        let compose = self.compose(&api, target, &up.project).await?;
        up::run(&api, compose, up, session).await
    }

    async fn wait_stable(
        &self,
        target: &Target,
        wait: &Wait,
        session: &Session<'_>,
    ) -> Result<Vec<Running>, ContainerError> {
        wait::stable(&self.api(target).await?, wait, session).await
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

    async fn remove(&self, target: &Target, labels: &Labels) -> Result<(), ContainerError> {
        remove::labelled(&self.api(target).await?, labels).await
    }

    async fn down(&self, target: &Target, project: &str) -> Result<(), ContainerError> {
        let labels = Labels::from([(project::PROJECT.to_owned(), project.to_owned())]);
        self.remove(target, &labels).await
    }
}
