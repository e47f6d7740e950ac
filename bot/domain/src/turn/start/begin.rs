//! The gates are open, or set aside: the attempt begins.

use crate::ask::{Ask, AskId, Phase};
use crate::attempt::AttemptKind;
use crate::event::Override;
use crate::ids::{EnvName, Person, ReleaseId};
use crate::manifest::Manifest;
use crate::policy::EnvPolicy;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::turn::draft::Draft;
use crate::turn::{Decided, attempt, consent};

pub(super) fn begin(
    draft: &mut Draft,
    by: &Person,
    release: ReleaseId,
    policy: &EnvPolicy,
    over: Option<Override>,
) -> Decided {
    let it = draft.require_open(release)?;
    let (environment, version) = (it.environment(&policy.name), it.version.clone());
    let Some(manifest) = it.manifest.clone() else {
        return Err(Refusal::Stale {
            what: "the images are not pinned",
        });
    };
    let ask = it
        .ask(&policy.name, Phase::Signoff)
        .map(|ask| ask.id.clone());
    retire_acceptance(draft, release, &policy.name, &manifest);
    let start = attempt::Start {
        kind: AttemptKind::Deploy,
        release,
        target: release,
        work: attempt::way_forward(policy),
        manifest,
        by: Some(by.clone()),
        over,
        ask,
    };
    attempt::start(draft, &environment, start);
    Ok(Reply::Started {
        environment,
        version,
    })
}

/// What was accepted is about to be replaced: that acceptance counts no longer.
fn retire_acceptance(draft: &mut Draft, release: ReleaseId, env: &EnvName, manifest: &Manifest) {
    let Some(it) = draft.world.releases.get(&release) else {
        return;
    };
    let hash = manifest.hash();
    let of_it = |ask: &&Ask| {
        ask.is_open()
            && ask.id.env == *env
            && ask.id.phase == Phase::Accept
            && ask.id.manifest == hash
    };
    let old: Vec<AskId> = it
        .asks
        .values()
        .filter(of_it)
        .map(|ask| ask.id.clone())
        .collect();
    for ask in old {
        consent::void(draft, &ask, "it is being deployed again");
    }
}
