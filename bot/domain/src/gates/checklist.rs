//! Every checklist item for people is done, or somebody said why it does not apply.

use super::{Scene, Waiting};

pub(super) fn judge(scene: &Scene<'_>) -> Vec<Waiting> {
    let settled = &scene.release.checklist;
    let open: Vec<_> = (1u32..)
        .zip(&scene.policy.checklist)
        .filter(|(place, _)| !settled.contains_key(place))
        .filter_map(|(place, item)| Some((place, item.title.clone(), item.role()?.clone())))
        .collect();
    if open.is_empty() {
        Vec::new()
    } else {
        vec![Waiting::Checklist { open }]
    }
}
