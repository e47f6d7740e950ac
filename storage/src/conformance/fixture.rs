//! Inputs with decisions made by hand.

pub(crate) mod history;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use shipbell_domain::attempt::{AttemptKind, FailureMode, Work};
use shipbell_domain::calendar::{Length, Zone};
use shipbell_domain::command::{Command, New, Report, Wish};
use shipbell_domain::effect::{CardId, Effect};
use shipbell_domain::event::{EnvironmentEvent, Event, ReleaseEvent};
use shipbell_domain::ids::{
    AppId, EnvId, EnvName, Hash, Key, Person, ReleaseId, ServiceName, Surface, Version,
};
use shipbell_domain::manifest::{Image, Manifest};
use shipbell_domain::settings::Settings;
use shipbell_domain::steps::{Pull, Step, StepKind};
use shipbell_domain::timer::{Timer, TimerChange};
use shipbell_domain::{Refusal, Reply, StreamId, Turn, World};

use crate::StoreError;
use crate::store::{Commit, Input, InputId, Settles, Store, Verdict};

/// What a decision made by hand comes to.
#[derive(Clone, Default)]
pub(crate) struct Done {
    pub(crate) events: Vec<(StreamId, Event)>,
    pub(crate) effects: Vec<Effect>,
    pub(crate) timers: Vec<TimerChange>,
}

type Does = Arc<dyn Fn(&World) -> Result<Done, Refusal> + Send + Sync>;

/// An input and what is decided about it.
#[derive(Clone)]
pub(crate) struct Move {
    pub(crate) input: Input,
    does: Does,
}

impl Move {
    /// A move with any decision; `name` tells it from the others of its commit.
    pub(crate) fn new(
        name: &str,
        does: impl Fn(&World) -> Result<Done, Refusal> + Send + Sync + 'static,
    ) -> Self {
        let command = Command::Report(Report::ImagesUnresolved {
            release: ReleaseId(1),
            why: name.to_owned(),
        });
        Self::on(command, does)
    }

    /// A move on this command.
    pub(crate) fn on(
        command: Command,
        does: impl Fn(&World) -> Result<Done, Refusal> + Send + Sync + 'static,
    ) -> Self {
        let actor = "test".to_owned();
        let input = Input {
            id: None,
            actor,
            command,
            settles: Settles::Nothing,
        };
        Self {
            input,
            does: Arc::new(does),
        }
    }

    /// What is decided about it.
    pub(crate) fn decide(&self, world: &World) -> Result<Done, Refusal> {
        (self.does)(world)
    }

    pub(crate) fn id(mut self, id: &str) -> Self {
        self.input.id = Some(InputId {
            source: "web".to_owned(),
            id: id.to_owned(),
        });
        self
    }

    pub(crate) fn settles(mut self, settles: Settles) -> Self {
        self.input.settles = settles;
        self
    }
}

/// Opens the next release of the shop, with its card.
pub(crate) fn open(version: &str) -> Move {
    let new = New {
        app: shop(),
        version: Version::new(version).unwrap(),
        images: BTreeMap::new(),
        commit: None,
        note: None,
        ticket: None,
    };
    let wish = Wish::New(new.clone());
    Move::on(
        Command::Wish {
            by: person("ana"),
            wish,
        },
        move |world| {
            let release = world.next_release;
            let opened = ReleaseEvent::Opened {
                release,
                app: new.app.clone(),
                version: new.version.clone(),
                requester: person("ana"),
                references: BTreeMap::new(),
                commit: None,
                note: None,
                ticket: None,
                policy: Hash::of([b"policy".as_slice()]),
                builds: BTreeMap::new(),
            };
            let effects = vec![card(release)];
            Ok(Done {
                effects,
                ..release_events(release, vec![opened])
            })
        },
    )
}

/// Notes something on a release.
pub(crate) fn note(release: u32, why: &str) -> Move {
    let (release, why) = (ReleaseId(release), why.to_owned());
    let command = Command::Report(Report::ImagesUnresolved {
        release,
        why: why.clone(),
    });
    Move::on(command, move |_| {
        Ok(release_events(
            release,
            vec![ReleaseEvent::ImagesUnresolved { why: why.clone() }],
        ))
    })
}

/// Wants effects and wake-ups, nothing else.
pub(crate) fn want(name: &str, effects: Vec<Effect>, timers: Vec<TimerChange>) -> Move {
    let done = Done {
        events: Vec::new(),
        effects,
        timers,
    };
    Move::new(name, move |_| Ok(done.clone()))
}

/// Records these events.
pub(crate) fn happen(name: &str, events: Vec<(StreamId, Event)>) -> Move {
    let done = Done {
        events,
        ..Done::default()
    };
    Move::new(name, move |_| Ok(done.clone()))
}

pub(crate) fn refuse(name: &str) -> Move {
    Move::new(name, |_| Err(Refusal::Stale { what: "by hand" }))
}

