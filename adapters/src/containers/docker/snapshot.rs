//! What a project was brought to, kept beside its files so that it can be brought
//! back to exactly that: its files as Compose read them, and the image of each service.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::api::Api;
use super::compose::Compose;
use crate::containers::{ContainerError, Kind, Pinned, Running, Session, Snapshot, Up, UpReport};

/// How many are kept of a project, the newest.
const KEPT: usize = 10;

/// Keeps under a name what a project was brought to.
pub(super) async fn take(
    api: &Api<'_>,
    compose: &Compose<'_>,
    (name, state_dir): (&str, &Path),
    report: &UpReport,
) -> Result<Snapshot, ContainerError> {
    let what = compose.what(&format!("keeping {name} of"));
    check(name, &what)?;
    let Some(files) = &report.files else {
        let why = "its files could not be read a second time";
        return Err(ContainerError::new(Kind::Interrupted, what, why));
    };
    let running = api.running(&compose.project.name).await?;
    let folder = compose.folder(state_dir);
    let machine = compose.machine(&what);
    let (beginning, ending) = (beginning(compose), ENDING);
    let path = folder.join(format!("{beginning}{name}{ending}"));
    machine.put(&path, files.expose().into()).await?;
    machine.prune(&folder, (&beginning, ending), KEPT).await?;
    Ok(Snapshot {
        name: name.to_owned(),
        images: images(api, &report.pins, &running).await?,
    })
}

/// Has Compose read what was kept under that name, in place of the project's files.
pub(super) async fn restore(
    compose: &mut Compose<'_>,
    state_dir: &Path,
    snapshot: &Snapshot,
) -> Result<(), ContainerError> {
    let name = &snapshot.name;
    let what = compose.what(&format!("looking for {name} of"));
    check(name, &what)?;
    let path = path(compose, state_dir, name);
    if compose.machine(&what).read(&path).await?.text.is_none() {
        let why = "what was kept of it is gone";
        return Err(ContainerError::new(Kind::NotFound, what, why));
    }
    compose.files = vec![path];
    compose.env_file = None;
    Ok(())
}

/// The images to lay over what was kept: the released ones, and every other one
/// whose name means something else by now.
pub(super) async fn pins(
    api: &Api<'_>,
    compose: &Compose<'_>,
    (up, snapshot): (&Up, &Snapshot),
    session: &Session<'_>,
) -> Result<BTreeMap<String, Pinned>, ContainerError> {
    let mut pins = up.pins.clone();
    for service in compose.declared(session).await? {
        let (Some(name), Some(pin)) = (service.image, snapshot.images.get(&service.name)) else {
            continue;
        };
        if pins.contains_key(&service.name) {
            continue;
        }
        let now = api.image_id(&name).await?;
        if now.is_none() || now != api.image_id(&pin.reference).await? {
            pins.insert(service.name, pin.clone());
        }
    }
    Ok(pins)
}

/// What a kept file ends with.
const ENDING: &str = ".snapshot.yml";

fn beginning(compose: &Compose<'_>) -> String {
    format!("{}.", compose.project.name)
}

fn path(compose: &Compose<'_>, state_dir: &Path, name: &str) -> PathBuf {
    let file = format!("{}{name}{ENDING}", beginning(compose));
    compose.folder(state_dir).join(file)
}

/// The image of every service, as exactly as it can be named.
async fn images(
    api: &Api<'_>,
    pins: &BTreeMap<String, Pinned>,
    running: &[Running],
) -> Result<BTreeMap<String, Pinned>, ContainerError> {
    let mut images = BTreeMap::new();
    for container in running {
        let pinned = match pins.get(&container.service) {
            Some(pin) => pin.clone(),
            None => api.pin_of(&container.image, &container.image_id).await?,
        };
        images.insert(container.service.clone(), pinned);
    }
    Ok(images)
}

/// Names become part of a file's.
fn check(name: &str, what: &str) -> Result<(), ContainerError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if (1..=50).contains(&name.len()) && name.chars().all(plain) {
        return Ok(());
    }
    let why = "that is no name of a snapshot";
    Err(ContainerError::new(Kind::Refused, what, why))
}
