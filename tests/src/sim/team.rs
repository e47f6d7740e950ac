//! The team every simulated world has: people, roles, policy, windows and hosts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use shipbell_adapters::chat::{Standing, UserId};
use shipbell_adapters::containers::{Project, Target};
use shipbell_domain::calendar::{Hours, Length, WeeklyWindow, Window, Zone};
use shipbell_domain::checks::{Check, CheckKind, HttpCheck};
use shipbell_domain::ids::{AppId, EnvId, EnvName, Hash, Person, Role, ServiceName, Surface};
use shipbell_domain::policy::{
    Action, EnvPolicy, OnFailure, Pinned, Policy, Severity, VersionScheme, WatchSegment,
};
use shipbell_domain::quorum::Quorum;
use shipbell_domain::settings::{Escalation, Level, Member, Settings};
use shipbell_domain::steps::{Pull, Run, SetEnv, Step, StepKind, Tag, Up, Value, Wait};

use super::chance::Chance;

/// The application.
pub const APP: &str = "shop";

/// Its first environment.
pub const STAGING: &str = "staging";

/// The one that matters.
pub const PRODUCTION: &str = "production";

/// The platforms, each with its own accounts.
pub const SURFACES: [&str; 2] = ["web", "slack"];

/// Everybody with an account: name, roles, and what kind of account.
///
/// `mia` has an account and no place in the team, `gus` is a guest with a role
/// he must not use, and `deploybot` is a program that somebody put on the team.
pub const ACCOUNTS: [(&str, &[&str], Standing); 11] = [
    ("pia", &["product-owner"], Standing::Member),
    ("paul", &["product-owner"], Standing::Member),
    ("rita", &["release-manager"], Standing::Member),
    (
        "rob",
        &["release-manager", "product-owner"],
        Standing::Member,
    ),
    ("sam", &["sre"], Standing::Member),
    ("sue", &["sre"], Standing::Member),
    ("dan", &["developer"], Standing::Member),
    ("dora", &["developer"], Standing::Member),
    (
        "gus",
        &["product-owner", "release-manager"],
        Standing::Guest,
    ),
    (
        "deploybot",
        &["product-owner", "release-manager"],
        Standing::Bot,
    ),
    ("mia", &[], Standing::Member),
];

/// What the bot is told at its start, and what the judges go by.
#[derive(Clone)]
pub struct Team {
    /// People, windows and pages.
    pub settings: Arc<Settings>,
    /// The policies it has had, in order; a later life may start with a later one.
    pub policies: Vec<Pinned>,
    /// Where each environment runs.
    pub sites: BTreeMap<EnvId, (Target, Project)>,
    /// Whose each account is.
    pub identities: BTreeMap<(Surface, UserId), Person>,
}

impl Team {
    /// The team as this seed has it.
    pub fn new(chance: &mut Chance) -> Self {
        let rolls_back = chance.happens(600_000);
        let on_failure = if rolls_back {
            OnFailure::Rollback
        } else {
            OnFailure::Stop
        };
        let with_checks = chance.happens(500_000);
        let policies = [10, 14].map(|watch| pinned(policy(on_failure, watch, with_checks)));
        let sites =
            [STAGING, PRODUCTION].map(|env| (environment(env), (Target::local(), project(env))));
        Self {
            settings: Arc::new(settings()),
            policies: policies.into(),
            sites: sites.into(),
            identities: identities(),
        }
    }

    /// The policy of an environment under a policy's hash.
    pub fn policy(&self, hash: &Hash, env: &EnvName) -> Option<&EnvPolicy> {
        self.policies
            .iter()
            .find(|it| it.hash == *hash)?
            .policy
            .environment(env)
    }

    /// Whose an account is, if it may count at all.
    pub fn person(&self, surface: &str, user: &UserId) -> Option<Person> {
        let name = user.0.strip_prefix("U-")?;
        let member = |it: &&(&str, &[&str], Standing)| it.0 == name && it.2 == Standing::Member;
        ACCOUNTS.iter().find(member)?;
        let surface = Surface::new(surface).ok()?;
        self.identities.get(&(surface, user.clone())).cloned()
    }

    /// Whether somebody is no guest, no program and not gone.
    pub fn is_member(&self, person: &Person) -> bool {
        let user = super::people::user(person.as_str());
        let mut surfaces = SURFACES.iter();
        surfaces.any(|it| self.person(it, &user).as_ref() == Some(person))
    }
}

/// An environment's full name.
pub fn environment(env: &str) -> EnvId {
    EnvId {
        app: AppId::new(APP).expect("a word"),
        env: EnvName::new(env).expect("a word"),
    }
}

/// The compose project of an environment, and the host its address names.
pub fn project_name(env: &str) -> String {
    format!("{APP}-{env}")
}

fn project(env: &str) -> Project {
    Project {
        name: project_name(env),
        files: vec![PathBuf::from("compose.yaml")],
        directory: PathBuf::from("/srv/shop"),
        env_file: None,
        vars: BTreeMap::new(),
        flavour: None,
    }
}

fn identities() -> BTreeMap<(Surface, UserId), Person> {
    let mut identities = BTreeMap::new();
    for surface in SURFACES {
        for (name, roles, _) in ACCOUNTS {
            if roles.is_empty() {
                continue;
            }
            let surface = Surface::new(surface).expect("a word");
            let person = Person::new(name).expect("a word");
            identities.insert((surface, UserId(format!("U-{name}"))), person);
        }
    }
    identities
}

