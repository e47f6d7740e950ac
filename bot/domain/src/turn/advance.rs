//! What a move makes possible happens in the same move: asks whose turn it is
//! are opened, and a release with nothing left to do is done.

use std::collections::BTreeSet;

use super::consent;
use super::draft::Draft;
use crate::ask::{Ask, AskId, AskState, Phase};
use crate::attempt::AttemptState;
use crate::calendar::Length;
use crate::effect::CardId;
use crate::event::ReleaseEvent;
use crate::ids::{EnvName, ReleaseId};
use crate::manifest::Manifest;
use crate::policy::{EnvPolicy, Policy};
use crate::quorum::Quorum;
use crate::release::Release;

/// How long people have before they are reminded, once.
const REMIND_AFTER: &str = "2h";

pub(super) fn everything(draft: &mut Draft) {
    let Some(policy) = draft.policy().cloned() else {
        return;
    };
    let open: Vec<ReleaseId> = (draft.world.releases.values())
        .filter(|it| it.is_open() && Some(&it.app) == draft.world.app.as_ref())
        .map(|it| it.id)
        .collect();
    let gates_moved = draft.moves_gates();
    for release in open {
        open_asks(draft, release, &policy);
        finish(draft, release, &policy);
        if gates_moved {
            draft.card(CardId::Release { release });
        }
    }
}

fn open_asks(draft: &mut Draft, release: ReleaseId, policy: &Policy) {
    for env in &policy.environments {
        for (phase, quorum) in [(Phase::Signoff, &env.signoff), (Phase::Accept, &env.accept)] {
            let Some(it) = draft.world.releases.get(&release) else {
                return;
            };
            let due = match phase {
                Phase::Signoff => signoff_is_due(draft, it, policy, env),
                Phase::Accept => acceptance_is_due(draft, it, env),
            };
            if due && !quorum.is_empty() {
                ask(draft, release, &env.name, phase, quorum);
            }
        }
    }
}

/// Whether people are asked to consent to a deploy without anybody wanting it yet.
fn signoff_is_due(draft: &Draft, release: &Release, policy: &Policy, env: &EnvPolicy) -> bool {
    let Some(manifest) = release.manifest.as_ref().map(Manifest::hash) else {
        return false;
    };
    let attempts = release
        .stage(&env.name)
        .map(|it| it.attempts.as_slice())
        .unwrap_or_default();
    let runs = attempts.last().is_some_and(|it| it.ended.is_none());
    let ready = env.needs.as_ref().is_none_or(|needed| {
        release.is_verified(needed) && is_accepted(draft, release, policy, needed)
    });
    // An ask that was used up, or taken back with the deploy, is not repeated by
    // itself: whoever wants another deploy makes that happen.
    let asked = match latest(release, &env.name, Phase::Signoff) {
        None => !attempts.is_empty(),
        Some(ask) => match ask.state {
            AskState::Open | AskState::Used(_) => true,
            AskState::Void(_) => !attempts.is_empty() && ask.id.manifest == manifest,
        },
    };
    ready && !asked && !runs && !release.is_verified(&env.name)
}

/// Whether people are asked to accept what was deployed and verified.
fn acceptance_is_due(draft: &Draft, release: &Release, env: &EnvPolicy) -> bool {
    release.manifest.is_some()
        && release.is_verified(&env.name)
        && !is_being_undone(draft, release, &env.name)
        && release.ask(&env.name, Phase::Accept).is_none()
}

/// Whether a rollback leaves this release behind, or has begun to and failed.
fn is_being_undone(draft: &Draft, release: &Release, env: &EnvName) -> bool {
    let Some(environment) = draft.environment(env) else {
        return false;
    };
    let Some(attempt) = &environment.attempt else {
        return false;
    };
    let leaves =
        attempt.is_rollback() && attempt.release == release.id && attempt.target != release.id;
    leaves
        && match attempt.state {
            AttemptState::Running => true,
            AttemptState::Failed { .. } => environment.touched,
            AttemptState::Verified { .. } => false,
        }
}

fn is_accepted(draft: &Draft, release: &Release, policy: &Policy, env: &EnvName) -> bool {
    let Some(quorum) = policy.environment(env).map(|it| &it.accept) else {
        return false;
    };
    let settings = &draft.world.settings;
    quorum.is_empty()
        || release.ask(env, Phase::Accept).is_some_and(|ask| {
            ask.missing(&release.requester, settings).is_empty()
                && ask.vetoing(&release.requester, settings).is_empty()
        })
}

fn latest<'a>(release: &'a Release, env: &EnvName, phase: Phase) -> Option<&'a Ask> {
    let of_it = |it: &&Ask| it.id.env == *env && it.id.phase == phase;
    release
        .asks
        .values()
        .filter(of_it)
        .max_by_key(|it| it.id.round)
}

/// Asks these people, in a new round if they were asked before.
pub(super) fn ask(
    draft: &mut Draft,
    release: ReleaseId,
    env: &EnvName,
    phase: Phase,
    quorum: &Quorum,
) {
    let Some(it) = draft.world.releases.get(&release) else {
        return;
    };
    let Some(manifest) = it.manifest.as_ref().map(Manifest::hash) else {
        return;
    };
    let round = it.next_round(env, phase);
    let id = AskId {
        release,
        env: env.clone(),
        phase,
        manifest,
        round,
    };
    let opened = ReleaseEvent::AskOpened {
        ask: id.clone(),
        quorum: quorum.clone(),
    };
    draft.release_event(release, opened);
    if let Ok(after) = Length::parse(REMIND_AFTER) {
        draft.wake(consent::reminder(&id), draft.now + after.delta());
    }
    match phase {
        Phase::Signoff => super::ahead::look(draft, release, env),
        Phase::Accept => {}
    }
    draft.card(CardId::Ask { ask: id });
}

/// A release is done when every environment is verified, accepted and watched.
fn finish(draft: &mut Draft, release: ReleaseId, policy: &Policy) {
    let Some(it) = draft.world.releases.get(&release) else {
        return;
    };
    let passed = |env: &EnvPolicy| {
        let watch = draft.environment(&env.name).and_then(|it| it.watching());
        it.is_verified(&env.name)
            && !is_being_undone(draft, it, &env.name)
            && is_accepted(draft, it, policy, &env.name)
            && watch.is_none_or(|it| it.release != release)
    };
    if policy.environments.is_empty() || !policy.environments.iter().all(passed) {
        return;
    }
    let asks: BTreeSet<AskId> = it.asks.keys().cloned().collect();
    draft.release_event(release, ReleaseEvent::Done);
    super::checkpoint::wanted(draft, release);
    for ask in asks {
        draft.let_sleep(consent::reminder(&ask));
        draft.card(CardId::Ask { ask });
    }
    super::plan::forget(draft, release);
}
