//! Fetching an image.

use shipbell_adapters::containers::{ContainerError, Kind, Pinned, Session};
use shipbell_domain::steps;

use super::{Place, Proof, pins};
use crate::engine::hub::Hub;

pub(super) async fn run(
    hub: &Hub,
    place: &Place<'_>,
    session: &Session<'_>,
    step: &steps::Pull,
) -> Result<Proof, ContainerError> {
    let pins = pins(place.attempt);
    let Some(image) = pins.get(step.service.as_str()) else {
        let why = format!("the release has no image {}", step.service);
        return Err(ContainerError::new(Kind::Preflight, "pulling", why));
    };
    hub.ports
        .containers
        .pull(&place.site.target, image, session)
        .await?;
    let local = if image.local { ", local image" } else { "" };
    let findings = vec![format!("{}  {}{local}", step.service, short(image))];
    Ok(Proof {
        findings,
        lines: Vec::new(),
        code: None,
        snapshot: None,
    })
}

fn short(image: &Pinned) -> String {
    image.digest().chars().take("sha256:".len() + 12).collect()
}
