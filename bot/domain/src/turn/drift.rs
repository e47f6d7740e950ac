//! Somebody else changed what runs: it is noticed and told once, and may be taken as it is.

use std::collections::{BTreeMap, BTreeSet};

use super::Decided;
use super::draft::{Draft, text};
use crate::drift::{self, Differs, Drift, Seen};
use crate::event::{EnvironmentEvent, ReleaseEvent, StageResult};
use crate::ids::{EnvId, EnvName, Key, Person, ReleaseId, ServiceName, Version};
use crate::manifest::{Image, Manifest};
use crate::notice::News;
use crate::policy::{Action, Policy};
use crate::refusal::Refusal;
use crate::reply::Reply;

/// What runs was looked at. Whatever differs is told when it differs in another way than before.
pub(super) fn compared(
    draft: &mut Draft,
    environment: &EnvId,
    attempt: u32,
    seen: &[Seen],
) -> Decided {
    draft.require_env(&environment.app, &environment.env)?;
    let here = draft.environment(&environment.env);
    let proven = here.and_then(|it| Some((it, it.compares()?)));
    let Some((here, proven)) = proven.filter(|(_, it)| it.attempt == attempt) else {
        return Err(Refusal::Stale {
            what: "what was compared is not what should run",
        });
    };
    let (version, runs) = (proven.manifest.version.clone(), proven.release);
    let Some(differences) = here.differs(seen) else {
        return Ok(Reply::Nothing);
    };
    if differences.is_empty() {
        draft.environment_event(environment, EnvironmentEvent::DriftGone { attempt });
        return Ok(Reply::Nothing);
    }
    let found = EnvironmentEvent::DriftSeen {
        attempt,
        differences: differences.clone(),
        seen: drift::bounded(seen),
    };
    draft.environment_event(environment, found);
    let news = News::Drifted {
        env: environment.env.clone(),
        version,
        runs,
        differences,
    };
    let key = Key::join(&[&"drift", environment, &draft.now.timestamp_millis()]);
    let mention = deployers(draft);
    draft.shout(Some(runs), key, mention, news);
    Ok(Reply::Nothing)
}

/// Those who can settle it, if that is not simply everybody.
fn deployers(draft: &Draft) -> Vec<Person> {
    let limited = draft.policy().and_then(|it| it.allowed(Action::Deploy));
    limited.map_or_else(Vec::new, |roles| draft.holders(roles))
}

/// Takes what runs as it is: other settings under the same version, another image as
/// a release of its own that is over at once.
pub(super) fn adopt(
    draft: &mut Draft,
    by: &Person,
    environment: &EnvId,
    (version, why): (Option<&Version>, &str),
) -> Decided {
    draft.require_env(&environment.app, &environment.env)?;
    draft.require(by, Action::Deploy)?;
    let why = text("the reason", why)?;
    draft.require_idle(&environment.env)?;
    let here = draft.environment(&environment.env);
    let known = here.and_then(|it| Some((it.drift.clone()?, it.compares()?.clone(), it.attempts)));
    let Some((changed, proven, attempts)) = known else {
        let environment = environment.clone();
        return Err(Refusal::NoDrift { environment });
    };
    whole(&changed, environment)?;
    let policy = draft.require_policy(&environment.app)?;
    let images = images(policy, &proven.manifest, &changed, environment)?;
    let (release, manifest) = if images == proven.manifest.images {
        (proven.release, proven.manifest)
    } else {
        consent_is_set_aside(draft, by, &environment.env)?;
        let new = New {
            environment,
            images,
            why: &why,
            attempt: attempts + 1,
        };
        record(draft, by, &new, version)?
    };
    let version = manifest.version.clone();
    let adopted = EnvironmentEvent::Adopted {
        attempt: attempts + 1,
        release,
        manifest: Box::new(manifest),
        by: by.clone(),
        why: why.clone(),
        seen: changed.seen,
    };
    draft.environment_event(environment, adopted);
    let news = News::Adopted {
        env: environment.env.clone(),
        version: version.clone(),
        by: by.clone(),
        why,
    };
    let key = Key::join(&[&"adopted", environment, &(attempts + 1)]);
    draft.shout(Some(release), key, Vec::new(), news);
    Ok(Reply::Adopted {
        environment: environment.clone(),
        version,
    })
}

