//! It is time, by the windows of the environment, and nothing is frozen.

use super::{Scene, Waiting};
use crate::calendar::{self, Allowance, Hours};
use crate::ids::EnvId;

pub(super) fn judge(scene: &Scene<'_>) -> Vec<Waiting> {
    let id = EnvId {
        app: scene.release.app.clone(),
        env: scene.env.name.clone(),
    };
    match allowance(scene, &id) {
        Allowance::Unrestricted | Allowance::Open { .. } => Vec::new(),
        Allowance::Closed { next } => vec![Waiting::Window { next }],
        Allowance::Frozen { until, reason } => vec![Waiting::Freeze { until, reason }],
    }
}

fn allowance(scene: &Scene<'_>, id: &EnvId) -> Allowance {
    let settings = &scene.world.settings;
    let always = Hours {
        zone: settings.zone.clone(),
        windows: Vec::new(),
    };
    let hours = settings.hours.get(id).unwrap_or(&always);
    let one_offs = scene.world.agenda.windows_of(id);
    let mut freezes = settings.freezes.clone();
    freezes.extend(scene.world.agenda.freezes_of(&id.app));
    calendar::judge(hours, &one_offs, &freezes, scene.now)
}
