//! What stands, read for those who show it or compare words with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use shipbell_adapters::chat::{Card, Span, UserId};
use shipbell_domain::effect::CardId;
use shipbell_domain::ids::{Person, ReleaseId, Surface};
use shipbell_domain::notice::Notice;
use shipbell_domain::release::Release;
use shipbell_domain::{Fold, Needs, StreamId, World};
use shipbell_storage::StoreError;

use super::hub::Hub;
use super::past;
use crate::chatops::vocabulary::Vocabulary;
use crate::render::{self, Dialect, View};

/// How many open things, and how many releases of the past, are read.
const OPEN: usize = 1000;
const PAST: usize = 50;

/// Everything words can refer to.
pub async fn vocabulary(hub: &Hub, surface: &Surface) -> Result<Vocabulary, StoreError> {
    let store = &hub.ports.store;
    let mut vocabulary = Vocabulary {
        settings: hub.settings(),
        apps: hub.setup().policies.clone(),
        environments: Vec::new(),
        releases: Vec::new(),
        incidents: Vec::new(),
        agenda: Arc::default(),
        accounts: accounts(hub, surface),
    };
    let past = store.releases(None, PAST).await?;
    let open = store.open_folds(None, OPEN).await?;
    for fold in past
        .into_iter()
        .chain(open.into_iter().map(|(_, fold)| fold))
    {
        match fold {
            Fold::Release(it) => vocabulary.releases.push(it),
            Fold::Environment(it) => vocabulary.environments.push(it),
            Fold::Incident(it) => vocabulary.incidents.push(it),
            Fold::Agenda(it) => vocabulary.agenda = it,
            Fold::Application(_) => {}
        }
    }
    vocabulary.releases.sort_by_key(|it| it.id);
    vocabulary.releases.dedup_by_key(|it| it.id);
    vocabulary.incidents.sort_by_key(|it| it.id);
    Ok(vocabulary)
}

/// The accounts of a platform, as mentions name them.
fn accounts(hub: &Hub, surface: &Surface) -> BTreeMap<String, Person> {
    let setup = hub.setup();
    let here = setup.identities.iter().filter(|((on, _), _)| on == surface);
    here.map(|((_, user), person)| (user.to_string(), person.clone()))
        .collect()
}

/// Draws a card from what stands now, for one platform.
pub(super) async fn card(
    hub: &Hub,
    surface: &Surface,
    card: &CardId,
) -> Result<Option<Card>, String> {
    let world = world(hub, card).await.map_err(|error| error.to_string())?;
    let dialect = dialect(hub, surface);
    let said = hub.live.said(card);
    Ok(render::card(
        card,
        &View {
            world: &world,
            now: hub.now(),
            dialect: &dialect,
            said: said.as_ref(),
        },
    ))
}

/// Words for news, for one platform. The news is fixed; the names are today's.
pub(super) fn notice(hub: &Hub, surface: &Surface, notice: &Notice) -> Card {
    let world = World::empty(hub.settings());
    let dialect = dialect(hub, surface);
    render::notice(
        notice,
        &View {
            world: &world,
            now: hub.now(),
            dialect: &dialect,
            said: None,
        },
    )
}

/// How people are called on a platform.
pub(super) fn dialect(hub: &Hub, surface: &Surface) -> Dialect {
    let (setup, on) = (hub.setup(), surface.clone());
    let mention = move |person: &Person| {
        let name = setup.settings.name_of(person);
        let mut accounts = setup.identities.iter();
        let account = accounts.find(|((there, _), of)| *there == on && *of == person);
        match account {
            Some(((_, user), _)) => Span::Mention {
                user: UserId::clone(user),
                name,
            },
            None => Span::Plain(name),
        }
    };
    let command = match surface.as_str() {
        "terminal" => "shipbell release",
        _ => "/release",
    };
    Dialect {
        mention: Box::new(mention),
        command: command.to_owned(),
    }
}

/// A release by itself; none if it cannot be read.
pub(super) async fn release(hub: &Hub, release: ReleaseId) -> Option<Arc<Release>> {
    match hub.ports.store.fold(&StreamId::Release(release)).await {
        Ok(Some(Fold::Release(release))) => Some(release),
        Ok(_) | Err(_) => None,
    }
}

/// What stands around a release.
pub(super) async fn of_release(hub: &Hub, release: ReleaseId) -> Result<World, StoreError> {
    let needs = Needs {
        release: Some(release),
        ..Needs::default()
    };
    hub.ports.store.world(&needs, hub.settings()).await
}

async fn world(hub: &Hub, card: &CardId) -> Result<World, StoreError> {
    let of_release = |release| Needs {
        release: Some(release),
        ..Needs::default()
    };
    let needs = match card {
        CardId::Announcement { release, .. }
        | CardId::Release { release }
        | CardId::Progress { release, .. }
        | CardId::Evidence { release, .. }
        | CardId::Watch { release, .. } => of_release(*release),
        CardId::Ask { ask } => of_release(ask.release),
        CardId::Incident { incident } => Needs {
            incident: Some(*incident),
            ..Needs::default()
        },
    };
    let mut world = hub.ports.store.world(&needs, hub.settings()).await?;
    past::back_to(hub, card, &mut world).await?;
    Ok(world)
}
