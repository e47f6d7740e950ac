//! A release is opened, its images pinned, its checklist settled, or given up.

use std::collections::BTreeMap;

use super::Decided;
use super::draft::{Draft, text};
use crate::command::New;
use crate::effect::Effect;
use crate::event::ReleaseEvent;
use crate::ids::{AppId, EnvName, Key, Person, ReleaseId, ServiceName, Version};
use crate::manifest::{Image, Manifest};
use crate::notice::News;
use crate::policy::{Action, Build, Item, Policy, Settler, is_commit};
use crate::refusal::Refusal;
use crate::release::Mark;
use crate::reply::Reply;
use crate::timer::Timer;

pub(super) fn open(draft: &mut Draft, by: &Person, new: &New) -> Decided {
    let policy = draft.require_policy(&new.app)?;
    let references = references(policy, new)?;
    let builds = builds(policy, new)?;
    is_free(draft, &new.app, &new.version)?;
    draft.require(by, Action::New)?;
    let release = draft.world.next_release;
    let policy = draft.require_policy_hash()?;
    let checked = |what, given: &Option<String>| match given {
        Some(it) => text(what, it).map(Some),
        None => Ok(None),
    };
    let opened = ReleaseEvent::Opened {
        release,
        app: new.app.clone(),
        version: new.version.clone(),
        requester: by.clone(),
        references,
        commit: checked("the commit", &new.commit)?,
        note: checked("the note", &new.note)?,
        ticket: checked("the ticket", &new.ticket)?,
        policy,
        builds,
    };
    draft.release_event(release, opened);
    draft.owe(Effect::PinImages { release });
    super::origin::wanted(draft, release);
    Ok(Reply::Opened {
        release,
        version: new.version.clone(),
    })
}

/// Checks that a version is written as the team's are, and that no open release has it.
pub(super) fn is_free(draft: &Draft, app: &AppId, version: &Version) -> Result<(), Refusal> {
    let policy = draft.require_policy(app)?;
    if !policy.scheme.fits(version.as_str()) {
        return Err(Refusal::BadVersion {
            version: version.clone(),
            scheme: policy.scheme,
        });
    }
    let mut releases = draft.world.releases.values();
    match releases.find(|it| it.version == *version && it.is_open()) {
        Some(other) => Err(Refusal::VersionTaken {
            version: version.clone(),
            release: other.id,
        }),
        None => Ok(()),
    }
}

/// The references of all images: the policy's own, or what somebody named instead.
fn references(policy: &Policy, new: &New) -> Result<BTreeMap<ServiceName, String>, Refusal> {
    if let Some(service) = new.images.keys().find(|it| !policy.images.contains_key(it)) {
        let known = policy.images.keys().map(ToString::to_string).collect();
        return Err(Refusal::UnknownImage {
            service: service.to_string(),
            known,
        });
    }
    let mut references = BTreeMap::new();
    for (service, template) in &policy.images {
        let reference = match new.images.get(service) {
            Some(named) => text("the image's reference", named)?,
            None if template.contains("{version}") || is_exact(template) => {
                template.replace("{version}", new.version.as_str())
            }
            None => {
                return Err(Refusal::ImageMissing {
                    service: service.to_string(),
                });
            }
        };
        if !policy.allow_images.allow(&reference) {
            return Err(Refusal::ImageNotAllowed {
                service: service.to_string(),
                reference,
                allowed: policy.allow_images.0.clone(),
            });
        }
        references.insert(service.clone(), reference);
    }
    Ok(references)
}

/// What is built: nothing that somebody named another image for, and nothing without a
/// commit, because a folder holds what happens to lie there.
fn builds(policy: &Policy, new: &New) -> Result<BTreeMap<ServiceName, Build>, Refusal> {
    let mut builds = policy.builds.clone();
    builds.retain(|service, _| !new.images.contains_key(service));
    if let Some(service) = builds.keys().next()
        && !new.commit.as_deref().map(str::trim).is_some_and(is_commit)
    {
        return Err(Refusal::CommitNeeded {
            service: service.to_string(),
            given: new.commit.clone(),
        });
    }
    Ok(builds)
}

/// Whether a reference names a tag or a digest, not a repository alone.
fn is_exact(reference: &str) -> bool {
    let name = reference.rsplit('/').next().unwrap_or(reference);
    name.contains(':') || name.contains('@')
}

pub(super) fn pinned(
    draft: &mut Draft,
    release: ReleaseId,
    images: &BTreeMap<ServiceName, Image>,
) -> Decided {
    let it = draft.require_open(release)?;
    if !images.keys().eq(it.references.keys()) {
        return Err(Refusal::Stale {
            what: "images that were not asked for",
        });
    }
    let manifest = Manifest {
        app: it.app.clone(),
        version: it.version.clone(),
        commit: it.commit.clone(),
        images: images.clone(),
        policy: it.policy.clone(),
    };
    if it.manifest.as_ref() == Some(&manifest) {
        return Ok(Reply::Nothing);
    }
    // People may have consented to it already: it can be nothing else any more.
    if it.manifest.is_some() {
        return Err(Refusal::Stale {
            what: "the images are pinned already",
        });
    }
    draft.release_event(
        release,
        ReleaseEvent::ManifestFixed {
            manifest: Box::new(manifest),
        },
    );
    super::ahead::next(draft, release, None);
    Ok(Reply::Nothing)
}

