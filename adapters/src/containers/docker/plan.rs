//! What converging a project would do, found out without touching anything.

use std::collections::BTreeMap;

use super::api::Api;
use super::compose::{self, Compose};
use super::override_file::{self, Overlay};
use crate::containers::{
    Change, ContainerError, Declared, Fate, Pinned, Plan, Preflight, Running, Session, Up,
};

/// The label with what a container's service was like when it was made.
pub(super) const HASH: &str = "com.docker.compose.config-hash";

/// Compares what Compose would make with what there is, the way Compose does it.
pub(super) async fn look(
    api: &Api<'_>,
    (mut compose, found): (Compose<'_>, Preflight),
    up: &Up,
    session: &Session<'_>,
) -> Result<Plan, ContainerError> {
    compose::check_services(up.pins.keys())?;
    let running = api.running(&up.project.name).await?;
    let overlay = Overlay {
        pins: &up.pins,
        labels: override_file::labels(up, &running),
        vars: None,
    };
    let text = override_file::render(&compose, &overlay).await?;
    compose.overlay(&up.state_dir, text).await?;
    let hashes = compose.hashes(session).await?;
    let mut changes = Vec::new();
    for (service, hash) in &hashes {
        let there: Vec<&Running> = running.iter().filter(|it| it.service == *service).collect();
        let moved = match up.pins.get(service) {
            Some(_) => false,
            None => moved(api, &there).await?,
        };
        let declared = found.services.iter().find(|it| it.name == *service);
        changes.push(Change {
            service: service.clone(),
            fate: fate(&there, hash, moved),
            from: there.first().map(|it| it.image.clone()),
            to: image(up.pins.get(service), declared),
            published: declared.is_some_and(|it| it.published),
        });
    }
    changes.extend(removed(&running, &hashes));
    changes.sort_by(|a, b| a.service.cmp(&b.service));
    Ok(Plan { found, changes })
}

fn image(pin: Option<&Pinned>, declared: Option<&Declared>) -> Option<String> {
    let pinned = pin.map(|it| it.reference.clone());
    pinned.or_else(|| declared?.image.clone())
}

fn fate(there: &[&Running], hash: &str, moved: bool) -> Fate {
    let same = |it: &&Running| it.labels.get(HASH).is_some_and(|it| it == hash);
    if there.is_empty() {
        Fate::Created
    } else if moved || !there.iter().all(same) {
        Fate::Replaced
    } else if there.iter().any(|it| !it.alive) {
        Fate::Started
    } else {
        Fate::Kept
    }
}

/// Whether the name of an unpinned image means another image by now.
async fn moved(api: &Api<'_>, there: &[&Running]) -> Result<bool, ContainerError> {
    for container in there {
        let now = api.image_id(&container.image).await?;
        if now.is_some_and(|it| it != container.image_id) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What runs of services that the files do not name any more.
fn removed(running: &[Running], hashes: &BTreeMap<String, String>) -> Vec<Change> {
    let mut gone: BTreeMap<&str, &Running> = BTreeMap::new();
    for container in running
        .iter()
        .filter(|it| !hashes.contains_key(&it.service))
    {
        gone.insert(&container.service, container);
    }
    let change = |(service, container): (&str, &Running)| Change {
        service: service.to_owned(),
        fate: Fate::Removed,
        from: Some(container.image.clone()),
        to: None,
        published: false,
    };
    gone.into_iter().map(change).collect()
}
