//! From start to ready with a long history, against a bare program that opens the same file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use shipbell::config::Config;
use shipbell_domain::ask::{AskId, Phase, Source, Vote};
use shipbell_domain::command::{Command, Configure};
use shipbell_domain::event::{Event, ReleaseEvent};
use shipbell_domain::ids::{EnvName, Hash, Person, ReleaseId, Role, ServiceName, Version};
use shipbell_domain::manifest::{Image, Manifest};
use shipbell_domain::policy::Pinned;
use shipbell_domain::quorum::Quorum;
use shipbell_domain::release::Mark;
use shipbell_domain::{Reply, StreamId, Turn, World};
use shipbell_storage::{
    Commit, Decide, Input, Settles, SqliteOptions, SqliteStore, Store as _, Verdict,
};
use tokio::process::Command as Process;

use crate::bare;
use crate::bot::{self, Bot};
use crate::measure::{Failed, Pairs, cache, note, time};

const BOUND: f64 = 3.0;
/// How many pairs are taken, and how many before them do not count.
const TURNS: u32 = 15;
const WARM_UP: u32 = 2;

/// A history of a million events: so many releases, the newest of them open.
const RELEASES: u32 = 20_000;
const OPEN: u32 = 1_000;
const EVENTS_EACH: u32 = 50;
/// How many releases' events are committed at once.
const BATCH: u32 = 40;

pub(crate) async fn run() -> Result<(), Failed> {
    let program = bot::program().await?;
    let (folder, database) = history().await?;
    let own = std::env::current_exe()?;
    let mut pairs = Pairs::default();
    for turn in 1..=WARM_UP + TURNS {
        let (bot, ours) = Bot::start(&program, &folder).await.map_err(|error| {
            format!(
                "{error}; {} can be removed to make it anew",
                folder.display()
            )
        })?;
        bot.stop().await?;
        let mut command = Process::new(&own);
        command.arg(bare::WORD).arg(&database);
        let (mut child, bare) = bot::until_it_speaks(command).await?;
        child.wait().await?;
        if turn > WARM_UP {
            pairs.push(ours, bare);
        }
    }
    pairs.report("start to ready / a bare program", BOUND);
    Ok(())
}

/// The folder of a bot with a long history, made when it is first needed.
async fn history() -> Result<(PathBuf, PathBuf), Failed> {
    let tables = include_str!("../../migrations/sqlite/0001_start.sql");
    let name = Hash::of([tables.as_bytes(), include_bytes!("start.rs").as_slice()]);
    let folder = cache().join(format!("history-{}", name.short()));
    let database = folder.join("shipbell-data").join("shipbell.db");
    let complete = folder.join("complete");
    if !complete.exists() {
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(folder.join("shipbell-data"))?;
        let config = bot::write_config(&folder)?;
        let (made, took) = time(make(&config, &database)).await;
        let events = made?;
        note(
            "start",
            &format!("made a history of {events} events in {took:.0?}"),
        );
        std::fs::write(&complete, "")?;
    }
    Ok((folder, database))
}

async fn make(config: &Path, database: &Path) -> Result<u64, Failed> {
    let begin = DateTime::from_timestamp(1_750_000_000, 0).ok_or("there is no such time")?;
    let config = Config::load(config, begin).map_err(|report| report.render(false))?;
    let pinned = config.policies.first().ok_or("there is no policy")?.clone();
    let options = SqliteOptions {
        instance: [7; 16],
        readers: 1,
    };
    let store = SqliteStore::open(database, options).await?;
    let maker = Maker {
        settings: Arc::new(config.settings),
        command: Command::Configure(Configure::Adopt(Box::new(pinned.clone()))),
    };
    maker
        .commit(&store, begin, Arc::new(shipbell_domain::turn))
        .await?;
    for first in (1..=RELEASES).step_by(BATCH as usize) {
        let mut events = Vec::new();
        for number in first..first + BATCH {
            events.extend(life(number, &pinned)?);
        }
        let now = begin + TimeDelta::minutes(i64::from(first));
        maker.commit(&store, now, recording(events)).await?;
    }
    store.verify_tail().await?;
    Ok(store.head().await?.0)
}

