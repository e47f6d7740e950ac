//! The named checks of the commit are green, as they were last read.

use std::collections::BTreeSet;

use super::{NotGreen, Scene, Waiting};
use crate::origin::{self, CheckState};
use crate::policy::Policy;
use crate::release::Release;

pub(super) fn judge(scene: &Scene<'_>) -> Vec<Waiting> {
    let wanted = scene.policy.named_checks();
    not_green(scene.policy, scene.release, &wanted)
        .map(|why| Waiting::Ci {
            commit: origin::commit(scene.policy, scene.release).map(str::to_owned),
            why,
        })
        .into_iter()
        .collect()
}

/// Why these checks of a release's commit are not known to be green; nothing if they are.
pub fn not_green(
    policy: &Policy,
    release: &Release,
    wanted: &BTreeSet<String>,
) -> Option<NotGreen> {
    if wanted.is_empty() {
        return None;
    }
    let Some(commit) = origin::commit(policy, release) else {
        return Some(NotGreen::NoCommit);
    };
    let Some(reading) = &release.checked else {
        return Some(NotGreen::Unread);
    };
    let found = match &reading.checks {
        Err(why) => return Some(NotGreen::Unreadable { why: why.clone() }),
        Ok(_) if !origin::is_named(commit, &reading.commit) => return Some(NotGreen::Unread),
        Ok(found) => found,
    };
    let state = |name: &String| found.get(name).cloned().unwrap_or(CheckState::Missing);
    let red: Vec<(String, CheckState)> = wanted
        .iter()
        .map(|name| (name.clone(), state(name)))
        .filter(|(_, state)| *state != CheckState::Passed)
        .collect();
    (!red.is_empty()).then_some(NotGreen::Red { checks: red })
}
