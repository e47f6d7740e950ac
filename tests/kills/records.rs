//! What the program's two files say, read from outside and without changing anything.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Params, Row};
use shipbell_domain::Event;
use shipbell_domain::event::{EnvironmentEvent, Outcome};

/// Where the command that must run once stands among the steps that have one.
pub(crate) const ONCE: u32 = 1;

/// The two files.
pub(crate) struct Records {
    data: PathBuf,
}

/// All that is needed to judge what happened.
#[derive(Default)]
pub(crate) struct Snapshot {
    /// The log, in order.
    pub(crate) log: Vec<Recorded>,
    /// Inputs of people that were taken: how they ended, and where the log stood then.
    pub(crate) inbox: BTreeMap<String, (String, u64)>,
    pub(crate) outbox: Vec<Owed>,
    /// Messages of the bot that can be seen, by their key.
    pub(crate) posts: BTreeMap<String, u32>,
    /// Who stands with a ✅ on which message: the key, and the account.
    pub(crate) marks: Vec<(String, String)>,
    /// Who consents to which open ask, by the projection: the ask's key, and the person.
    pub(crate) consent: Vec<(String, String)>,
    /// Wake-ups that are late.
    pub(crate) late: u32,
}

/// An event as it stands in the log.
pub(crate) struct Recorded {
    pub(crate) seq: u64,
    /// As it is stored: `release/r5`, `env/blog/live`.
    pub(crate) stream: String,
    pub(crate) actor: String,
    pub(crate) event: Event,
    pub(crate) hash: Vec<u8>,
}

/// A row of what is owed.
pub(crate) struct Owed {
    pub(crate) key: String,
    /// Shown on a platform.
    pub(crate) talks: bool,
    pub(crate) open: bool,
    pub(crate) dead: bool,
}

/// How a release stands in an environment.
#[derive(Debug, Default)]
pub(crate) struct Stand {
    /// The ask that is open: its key, its message, and who consents.
    pub(crate) ask: Option<(String, Option<i64>, Vec<String>)>,
    /// Attempts of the environment since this release began there: the release, the kind
    /// and the state of each.
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) locked: bool,
}

/// An attempt.
#[derive(Clone, Debug)]
pub(crate) struct Attempt {
    pub(crate) number: i64,
    pub(crate) kind: String,
    pub(crate) release: String,
    pub(crate) state: String,
}

impl Records {
    pub(crate) fn new(data: PathBuf) -> Self {
        Self { data }
    }

    fn open(&self, name: &str) -> Connection {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Connection::open_with_flags(self.data.join(name), flags).unwrap()
    }

    /// The release of a version, as `r5`, and whether it is open.
    pub(crate) fn release(&self, app: &str, version: &str) -> Option<(String, bool)> {
        let sql = "SELECT number, open FROM fold WHERE kind = 'release' AND app = ? AND label = ?";
        let found: Option<(i64, bool)> = maybe(&self.open("shipbell.db"), sql, (app, version));
        found.map(|(number, open)| (format!("r{number}"), open))
    }

    /// How a release stands in an environment.
    pub(crate) fn stand(&self, release: &str, environment: &str) -> Stand {
        let db = self.open("shipbell.db");
        let sql = "SELECT id FROM ask WHERE release = ? AND environment = ? \
                   AND phase = 'signoff' AND state = 'open'";
        let open: Option<(String,)> = maybe(&db, sql, (release, environment));
        let ask = open.map(|(id,)| {
            let sql = "SELECT person FROM signoff WHERE ask = ? AND says = 'yes'";
            let yes = all(&db, sql, (&id,), |row| row.get(0));
            let key = key_of(&id);
            let message = self.message(&key);
            (key, message, yes)
        });
        let sql = "SELECT number, kind, release, state FROM attempt WHERE environment = ?1 AND \
                   number >= (SELECT min(number) FROM attempt WHERE environment = ?1 \
                   AND release = ?2) ORDER BY number";
        let attempts = all(&db, sql, (environment, release), |row| {
            Ok(Attempt {
                number: row.get("number")?,
                kind: row.get("kind")?,
                release: row.get("release")?,
                state: row.get("state")?,
            })
        });
        let sql = "SELECT kind FROM event WHERE stream = ? AND kind IN \
                   ('environment.locked', 'environment.unlocked') ORDER BY seq DESC LIMIT 1";
        let lock: Option<(String,)> = maybe(&db, sql, (format!("env/{environment}"),));
        Stand {
            ask,
            attempts,
            locked: lock.is_some_and(|(kind,)| kind == "environment.locked"),
        }
    }

