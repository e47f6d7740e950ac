//! What the program's two files say, read from outside and without changing anything.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use shipbell_domain::Event;
use shipbell_domain::event::{EnvironmentEvent, Outcome};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{Connection as _, Row as _};

/// Where the command that must run once stands among the steps that have one.
const ONCE: u32 = 1;

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

type Result<T> = std::result::Result<T, sqlx::Error>;

impl Records {
    pub(crate) fn new(data: PathBuf) -> Self {
        Self { data }
    }

    async fn open(&self, name: &str) -> Result<SqliteConnection> {
        let options = SqliteConnectOptions::new()
            .filename(self.data.join(name))
            .read_only(true)
            .busy_timeout(Duration::from_secs(5));
        SqliteConnection::connect_with(&options).await
    }

    /// The release of a version, as `r5`, and whether it is open.
    pub(crate) async fn release(&self, app: &str, version: &str) -> Option<(String, bool)> {
        let mut db = self.open("shipbell.db").await.unwrap();
        let sql = "SELECT number, open FROM fold WHERE kind = 'release' AND app = ? AND label = ?";
        let row = sqlx::query_as::<_, (i64, bool)>(sql)
            .bind(app)
            .bind(version);
        let found = row.fetch_optional(&mut db).await.unwrap();
        found.map(|(number, open)| (format!("r{number}"), open))
    }

    /// How a release stands in an environment.
    pub(crate) async fn stand(&self, release: &str, environment: &str) -> Stand {
        self.read_stand(release, environment).await.unwrap()
    }

    async fn read_stand(&self, release: &str, environment: &str) -> Result<Stand> {
        let mut db = self.open("shipbell.db").await?;
        let sql = "SELECT id FROM ask WHERE release = ? AND environment = ? \
                   AND phase = 'signoff' AND state = 'open'";
        let id: Option<String> = sqlx::query_scalar(sql)
            .bind(release)
            .bind(environment)
            .fetch_optional(&mut db)
            .await?;
        let ask = match id {
            Some(id) => {
                let sql = "SELECT person FROM signoff WHERE ask = ? AND says = 'yes'";
                let yes = sqlx::query_scalar(sql).bind(&id).fetch_all(&mut db).await?;
                let key = key_of(&id);
                let message = self.message(&key).await?;
                Some((key, message, yes))
            }
            None => None,
        };
        let sql = "SELECT number, kind, release, state FROM attempt WHERE environment = ?1 AND \
                   number >= (SELECT min(number) FROM attempt WHERE environment = ?1 \
                   AND release = ?2) ORDER BY number";
        let rows = sqlx::query(sql).bind(environment).bind(release);
        let mut attempts = Vec::new();
        for row in rows.fetch_all(&mut db).await? {
            attempts.push(Attempt {
                number: row.try_get("number")?,
                kind: row.try_get("kind")?,
                release: row.try_get("release")?,
                state: row.try_get("state")?,
            });
        }
        let sql = "SELECT kind FROM event WHERE stream = ? AND kind IN \
                   ('environment.locked', 'environment.unlocked') ORDER BY seq DESC LIMIT 1";
        let lock: Option<String> = sqlx::query_scalar(sql)
            .bind(format!("env/{environment}"))
            .fetch_optional(&mut db)
            .await?;
        Ok(Stand {
            ask,
            attempts,
            locked: lock.is_some_and(|it| it == "environment.locked"),
        })
    }

    async fn message(&self, key: &str) -> Result<Option<i64>> {
        let mut db = self.open("channel.db").await?;
        let sql = "SELECT id FROM message WHERE key = ? AND deleted = 0 ORDER BY id LIMIT 1";
        sqlx::query_scalar(sql)
            .bind(key)
            .fetch_optional(&mut db)
            .await
    }

    /// What the log says runs in an environment: the image by its id; none if nothing ever did.
    pub(crate) async fn deployed(&self, environment: &str) -> Option<String> {
        let mut db = self.open("shipbell.db").await.unwrap();
        let sql = "SELECT m.body FROM attempt a JOIN manifest m ON m.hash = a.manifest \
                   WHERE a.environment = ? AND a.state = 'verified' \
                   ORDER BY a.number DESC LIMIT 1";
        let body: Option<String> = sqlx::query_scalar(sql)
            .bind(environment)
            .fetch_optional(&mut db)
            .await
            .unwrap();
        let manifest: serde_json::Value = serde_json::from_str(&body?).unwrap();
        let pinned = &manifest["images"]["web"]["pinned"];
        Some(
            pinned
                .as_str()
                .expect("a manifest pins its images")
                .to_owned(),
        )
    }

    /// Whether an attempt waits for somebody to say if a command that must run once had run.
    pub(crate) async fn is_cut_off(&self, environment: &str) -> bool {
        let mut db = self.open("shipbell.db").await.unwrap();
        let sql = "SELECT payload FROM event WHERE stream = ? \
                   AND kind IN ('environment.work_ended', 'environment.decided') \
                   ORDER BY seq DESC LIMIT 1";
        let last = sqlx::query_scalar::<_, String>(sql).bind(format!("env/{environment}"));
        let last = last.fetch_optional(&mut db).await.unwrap();
        let last = last.map(|it| serde_json::from_str(&it).unwrap());
        match last {
            Some(Event::Environment(EnvironmentEvent::WorkEnded {
                index,
                outcome: Outcome::Interrupted { .. },
                ..
            })) => index == ONCE,
            _ => false,
        }
    }

