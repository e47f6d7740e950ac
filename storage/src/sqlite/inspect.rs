//! Looks a database over from outside: a bot may be running on it, and nothing is written.

mod excerpt;
mod standing;

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};
use shipbell_domain::ids::Hash;
use tokio_rusqlite::Connection as Thread;

use super::seat::{ask, snapshot};
use super::shelf::head;
use super::sql::{maybe, value};
use super::{check, copy, log, open};
use crate::chain::Walk;
use crate::{StoreError, chain};

pub use super::mend::{Mended, mend};
pub use excerpt::Stretch;
pub use standing::Standing;

/// How many flaws are told; more say nothing more.
const MAX_TOLD: usize = 50;

/// A database that is looked over.
#[derive(Debug)]
pub struct Inspection {
    thread: Thread,
    path: PathBuf,
    instance: String,
}

/// What was found: what was looked at, and what is wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// How many events were walked.
    pub events: u64,
    /// How many of them were erased.
    pub erased: u64,
    /// The hash of the chain at the last of them.
    pub hash: Option<Hash>,
    /// How many streams were compared with their events.
    pub streams: usize,
    /// How many rows of other tables were.
    pub rows: usize,
    /// How many pieces of logs and evidence were compared with their names.
    pub kept: u64,
    /// What SQLite finds wrong with the file.
    pub pages: Vec<String>,
    /// What does not hold about the log.
    pub log: Vec<String>,
    /// What is not what the log adds up to; nothing if the log itself is not whole,
    /// for then there is nothing to compare with.
    pub tables: Vec<String>,
    /// Which logs and evidence are not what they were.
    pub changed: Vec<String>,
}

impl Findings {
    /// Everything that is wrong, one line each.
    pub fn wrong(&self) -> impl Iterator<Item = &str> {
        let all = [&self.pages, &self.log, &self.tables, &self.changed];
        all.into_iter().flatten().map(String::as_str)
    }

    /// Whether everything holds.
    pub fn is_whole(&self) -> bool {
        self.wrong().next().is_none()
    }
}

impl Inspection {
    /// Opens a database for looking only.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref().to_owned();
        is_there(&path)?;
        open::check_version()?;
        let thread = open::onlooker(&path).await?;
        let instance = ask(&thread, |conn| {
            open::check_form(conn)?;
            value(conn, "SELECT value FROM meta WHERE name = 'instance'", [])
        })
        .await?;
        Ok(Self {
            thread,
            path,
            instance,
        })
    }

    /// The random name the database got when it was made.
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Looks everything over, all of it as it stood at one moment.
    pub async fn look(&mut self) -> Result<Findings, StoreError> {
        let job = |conn: &Connection| {
            let mut findings = log_of(conn)?;
            if findings.log.is_empty() {
                compare(conn, &mut findings)?;
            }
            kept(conn, &mut findings)?;
            findings.pages = check::pages(conn)?;
            Ok(findings)
        };
        self.at_one_moment(job).await
    }

    /// Looks over the file, the log and each stream by itself: with little memory and
    /// without holding up a bot that works on it. Less than [`Inspection::look`]: not
    /// the tables that many streams share.
    pub async fn look_beside(&mut self) -> Result<Findings, StoreError> {
        let job = |conn: &mut Connection| {
            let mut findings = log_of(&*snapshot(conn)?)?;
            if findings.log.is_empty() {
                streams(conn, &mut findings)?;
            }
            findings.pages = check::pages(conn)?;
            Ok(findings)
        };
        ask(&self.thread, job).await
    }

    /// Looks over the log alone.
    pub async fn look_at_log(&mut self) -> Result<Findings, StoreError> {
        self.at_one_moment(log_of).await
    }

    /// Where the log ends, and its hash at another position if it goes that far.
    pub async fn ends(&mut self, at: u64) -> Result<((u64, Hash), Option<Hash>), StoreError> {
        let job = move |conn: &Connection| {
            let head = head(conn)?;
            let there = log::lines(conn, at.saturating_sub(1), 1)?;
            let there = there.first().filter(|it| it.seq == at);
            let there = there.map(|it| chain::hex(&it.hash));
            Ok(((head.seq, chain::hex(&head.hash)), there))
        };
        self.at_one_moment(job).await
    }

    /// Writes a whole copy to a new file.
    pub async fn copy(&mut self, to: &Path) -> Result<(), StoreError> {
        let to = to.to_owned();
        ask(&self.thread, move |conn| copy::write(conn, &to)).await
    }

    async fn at_one_moment<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        ask(&self.thread, |conn| job(&*snapshot(conn)?)).await
    }
}

/// Compares one stream after the other with its events.
fn streams(conn: &mut Connection, findings: &mut Findings) -> Result<(), StoreError> {
    let mut after = String::new();
    while findings.tables.len() < MAX_TOLD {
        let tx = snapshot(conn)?;
        let next = "SELECT min(stream) FROM fold WHERE stream > ?";
        let next: Option<String> = value(&tx, next, [&after])?;
        let Some(name) = next else { return Ok(()) };
        findings.tables.extend(check::stream(&tx, &name)?);
        findings.streams += 1;
        after = name;
    }
    Ok(())
}

pub(super) fn is_there(path: &Path) -> Result<(), StoreError> {
    if path.exists() {
        return Ok(());
    }
    Err(StoreError::Unusable {
        what: format!("there is no database at {}", path.display()),
        hint: "The first start of the bot makes it; `data` in the configuration says where"
            .to_owned(),
    })
}

/// Walks the whole log.
pub(super) fn log_of(conn: &Connection) -> Result<Findings, StoreError> {
    let mut walk = Walk::default();
    let flaws = log::walk_on(conn, &mut walk, MAX_TOLD)?;
    let mut log: Vec<String> = flaws.iter().map(ToString::to_string).collect();
    if log.len() < MAX_TOLD {
        log.extend(log::end(conn, &walk)?);
    }
    let erased: i64 = value(conn, "SELECT count(*) FROM event WHERE payload IS NULL", [])?;
    Ok(Findings {
        events: walk.seq(),
        erased: crate::names::count(erased)?,
        hash: Some(chain::hex(&walk.hash())),
        log,
        ..Findings::default()
    })
}

/// Compares every projection with what the log adds up to.
fn compare(conn: &Connection, findings: &mut Findings) -> Result<(), StoreError> {
    let rebuilt = check::rebuild(conn)?;
    let (tables, odd) = check::tables(conn)?;
    findings.tables = tables.differences(&rebuilt);
    findings.tables.extend(odd);
    findings.tables.truncate(MAX_TOLD);
    findings.streams = rebuilt.folds.len();
    findings.rows = rebuilt.rows.len();
    Ok(())
}

/// Compares logs and evidence with the hashes they are kept under.
fn kept(conn: &Connection, findings: &mut Findings) -> Result<(), StoreError> {
    let mut after = String::new();
    loop {
        let row: Option<(String, Vec<u8>)> = maybe(
            conn,
            "SELECT hash, bytes FROM blob WHERE hash > ? ORDER BY hash LIMIT 1",
            [&after],
        )?;
        let Some((name, bytes)) = row else {
            return Ok(());
        };
        findings.kept += 1;
        let is = chain::hex(&Sha256::digest(&bytes).into());
        if is.as_str() != name && findings.changed.len() < MAX_TOLD {
            let what = format!("blob: row {name}: its bytes were changed");
            findings.changed.push(what);
        }
        after = name;
    }
}

#[cfg(test)]
mod tests;
