//! One team's Friday, told by events: what tests of words and cards look at.

mod later;
mod team;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use shipbell_domain::ask::{AskId, Phase, Source, Vote};
use shipbell_domain::attempt::AttemptKind;
use shipbell_domain::calendar::Length;
use shipbell_domain::event::{
    AgendaEvent, ApplicationEvent, EnvironmentEvent, Evidence, IncidentEvent, Outcome,
    ReleaseEvent, StageResult,
};
use shipbell_domain::ids::{
    AppId, EnvId, EnvName, Hash, IncidentId, Key, Person, ReleaseId, Role, Version,
};
use shipbell_domain::release::Mark;
use shipbell_domain::{Event, StreamId, World};

use super::Vocabulary;
use team::{manifest, motorsport, policy, settings, work};

/// The release the day is about.
pub(crate) const RELEASE: ReleaseId = ReleaseId(142);

/// A time on Friday 20 November 2026 in Paris.
pub(crate) fn at(time: &str) -> DateTime<Utc> {
    format!("2026-11-20T{time}:00+01:00").parse().unwrap()
}

pub(crate) fn person(name: &str) -> Person {
    Person::new(name).unwrap()
}

pub(crate) fn role(name: &str) -> Role {
    Role::new(name).unwrap()
}

pub(crate) fn env(name: &str) -> EnvName {
    EnvName::new(name).unwrap()
}

pub(crate) fn app() -> AppId {
    AppId::new("rapid-audit").unwrap()
}

pub(crate) fn place(name: &str) -> EnvId {
    EnvId {
        app: app(),
        env: env(name),
    }
}

pub(crate) fn version(name: &str) -> Version {
    Version::new(name).unwrap()
}

pub(crate) fn length(text: &str) -> Length {
    Length::parse(text).unwrap()
}

/// Everything there is at 13:55: rapid-audit waits for the product owner; motorsport is idle.
pub(crate) fn vocabulary() -> Vocabulary {
    of_world(&Day::waiting().world)
}

/// The same with only the one application that the world is about.
pub(crate) fn of_world(world: &World) -> Vocabulary {
    let pinned = world
        .application
        .as_ref()
        .and_then(|it| it.pinned.clone())
        .unwrap();
    Vocabulary {
        settings: Arc::clone(&world.settings),
        apps: vec![pinned, motorsport()],
        environments: world.environments.values().cloned().collect(),
        releases: world.releases.values().cloned().collect(),
        incidents: world.incidents.values().cloned().collect(),
        agenda: world.agenda.clone(),
        accounts: BTreeMap::from([("U1".to_owned(), person("ana"))]),
    }
}

/// A day as it goes on.
pub(crate) struct Day {
    pub(crate) world: World,
}

impl Day {
    /// Nothing but what ran there before.
    pub(crate) fn begins() -> Self {
        let mut day = Self {
            world: World::empty(Arc::new(settings())),
        };
        let pinned = Box::new(policy());
        let adopted = Event::Application(ApplicationEvent::PolicyAdopted { pinned });
        day.tell(&StreamId::Application(app()), &adopted, "09:00");
        day.opens(ReleaseId(139), "2026.11.17-1", "09:01");
        day.opens(ReleaseId(140), "2026.11.18-2", "09:02");
        for (release, number) in [(ReleaseId(139), 6), (ReleaseId(140), 7)] {
            day.starts(release, "production", number, "09:10");
            day.works_well("production", "09:11");
            day.verifies(release, "production", number, "09:17");
            day.release(release, ReleaseEvent::Done, "09:30");
        }
        day
    }

    /// In staging, the first of two people has signed off for production.
    pub(crate) fn waiting() -> Self {
        let mut day = Self::begins();
        day.opens(RELEASE, "2026.11.20-1", "13:20");
        for item in 1..=3 {
            let (mark, by) = (Some(Mark::Done), person("bo"));
            day.release(RELEASE, ReleaseEvent::Ticked { item, mark, by }, "13:25");
        }
        day.starts(RELEASE, "staging", 3, "13:36");
        day.works_well("staging", "13:37");
        day.verifies(RELEASE, "staging", 3, "13:38");
        let ask = day.ask();
        let quorum = policy().policy.environments[1].signoff.clone();
        day.release(
            RELEASE,
            ReleaseEvent::AskOpened {
                ask: ask.clone(),
                quorum,
            },
            "13:41",
        );
        day.votes("ana", Vote::Yes, "13:52");
        let why = "not product-owner or release-manager".to_owned();
        let ignored = ReleaseEvent::VoteIgnored {
            ask,
            by: person("kai"),
            why,
        };
        day.release(RELEASE, ignored, "13:53");
        day
    }