    /// Why the last attempt that failed in an environment did, in the log's own words.
    pub(crate) async fn why(&self, environment: &str) -> String {
        let mut db = self.open("shipbell.db").await.unwrap();
        let sql = "SELECT payload FROM event WHERE stream = ? AND kind IN \
                   ('environment.attempt_failed', 'environment.work_ended') \
                   ORDER BY seq DESC LIMIT 3";
        let events = sqlx::query_scalar::<_, String>(sql).bind(format!("env/{environment}"));
        events.fetch_all(&mut db).await.unwrap().join("\n")
    }

    /// Whether looks at an environment are still to come.
    pub(crate) async fn is_watched(&self, environment: &str) -> bool {
        let mut db = self.open("shipbell.db").await.unwrap();
        let sql = "SELECT count(*) > 0 FROM timer WHERE state = 'pending' AND id LIKE ?";
        let looks = sqlx::query_scalar(sql).bind(format!("tick/{environment}/%"));
        looks.fetch_one(&mut db).await.unwrap()
    }

    /// Whether anything is being done or owed now, beyond wake-ups to come.
    pub(crate) async fn is_quiet(&self) -> bool {
        let mut db = self.open("shipbell.db").await.unwrap();
        let sql = "SELECT (SELECT count(*) FROM attempt WHERE state = 'running') + \
                   (SELECT count(*) FROM outbox WHERE wanted > drawn AND dead = 0) + \
                   (SELECT count(*) FROM timer WHERE state = 'pending' \
                    AND due_us < (unixepoch() + 20) * 1000000)";
        let busy: i64 = sqlx::query_scalar(sql).fetch_one(&mut db).await.unwrap();
        busy == 0
    }

    /// Everything that is needed to judge.
    pub(crate) async fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot::default();
        if self.data.join("shipbell.db").exists() {
            self.log(&mut snapshot).await.unwrap();
        }
        if self.data.join("channel.db").exists() {
            self.transcript(&mut snapshot).await.unwrap();
        }
        snapshot
    }

    async fn log(&self, into: &mut Snapshot) -> Result<()> {
        let mut db = self.open("shipbell.db").await?;
        let sql = "SELECT seq, stream, actor, payload, hash FROM event ORDER BY seq";
        for row in sqlx::query(sql).fetch_all(&mut db).await? {
            let payload: String = row.try_get("payload")?;
            into.log.push(Recorded {
                seq: row.try_get::<i64, _>("seq")?.cast_unsigned(),
                stream: row.try_get("stream")?,
                actor: row.try_get("actor")?,
                event: serde_json::from_str(&payload).expect("an event can be read"),
                hash: row.try_get("hash")?,
            });
        }
        let sql = "SELECT id, outcome, seq FROM inbox WHERE source = 'web'";
        for row in sqlx::query(sql).fetch_all(&mut db).await? {
            let seq = row.try_get::<i64, _>("seq")?.cast_unsigned();
            let outcome = row.try_get("outcome")?;
            into.inbox.insert(row.try_get("id")?, (outcome, seq));
        }
        let sql = "SELECT key, surface <> '' AS talks, wanted > drawn AS open, dead FROM outbox";
        for row in sqlx::query(sql).fetch_all(&mut db).await? {
            into.outbox.push(Owed {
                key: row.try_get("key")?,
                talks: row.try_get("talks")?,
                open: row.try_get("open")?,
                dead: row.try_get("dead")?,
            });
        }
        let sql = "SELECT s.ask, s.person FROM signoff s JOIN ask a ON a.id = s.ask \
                   WHERE s.says = 'yes' AND a.state = 'open' ORDER BY 1, 2";
        let consent: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&mut db).await?;
        let by_key = consent.into_iter().map(|(ask, by)| (key_of(&ask), by));
        into.consent = by_key.collect();
        let sql = "SELECT count(*) FROM timer WHERE state = 'pending' \
                   AND due_us < (unixepoch() - 5) * 1000000";
        into.late = sqlx::query_scalar(sql).fetch_one(&mut db).await?;
        Ok(())
    }

    async fn transcript(&self, into: &mut Snapshot) -> Result<()> {
        let mut db = self.open("channel.db").await?;
        let sql = "SELECT key, count(*) FROM message \
                   WHERE key IS NOT NULL AND deleted = 0 GROUP BY key";
        let posts: Vec<(String, u32)> = sqlx::query_as(sql).fetch_all(&mut db).await?;
        into.posts = posts.into_iter().collect();
        let sql = "SELECT m.key, r.account FROM reaction r JOIN message m ON m.id = r.message \
                   WHERE r.emoji = 'white_check_mark' AND m.key LIKE 'ask/%' AND m.deleted = 0 \
                   ORDER BY 1, 2";
        into.marks = sqlx::query_as(sql).fetch_all(&mut db).await?;
        Ok(())
    }
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
