//! The team was told when, and it is then.

use super::{Scene, Waiting};
use crate::release::Moment;

pub(super) fn judge(scene: &Scene<'_>) -> Vec<Waiting> {
    let plan = scene
        .release
        .stage(&scene.env.name)
        .and_then(|it| it.plan.as_ref());
    match plan {
        None if scene.env.announced => vec![Waiting::Announcement],
        None => Vec::new(),
        Some(plan) if plan.told.is_none() && scene.env.announced => vec![Waiting::Announcement],
        Some(plan) if plan.told == Some(Moment::Closed) && !scene.env.announced => Vec::new(),
        Some(plan) if !plan.span.contains(scene.now) => {
            vec![Waiting::Planned { span: plan.span }]
        }
        Some(_) => Vec::new(),
    }
}