    /// Everybody consented.
    pub(crate) fn ready() -> Self {
        let mut day = Self::waiting();
        day.votes("chloe", Vote::Yes, "13:58");
        day
    }

    /// The consent that is asked for production.
    pub(crate) fn ask(&self) -> AskId {
        let manifest = self.world.releases[&RELEASE]
            .manifest
            .as_ref()
            .unwrap()
            .hash();
        let (release, env, phase) = (RELEASE, env("production"), Phase::Signoff);
        AskId {
            release,
            env,
            phase,
            manifest,
            round: 1,
        }
    }

    pub(crate) fn votes(&mut self, by: &str, vote: Vote, time: &str) {
        let (ask, by, source) = (self.ask(), person(by), Source::Word);
        self.release(
            RELEASE,
            ReleaseEvent::Voted {
                ask,
                by,
                source,
                vote,
            },
            time,
        );
    }

    pub(crate) fn release(&mut self, id: ReleaseId, event: ReleaseEvent, time: &str) {
        self.tell(&StreamId::Release(id), &Event::Release(event), time);
    }

    pub(crate) fn environment(&mut self, name: &str, event: EnvironmentEvent, time: &str) {
        self.tell(
            &StreamId::Environment(place(name)),
            &Event::Environment(event),
            time,
        );
    }

    pub(crate) fn incident(&mut self, event: IncidentEvent, time: &str) {
        self.tell(
            &StreamId::Incident(IncidentId(7)),
            &Event::Incident(event),
            time,
        );
    }

    pub(crate) fn agenda(&mut self, event: AgendaEvent, time: &str) {
        self.tell(&StreamId::Agenda, &Event::Agenda(event), time);
    }

    /// A release of a version, with its images pinned.
    pub(crate) fn opens(&mut self, id: ReleaseId, name: &str, time: &str) {
        let opened = ReleaseEvent::Opened {
            release: id,
            app: app(),
            version: version(name),
            requester: person("bo"),
            references: BTreeMap::new(),
            commit: None,
            note: None,
            ticket: None,
            policy: policy().hash,
            builds: BTreeMap::new(),
        };
        self.release(id, opened, time);
        let manifest = Box::new(manifest(name));
        self.release(id, ReleaseEvent::ManifestFixed { manifest }, time);
    }

    pub(crate) fn starts(&mut self, id: ReleaseId, name: &str, attempt: u32, time: &str) {
        let open = self.world.releases[&id].ask(&env(name), Phase::Signoff);
        let ask = open.map(|it| it.id.clone());
        self.release(
            id,
            ReleaseEvent::StageStarted {
                env: env(name),
                attempt,
                ask,
            },
            time,
        );
        let manifest = self.world.releases[&id].manifest.clone().unwrap();
        let started = EnvironmentEvent::AttemptStarted {
            attempt,
            key: Key::join(&[&place(name), &attempt]),
            fence: 1,
            kind: AttemptKind::Deploy,
            release: id,
            target: id,
            manifest: Box::new(manifest),
            work: work(),
            by: Some(person("ana")),
            over: None,
        };
        self.environment(name, started, time);
    }

    pub(crate) fn works_well(&mut self, name: &str, time: &str) {
        for index in 0..5 {
            let finding = |it: &str| Evidence {
                findings: vec![it.to_owned()],
                hash: Some(Hash::of([it.as_bytes()])),
                ..Evidence::default()
            };
            let evidence = if index < 2 {
                Evidence::default()
            } else {
                finding("200 in 84 ms")
            };
            self.works(name, index, Some(Outcome::Succeeded { evidence }), time);
        }
    }

    pub(crate) fn works(&mut self, name: &str, index: u32, end: Option<Outcome>, time: &str) {
        let attempt = self.world.environments[&env(name)].attempts;
        match end {
            None => {
                self.environment(name, EnvironmentEvent::WorkStarted { attempt, index }, time);
            }
            Some(outcome) => {
                let ended = EnvironmentEvent::WorkEnded {
                    attempt,
                    index,
                    outcome,
                };
                self.environment(name, ended, time);
            }
        }
    }

    pub(crate) fn verifies(&mut self, id: ReleaseId, name: &str, attempt: u32, time: &str) {
        self.environment(name, EnvironmentEvent::AttemptVerified { attempt }, time);
        let result = StageResult::Verified;
        self.release(
            id,
            ReleaseEvent::StageEnded {
                env: env(name),
                attempt,
                result,
            },
            time,
        );
    }

    fn tell(&mut self, stream: &StreamId, event: &Event, time: &str) {
        self.world.evolve(stream, event, at(time));
    }
}
