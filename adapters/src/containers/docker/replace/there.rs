//! What there is of a plain container, by its three names.

use bollard::models::ContainerInspectResponse;
use chrono::{DateTime, Utc};

use super::super::api::Api;
use super::super::project::{instant, seen as told};
use super::create::{SERVICE, SPEC};
use crate::containers::{Container, ContainerError, Kind, PLAIN, Running};

/// The container itself, the one that is to take its place, and the one it took the
/// place of. Between two calls there is at most the first.
pub(super) struct There {
    pub(super) now: Option<One>,
    pub(super) next: Option<One>,
    pub(super) before: Option<One>,
}

/// One of them.
pub(super) struct One {
    pub(super) running: Running,
    /// What its settings come to.
    pub(super) spec: String,
    /// Whether it ever ran.
    pub(super) started: bool,
    /// Whether the engine is about to start it again.
    pub(super) restarting: bool,
    pub(super) finished_at: Option<DateTime<Utc>>,
}

/// What the one is called that is to take the place.
pub(super) fn next(container: &Container) -> String {
    format!("{}.next", container.name)
}

/// What the one is called whose place was taken.
pub(super) fn before(container: &Container) -> String {
    format!("{}.before", container.name)
}

/// Looks, and refuses to touch what is not the project's.
pub(super) async fn look(api: &Api<'_>, container: &Container) -> Result<There, ContainerError> {
    Ok(There {
        now: one(api, container, &container.name).await?,
        next: one(api, container, &next(container)).await?,
        before: one(api, container, &before(container)).await?,
    })
}

/// When a container ended.
pub(super) async fn ended(
    api: &Api<'_>,
    id: &str,
) -> Result<Option<DateTime<Utc>>, ContainerError> {
    let state = api.inspect(id).await?.and_then(|found| found.state);
    Ok(state.and_then(|state| instant(state.finished_at.as_deref())))
}

/// A plain container as the engine tells of it.
pub(in super::super) fn seen(found: ContainerInspectResponse) -> Running {
    let running = told(found);
    let service = running.labels.get(SERVICE).cloned().unwrap_or_default();
    Running { service, ..running }
}

async fn one(
    api: &Api<'_>,
    container: &Container,
    name: &str,
) -> Result<Option<One>, ContainerError> {
    let Some(found) = api.named(name).await? else {
        return Ok(None);
    };
    let one = look_at(found);
    let has = |label: &str, value: &str| {
        let labels = &one.running.labels;
        labels.get(label).is_some_and(|it| it == value)
    };
    if has(PLAIN, &container.project) && has(SERVICE, &container.service) {
        return Ok(Some(one));
    }
    let what = format!("replacing container {}", container.name);
    let why = format!("there is a container {name} that is not this environment's");
    Err(ContainerError::new(Kind::Refused, what, why)
        .hint("Look at it: remove it if it is not needed any more, or write another `name`"))
}

fn look_at(found: ContainerInspectResponse) -> One {
    let state = found.state.clone().unwrap_or_default();
    let running = seen(found);
    One {
        spec: running.labels.get(SPEC).cloned().unwrap_or_default(),
        started: running.started_at.is_some(),
        restarting: state.restarting == Some(true),
        finished_at: instant(state.finished_at.as_deref()),
        running,
    }
}
