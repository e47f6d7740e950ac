//! The team was told when, and it is then.

use super::{Scene, Waiting};

pub(super) fn judge(scene: &Scene<'_>) -> Vec<Waiting> {
    let plan = scene
        .release
        .stage(&scene.env.name)
        .and_then(|it| it.plan.as_ref());
    let ahead = plan.filter(|it| scene.now < it.span.to());
    match ahead {
        None if scene.env.announced => vec![Waiting::Announcement],
        None => Vec::new(),
        Some(plan) if scene.env.announced && plan.told.is_none() => vec![Waiting::Announcement],
        Some(plan) if scene.now < plan.span.from() => vec![Waiting::Planned { span: plan.span }],
        Some(_) => Vec::new(),
    }
}
