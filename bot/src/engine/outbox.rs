//! Carries out what is owed: each thing by itself, so that one slow platform or
//! one doubtful message holds up nothing else.

mod redraw;
pub(super) mod sweep;
mod talk;
mod work;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use shipbell_domain::Effect;
use shipbell_domain::effect::CardId;
use shipbell_domain::ids::Surface;
use shipbell_storage::{Owed, OwedId};

use super::hub::Hub;
use super::news::News;

/// How many things a platform, or all that no platform shows, are looked at in one round.
const BATCH: usize = 512;
/// How many things a lane are carried out at once: those of a platform that is slow
/// or away wait, and with them only what else is owed to it.
const AT_ONCE: usize = 8;
/// How many releases are pinned at once: their images may have to be built.
const PINNED_AT_ONCE: usize = 2;
/// The pause after the database did not answer, and for what must wait for another message.
const AGAIN: Duration = Duration::from_secs(1);

/// What waits for one another: a reading before a deploy for no build, and nothing for a
/// platform that is away.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Lane {
    Platform(Surface),
    Images,
    Others,
}

/// What is being carried out, and what must wait.
#[derive(Default)]
struct Desk {
    at_work: BTreeMap<OwedId, Lane>,
    not_before: BTreeMap<OwedId, DateTime<Utc>>,
}

pub(super) async fn run(hub: Arc<Hub>) {
    let desk = Arc::new(Mutex::new(Desk::default()));
    let mut news = News::of(&hub);
    while hub.halted().is_none() {
        news.look(&hub);
        let now = hub.time().await;
        let Ok(owed) = hub.ports.store.owed(now, BATCH).await else {
            hub.pause(AGAIN).await;
            continue;
        };
        for owed in owed {
            if take(&desk, (&owed.id, lane(&owed)), now) {
                let (hub, desk) = (Arc::clone(&hub), Arc::clone(&desk));
                let spawn = Arc::clone(&hub.ports.spawn);
                spawn.spawn("effect", Box::pin(carry_out(hub, desk, owed)));
            }
        }
        for card in hub.live.due(now) {
            hub.live.drawn(&card, now);
            redraw(&hub, &desk, &card, now);
        }
        let next = next_look(&hub, &desk, now).await;
        news.wait(&hub, next).await;
    }
}

async fn carry_out(hub: Arc<Hub>, desk: Arc<Mutex<Desk>>, owed: Owed) {
    let id = owed.id.clone();
    let wait = match &id.surface {
        Some(surface) => talk::deliver(&hub, surface, owed).await,
        None => work::perform(&hub, owed).await,
    };
    put_back(&hub, &desk, id, wait);
}

/// Draws a card anew wherever nobody is at it.
fn redraw(hub: &Arc<Hub>, desk: &Arc<Mutex<Desk>>, card: &CardId, now: DateTime<Utc>) {
    for surface in hub.surfaces() {
        let id = redraw::name(&surface, card);
        let lane = Lane::Platform(surface.clone());
        if !take(desk, (&id, lane), now) {
            hub.live.missed(card);
            continue;
        }
        let (hub, desk, card) = (Arc::clone(hub), Arc::clone(desk), card.clone());
        let spawn = Arc::clone(&hub.ports.spawn);
        let task = async move {
            let wait = redraw::redraw(&hub, &id, &card).await;
            put_back(&hub, &desk, id, wait);
        };
        spawn.spawn("effect", Box::pin(task));
    }
}

fn put_back(hub: &Hub, desk: &Mutex<Desk>, id: OwedId, wait: Option<DateTime<Utc>>) {
    let mut desk = lock(desk);
    desk.at_work.remove(&id);
    if let Some(until) = wait {
        desk.not_before.insert(id, until);
    }
    drop(desk);
    hub.stir();
}

/// Takes one thing, unless it is being carried out, must wait, or enough is going on
/// in its lane.
fn take(desk: &Mutex<Desk>, (id, lane): (&OwedId, Lane), now: DateTime<Utc>) -> bool {
    let mut desk = lock(desk);
    let most = match lane {
        Lane::Platform(_) | Lane::Others => AT_ONCE,
        Lane::Images => PINNED_AT_ONCE,
    };
    let in_lane = |it: &&Lane| **it == lane;
    let full = desk.at_work.values().filter(in_lane).count() >= most;
    let taken = desk.at_work.contains_key(id);
    if full || taken || desk.not_before.get(id).is_some_and(|at| *at > now) {
        return false;
    }
    desk.not_before.remove(id);
    desk.at_work.insert(id.clone(), lane);
    true
}

fn lane(owed: &Owed) -> Lane {
    match (&owed.id.surface, &owed.effect) {
        (Some(surface), _) => Lane::Platform(surface.clone()),
        (None, Effect::PinImages { .. }) => Lane::Images,
        (
            None,
            Effect::Card { .. }
            | Effect::Say { .. }
            | Effect::ReadStanding { .. }
            | Effect::ReadChecks { .. }
            | Effect::LookAhead { .. }
            | Effect::LookAt { .. }
            | Effect::Checkpoint { .. },
        ) => Lane::Others,
    }
}

/// When to look again: something new is owed, or something need not wait any longer.
async fn next_look(hub: &Hub, desk: &Mutex<Desk>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let stored = match hub.ports.store.next_owed().await {
        // What is due already is at work or waits here: its end stirs the loop.
        Ok(next) => next.filter(|at| *at > now),
        Err(_) => Some(now + AGAIN),
    };
    let mut desk = lock(desk);
    desk.not_before.retain(|_, at| *at > now);
    let waiting = desk.not_before.values().copied().min();
    drop(desk);
    let live = hub.live.next();
    [stored, waiting, live].into_iter().flatten().min()
}

fn lock(desk: &Mutex<Desk>) -> std::sync::MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use shipbell_domain::ids::Key;

    use super::*;

    #[test]
    fn a_platform_that_is_slow_holds_up_nothing_else() {
        let (desk, now) = (Mutex::<Desk>::default(), DateTime::UNIX_EPOCH);
        let id = |number: usize, surface: Option<&str>| OwedId {
            key: Key::new(format!("say/{number}")).unwrap(),
            surface: surface.map(|it| Surface::new(it).unwrap()),
        };
        let takes = |number: usize, surface: Option<&str>| {
            let lane = match surface {
                Some(it) => Lane::Platform(Surface::new(it).unwrap()),
                None => Lane::Others,
            };
            take(&desk, (&id(number, surface), lane), now)
        };
        for number in 0..AT_ONCE {
            assert!(takes(number, Some("slack")));
        }
        assert!(!takes(0, Some("slack")), "it is at work");
        assert!(!takes(AT_ONCE, Some("slack")), "enough is going on there");
        assert!(takes(0, Some("web")));
        let pin = |number| take(&desk, (&id(number, None), Lane::Images), now);
        assert!(pin(100) && pin(101) && !pin(102), "two builds at once");
        assert!(takes(0, None), "a reading before a deploy");
        lock(&desk).at_work.remove(&id(0, Some("slack")));
        assert!(takes(AT_ONCE, Some("slack")));
    }
}