pub(crate) async fn commit(
    store: &impl Store,
    now: DateTime<Utc>,
    moves: Vec<Move>,
) -> Result<Vec<Verdict>, StoreError> {
    let inputs = moves.iter().map(|it| it.input.clone()).collect();
    let decide = move |world: World, command: &Command, _: DateTime<Utc>| {
        let chosen = moves
            .iter()
            .find(|it| it.input.command == *command)
            .unwrap();
        let Done {
            events,
            effects,
            timers,
        } = chosen.decide(&world)?;
        Ok(Turn {
            world,
            events,
            effects,
            timers,
            reply: Reply::Nothing,
        })
    };
    let surfaces = vec![surface("slack"), surface("web")];
    let commit = Commit {
        inputs,
        settings: settings(),
        surfaces,
        now,
        seed: [9; 32],
        decide: Arc::new(decide),
    };
    store.commit(commit).await
}

/// Commits one move that must be recorded.
pub(crate) async fn record(store: &impl Store, seconds: i64, one: Move) {
    let verdicts = commit(store, at(seconds), vec![one]).await.unwrap();
    assert!(
        matches!(verdicts.as_slice(), [Verdict::Recorded { .. }]),
        "{verdicts:?}"
    );
}

/// Another event in the place of a noted one.
pub(crate) fn forged(event: Event) -> Event {
    match event {
        Event::Release(ReleaseEvent::ImagesUnresolved { why }) => {
            Event::Release(ReleaseEvent::ImagesUnresolved {
                why: format!("{why}!"),
            })
        }
        other => panic!("{other:?} is not to be forged"),
    }
}

pub(crate) fn release_events(release: ReleaseId, events: Vec<ReleaseEvent>) -> Done {
    let of_it = |event| (StreamId::Release(release), Event::Release(event));
    Done {
        events: events.into_iter().map(of_it).collect(),
        ..Done::default()
    }
}

pub(crate) fn environment_events(events: Vec<EnvironmentEvent>) -> Vec<(StreamId, Event)> {
    let of_it = |event| (StreamId::Environment(staging()), Event::Environment(event));
    events.into_iter().map(of_it).collect()
}

pub(crate) fn started(attempt: u32) -> EnvironmentEvent {
    let pull = Pull {
        service: ServiceName::new("web").unwrap(),
    };
    let step = Step::new(StepKind::Pull(pull), Length::of_seconds(60).unwrap());
    EnvironmentEvent::AttemptStarted {
        attempt,
        key: Key::new(format!("shop/staging/{attempt}")).unwrap(),
        fence: attempt.into(),
        kind: AttemptKind::Deploy,
        release: ReleaseId(1),
        target: ReleaseId(1),
        manifest: Box::new(manifest()),
        work: vec![Work::Step(step)],
        by: Some(person("ana")),
        over: None,
    }
}

pub(crate) fn failed(attempt: u32) -> EnvironmentEvent {
    let why = "it did".to_owned();
    EnvironmentEvent::AttemptFailed {
        attempt,
        mode: FailureMode::Startup,
        why,
    }
}

pub(crate) fn manifest() -> Manifest {
    let image = Image {
        reference: "web:1".to_owned(),
        pinned: format!("web@sha256:{}", "a".repeat(64)),
        local: false,
    };
    Manifest {
        app: shop(),
        version: Version::new("1.0.0").unwrap(),
        commit: None,
        images: [(ServiceName::new("web").unwrap(), image)].into(),
        policy: Hash::of([b"policy".as_slice()]),
    }
}

/// Sets the wake-up of this tick.
pub(crate) fn set(tick: u32, seconds: i64) -> TimerChange {
    TimerChange::Set(timer(tick), at(seconds))
}

pub(crate) fn timer(tick: u32) -> Timer {
    Timer::Tick {
        environment: staging(),
        attempt: 1,
        tick,
    }
}

pub(crate) fn card(release: ReleaseId) -> Effect {
    Effect::Card {
        card: CardId::Release { release },
    }
}

pub(crate) fn shop() -> AppId {
    AppId::new("shop").unwrap()
}

pub(crate) fn staging() -> EnvId {
    EnvId {
        app: shop(),
        env: EnvName::new("staging").unwrap(),
    }
}

pub(crate) fn person(name: &str) -> Person {
    Person::new(name).unwrap()
}

pub(crate) fn surface(name: &str) -> Surface {
    Surface::new(name).unwrap()
}

pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::seconds(seconds)
}

pub(crate) fn settings() -> Arc<Settings> {
    Arc::new(Settings {
        zone: Zone::utc(),
        people: BTreeMap::new(),
        titles: BTreeMap::new(),
        hours: BTreeMap::new(),
        announce: BTreeMap::new(),
        freezes: Vec::new(),
        allow: BTreeMap::new(),
        pages: BTreeMap::new(),
    })
}
