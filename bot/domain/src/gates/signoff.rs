//! The right people consent to exactly this, and nobody of them objects.

use super::{Scene, Waiting};
use crate::ask::Phase;
use crate::ids::EnvName;
use crate::quorum::Quorum;

pub(super) fn judge(scene: &Scene<'_>) -> Vec<Waiting> {
    consent(scene, &scene.env.name, Phase::Signoff, &scene.env.signoff)
}

pub(super) fn consent(
    scene: &Scene<'_>,
    env: &EnvName,
    phase: Phase,
    quorum: &Quorum,
) -> Vec<Waiting> {
    if quorum.is_empty() {
        return Vec::new();
    }
    let env = env.clone();
    let Some(ask) = scene.release.ask(&env, phase) else {
        return vec![Waiting::Consent {
            env,
            phase,
            missing: quorum.0.clone(),
        }];
    };
    let (requester, settings) = (&scene.release.requester, &scene.world.settings);
    let by = ask.vetoing(requester, settings);
    if !by.is_empty() {
        return vec![Waiting::Veto { env, phase, by }];
    }
    let missing = ask.missing(requester, settings);
    if missing.is_empty() {
        Vec::new()
    } else {
        vec![Waiting::Consent {
            env,
            phase,
            missing,
        }]
    }
}
