//! A calm simulated world for stories that are told step by step.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::FutureExt as _;
use shipbell::engine::{Engine as Bot, Hub, Ports, RecordError, Setup, Site};
use shipbell_adapters::hosts::Host as Machine;
use shipbell_domain::attempt::{Attempt, AttemptState, Choice};
use shipbell_domain::calendar::Length;
use shipbell_domain::command::{Configure, New, Wish};
use shipbell_domain::ids::{AppId, EnvId, EnvName, Hash, Person, ReleaseId, Version};
use shipbell_domain::policy::{OnFailure, Pinned, Policy};
use shipbell_domain::quorum::Quorum;
use shipbell_domain::steps::{Run, Step, StepKind};
use shipbell_domain::{Command, Event, Fold, StreamId};
use shipbell_storage::{EventRow, Input, MemoryDisk, MemoryStore, Settles, Store as _, Verdict};
use shipbell_tests::sim::chance::Chance;
use shipbell_tests::sim::containers::{Engine, Host, Quality, quality, resolve};
use shipbell_tests::sim::diary::Diary;
use shipbell_tests::sim::executor::{Executor, Owner};
use shipbell_tests::sim::ports::{Life, LockFiles, Nowhere, notary};
use shipbell_tests::sim::probes::Addresses;
use shipbell_tests::sim::store::{Edges, Ledger};
use shipbell_tests::sim::team::{APP, STAGING, Team, environment};
use shipbell_tests::sim::weather::Weather;
use tokio::sync::mpsc;

/// What came of something said, once it was answered.
type Said = Arc<Mutex<Option<Result<Verdict, RecordError>>>>;