/// How much of what a build said is told.
const TAIL: usize = 20;

/// The images are not pinned; of one that could not be built with what was said last.
pub(super) fn unresolved(
    draft: &mut Draft,
    release: ReleaseId,
    (why, tail): (&str, Option<&[String]>),
) -> Decided {
    let it = draft.require_open(release)?;
    if it.manifest.is_some() {
        return Err(Refusal::Stale {
            what: "the images are pinned already",
        });
    }
    let (version, requester) = (it.version.clone(), it.requester.clone());
    let why: String = why.chars().take(super::draft::MAX_TEXT).collect();
    if it.unresolved.as_ref() == Some(&why) {
        return Ok(Reply::Nothing);
    }
    draft.release_event(release, ReleaseEvent::ImagesUnresolved { why: why.clone() });
    let key = Key::join(&[&release, &"images", &draft.now.timestamp_millis()]);
    let news = match tail {
        None => News::ImagesUnresolved { version, why },
        Some(tail) => {
            let tail = tail[tail.len().saturating_sub(TAIL)..].to_vec();
            News::BuildFailed { version, why, tail }
        }
    };
    draft.tell(release, key, vec![requester], news);
    Ok(Reply::Nothing)
}

pub(super) fn tick(
    draft: &mut Draft,
    by: &Person,
    release: ReleaseId,
    item: u32,
    mark: Option<&Mark>,
) -> Decided {
    let it = draft.require_open(release)?;
    let settled = it.checklist.get(&item).map(|it| it.mark.clone());
    let policy = draft.require_policy(&it.app)?;
    let count = u32::try_from(policy.checklist.len()).unwrap_or(u32::MAX);
    let index = (item as usize).checked_sub(1);
    let Some(wanted) = index.and_then(|index| policy.checklist.get(index)) else {
        return Err(Refusal::UnknownItem { item, count });
    };
    let role = match &wanted.by {
        Settler::Role(role) => role.clone(),
        Settler::Checks(checks) => {
            let checks = checks.iter().cloned().collect();
            return Err(Refusal::AutomaticItem { checks });
        }
    };
    let for_people = policy.checklist.iter().filter_map(Item::role).count();
    if !draft.world.settings.roles_of(by).contains(&role) {
        let people = draft.holders([&role]);
        return Err(Refusal::NotYourItem { role, people });
    }
    let mark = match mark {
        Some(Mark::NotApplicable { reason }) => Some(Mark::NotApplicable {
            reason: text("the reason", reason)?,
        }),
        Some(Mark::Done) => Some(Mark::Done),
        None => None,
    };
    if settled != mark {
        draft.release_event(
            release,
            ReleaseEvent::Ticked {
                item,
                mark,
                by: by.clone(),
            },
        );
    }
    let settled = draft.require_release(release)?.checklist.len();
    let open = u32::try_from(for_people.saturating_sub(settled)).unwrap_or(u32::MAX);
    Ok(Reply::Ticked {
        release,
        item,
        open,
    })
}

/// How many notes a release takes.
const MAX_NOTES: usize = 200;

/// Keeps something with a release. What was said in one place is kept once.
pub(super) fn note(
    draft: &mut Draft,
    by: &Person,
    release: ReleaseId,
    (words, link): (&str, Option<&str>),
) -> Decided {
    let it = draft.require_open(release)?;
    let is_kept = link.is_some() && it.notes.iter().any(|note| note.link.as_deref() == link);
    if is_kept {
        return Ok(Reply::Noted { release });
    }
    if it.notes.len() >= MAX_NOTES {
        return Err(Refusal::TooMany {
            what: "notes of this release",
            limit: MAX_NOTES,
        });
    }
    let words = text("the note", words)?;
    let link = link.map(|it| text("the link", it)).transpose()?;
    draft.release_event(
        release,
        ReleaseEvent::Noted {
            by: by.clone(),
            text: words,
            link,
        },
    );
    Ok(Reply::Noted { release })
}

pub(super) fn cancel(draft: &mut Draft, by: &Person, release: ReleaseId, why: &str) -> Decided {
    let it = draft.require_open(release)?;
    let app = it.app.clone();
    let why = text("the reason", why)?;
    // Whoever asked for it may give it up, whatever their role.
    if it.requester != *by {
        draft.require_policy(&app)?;
        draft.require(by, Action::Cancel)?;
    }
    let environments = draft.world.environments.values();
    environments
        .filter(|it| it.active().is_some_and(|it| it.release == release))
        .try_for_each(|it| draft.require_idle(&it.id.env))?;
    let starting = draft.require_open(release)?.stages.iter();
    let starting = starting.filter(|(_, stage)| stage.starting.is_some());
    let starting: Vec<EnvName> = starting.map(|(env, _)| env.clone()).collect();
    for env in starting {
        draft.let_sleep(Timer::StartDeadline { release, env });
    }
    draft.release_event(
        release,
        ReleaseEvent::Cancelled {
            by: by.clone(),
            why: why.clone(),
        },
    );
    super::checkpoint::wanted(draft, release);
    super::consent::void_open_asks(draft, release, &format!("the release was cancelled: {why}"));
    super::plan::forget(draft, release);
    Ok(Reply::Cancelled { release })
}
