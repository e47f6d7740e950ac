//! A commit of one input with event, outbox row and timer, against the bare
//! SQLite transaction of the same rows: handed to its connection's thread as a
//! whole, and a statement at a time.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::types::Value;
use rusqlite::{Connection, TransactionBehavior, params_from_iter};
use shipbell_domain::calendar::Zone;
use shipbell_domain::command::{Command, Report};
use shipbell_domain::effect::{CardId, Effect};
use shipbell_domain::event::{Event, ReleaseEvent};
use shipbell_domain::ids::{
    AppId, EnvId, EnvName, Hash, Person, ReleaseId, ServiceName, Surface, Version,
};
use shipbell_domain::settings::Settings;
use shipbell_domain::timer::{Timer, TimerChange};
use shipbell_domain::{Reply, StreamId, Turn, World};
use shipbell_storage::{
    Commit, Input, InputId, Settles, SqliteOptions, SqliteStore, Store as _, Verdict,
};
use tokio_rusqlite::Connection as Thread;

use crate::bare;
use crate::measure::{Failed, Pairs, folder, time};

const BOUND: f64 = 1.5;
/// How many turns are taken, and how many before them do not count.
const TURNS: u32 = 400;
const WARM_UP: u32 = 40;

/// The release everything happens to.
const RELEASE: ReleaseId = ReleaseId(1);

/// What a commit leaves behind: the statement that writes it, and the one that
/// finds what the last commit wrote.
const ROWS: [(&str, &str); 6] = [
    (
        "INSERT INTO event (seq, stream, version, kind, at_us, actor, payload, salt, commitment, \
         hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "SELECT seq, stream, version, kind, at_us, actor, payload, salt, commitment, hash \
         FROM event ORDER BY seq DESC LIMIT 1",
    ),
    (
        "UPDATE log_head SET seq = ?, at_us = ?, hash = ? WHERE one = 1",
        "SELECT seq, at_us, hash FROM log_head",
    ),
    (
        "UPDATE fold SET version = ?, app = ?, open = ?, label = ?, body = ? WHERE stream = ?",
        "SELECT version, app, open, label, body, stream FROM fold WHERE stream = 'release/r1'",
    ),
    (
        "INSERT INTO inbox (source, id, at_us, outcome, seq) VALUES (?, ?, ?, ?, ?)",
        "SELECT source, id, at_us, outcome, seq FROM inbox ORDER BY seq DESC LIMIT 1",
    ),
    (
        "INSERT INTO outbox (key, surface, cause, effect, once, wanted, not_before_us) \
         VALUES (?, ?, ?, ?, ?, ?, ?)",
        "SELECT key, surface, cause, effect, once, wanted, not_before_us FROM outbox \
         ORDER BY id DESC LIMIT 1",
    ),
    (
        "INSERT INTO timer (id, owner, kind, due_us, state) VALUES (?, ?, ?, ?, ?)",
        "SELECT id, owner, kind, due_us, state FROM timer ORDER BY due_us DESC LIMIT 1",
    ),
];

