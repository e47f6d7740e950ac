//! What a registry is asked to keep: one more tag, or an image.

use shipbell_adapters::containers::{ContainerError, Kind, Session};
use shipbell_domain::steps;

use super::super::fill;
use super::{Place, Proof, pins};
use crate::engine::hub::Hub;

/// Gives the pinned image of a service one more tag.
pub(super) async fn tag(
    hub: &Hub,
    place: &Place<'_>,
    session: &Session<'_>,
    step: &steps::Tag,
) -> Result<Proof, ContainerError> {
    let tag = fill::text(&place.attempt.manifest, &step.tag)?;
    let pins = pins(place.attempt);
    let Some(image) = pins.get(step.service.as_str()) else {
        let why = format!("the release has no image {}", step.service);
        return Err(ContainerError::new(Kind::Preflight, "tagging", why));
    };
    hub.ports.containers.promote(image, &tag, session).await?;
    Ok(Proof::found(format!("{tag} is {}", image.reference)))
}

/// Pushes an image the engine has.
pub(super) async fn push(
    hub: &Hub,
    place: &Place<'_>,
    session: &Session<'_>,
    step: &steps::Push,
) -> Result<Proof, ContainerError> {
    let image = fill::text(&place.attempt.manifest, &step.image)?;
    let target = &place.site.target;
    let pushed = hub.ports.containers.push(target, &image, session).await?;
    Ok(Proof::found(format!("{image} is {}", pushed.reference)))
}
