//! Exactly what a release consists of: what people consent to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{AppId, Hash, ServiceName, Version};

/// What a sign-off is for. Change anything in it and it is another manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The application.
    pub app: AppId,
    /// What people call it.
    pub version: Version,
    /// The commit it was built from, where somebody said so.
    pub commit: Option<String>,
    /// The images, each pinned.
    pub images: BTreeMap<ServiceName, Image>,
    /// The policy it is released under.
    pub policy: Hash,
}

/// One image, pinned so that it can be no other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// What was asked for: a tag or a digest.
    pub reference: String,
    /// `repository@sha256:…`, or `sha256:…` for one that never saw a registry.
    pub pinned: String,
    /// Whether it exists on the engine's host alone.
    pub local: bool,
}

impl Manifest {
    /// The name consent is bound to.
    pub fn hash(&self) -> Hash {
        let mut parts: Vec<&[u8]> = vec![
            b"shipbell-manifest-1",
            self.app.as_str().as_bytes(),
            self.version.as_str().as_bytes(),
            self.commit.as_deref().unwrap_or_default().as_bytes(),
            self.policy.as_str().as_bytes(),
        ];
        for (service, image) in &self.images {
            parts.push(service.as_str().as_bytes());
            parts.push(image.pinned.as_bytes());
        }
        Hash::of(parts)
    }
}

impl Image {
    /// The first digits of the digest, enough for people.
    pub fn short(&self) -> &str {
        let digest = self.pinned.rsplit("sha256:").next().unwrap_or_default();
        digest.get(..8).unwrap_or(digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let image = Image {
            reference: "web:1".to_owned(),
            pinned: format!("web@sha256:{}", "a".repeat(64)),
            local: false,
        };
        Manifest {
            app: AppId::new("shop").unwrap(),
            version: Version::new("1.0.0").unwrap(),
            commit: None,
            images: [(ServiceName::new("web").unwrap(), image)].into(),
            policy: Hash::of([b"policy".as_slice()]),
        }
    }

    #[test]
    fn every_part_changes_the_name_but_the_tag_does_not() {
        let before = manifest().hash();
        let mut moved = manifest();
        moved.commit = Some("abc".to_owned());
        assert_ne!(moved.hash(), before);
        let mut moved = manifest();
        moved.policy = Hash::of([b"other".as_slice()]);
        assert_ne!(moved.hash(), before);
        let mut moved = manifest();
        for image in moved.images.values_mut() {
            image.reference = "web:latest".to_owned();
        }
        assert_eq!(
            moved.hash(),
            before,
            "the digest counts, not what it was called"
        );
    }
}
