//! What a project was brought to, kept beside its files so that it can be brought
//! back to exactly that: its files as Compose read them, and the image of each service.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::api::Api;
use super::compose::Compose;
use super::override_file::{self, Overlay};
use crate::containers::{ContainerError, Kind, Pinned, Running, Session, Snapshot, Up};

/// How many are kept of a project, the newest.
const KEPT: usize = 10;

/// Keeps what runs now under a name.
pub(super) async fn take(
    api: &Api<'_>,
    mut compose: Compose<'_>,
    (up, name): (&Up, &str),
    session: &Session<'_>,
) -> Result<Snapshot, ContainerError> {
    let what = compose.what(&format!("keeping {name} of"));
    check(name, &what)?;
    let running = api.running(&up.project.name).await?;
    let overlay = Overlay {
        pins: &up.pins,
        labels: override_file::labels(up, &running),
        vars: None,
    };
    let text = override_file::render(&compose, &overlay).await?;
    compose.overlay(&up.state_dir, text).await?;
    let text = compose.raw(&["config"], session).await?;
    let folder = compose.folder(&up.state_dir);
    let machine = compose.machine(&what);
    let (beginning, ending) = (beginning(&compose), ENDING);
    let path = folder.join(format!("{beginning}{name}{ending}"));
    machine.put(&path, text).await?;
    machine.prune(&folder, (&beginning, ending), KEPT).await?;
    Ok(Snapshot {
        name: name.to_owned(),
        images: images(api, up, &running).await?,
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
    up: &Up,
    running: &[Running],
) -> Result<BTreeMap<String, Pinned>, ContainerError> {
    let mut images = BTreeMap::new();
    for container in running {
        let pinned = match up.pins.get(&container.service) {
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