/// A calm world with one application, one environment, and nobody in the chat.
pub(crate) struct Stage {
    pub(crate) executor: Executor,
    pub(crate) engine: Engine,
    pub(crate) weather: Arc<Weather>,
    locks: LockFiles,
    disk: Arc<MemoryDisk>,
    team: Team,
    policy: Mutex<Pinned>,
    hub: Mutex<Option<Arc<Hub>>>,
    /// What the living bot's database says, whatever becomes of its own reads.
    store: Mutex<Option<Arc<MemoryStore>>>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let begin: DateTime<Utc> = "2026-06-09T08:00:00Z".parse().expect("a time");
        let executor = Executor::new(begin, 1);
        let weather = Arc::new(Weather::new(executor.clone(), begin));
        let diary = Arc::new(Diary::new(executor.clone()));
        let engine = Engine::new(executor.clone(), weather.clone(), diary);
        let team = Team::new(&mut Chance::new(1));
        Self {
            locks: LockFiles::new(executor.clone(), engine.clone()),
            policy: Mutex::new(team.policies[0].clone()),
            team,
            disk: MemoryDisk::new([7; 16]),
            hub: Mutex::default(),
            store: Mutex::default(),
            executor,
            engine,
            weather,
        }
    }

    /// A life of the bot begins.
    pub(crate) fn live(&self, life: u32) {
        self.begin(life);
        self.wait(TimeDelta::seconds(5));
    }

    /// A life of the bot begins, and no time passes.
    pub(crate) fn begin(&self, life: u32) {
        let owner = Owner::Bot(life);
        let bot = Bot::new(self.ports(owner), self.setup());
        *self.hub.lock().expect("nobody panics with it") = Some(bot.hub());
        let (ear, arrivals) = mpsc::channel(1);
        let task = async move {
            let _open = ear;
            bot.run(arrivals).await;
        };
        self.executor.spawn(owner, Box::pin(task));
    }

    fn ports(&self, owner: Owner) -> Ports {
        let executor = self.executor.clone();
        let life = Arc::new(Life {
            executor: executor.clone(),
            owner,
            weather: self.weather.clone(),
            since: executor.now(),
        });
        let (weather, engine) = (self.weather.clone(), self.engine.clone());
        let inner = Arc::new(MemoryStore::open(self.disk.clone()));
        *self.store.lock().expect("nobody panics with it") = Some(inner.clone());
        let store = Edges {
            inner,
            executor: executor.clone(),
            weather: weather.clone(),
            ledger: Ledger::default(),
            owner,
        };
        Ports {
            clock: life.clone(),
            spawn: life.clone(),
            random: life,
            store: Arc::new(store),
            decide: Arc::new(shipbell_domain::turn),
            chats: BTreeMap::new(),
            containers: Arc::new(engine.clone()),
            hosts: Arc::new(engine.clone()),
            probes: Arc::new(Addresses::new(executor, weather, engine)),
            forge: Arc::new(Nowhere),
            locks: Arc::new(self.locks.clone()),
            links: Arc::new(Nowhere),
            notary: Arc::new(notary()),
        }
    }

    fn setup(&self) -> Setup {
        let site = |(id, (target, project)): (&EnvId, &(_, _))| {
            let site = Site {
                target: Clone::clone(target),
                host: Machine::Here,
                project: Clone::clone(project),
                state_dir: PathBuf::from("/var/lib/shipbell"),
                secrets: BTreeMap::new(),
                fleet: Vec::new(),
            };
            (id.clone(), site)
        };
        Setup {
            compare_every: Some(Duration::from_mins(10)),
            keep_versions: 5,
            settings: self.team.settings.clone(),
            policies: vec![self.policy.lock().expect("nobody panics with it").clone()],
            repositories: BTreeMap::new(),
            sites: self.team.sites.iter().map(site).collect(),
            identities: BTreeMap::new(),
            groups: BTreeMap::new(),
        }
    }

    /// Time passes, even if nobody lives.
    pub(crate) fn wait(&self, length: TimeDelta) {
        let until = self.executor.now() + length;
        let sleep = self.executor.until(until);
        self.executor.spawn(Owner::World, Box::pin(sleep));
        self.executor.run_until(until);
    }

    pub(crate) fn wait_for(&self, what: &str, seen: impl Fn(&Host) -> bool) {
        let mut came = false;
        for _ in 0..600 {
            // What is seen may be asked of the engine again.
            let host = self.engine.host().clone();
            came = seen(&host);
            if came {
                break;
            }
            self.wait(TimeDelta::seconds(1));
        }
        assert!(came, "in ten minutes it never came to this: {what}");
    }

    /// Puts a policy in force: images, these commands, and up; back if that fails.
    pub(crate) fn adopt(&self, commands: impl Fn(&Policy) -> Vec<Step>) {
        let mut policy = self.team.policies[0].policy.clone();
        let commands = commands(&policy);
        let staging = &mut policy.environments[0];
        staging.accept = Quorum::default();
        staging.on_failure = OnFailure::Rollback;
        staging
            .deploy
            .retain(|it| !matches!(it.kind, StepKind::Run(_)));
        staging.deploy.splice(1..1, commands);
        let body = serde_json::to_vec(&policy).expect("a policy can be written");
        let hash = Hash::of([body.as_slice()]);
        let pinned = Pinned { hash, policy };
        *self.policy.lock().expect("nobody panics with it") = pinned.clone();
        let adopt = Configure::Adopt(Box::new(pinned));
        self.put(Command::Configure(adopt));
    }

    /// Opens the release of that number, and deploys it when its images are known.
    pub(crate) fn deploy(&self, release: u32) {
        let by = Person::new("rita").expect("a word");
        self.put(new(release));
        self.wait(TimeDelta::minutes(1));
        let deploy = Wish::Deploy {
            release: ReleaseId(release),
            env: EnvName::new(STAGING).expect("a word"),
            over: None,
        };
        self.put(Command::Wish { by, wish: deploy });
    }

    /// Somebody says how to go on behind what was cut off.
    pub(crate) fn decide(&self, choice: Choice) {
        let by = Person::new("rita").expect("a word");
        let wish = Wish::Decide {
            environment: environment(STAGING),
            asked: None,
            choice,
        };
        self.put(Command::Wish { by, wish });
    }

    /// Somebody opens the release of that number and does not wait for an answer.
    pub(crate) fn say_new(&self, release: u32) {
        drop(self.say(new(release)));
    }

    /// When everything happened, by the log.
    pub(crate) fn times(&self) -> Vec<DateTime<Utc>> {
        self.rows().iter().map(|it| it.at).collect()
    }

    pub(crate) fn put(&self, command: Command) {
        let said = self.say(command);
        let said = said.lock().expect("nobody panics with it").take();
        assert!(
            matches!(said, Some(Ok(Verdict::Recorded { .. }))),
            "{said:?}"
        );
    }

    /// Says something, and gives it a second to be answered.
    fn say(&self, command: Command) -> Said {
        let hub = self.hub();
        let said = Arc::new(Mutex::new(None));
        let answer = said.clone();
        let task = async move {
            let input = Input {
                id: None,
                actor: "test".to_owned(),
                command,
                settles: Settles::Nothing,
            };
            *answer.lock().expect("nobody panics with it") = Some(hub.record(input).await);
        };
        self.executor.spawn(Owner::World, Box::pin(task));
        self.wait(TimeDelta::seconds(1));
        said
    }

    pub(crate) fn hub(&self) -> Arc<Hub> {
        let hub = self.hub.lock().expect("nobody panics with it").clone();
        hub.expect("a bot lives")
    }

    fn store(&self) -> Arc<MemoryStore> {
        let store = self.store.lock().expect("nobody panics with it").clone();
        store.expect("a bot lives")
    }

    /// What happened since the beginning.
    pub(crate) fn log(&self) -> Vec<Event> {
        let rows = self.rows().into_iter();
        rows.filter_map(|it| it.event).collect()
    }

    fn rows(&self) -> Vec<EventRow> {
        let store = self.store();
        let log = store.events(None, 0, 1_000);
        let log = log.now_or_never().expect("memory answers at once");
        log.expect("it answers")
    }

    /// The last attempt.
    pub(crate) fn attempt(&self) -> Attempt {
        let stream = StreamId::Environment(environment(STAGING));
        let fold = self.store().fold(&stream).now_or_never();
        let fold = fold.expect("memory answers at once").expect("it answers");
        let Some(Fold::Environment(it)) = fold else {
            unreachable!("staging has no other stream")
        };
        it.attempt.clone().expect("it has begun")
    }

    /// Waits for the end of the attempt at work: whether it was a good one.
    pub(crate) fn ends_well(&self) -> Option<bool> {
        let number = self.attempt().number;
        for _ in 0..6_000 {
            let attempt = self.attempt();
            if attempt.number > number {
                // The way back began with its end.
                return Some(false);
            }
            if attempt.is_over() {
                return Some(matches!(attempt.state, AttemptState::Verified { .. }));
            }
            self.wait(TimeDelta::milliseconds(100));
        }
        None
    }
}

