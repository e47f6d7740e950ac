//! The environment before it was verified with these very images, and accepted.

use super::{Scene, Waiting, signoff};
use crate::ask::Phase;

pub(super) fn judge(scene: &Scene<'_>) -> Vec<Waiting> {
    let Some(needed) = &scene.env.needs else {
        return Vec::new();
    };
    let Some(manifest) = &scene.release.manifest else {
        return Vec::new();
    };
    let environment = scene.world.environments.get(needed);
    let current = environment.and_then(|it| it.current());
    let same = current.is_some_and(|it| it.manifest.images == manifest.images);
    if !(same && scene.release.is_verified(needed)) {
        return vec![Waiting::Verified {
            env: needed.clone(),
        }];
    }
    let Some(policy) = scene.policy.environment(needed) else {
        return Vec::new();
    };
    signoff::consent(scene, needed, Phase::Accept, &policy.accept)
}