fn settings() -> Settings {
    let people = ACCOUNTS
        .iter()
        .filter(|it| !it.1.is_empty())
        .map(|(name, roles, _)| {
            let roles: BTreeSet<Role> = roles.iter().map(|it| role(it)).collect();
            (
                Person::new(*name).expect("a word"),
                Member {
                    name: (*name).to_owned(),
                    roles,
                },
            )
        });
    let zone = Zone::parse("Europe/Berlin").expect("a zone");
    let window = WeeklyWindow::parse("Mon-Fri 09:00-17:00").expect("a window");
    let hours = Hours {
        zone: zone.clone(),
        windows: vec![Window::Weekly(window)],
    };
    let level = |name: &str, after: Option<&str>| Level {
        role: role(name),
        after: after.map(length),
    };
    let levels = vec![
        level("sre", None),
        level("release-manager", Some("15m")),
        level("product-owner", Some("30m")),
    ];
    let pages = Escalation {
        suggest: None,
        levels,
    };
    Settings {
        zone,
        people: people.collect(),
        titles: BTreeMap::new(),
        hours: [(environment(PRODUCTION), hours)].into(),
        announce: BTreeMap::new(),
        freezes: Vec::new(),
        allow: BTreeMap::new(),
        pages: [(Severity::P1, pages.clone()), (Severity::P2, pages)].into(),
    }
}

fn pinned(policy: Policy) -> Pinned {
    let body = serde_json::to_vec(&policy).expect("a policy can be written");
    Pinned {
        hash: Hash::of([body.as_slice()]),
        policy,
    }
}

fn policy(on_failure: OnFailure, watch: u64, with_checks: bool) -> Policy {
    let service = ServiceName::new("web").expect("a service");
    let allow = [
        (Action::Deploy, vec![role("release-manager"), role("sre")]),
        (Action::Override, vec![role("sre")]),
        (Action::Freeze, vec![role("release-manager")]),
    ];
    let nobody = Quorum::default();
    let one = |name: &str| Quorum([(role(name), 1)].into());
    let both = Quorum([(role("product-owner"), 1), (role("release-manager"), 1)].into());
    let staging = EnvPolicy {
        accept: one("product-owner"),
        ..env_policy(STAGING, &service, OnFailure::Stop)
    };
    let production = EnvPolicy {
        needs: Some(EnvName::new(STAGING).expect("a word")),
        signoff: both,
        accept: nobody,
        watch: segments(watch, with_checks),
        incident: Some(Severity::P1),
        ..env_policy(PRODUCTION, &service, on_failure)
    };
    Policy {
        app: AppId::new(APP).expect("a word"),
        scheme: VersionScheme::Semver,
        images: [(service, "registry.example/shop/web:{version}".to_owned())].into(),
        builds: [].into(),
        allow_images: shipbell_domain::policy::Repositories::default(),
        origin: None,
        checklist: Vec::new(),
        allow: allow.into(),
        environments: vec![staging, production],
    }
}

fn env_policy(env: &str, service: &ServiceName, on_failure: OnFailure) -> EnvPolicy {
    let up = Up {
        stable_for: length("10s"),
        healthy_within: length("1m"),
    };
    let migrate = Run {
        service: service.clone(),
        argv: vec!["migrate".to_owned()],
        once: true,
        alone: None,
    };
    let set = SetEnv {
        file: format!("/srv/shop/{env}.env"),
        values: [("VERSION".to_owned(), Value::Plain("{version}".to_owned()))].into(),
    };
    EnvPolicy {
        name: EnvName::new(env).expect("a word"),
        needs: None,
        signoff: Quorum::default(),
        accept: Quorum::default(),
        announced: false,
        fleet: None,
        no_new_commits: false,
        deploy: vec![
            step(StepKind::Pull(Pull {
                service: service.clone(),
            })),
            step(StepKind::Run(migrate)),
            step(StepKind::SetEnv(set)),
            step(StepKind::Tag(Tag {
                service: service.clone(),
                tag: format!("{env}-{{version}}"),
            })),
            step(StepKind::Wait(Wait {
                length: length("20s"),
            })),
            step(StepKind::Up(up.clone())),
        ],
        rollback: vec![
            step(StepKind::Pull(Pull {
                service: service.clone(),
            })),
            step(StepKind::Up(up)),
        ],
        smoke: vec![check(env)],
        on_failure,
        watch: Vec::new(),
        incident: None,
        rollback_ask: Vec::new(),
    }
}

fn segments(minutes: u64, with_checks: bool) -> Vec<WatchSegment> {
    let checks = if with_checks {
        vec![check(PRODUCTION)]
    } else {
        Vec::new()
    };
    let (every, later) = (length("2m"), length("10m"));
    let first = WatchSegment {
        length: Length::of_seconds(minutes * 60).expect("some minutes"),
        every,
        checks: vec![check(PRODUCTION)],
        ask: None,
    };
    let ask = Some(role("sre"));
    vec![
        first,
        WatchSegment {
            length: length("20m"),
            every: later,
            checks,
            ask,
        },
    ]
}

fn step(kind: StepKind) -> Step {
    Step::new(kind, length("5m"))
}

fn check(env: &str) -> Check {
    let http = HttpCheck {
        url: format!("http://{}/health", project_name(env)),
        status: Some(200),
        headers: BTreeMap::new(),
        json: BTreeMap::new(),
        contains: None,
        cookie: None,
        within: None,
    };
    Check {
        title: None,
        tries: 3,
        every: length("5s"),
        kind: CheckKind::Http(http),
    }
}

fn role(name: &str) -> Role {
    Role::new(name).expect("a word")
}

fn length(text: &str) -> Length {
    Length::parse(text).expect("a length")
}
