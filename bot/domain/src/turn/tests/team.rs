//! A team with one application, and a store that shows a decision exactly what it asked for.

mod acts;
mod setting;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

pub(super) use self::acts::{cut_off, failed, image, new, reaction, succeeded};
pub(super) use self::setting::{
    app, at, check, env_id, env_name, length, person, pinned, quorum, role, segment, service,
    version,
};
use crate::ask::{Ask, AskId, Phase};
use crate::calendar::Length;
use crate::command::{Command, Configure, Report, Wish};
use crate::effect::Effect;
use crate::environment::Environment;
use crate::event::{Event, Recorded};
use crate::history::Loss;
use crate::ids::{IncidentId, Person, ReleaseId};
use crate::incident::Incident;
use crate::notice::News;
use crate::origin::Sighting;
use crate::policy::Pinned;
use crate::refusal::Refusal;
use crate::release::Release;
use crate::reply::Reply;
use crate::settings::Settings;
use crate::timer::{Timer, TimerChange};
use crate::turn::turn;
use crate::world::{Fold, Needs, StreamId, World, needs};

pub(super) type Said = Result<Reply, Refusal>;

/// ana and dan manage releases, bo is an engineer, chloe owns the product, eve may only look.
pub(super) struct Team {
    pub(super) settings: Settings,
    pub(super) now: DateTime<Utc>,
    pub(super) log: Vec<Recorded>,
    pub(super) timers: BTreeMap<Timer, DateTime<Utc>>,
    /// Everything owed so far.
    pub(super) owed: Vec<Effect>,
    folds: BTreeMap<StreamId, Fold>,
    /// What stands on the asks where people chat, whatever the bot has heard of it.
    marks: BTreeMap<AskId, (BTreeSet<Person>, BTreeSet<Person>)>,
    /// What is read of the commit before a start.
    pub(super) sighting: Sighting,
    /// What the last move did.
    last: Last,
}

#[derive(Default)]
struct Last {
    events: Vec<Event>,
    effects: Vec<Effect>,
}

impl Team {
    pub(super) fn says(&mut self, by: &str, wish: Wish) -> Said {
        self.put(&Command::Wish {
            by: person(by),
            wish,
        })
    }

    pub(super) fn world_says(&mut self, report: Report) -> Said {
        self.put(&Command::Report(report))
    }

    pub(super) fn adopts(&mut self, pinned: Pinned) -> Said {
        self.put(&Command::Configure(Configure::Adopt(Box::new(pinned))))
    }

    pub(super) fn configures(&mut self, configure: Configure) -> Said {
        self.put(&Command::Configure(configure))
    }

    pub(super) fn accepts(&mut self, loss: Loss, by: Option<&str>) -> Said {
        self.put(&Command::AcceptLoss {
            loss: Box::new(loss),
            by: by.map(person),
        })
    }

    /// A wake-up comes, whether it was asked for or not.
    pub(super) fn timer(&mut self, timer: Timer) -> Said {
        self.timers.remove(&timer);
        self.put(&Command::Due(timer))
    }

    /// Time passes, and every wake-up that comes due is heard. Gives how many were.
    pub(super) fn wait(&mut self, length: &str) -> usize {
        let until = self.now + Length::parse(length).unwrap().delta();
        let mut heard = 0;
        while let Some((timer, due)) = self.next_due(until) {
            self.now = self.now.max(due);
            self.timers.remove(&timer);
            let _stale = self.decide(&Command::Due(timer));
            heard += 1;
            assert!(heard < 3000, "wake-ups without an end");
        }
        self.now = until.max(self.now);
        heard
    }

    /// Time passes while the bot is away: nothing is heard until it is back.
    pub(super) fn is_away_for(&mut self, length: &str) {
        self.now += Length::parse(length).unwrap().delta();
        self.wait("1s");
    }

    // What stands.

    pub(super) fn release(&self, release: ReleaseId) -> &Release {
        match &self.folds[&StreamId::Release(release)] {
            Fold::Release(it) => it,
            _ => panic!("not a release"),
        }
    }

    pub(super) fn environment(&self, env: &str) -> &Environment {
        match &self.folds[&StreamId::Environment(env_id(env))] {
            Fold::Environment(it) => it,
            _ => panic!("not an environment"),
        }
    }

    pub(super) fn incident(&self, number: u32) -> &Incident {
        match &self.folds[&StreamId::Incident(IncidentId(number))] {
            Fold::Incident(it) => it,
            _ => panic!("not an incident"),
        }
    }

    pub(super) fn incidents(&self) -> usize {
        self.folds
            .keys()
            .filter(|it| matches!(it, StreamId::Incident(_)))
            .count()
    }

    /// The ask that is open now.
    pub(super) fn ask(&self, release: ReleaseId, env: &str, phase: Phase) -> Option<&Ask> {
        self.release(release).ask(&env_name(env), phase)
    }

    pub(super) fn runs(&self, env: &str) -> String {
        let current = self.environment(env).current();
        current.map_or_else(
            || "nothing".to_owned(),
            |it| it.manifest.version.to_string(),
        )
    }

    pub(super) fn has_timer(&self, wanted: impl Fn(&Timer) -> bool) -> bool {
        self.timers.keys().any(wanted)
    }

    // What the last move did.