/// What does not run cannot be taken for what should.
fn whole(drift: &Drift, environment: &EnvId) -> Result<(), Refusal> {
    let down = drift
        .differences
        .iter()
        .filter(|it| it.what == Differs::Down);
    let services: Vec<String> = down.map(|it| it.service.clone()).collect();
    if services.is_empty() && !drift.seen.is_empty() {
        return Ok(());
    }
    let environment = environment.clone();
    Err(Refusal::NotWhole {
        environment,
        services,
    })
}

/// The images that run, of all that a release brings. Several hosts must run the same.
fn images(
    policy: &Policy,
    proven: &Manifest,
    drift: &Drift,
    environment: &EnvId,
) -> Result<BTreeMap<ServiceName, Image>, Refusal> {
    let mut images = proven.images.clone();
    for (service, image) in &mut images {
        let here = drift
            .seen
            .iter()
            .filter(|it| it.service == service.as_str());
        let run: BTreeSet<_> = here.map(|it| (&it.image.pinned, it.image.local)).collect();
        let mut run = run.into_iter();
        // One that commands run in alone has no containers.
        let Some((pinned, local)) = run.next() else {
            continue;
        };
        if run.next().is_some() {
            return Err(Refusal::NotWhole {
                environment: environment.clone(),
                services: vec![service.to_string()],
            });
        }
        if *pinned == image.pinned {
            continue;
        }
        if !policy.allow_images.allow(pinned) {
            return Err(Refusal::ImageNotAllowed {
                service: service.to_string(),
                reference: pinned.clone(),
                allowed: policy.allow_images.0.clone(),
            });
        }
        *image = Image {
            reference: pinned.clone(),
            pinned: pinned.clone(),
            local,
        };
    }
    Ok(images)
}

/// Nobody signed off what somebody else brought there: where that is demanded, only
/// those may take it who may set gates aside.
fn consent_is_set_aside(draft: &Draft, by: &Person, env: &EnvName) -> Result<(), Refusal> {
    let policy = draft.policy().and_then(|it| it.environment(env));
    if policy.is_some_and(|it| !it.signoff.is_empty()) {
        draft.require(by, Action::Override)?;
    }
    Ok(())
}

/// What becomes a release of its own.
struct New<'a> {
    environment: &'a EnvId,
    images: BTreeMap<ServiceName, Image>,
    why: &'a str,
    attempt: u32,
}

/// The history of a release that others brought there: it begins and is over.
fn record(
    draft: &mut Draft,
    by: &Person,
    new: &New<'_>,
    version: Option<&Version>,
) -> Result<(ReleaseId, Manifest), Refusal> {
    let app = &new.environment.app;
    let version = version.cloned().ok_or(Refusal::Missing {
        what: "the version of the image that runs",
    })?;
    super::release::is_free(draft, app, &version)?;
    let release = draft.world.next_release;
    let policy = draft.require_policy_hash()?;
    let references = new.images.iter();
    let references = references.map(|(name, it)| (name.clone(), it.reference.clone()));
    let manifest = Manifest {
        app: app.clone(),
        version: version.clone(),
        commit: None,
        images: new.images.clone(),
        policy: policy.clone(),
    };
    let opened = ReleaseEvent::Opened {
        release,
        app: app.clone(),
        version,
        requester: by.clone(),
        references: references.collect(),
        commit: None,
        note: Some(new.why.to_owned()),
        ticket: None,
        policy,
        builds: BTreeMap::new(),
    };
    let (env, attempt) = (&new.environment.env, new.attempt);
    super::watch::end(draft, new.environment, Some(by.clone()));
    draft.release_event(release, opened);
    for event in [
        ReleaseEvent::ManifestFixed {
            manifest: Box::new(manifest.clone()),
        },
        ReleaseEvent::StageStarted {
            env: env.clone(),
            attempt,
            ask: None,
        },
        ReleaseEvent::StageEnded {
            env: env.clone(),
            attempt,
            result: StageResult::Verified,
        },
        ReleaseEvent::Done,
    ] {
        draft.release_event(release, event);
    }
    super::checkpoint::wanted(draft, release);
    Ok((release, manifest))
}
