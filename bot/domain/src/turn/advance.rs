//! What a move makes possible happens in the same move: asks whose turn it is
//! are opened, and a release with nothing left to do is done.

use std::collections::BTreeSet;

use super::draft::Draft;
use crate::ask::{AskId, Phase};
use crate::calendar::Length;
use crate::effect::CardId;
use crate::event::ReleaseEvent;
use crate::ids::{EnvName, ReleaseId};
use crate::policy::{EnvPolicy, Policy};
use crate::quorum::Quorum;
use crate::release::Release;
use crate::timer::Timer;

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
    for release in open {
        open_asks(draft, release, &policy);
        finish(draft, release, &policy);
    }
}

fn open_asks(draft: &mut Draft, release: ReleaseId, policy: &Policy) {
    for env in &policy.environments {
        let Some(it) = draft.world.releases.get(&release) else {
            return;
        };
        let wanted = [(Phase::Signoff, &env.signoff), (Phase::Accept, &env.accept)];
        for (phase, quorum) in wanted {
            let due = is_due(draft, it, policy, env, phase);
            if due && !quorum.is_empty() && !was_asked(it, &env.name, phase) {
                ask(draft, release, &env.name, phase, quorum);
                break;
            }
        }
    }
}

/// Whether it is the turn of these people.
fn is_due(
    draft: &Draft,
    release: &Release,
    policy: &Policy,
    env: &EnvPolicy,
    phase: Phase,
) -> bool {
    if release.manifest.is_none() {
        return false;
    }
    match phase {
        Phase::Accept => release.is_verified(&env.name),
        Phase::Signoff => {
            !release.is_verified(&env.name)
                && env.needs.as_ref().is_none_or(|needed| {
                    release.is_verified(needed) && is_accepted(draft, release, policy, needed)
                })
        }
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

/// Whether these people were asked about exactly this already. A used-up ask is
/// not repeated by itself: whoever wants another deploy makes that happen.
fn was_asked(release: &Release, env: &EnvName, phase: Phase) -> bool {
    let Some(manifest) = release
        .manifest
        .as_ref()
        .map(crate::manifest::Manifest::hash)
    else {
        return false;
    };
    let mut asks = release.asks.values();
    let verified = release.stage(env).map_or(0, |stage| stage.attempts.len());
    asks.any(|ask| {
        let same = ask.id.env == *env && ask.id.phase == phase && ask.id.manifest == manifest;
        match phase {
            Phase::Signoff => same,
            // Each verified attempt is accepted for itself.
            Phase::Accept => same && ask.id.round as usize >= verified,
        }
    })
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
    let Some(manifest) = it.manifest.as_ref().map(crate::manifest::Manifest::hash) else {
        return;
    };
    let attempts = it.stage(env).map_or(0, |stage| stage.attempts.len());
    let round = match phase {
        Phase::Signoff => it.next_round(env, phase),
        Phase::Accept => it
            .next_round(env, phase)
            .max(u32::try_from(attempts).unwrap_or(1)),
    };
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
    draft.card(CardId::Ask { ask: id });
    if let Ok(after) = Length::parse(REMIND_AFTER) {
        let env = env.clone();
        draft.wake(
            Timer::Remind {
                release,
                env,
                round,
            },
            draft.now + after.delta(),
        );
    }
}

/// A release is done when every environment is verified, accepted and watched.
fn finish(draft: &mut Draft, release: ReleaseId, policy: &Policy) {
    let Some(it) = draft.world.releases.get(&release) else {
        return;
    };
    let passed = |env: &EnvPolicy| {
        let watched = it
            .stage(&env.name)
            .is_some_and(|stage| stage.watched.is_some());
        it.is_verified(&env.name)
            && is_accepted(draft, it, policy, &env.name)
            && (env.watch.is_empty() || watched)
    };
    if !policy.environments.is_empty() && policy.environments.iter().all(passed) {
        let asks: BTreeSet<AskId> = it.asks.keys().cloned().collect();
        draft.release_event(release, ReleaseEvent::Done);
        for ask in asks {
            draft.card(CardId::Ask { ask });
        }
    }
}