    fn message(&self, key: &str) -> Option<i64> {
        let sql = "SELECT id FROM message WHERE key = ? AND deleted = 0 ORDER BY id LIMIT 1";
        maybe(&self.open("channel.db"), sql, (key,)).map(|(id,)| id)
    }

    /// What the log says runs in an environment: the image by its id; none if nothing ever did.
    pub(crate) fn deployed(&self, environment: &str) -> Option<String> {
        self.current(environment).map(|(_, image)| image)
    }

    /// The version that runs in an environment by the log, and its image.
    pub(crate) fn current(&self, environment: &str) -> Option<(String, String)> {
        let sql = "SELECT m.body FROM attempt a JOIN manifest m ON m.hash = a.manifest \
                   WHERE a.environment = ? AND a.state = 'verified' \
                   ORDER BY a.number DESC LIMIT 1";
        let (body,): (String,) = maybe(&self.open("shipbell.db"), sql, (environment,))?;
        let manifest: serde_json::Value = serde_json::from_str(&body).unwrap();
        let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
        let version = text(&manifest["version"]).expect("a manifest has a version");
        let pinned = text(&manifest["images"]["web"]["pinned"]);
        Some((version, pinned.expect("a manifest pins its images")))
    }

    /// The last attempt of an environment.
    pub(crate) fn last_attempt(&self, environment: &str) -> Option<Attempt> {
        let sql = "SELECT number, kind, release, state FROM attempt WHERE environment = ? \
                   ORDER BY number DESC LIMIT 1";
        let (number, kind, release, state) = maybe(&self.open("shipbell.db"), sql, (environment,))?;
        Some(Attempt {
            number,
            kind,
            release,
            state,
        })
    }

    /// Whether an attempt waits for somebody to say if a command that must run once had run.
    pub(crate) fn is_cut_off(&self, environment: &str) -> bool {
        self.cut_off(environment) == Some(ONCE)
    }

    /// The piece of work of which somebody must say how it ended, if an attempt waits for that.
    pub(crate) fn cut_off(&self, environment: &str) -> Option<u32> {
        let sql = "SELECT payload FROM event WHERE stream = ? \
                   AND kind IN ('environment.work_ended', 'environment.decided') \
                   ORDER BY seq DESC LIMIT 1";
        let stream = format!("env/{environment}");
        let last: Option<(String,)> = maybe(&self.open("shipbell.db"), sql, (stream,));
        let last = last.map(|(payload,)| serde_json::from_str(&payload).unwrap());
        match last {
            Some(Event::Environment(EnvironmentEvent::WorkEnded {
                index,
                outcome: Outcome::Interrupted { .. },
                ..
            })) => Some(index),
            _ => None,
        }
    }

    /// Why the last attempt that failed in an environment did, in the log's own words.
    pub(crate) fn why(&self, environment: &str) -> String {
        let sql = "SELECT payload FROM event WHERE stream = ? AND kind IN \
                   ('environment.attempt_failed', 'environment.work_ended') \
                   ORDER BY seq DESC LIMIT 3";
        let stream = format!("env/{environment}");
        let db = self.open("shipbell.db");
        let events: Vec<String> = all(&db, sql, (stream,), |row| row.get(0));
        events.join("\n")
    }

    /// Whether looks at an environment are still to come.
    pub(crate) fn is_watched(&self, environment: &str) -> bool {
        let sql = "SELECT count(*) FROM timer WHERE state = 'pending' AND id LIKE ?";
        let ticks = format!("tick/{environment}/%");
        count(&self.open("shipbell.db"), sql, (ticks,)) > 0
    }

