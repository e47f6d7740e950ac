//! The team was told when, and it is then.

use super::{Scene, Waiting};

pub(super) fn judge(scene: &Scene<'_>) -> Vec<Waiting> {
    let plan = scene
        .release
        .stage(&scene.env.name)
        .and_then(|it| it.plan.as_ref());
    // A plan that is over binds nobody, and tells nobody of another deploy.
    let plan = plan.filter(|it| scene.now < it.span.to());
    let told = plan.is_some_and(|it| it.told.is_some());
    if scene.env.announced && !told {
        return vec![Waiting::Announcement];
    }
    let ahead = plan
        .map(|it| it.span)
        .filter(|span| scene.now < span.from());
    ahead
        .map(|span| Waiting::Planned { span })
        .into_iter()
        .collect()
}
