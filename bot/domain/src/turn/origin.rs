//! What is known of a release's commit: it is read until its checks are green, and
//! again before a deploy.

use super::Decided;
use super::draft::Draft;
use crate::effect::Effect;
use crate::event::ReleaseEvent;
use crate::gates::{self, Moved, Waiting};
use crate::ids::ReleaseId;
use crate::origin::{self, Checked, Sighting};
use crate::policy::EnvPolicy;
use crate::refusal::Refusal;
use crate::reply::Reply;

/// Owes a reading, where checks are demanded and the commit is known.
pub(super) fn wanted(draft: &mut Draft, release: ReleaseId) {
    let known = draft.policy().zip(draft.world.releases.get(&release));
    let due = known.is_some_and(|(policy, it)| {
        let red = gates::not_green(policy, it, &policy.named_checks()).is_some();
        it.is_open() && red && origin::commit(policy, it).is_some()
    });
    if due {
        draft.owe(Effect::ReadChecks { release });
    }
}

/// The checks were read by themselves: what they say is kept if it is new.
pub(super) fn read(draft: &mut Draft, release: ReleaseId, checked: &Checked) -> Decided {
    let it = draft.require_open(release)?;
    let app = it.app.clone();
    if draft.require_policy(&app)?.named_checks().is_empty() {
        return Err(Refusal::Stale {
            what: "no check is demanded any more",
        });
    }
    keep(draft, release, checked, false);
    Ok(Reply::Nothing)
}

/// What was read before a start is kept as evidence, new or not; whether it is all
/// that this environment demands.
pub(super) fn saw(
    draft: &mut Draft,
    release: ReleaseId,
    policy: &EnvPolicy,
    sighting: &Sighting,
) -> bool {
    if let Some(checked) = &sighting.checked {
        keep(draft, release, checked, true);
    }
    if let Some(tip) = &sighting.tip {
        let tip = tip.bounded();
        draft.release_event(release, ReleaseEvent::BranchRead { tip });
    }
    let checks = draft
        .policy()
        .is_some_and(|it| !it.named_checks().is_empty());
    (!checks || sighting.checked.is_some()) && (!policy.no_new_commits || sighting.tip.is_some())
}

/// Whether the commit is looked at before a deploy to an environment starts.
pub(super) fn is_demanded(draft: &Draft, policy: &EnvPolicy) -> bool {
    let checks = draft
        .policy()
        .is_some_and(|it| !it.named_checks().is_empty());
    checks || policy.no_new_commits
}

/// What is set aside besides the gates that are known to be shut: nobody has looked
/// whether the branch moved.
pub(super) fn unseen(draft: &Draft, release: ReleaseId, policy: &EnvPolicy) -> Option<Waiting> {
    let it = draft.world.releases.get(&release)?;
    let all = draft.policy()?;
    if !policy.no_new_commits || it.tip.is_some() {
        return None;
    }
    let commit = origin::commit(all, it)?.to_owned();
    let branch = all.origin.as_ref().and_then(|it| it.branch.clone());
    Some(Waiting::NewCommits {
        branch: branch.unwrap_or_default(),
        commit: Some(commit),
        why: Moved::Unread,
    })
}

fn keep(draft: &mut Draft, release: ReleaseId, checked: &Checked, always: bool) {
    let wanted = draft.policy().map(crate::policy::Policy::named_checks);
    let checked = checked.bounded(&wanted.unwrap_or_default());
    let before = draft.world.releases.get(&release);
    let before = before.and_then(|it| it.checked.as_ref());
    if always || before.is_none_or(|it| !it.says_the_same(&checked)) {
        draft.release_event(release, ReleaseEvent::ChecksRead { checked });
    }
    self::wanted(draft, release);
}
