//! A commit of one input with event, outbox row and timer, against the bare
//! SQLite transaction of the same rows.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
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
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Connection as _, Row as _, TypeInfo as _, ValueRef as _};

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

enum Cell {
    Null,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A statement of [`ROWS`] and its values.
type Write = (&'static str, Vec<Cell>);

pub(crate) async fn run() -> Result<(), Failed> {
    let folder = folder()?;
    let file = |name: &str| folder.path().join(name);
    let store = Bench::open(&file("ours.db")).await?;
    let mut copies = Vec::new();
    for name in ["script.db", "steps.db"] {
        store.store.backup(&file(name)).await?;
        copies.push(bare::open(&file(name)).await?);
    }
    let [script, steps] = copies.as_mut_slice() else {
        return Err("two copies were to be made".into());
    };
    let mut reader = bare::open(&file("ours.db")).await?;
    let (mut against_script, mut against_steps) = (Pairs::default(), Pairs::default());
    for turn in 1..=WARM_UP + TURNS {
        let commit = store.commit(turn)?;
        let (verdicts, ours) = time(store.store.commit(commit)).await;
        if !matches!(verdicts?.as_slice(), [Verdict::Recorded { .. }]) {
            return Err("a commit was not recorded".into());
        }
        let writes = written(&mut reader).await?;
        let text = as_script(&writes)?;
        let (done, at_once) = time(in_one_call(script, text)).await;
        done?;
        let (done, one_by_one) = time(a_call_each(steps, &writes)).await;
        done?;
        if turn > WARM_UP {
            against_script.push(ours, at_once);
            against_steps.push(ours, one_by_one);
        }
    }
    against_script.report("commit / SQLite, all in one call", BOUND);
    against_steps.report("commit / SQLite, a prepared call each", BOUND);
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
async fn written(conn: &mut SqliteConnection) -> Result<Vec<Write>, Failed> {
    let mut writes = Vec::with_capacity(ROWS.len());
    for (write, read) in ROWS {
        let row = sqlx::query(read).fetch_one(&mut *conn).await?;
        let cells: Result<Vec<Cell>, sqlx::Error> =
            (0..row.len()).map(|column| cell(&row, column)).collect();
        writes.push((write, cells?));
    }
    Ok(writes)
}

fn cell(row: &SqliteRow, column: usize) -> Result<Cell, sqlx::Error> {
    let raw = row.try_get_raw(column)?;
    if raw.is_null() {
        return Ok(Cell::Null);
    }
    match raw.type_info().name() {
        "INTEGER" => row.try_get(column).map(Cell::Number),
        "BLOB" => row.try_get(column).map(Cell::Bytes),
        _ => row.try_get(column).map(Cell::Text),
    }
}

/// The whole transaction as text.
fn as_script(writes: &[Write]) -> Result<String, Failed> {
    let mut text = "BEGIN IMMEDIATE;".to_owned();
    for (write, cells) in writes {
        let mut parts = write.split('?');
        text.push_str(parts.next().unwrap_or_default());
        for (cell, part) in cells.iter().zip(parts) {
            match cell {
                Cell::Null => text.push_str("NULL"),
                Cell::Number(number) => write!(text, "{number}")?,
                Cell::Text(words) => write!(text, "'{}'", words.replace('\'', "''"))?,
                Cell::Bytes(bytes) => {
                    text.push_str("x'");
                    for byte in bytes {
                        write!(text, "{byte:02x}")?;
                    }
                    text.push('\'');
                }
            }
            text.push_str(part);
        }
        text.push(';');
    }
    text.push_str("COMMIT;");
    Ok(text)
}

async fn in_one_call(conn: &mut SqliteConnection, text: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(text)).execute(conn).await?;
    Ok(())
}

async fn a_call_each(conn: &mut SqliteConnection, writes: &[Write]) -> Result<(), sqlx::Error> {
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await?;
    for (write, cells) in writes {
        let mut query = sqlx::query(*write);
        for cell in cells {
            query = match cell {
                Cell::Null => query.bind(None::<String>),
                Cell::Number(number) => query.bind(*number),
                Cell::Text(text) => query.bind(text.as_str()),
                Cell::Bytes(bytes) => query.bind(bytes.as_slice()),
            };
        }
        query.execute(&mut *tx).await?;
    }
    tx.commit().await
}
