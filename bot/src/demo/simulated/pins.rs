//! Versions as a simulated engine knows them.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use shipbell_adapters::containers::{ContainerError, Kind, Pinned};

use crate::demo::versions::{self, Version};
use crate::demo::world::hex;

/// A version as an engine would pin it: by an id that is its own.
pub(super) fn pinned(version: &Version) -> Pinned {
    let hash = Sha256::digest(version.name.as_bytes());
    Pinned {
        reference: format!("sha256:{}", hex(&hash)),
        local: true,
    }
}

pub(super) fn version(image: &Pinned) -> Result<Version, ContainerError> {
    let known = versions::ALL.into_iter().find(|it| pinned(it) == *image);
    known.ok_or_else(|| {
        ContainerError::new(
            Kind::NotFound,
            format!("looking for image {image}"),
            "no such image",
        )
    })
}

pub(super) fn version_of(pins: &BTreeMap<String, Pinned>) -> Result<Version, ContainerError> {
    let web = pins.get("web");
    let missing =
        || ContainerError::new(Kind::Preflight, "looking for web's image", "none is pinned");
    version(web.ok_or_else(missing)?)
}
