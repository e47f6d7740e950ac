//! The images are pinned: nobody can consent to something unknown.

use super::{Scene, Waiting};

pub(super) fn judge(scene: &Scene<'_>) -> Vec<Waiting> {
    match scene.release.manifest {
        Some(_) => Vec::new(),
        None => vec![Waiting::Images {
            failed: scene.release.unresolved.clone(),
        }],
    }
}
