//! Nothing was added to the branch since what is deployed was built.

use super::{Moved, Scene, Waiting};
use crate::origin;

pub(super) fn judge(scene: &Scene<'_>) -> Vec<Waiting> {
    if !scene.env.no_new_commits {
        return Vec::new();
    }
    let commit = origin::commit(scene.policy, scene.release);
    let why = match (commit, scene.release.tip.as_ref().map(|it| &it.commit)) {
        (None, _) => Moved::NoCommit,
        // It is read when a deploy starts, and nothing starts without.
        (Some(_), None) => return Vec::new(),
        (Some(_), Some(Err(why))) => Moved::Unreadable { why: why.clone() },
        (Some(commit), Some(Ok(there))) if origin::is_named(commit, there) => return Vec::new(),
        (Some(_), Some(Ok(there))) => Moved::To {
            commit: there.clone(),
        },
    };
    let origin = scene.policy.origin.as_ref();
    vec![Waiting::NewCommits {
        branch: origin.and_then(|it| it.branch.clone()).unwrap_or_default(),
        commit: commit.map(str::to_owned),
        why,
    }]
}