/// A statement of [`ROWS`] and its values.
type Write = (&'static str, Vec<Value>);

type Done = Result<(), tokio_rusqlite::Error>;

pub(crate) async fn run() -> Result<(), Failed> {
    let folder = folder()?;
    let file = |name: &str| folder.path().join(name);
    let store = Bench::open(&file("ours.db")).await?;
    let copy = async |name| -> Result<Thread, Failed> {
        store.store.backup(&file(name)).await?;
        Ok(Thread::from(bare::open(&file(name))?))
    };
    let (whole, steps) = (copy("whole.db").await?, copy("steps.db").await?);
    let reader = bare::open(&file("ours.db"))?;
    let (mut against_whole, mut against_steps) = (Pairs::default(), Pairs::default());
    for turn in 1..=WARM_UP + TURNS {
        let commit = store.commit(turn)?;
        let (verdicts, ours) = time(store.store.commit(commit)).await;
        if !matches!(verdicts?.as_slice(), [Verdict::Recorded { .. }]) {
            return Err("a commit was not recorded".into());
        }
        let writes = written(&reader)?;
        let (done, at_once) = time(in_one_call(&whole, writes.clone())).await;
        done?;
        let (done, one_by_one) = time(a_call_each(&steps, writes)).await;
        done?;
        if turn > WARM_UP {
            against_whole.push(ours, at_once);
            against_steps.push(ours, one_by_one);
        }
    }
    against_whole.report("commit / SQLite, all in one call", BOUND);
    against_steps.report("commit / SQLite, a call each", BOUND);
    Ok(())
}

/// A store with one release in it.
struct Bench {
    store: SqliteStore,
    settings: Arc<Settings>,
    surface: Surface,
    environment: EnvId,
}

impl Bench {
    async fn open(path: &Path) -> Result<Self, Failed> {
        let options = SqliteOptions {
            instance: [7; 16],
            readers: 1,
        };
        let settings = Settings {
            zone: Zone::utc(),
            people: BTreeMap::new(),
            titles: BTreeMap::new(),
            hours: BTreeMap::new(),
            announce: BTreeMap::new(),
            freezes: Vec::new(),
            allow: BTreeMap::new(),
            pages: BTreeMap::new(),
        };
        let bench = Self {
            store: SqliteStore::open(path, options).await?,
            settings: Arc::new(settings),
            surface: Surface::new("web")?,
            environment: EnvId {
                app: AppId::new("shop")?,
                env: EnvName::new("staging")?,
            },
        };
        let opened = ReleaseEvent::Opened {
            release: RELEASE,
            app: AppId::new("shop")?,
            version: Version::new("2026.11.20-1")?,
            requester: Person::new("kai")?,
            references: BTreeMap::from([(
                ServiceName::new("web")?,
                "registry.test/web:2026.11.20-1".to_owned(),
            )]),
            commit: None,
            note: None,
            ticket: None,
            policy: Hash::of([b"policy".as_slice()]),
            builds: BTreeMap::new(),
        };
        bench.store.commit(bench.recording(0, opened)?).await?;
        Ok(bench)
    }

    fn commit(&self, turn: u32) -> Result<Commit, Failed> {
        let why = format!("registry.test/web:2026.11.20-1: no such image, try {turn}");
        self.recording(turn, ReleaseEvent::ImagesUnresolved { why })
    }

    /// A commit of one input that comes to one event, one effect and one timer.
    fn recording(&self, turn: u32, event: ReleaseEvent) -> Result<Commit, Failed> {
        let now = instant(turn)?;
        let environment = self.environment.clone();
        let decide = move |world: World, _: &Command, _: DateTime<Utc>| {
            let card = CardId::Progress {
                release: RELEASE,
                environment: environment.clone(),
                attempt: turn,
            };
            let tick = Timer::Tick {
                environment: environment.clone(),
                attempt: 1,
                tick: turn,
            };
            Ok(Turn {
                world,
                events: vec![(StreamId::Release(RELEASE), Event::Release(event.clone()))],
                effects: vec![Effect::Card { card }],
                timers: vec![TimerChange::Set(tick, now + TimeDelta::days(1))],
                reply: Reply::Nothing,
            })
        };
        let input = Input {
            id: Some(InputId {
                source: "web".to_owned(),
                id: format!("{turn:032x}"),
            }),
            actor: "web:kai".to_owned(),
            command: Command::Report(Report::ImagesUnresolved {
                release: RELEASE,
                why: String::new(),
            }),
            settles: Settles::Nothing,
        };
        Ok(Commit {
            inputs: vec![input],
            settings: Arc::clone(&self.settings),
            surfaces: vec![self.surface.clone()],
            now,
            seed: [9; 32],
            decide: Arc::new(decide),
        })
    }
}

fn instant(turn: u32) -> Result<DateTime<Utc>, Failed> {
    let begin = DateTime::from_timestamp(1_790_000_000, 0).ok_or("there is no such time")?;
    Ok(begin + TimeDelta::milliseconds(turn.into()))
}

/// What the last commit wrote.
fn written(conn: &Connection) -> rusqlite::Result<Vec<Write>> {
    let mut writes = Vec::with_capacity(ROWS.len());
    for (write, read) in ROWS {
        let mut query = conn.prepare_cached(read)?;
        let columns = query.column_count();
        let values = query.query_one((), |row| (0..columns).map(|at| row.get(at)).collect())?;
        writes.push((write, values));
    }
    Ok(writes)
}

async fn in_one_call(thread: &Thread, writes: Vec<Write>) -> Done {
    thread
        .call(move |conn| {
            let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for (write, values) in writes {
                tx.prepare_cached(write)?
                    .execute(params_from_iter(values))?;
            }
            tx.commit()
        })
        .await
}

async fn a_call_each(thread: &Thread, writes: Vec<Write>) -> Done {
    let (begin, commit) = (("BEGIN IMMEDIATE", Vec::new()), ("COMMIT", Vec::new()));
    for (statement, values) in std::iter::once(begin).chain(writes).chain([commit]) {
        thread
            .call(move |conn| {
                let mut prepared = conn.prepare_cached(statement)?;
                prepared.execute(params_from_iter(values)).map(drop)
            })
            .await?;
    }
    Ok(())
}