/// The release of that number is wanted.
fn new(release: u32) -> Command {
    Command::Wish {
        by: Person::new("rita").expect("a word"),
        wish: Wish::New(New {
            app: AppId::new(APP).expect("a word"),
            version: good_version(release),
            images: BTreeMap::new(),
            commit: None,
            note: None,
            ticket: None,
        }),
    }
}

/// A one-off command that may take so long.
pub(crate) fn command(policy: &Policy, once: bool, timeout: &str) -> Step {
    let mut steps = policy.environments[0].deploy.iter();
    let run = steps.find_map(|it| match &it.kind {
        StepKind::Run(run) => Some(run.clone()),
        StepKind::Pull(_)
        | StepKind::Up(_)
        | StepKind::Container(_)
        | StepKind::Exec(_)
        | StepKind::Tag(_)
        | StepKind::Push(_)
        | StepKind::Host(_)
        | StepKind::SetEnv(_)
        | StepKind::Git(_)
        | StepKind::Http(_)
        | StepKind::Wait(_)
        | StepKind::Ask(_) => None,
    });
    let run = run.expect("the team has a command");
    let timeout = Length::parse(timeout).expect("a length");
    Step::new(StepKind::Run(Run { once, ..run }), timeout)
}

/// A version whose image turns out well.
fn good_version(number: u32) -> Version {
    let versions = (0..100).map(|minor| format!("{number}.{minor}.0"));
    let good = |it: &String| {
        quality(&resolve(&format!("registry.example/shop/web:{it}"))) == Quality::Good
    };
    let version = { versions }.find(good).expect("one of a hundred is good");
    Version::new(version).expect("a version")
}
