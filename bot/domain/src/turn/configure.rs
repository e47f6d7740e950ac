//! The team's policy changes: what people consented to under the old one is asked again.

use super::Decided;
use super::consent;
use super::draft::Draft;
use crate::event::{ApplicationEvent, Event, ReleaseEvent};
use crate::ids::{AppId, ReleaseId};
use crate::policy::Pinned;
use crate::refusal::Refusal;
use crate::reply::Reply;
use crate::world::StreamId;

pub(super) fn adopt(draft: &mut Draft, pinned: &Pinned) -> Reply {
    let known = draft
        .world
        .application
        .as_ref()
        .and_then(|it| it.pinned.as_ref());
    if known.is_some_and(|it| it.hash == pinned.hash) {
        return Reply::PolicyAdopted { asks_voided: 0 };
    }
    let app = pinned.policy.app.clone();
    let adopted = ApplicationEvent::PolicyAdopted {
        pinned: Box::new(pinned.clone()),
    };
    draft.record(
        StreamId::Application(app.clone()),
        Event::Application(adopted),
    );
    let mut asks_voided = 0;
    for release in open_releases(draft, &app) {
        let why = "the policy changed";
        asks_voided += consent::void_open_asks(draft, release, why);
        let policy = pinned.hash.clone();
        draft.release_event(release, ReleaseEvent::PolicyChanged { policy });
        super::origin::wanted(draft, release);
    }
    Reply::PolicyAdopted { asks_voided }
}

pub(super) fn remove(draft: &mut Draft, app: &AppId) -> Decided {
    let releases = open_releases(draft, app);
    if !releases.is_empty() {
        return Err(Refusal::OpenReleases {
            app: app.clone(),
            releases,
        });
    }
    // What is over may still be on its way back.
    { draft.world.environments.keys() }.try_for_each(|it| draft.require_idle(it))?;
    if draft.policy().is_none() {
        return Err(Refusal::Stale {
            what: "the application is gone already",
        });
    }
    let removed = Event::Application(ApplicationEvent::Removed);
    draft.record(StreamId::Application(app.clone()), removed);
    Ok(Reply::Nothing)
}

fn open_releases(draft: &Draft, app: &AppId) -> Vec<ReleaseId> {
    let releases = draft.world.releases.values();
    releases
        .filter(|it| it.app == *app && it.is_open())
        .map(|it| it.id)
        .collect()
}
