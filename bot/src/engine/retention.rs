//! The images of the last versions that were proven stay on their hosts: a way back must
//! not depend on a registry, nor on what somebody has tidied up meanwhile.

use std::sync::Arc;
use std::time::Duration;

use shipbell_adapters::containers::{ContainerError, Discard, Kind, Pinned, Session};
use shipbell_domain::ids::EnvId;
use shipbell_domain::{Fold, StreamId};

use super::Site;
use super::hub::Hub;

/// How often it is looked whether they are still there.
const EVERY: Duration = Duration::from_mins(10);
/// How long it may take to fetch one that is not, and to look for room.
const WITHIN: Duration = Duration::from_mins(10);
/// With less than this nothing is fetched that nobody asked for now.
const ROOM: u64 = 4 * 1024 * 1024 * 1024;

/// Looks after the images of every environment, now and then.
pub(super) async fn run(hub: Arc<Hub>) {
    while hub.halted().is_none() {
        let all: Vec<EnvId> = hub.setup().sites.keys().cloned().collect();
        for environment in all {
            keep(&hub, &environment).await;
        }
        hub.pause(EVERY).await;
    }
}

/// Looks after the images of one environment, unless something is being done there: then
/// it is done at the end of that.
pub(super) async fn keep(hub: &Hub, environment: &EnvId) {
    let versions = hub.setup().keep_versions;
    let Some(site) = hub.site(environment).filter(|_| versions > 0) else {
        return;
    };
    let stream = StreamId::Environment(environment.clone());
    let Ok(Some(Fold::Environment(here))) = hub.ports.store.fold(&stream).await else {
        return;
    };
    if here.active().is_some() {
        return;
    }
    for (host, site) in site.each() {
        let images = here.worth_keeping(versions, host.as_ref());
        let images: Vec<Pinned> = { images.into_iter() }
            .map(|it| Pinned {
                reference: it.pinned,
                local: it.local,
            })
            .collect();
        // Nothing was proven here yet: there is nothing to hold, and nothing to let go.
        if images.is_empty() {
            continue;
        }
        if let Err(error) = keep_on(hub, &site, &images).await {
            tracing::info!(%environment, %error, "an image for a way back is not on its host");
        }
    }
}

/// Keeps images on one host, and fetches those that are gone.
async fn keep_on(hub: &Hub, site: &Site, images: &[Pinned]) -> Result<(), ContainerError> {
    let containers = &hub.ports.containers;
    let (target, project) = (&site.target, &site.project);
    let lacking = containers.retain(target, &project.name, images).await?;
    if lacking.is_empty() {
        return Ok(());
    }
    let session = Session {
        lines: &Discard,
        lock: None,
        within: WITHIN,
    };
    let found = containers.preflight(target, project, &session).await?;
    if found.free.is_some_and(|it| it < ROOM) {
        let (what, gib) = (format!("fetching {} images", lacking.len()), ROOM >> 30);
        let why = format!("less than {gib} GiB are free where the engine keeps images");
        return Err(ContainerError::new(Kind::Preflight, what, why));
    }
    let mut missed = None;
    for image in &lacking {
        // One that was never in a registry is only looked for, and its absence told.
        if let Err(error) = containers.pull(target, image, &session).await {
            missed = Some(error);
        }
    }
    containers.retain(target, &project.name, images).await?;
    missed.map_or(Ok(()), Err)
}
