//! Gathers the world a decision needs: the same rule over every backend.

use std::collections::BTreeSet;
use std::sync::Arc;

use shipbell_domain::ids::ReleaseId;
use shipbell_domain::settings::Settings;
use shipbell_domain::{Fold, Needs, StreamId, World};

use crate::StoreError;
use crate::shelf::{Kept, Shelf, app_of};

/// Everything these needs name, as it stands.
///
/// A release brings its application, an incident that of its environment, an
/// application its environments, and these the releases they are busy with.
pub(crate) fn world<S: Shelf>(
    shelf: &mut S,
    needs: &Needs,
    settings: Arc<Settings>,
) -> Result<World, StoreError> {
    let mut world = World::empty(settings);
    (world.next_release, world.next_incident) = shelf.next()?;
    let mut app = needs.app.clone();
    let mut concerned = BTreeSet::new();

    let mut named = vec![StreamId::Agenda];
    named.extend(needs.release.map(StreamId::Release));
    named.extend(needs.incident.map(StreamId::Incident));
    for (stream, kept) in shelf.folds(named)? {
        app = app.or_else(|| app_of(&stream, &kept.fold));
        concerned.extend(concerns(&kept.fold));
        place(&mut world, &stream, kept);
    }
    // A window or a freeze says which application it is of.
    app = app.or_else(|| needs.app_in(&world.agenda));

    if let Some(app) = &app {
        let mut streams = vec![StreamId::Application(app.clone())];
        streams.extend(
            shelf
                .environments(app)?
                .into_iter()
                .map(StreamId::Environment),
        );
        for (stream, kept) in shelf.folds(streams)? {
            concerned.extend(concerns(&kept.fold));
            place(&mut world, &stream, kept);
        }
        if needs.open_releases {
            concerned.extend(shelf.open_releases(app)?);
        }
        if let Some(version) = &needs.version {
            concerned.extend(shelf.release_called(app, version)?);
        }
    }

    concerned.retain(|release| !world.releases.contains_key(release));
    if !concerned.is_empty() {
        let streams = concerned.into_iter().map(StreamId::Release).collect();
        for (stream, kept) in shelf.folds(streams)? {
            place(&mut world, &stream, kept);
        }
    }
    Ok(world)
}

/// The releases somebody deciding about a fold must see.
fn concerns(fold: &Fold) -> Vec<ReleaseId> {
    match fold {
        Fold::Environment(it) => it.releases_concerned(),
        Fold::Incident(it) => it.release.into_iter().collect(),
        Fold::Application(_) | Fold::Release(_) | Fold::Agenda(_) => Vec::new(),
    }
}

fn place(world: &mut World, stream: &StreamId, kept: Kept) {
    world.place(stream, kept.fold);
}