    pub(super) fn did(&self) -> Vec<&'static str> {
        self.last.events.iter().map(Event::kind).collect()
    }

    pub(super) fn events(&self) -> &[Event] {
        &self.last.events
    }

    pub(super) fn effects(&self) -> &[Effect] {
        &self.last.effects
    }

    pub(super) fn news(&self) -> Vec<&News> {
        told(&self.last.effects)
    }

    /// Everything that was ever told.
    pub(super) fn all_news(&self) -> Vec<&News> {
        told(&self.owed)
    }

    /// How often something of this kind happened.
    pub(super) fn count(&self, kind: &str) -> usize {
        self.log.iter().filter(|it| it.event.kind() == kind).count()
    }

    /// Everything that happened, folded from the beginning.
    pub(super) fn refolded(&self) -> BTreeMap<StreamId, Fold> {
        let mut folds: BTreeMap<StreamId, Fold> = BTreeMap::new();
        for Recorded { stream, at, event } in &self.log {
            fold(&mut folds, stream, event, *at);
        }
        folds
    }

    pub(super) fn folds(&self) -> &BTreeMap<StreamId, Fold> {
        &self.folds
    }

    /// Everything the needs name and nothing else, as the store gathers it.
    pub(super) fn load(&self, needs: &Needs) -> World {
        let mut world = World::empty(Arc::new(self.settings.clone()));
        let mut app = needs.app.clone();
        let mut concerned: Vec<ReleaseId> = Vec::new();
        let mut streams = vec![StreamId::Agenda];
        streams.extend(needs.release.map(StreamId::Release));
        streams.extend(needs.incident.map(StreamId::Incident));
        for fold in streams.iter().filter_map(|it| self.folds.get(it)) {
            app = app.or(match fold {
                Fold::Release(it) => Some(it.app.clone()),
                Fold::Incident(it) => it.environment.as_ref().map(|it| it.app.clone()),
                Fold::Application(_) | Fold::Environment(_) | Fold::Agenda(_) => None,
            });
            if let Fold::Incident(it) = fold {
                concerned.extend(it.release);
            }
        }
        if let Some(Fold::Agenda(agenda)) = self.folds.get(&StreamId::Agenda) {
            app = app.or_else(|| needs.app_in(agenda));
        }
        streams.extend(app.clone().map(StreamId::Application));
        for (stream, fold) in &self.folds {
            match (stream, fold) {
                (StreamId::Environment(id), Fold::Environment(it))
                    if Some(&id.app) == app.as_ref() =>
                {
                    streams.push(stream.clone());
                    concerned.extend(it.releases_concerned());
                }
                (StreamId::Release(id), Fold::Release(it)) if Some(&it.app) == app.as_ref() => {
                    let called = needs.version.as_ref() == Some(&it.version);
                    if called || (needs.open_releases && it.is_open()) {
                        concerned.push(*id);
                    }
                }
                _ => {}
            }
        }
        streams.extend(concerned.into_iter().map(StreamId::Release));
        for stream in streams {
            if let Some(fold) = self.folds.get(&stream) {
                world.place(&stream, fold.clone());
            }
        }
        let count = |of: fn(&StreamId) -> bool| self.folds.keys().filter(|it| of(it)).count();
        let releases = count(|it| matches!(it, StreamId::Release(_)));
        let incidents = count(|it| matches!(it, StreamId::Incident(_)));
        world.next_release = ReleaseId(u32::try_from(releases).unwrap() + 1);
        world.next_incident = IncidentId(u32::try_from(incidents).unwrap() + 1);
        world
    }

    pub(super) fn put(&mut self, command: &Command) -> Said {
        self.now += TimeDelta::seconds(1);
        self.decide(command)
    }

    fn next_due(&self, until: DateTime<Utc>) -> Option<(Timer, DateTime<Utc>)> {
        let due = self.timers.iter().filter(|(_, due)| **due <= until);
        due.min_by_key(|(_, due)| **due)
            .map(|(timer, due)| (timer.clone(), *due))
    }

    fn decide(&mut self, command: &Command) -> Said {
        self.last = Last::default();
        let world = self.load(&needs(command));
        let done = turn(world, command, self.now)?;
        for (stream, event) in &done.events {
            fold(&mut self.folds, stream, event, self.now);
            let (stream, event) = (stream.clone(), event.clone());
            self.last.events.push(event.clone());
            self.log.push(Recorded {
                stream,
                at: self.now,
                event,
            });
        }
        self.world_is_what_happened(&done.world);
        for change in done.timers {
            match change {
                TimerChange::Set(timer, at) => self.timers.insert(timer, at),
                TimerChange::Cancel(timer) => self.timers.remove(&timer),
            };
        }
        self.owed.extend(done.effects.iter().cloned());
        self.last.effects = done.effects;
        Ok(done.reply)
    }

    /// The world a move leaves is the one its events add up to.
    fn world_is_what_happened(&self, world: &World) {
        for (id, it) in &world.releases {
            assert_eq!(
                Some(it),
                self.folds.get(&StreamId::Release(*id)).map(|it| match it {
                    Fold::Release(it) => it,
                    _ => panic!("not a release"),
                })
            );
        }
        for it in world.environments.values() {
            assert_eq!(&**it, self.environment(it.id.env.as_str()));
        }
        for (id, it) in &world.incidents {
            assert_eq!(&**it, self.incident(id.0));
        }
    }
}

fn told(effects: &[Effect]) -> Vec<&News> {
    let news = effects.iter().filter_map(|it| match it {
        Effect::Say { notice, .. } => Some(&notice.news),
        _ => None,
    });
    news.collect()
}

fn fold(folds: &mut BTreeMap<StreamId, Fold>, stream: &StreamId, event: &Event, at: DateTime<Utc>) {
    if let Some(known) = folds.get_mut(stream) {
        return known.evolve(event, at);
    }
    let new = Fold::begin(stream, event, at).expect("a first event");
    folds.insert(stream.clone(), new);
}
