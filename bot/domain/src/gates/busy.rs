//! Nothing else is being done to the environment.

use super::{Scene, Waiting};

pub(super) fn judge(scene: &Scene<'_>) -> Vec<Waiting> {
    let environment = scene.world.environments.get(&scene.env.name);
    let active = environment.and_then(|it| it.active());
    active
        .map(|it| Waiting::Busy {
            attempt: it.number,
            release: it.release,
        })
        .into_iter()
        .collect()
}
