//! Nobody, and no rollback, locked the environment.

use super::{Scene, Waiting};

pub(super) fn judge(scene: &Scene<'_>) -> Vec<Waiting> {
    let environment = scene.world.environments.get(&scene.env.name);
    let lock = environment.and_then(|it| it.lock.as_ref());
    lock.map(|it| Waiting::Lock {
        why: it.why.clone(),
        since: it.since,
    })
    .into_iter()
    .collect()
}
