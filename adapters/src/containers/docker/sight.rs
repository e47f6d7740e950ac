//! What runs of a project, and what its files ask for: to tell later whether somebody changed it.

use std::collections::{BTreeMap, BTreeSet};

use super::api::Api;
use super::compose::Compose;
use super::plan::HASH;
use super::replace;
use crate::containers::{ContainerError, Running, Session, Sight};

/// Every service that has containers, with what they are and what they would be now.
pub(super) async fn look(
    api: &Api<'_>,
    compose: &Compose<'_>,
    session: &Session<'_>,
) -> Result<Vec<Sight>, ContainerError> {
    let asked = compose.hashes(session).await?;
    let mut services: BTreeMap<String, Vec<Running>> = BTreeMap::new();
    for container in api.all_of(&compose.project.name).await? {
        let of_it = services.entry(container.service.clone()).or_default();
        of_it.push(container);
    }
    let mut seen = Vec::new();
    for (service, containers) in services {
        let Some(newest) = containers.iter().max_by_key(|it| it.started_at) else {
            continue;
        };
        let running = containers.iter().filter(|it| it.alive).count();
        seen.push(Sight {
            image: api.pin_of(&newest.image, &newest.image_id).await?,
            id: all(containers.iter().map(|it| it.image_id.as_str())),
            made: all(containers.iter().map(made)),
            asked: asked.get(&service).cloned(),
            running: u32::try_from(running).unwrap_or(u32::MAX),
            service,
        });
    }
    Ok(seen)
}

/// What the settings a container was made with come to.
fn made(container: &Running) -> &str {
    let labels = [HASH, replace::SPEC];
    let label = labels.iter().find_map(|it| container.labels.get(*it));
    label.map_or("", String::as_str)
}

/// Containers of one service that differ come to something else than those that are alike.
fn all<'a>(each: impl Iterator<Item = &'a str>) -> String {
    let different: BTreeSet<&str> = each.collect();
    let different: Vec<&str> = different.into_iter().collect();
    different.join(" ")
}