struct Maker {
    settings: Arc<shipbell_domain::settings::Settings>,
    command: Command,
}

impl Maker {
    async fn commit(
        &self,
        store: &SqliteStore,
        now: DateTime<Utc>,
        decide: Decide,
    ) -> Result<(), Failed> {
        let input = Input {
            id: None,
            actor: "web:kai".to_owned(),
            command: self.command.clone(),
            settles: Settles::Nothing,
        };
        let commit = Commit {
            inputs: vec![input],
            settings: Arc::clone(&self.settings),
            surfaces: Vec::new(),
            now,
            seed: [9; 32],
            decide,
        };
        match store.commit(commit).await?.as_slice() {
            [Verdict::Recorded { .. }] => Ok(()),
            other => Err(format!("not recorded: {other:?}").into()),
        }
    }
}

/// A decision that these events happened, whatever was wanted.
fn recording(events: Vec<(StreamId, Event)>) -> Decide {
    Arc::new(move |world: World, _: &Command, _: DateTime<Utc>| {
        Ok(Turn {
            world,
            events: events.clone(),
            effects: Vec::new(),
            timers: Vec::new(),
            reply: Reply::Nothing,
        })
    })
}

/// Everything that happens to one release.
fn life(number: u32, pinned: &Pinned) -> Result<Vec<(StreamId, Event)>, Failed> {
    let release = ReleaseId(number);
    let version = Version::new(format!("2026.11.20-{number}"))?;
    let service = ServiceName::new("web")?;
    let reference = format!("registry.test/web:{version}");
    let (kai, lea) = (Person::new("kai")?, Person::new("lea")?);
    let app = pinned.policy.app.clone();
    let image = Image {
        reference: reference.clone(),
        pinned: format!("registry.test/web@{}", format_args!("sha256:{number:064x}")),
        local: false,
    };
    let manifest = Manifest {
        app: app.clone(),
        version: version.clone(),
        commit: None,
        images: BTreeMap::from([(service.clone(), image)]),
        policy: pinned.hash.clone(),
    };
    let ask = AskId {
        release,
        env: EnvName::new("staging")?,
        phase: Phase::Signoff,
        manifest: manifest.hash(),
        round: 1,
    };
    let opened = ReleaseEvent::Opened {
        release,
        app,
        version,
        requester: kai.clone(),
        references: BTreeMap::from([(service, reference)]),
        commit: None,
        note: Some("faster checkout".to_owned()),
        ticket: None,
        policy: pinned.hash.clone(),
        builds: BTreeMap::new(),
    };
    let mut events = vec![
        opened,
        ReleaseEvent::ManifestFixed {
            manifest: Box::new(manifest),
        },
        ReleaseEvent::AskOpened {
            ask: ask.clone(),
            quorum: Quorum(BTreeMap::from([(Role::new("operator")?, 1)])),
        },
        ReleaseEvent::Voted {
            ask,
            by: lea,
            source: Source::Word,
            vote: Vote::Yes,
        },
    ];
    let count = events.len();
    events.extend((count..EVENTS_EACH as usize - 1).map(|n| ticked(n, &kai)));
    events.push(if number > RELEASES - OPEN {
        ticked(0, &kai)
    } else {
        ReleaseEvent::Cancelled {
            by: kai,
            why: "superseded by the next".to_owned(),
        }
    });
    let of_it = |event| (StreamId::Release(release), Event::Release(event));
    Ok(events.into_iter().map(of_it).collect())
}

/// Somebody settles an item of the checklist, or opens it again.
fn ticked(n: usize, by: &Person) -> ReleaseEvent {
    ReleaseEvent::Ticked {
        item: if n % 4 < 2 { 1 } else { 2 },
        mark: n.is_multiple_of(2).then_some(Mark::Done),
        by: by.clone(),
    }
}
