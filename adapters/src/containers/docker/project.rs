//! The containers of a compose project, found by their labels, never by name.

use std::collections::BTreeMap;

use bollard::models::{ContainerInspectResponse, HealthStatusEnum};
use chrono::{DateTime, Utc};

use super::api::Api;
use super::replace;
use crate::containers::{ContainerError, Health, Kind, PLAIN, Running};

/// The label with a project's name.
pub(super) const PROJECT: &str = "com.docker.compose.project";
pub(super) const SERVICE: &str = "com.docker.compose.service";
pub(super) const LASTING: &str = "com.docker.compose.oneoff=False";
const REPLACES: &str = "com.docker.compose.replace";

impl Api<'_> {
    /// Every lasting container of a project, by service.
    pub(super) async fn running(&self, project: &str) -> Result<Vec<Running>, ContainerError> {
        let inspected = self.lasting(project).await?;
        let mut running: Vec<Running> = inspected.into_iter().map(seen).collect();
        running.sort_by(|a, b| (&a.service, &a.container).cmp(&(&b.service, &b.container)));
        Ok(running)
    }

    /// The same in the engine's own words.
    pub(super) async fn lasting(
        &self,
        project: &str,
    ) -> Result<Vec<ContainerInspectResponse>, ContainerError> {
        let labels = vec![format!("{PROJECT}={project}"), LASTING.to_owned()];
        let mut inspected = Vec::new();
        for summary in self.labelled(labels).await? {
            // One that went away since it was listed is not missed.
            inspected.extend(self.inspect(&summary.id.unwrap_or_default()).await?);
        }
        Ok(inspected)
    }

    /// The same, and the plain containers that belong to the project.
    pub(super) async fn all_of(&self, project: &str) -> Result<Vec<Running>, ContainerError> {
        let mut all = self.running(project).await?;
        for summary in self.labelled(vec![format!("{PLAIN}={project}")]).await? {
            let found = self.inspect(&summary.id.unwrap_or_default()).await?;
            all.extend(found.map(replace::seen));
        }
        Ok(all)
    }

    /// A running container of one service.
    pub(super) async fn one_of(
        &self,
        project: &str,
        service: &str,
    ) -> Result<Running, ContainerError> {
        let all = self.all_of(project).await?;
        let mut fitting = all
            .into_iter()
            .filter(|one| one.service == service && one.alive);
        fitting.next().ok_or_else(|| {
            let what = format!("looking for service {service} of project {project}");
            ContainerError::new(Kind::NotFound, what, "it has no running container")
        })
    }

    /// Removes what an interrupted Compose 2.x left half made; a later call
    /// would stumble over it. Says how many there were.
    pub(super) async fn reap(&self, project: &str) -> Result<usize, ContainerError> {
        let labels = vec![format!("{PROJECT}={project}"), REPLACES.to_owned()];
        let mut reaped = 0;
        for summary in self.labelled(labels).await? {
            let state = summary.state.map(|state| state.to_string());
            if state.as_deref() == Some("created") {
                // Without force: should it have been started meanwhile, it stays.
                self.remove(&summary.id.unwrap_or_default(), false).await?;
                reaped += 1;
            }
        }
        Ok(reaped)
    }
}

/// What the engine tells of a container, in our words.
pub(super) fn seen(container: ContainerInspectResponse) -> Running {
    let state = container.state.unwrap_or_default();
    let config = container.config.unwrap_or_default();
    let labels: BTreeMap<String, String> = config.labels.unwrap_or_default().into_iter().collect();
    let alive = state.running == Some(true) && state.restarting != Some(true);
    Running {
        service: labels.get(SERVICE).cloned().unwrap_or_default(),
        container: container.id.unwrap_or_default(),
        image: config.image.unwrap_or_default(),
        image_id: container.image.unwrap_or_default(),
        alive,
        health: health(state.health.and_then(|health| health.status)),
        restarts: container.restart_count.unwrap_or(0),
        started_at: instant(state.started_at.as_deref()),
        ready_at: None,
        checks: Vec::new(),
        labels,
    }
}

/// What the engine's word for a health means here.
pub(super) fn health(status: Option<HealthStatusEnum>) -> Health {
    match status {
        None | Some(HealthStatusEnum::EMPTY | HealthStatusEnum::NONE) => Health::Unchecked,
        Some(HealthStatusEnum::STARTING) => Health::Starting,
        Some(HealthStatusEnum::HEALTHY) => Health::Healthy,
        Some(HealthStatusEnum::UNHEALTHY) => Health::Unhealthy,
    }
}

/// A time as the engine writes it; it writes the year 1 for "never".
pub(super) fn instant(text: Option<&str>) -> Option<DateTime<Utc>> {
    let at = DateTime::parse_from_rfc3339(text?).ok()?.to_utc();
    (at.timestamp() > 0).then_some(at)
}