    /// Whether anything is being done or owed now, beyond wake-ups to come.
    pub(crate) fn is_quiet(&self) -> bool {
        let sql = "SELECT (SELECT count(*) FROM attempt WHERE state = 'running') + \
                   (SELECT count(*) FROM outbox WHERE wanted > drawn AND dead = 0) + \
                   (SELECT count(*) FROM timer WHERE state = 'pending' \
                    AND due_us < (unixepoch() + 20) * 1000000)";
        count(&self.open("shipbell.db"), sql, ()) == 0
    }

    /// Everything that is needed to judge.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot::default();
        if self.data.join("shipbell.db").exists() {
            self.log(&mut snapshot);
        }
        if self.data.join("channel.db").exists() {
            self.transcript(&mut snapshot);
        }
        snapshot
    }

    fn log(&self, into: &mut Snapshot) {
        let db = self.open("shipbell.db");
        let sql = "SELECT seq, stream, actor, payload, hash FROM event ORDER BY seq";
        into.log = all(&db, sql, (), |row| {
            let payload: String = row.get("payload")?;
            Ok(Recorded {
                seq: row.get::<_, i64>("seq")?.cast_unsigned(),
                stream: row.get("stream")?,
                actor: row.get("actor")?,
                event: serde_json::from_str(&payload).expect("an event can be read"),
                hash: row.get("hash")?,
            })
        });
        let sql = "SELECT id, outcome, seq FROM inbox WHERE source = 'web'";
        let inbox = all(&db, sql, (), |row| {
            let seq = row.get::<_, i64>("seq")?.cast_unsigned();
            Ok((row.get("id")?, (row.get("outcome")?, seq)))
        });
        into.inbox = inbox.into_iter().collect();
        let sql = "SELECT key, surface <> '' AS talks, wanted > drawn AS open, dead FROM outbox";
        into.outbox = all(&db, sql, (), |row| {
            Ok(Owed {
                key: row.get("key")?,
                talks: row.get("talks")?,
                open: row.get("open")?,
                dead: row.get("dead")?,
            })
        });
        let sql = "SELECT s.ask, s.person FROM signoff s JOIN ask a ON a.id = s.ask \
                   WHERE s.says = 'yes' AND a.state = 'open' ORDER BY 1, 2";
        into.consent = all(&db, sql, (), |row| {
            let ask: String = row.get(0)?;
            Ok((key_of(&ask), row.get(1)?))
        });
        let sql = "SELECT count(*) FROM timer WHERE state = 'pending' \
                   AND due_us < (unixepoch() - 5) * 1000000";
        into.late = count(&db, sql, ());
    }

    fn transcript(&self, into: &mut Snapshot) {
        let db = self.open("channel.db");
        let sql = "SELECT key, count(*) FROM message \
                   WHERE key IS NOT NULL AND deleted = 0 GROUP BY key";
        let posts = all(&db, sql, (), |row| row.try_into());
        into.posts = posts.into_iter().collect();
        let sql = "SELECT m.key, r.account FROM reaction r JOIN message m ON m.id = r.message \
                   WHERE r.emoji = 'white_check_mark' AND m.key LIKE 'ask/%' AND m.deleted = 0 \
                   ORDER BY 1, 2";
        into.marks = all(&db, sql, (), |row| row.try_into());
    }
}

/// The first row as a tuple, if there is any.
fn maybe<T>(db: &Connection, sql: &str, values: impl Params) -> Option<T>
where
    T: for<'r> TryFrom<&'r Row<'r>, Error = rusqlite::Error>,
{
    let found = db.query_row(sql, values, |row| T::try_from(row));
    found.optional().unwrap()
}

/// Every row.
fn all<T>(
    db: &Connection,
    sql: &str,
    values: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Vec<T> {
    let mut prepared = db.prepare(sql).unwrap();
    let rows = prepared.query_map(values, read).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}

/// The one number that a query finds.
fn count(db: &Connection, sql: &str, values: impl Params) -> u32 {
    db.query_row(sql, values, |row| row.get(0)).unwrap()
}

/// The key an ask is posted under, by its name in the tables, which has the whole hash.
fn key_of(ask: &str) -> String {
    let parts: Vec<&str> = ask.split('/').collect();
    let [release, env, phase, manifest, round] = parts.as_slice() else {
        panic!("{ask} names no ask")
    };
    let short = manifest.get(..8).unwrap_or(manifest);
    format!("ask/{release}/{env}/{phase}/{short}/{round}")
}
