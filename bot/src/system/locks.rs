//! A lock file for every environment, and who holds one.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use shipbell_domain::ids::EnvId;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use crate::engine::ports::{Held, Locks};

/// How long a process may take to end after it was asked to.
const POLITELY: Duration = Duration::from_secs(10);
/// How often it is looked whether it has.
const LOOK: Duration = Duration::from_millis(200);
/// How long the program that sends a signal may take.
const SIGNAL: Duration = Duration::from_secs(2);

/// A lock file for every environment, in one folder.
pub struct FileLocks {
    folder: PathBuf,
    held: Mutex<BTreeMap<EnvId, Arc<File>>>,
}

impl FileLocks {
    /// Locks in `folder`, which must exist.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            held: Mutex::default(),
        }
    }

    fn held(&self, environment: &EnvId) -> Option<Arc<File>> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(environment).cloned()
    }

    /// Names hold no dots: two environments never share a file.
    fn path(&self, environment: &EnvId) -> PathBuf {
        let name = format!("{}.{}.lock", environment.app, environment.env);
        self.folder.join(name)
    }
}

#[async_trait]
impl Locks for FileLocks {
    async fn take(&self, environment: &EnvId) -> Result<Option<Arc<File>>, Held> {
        if let Some(file) = self.held(environment) {
            return Ok(Some(file));
        }
        let path = self.path(environment);
        // Without its lock file nothing is done to an environment.
        let file = File::create(&path).map_err(|error| {
            let path = path.display();
            Held(format!("the lock file {path} cannot be made: {error}"))
        })?;
        if file.try_lock().is_err() {
            return Err(Held(told(&path, &holders(&path))));
        }
        let file = Arc::new(file);
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.insert(environment.clone(), Arc::clone(&file));
        Ok(Some(file))
    }

    async fn end_holders(&self, environment: &EnvId) {
        let path = self.path(environment);
        let found = holders(&path);
        for holder in &found {
            signal("-TERM", holder).await;
        }
        let mut waited = Duration::ZERO;
        while waited < POLITELY && found.iter().any(Holder::lives) {
            sleep(LOOK).await;
            waited += LOOK;
        }
        for holder in found.iter().filter(|it| it.lives()) {
            signal("-KILL", holder).await;
        }
    }
}

/// A process that has a lock as its standard input.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Holder {
    process: u32,
    /// When it started, in the system's own count: numbers of processes are given out again.
    started: String,
    /// What it is, for people.
    command: String,
}

impl Holder {
    /// Whether it is still the same process.
    fn lives(&self) -> bool {
        started(self.process).as_ref() == Some(&self.started)
    }
}

/// The children that hold a lock: every child of a bot has it as its standard
/// input, and no bot has. None are found where the system does not tell.
fn holders(path: &Path) -> Vec<Holder> {
    let Ok(path) = path.canonicalize() else {
        return Vec::new();
    };
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = entries.filter_map(|it| it.file_name().to_str()?.parse::<u32>().ok());
    let holds = |process: &u32| {
        let stdin = format!("/proc/{process}/fd/0");
        let details = format!("/proc/{process}/fdinfo/0");
        let locked = || fs::read_to_string(details).is_ok_and(|it| it.contains("FLOCK"));
        fs::read_link(stdin).is_ok_and(|it| it == path) && locked()
    };
    { processes.filter(holds) }
        .filter_map(|process| {
            let command = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
            let words = String::from_utf8_lossy(&command).replace('\0', " ");
            Some(Holder {
                process,
                started: started(process)?,
                command: words.trim().chars().take(80).collect(),
            })
        })
        .collect()
}

/// When a process started; none if it lives no more.
fn started(process: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in it may hold anything, a parenthesis too.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    fields.nth(18).map(str::to_owned)
}

fn told(path: &Path, holders: &[Holder]) -> String {
    let path = path.display();
    let one = |it: &Holder| format!("process {} ({})", it.process, it.command);
    let all: Vec<String> = holders.iter().take(3).map(one).collect();
    if all.is_empty() {
        format!("something that cannot be seen from here holds {path}; find it and end it")
    } else {
        format!(
            "{} of an earlier start still holds {path}; end it",
            all.join(", ")
        )
    }
}

/// Signals a process, if it is still the same one. That needs a program, for
/// lack of a safe call.
async fn signal(signal: &str, holder: &Holder) {
    if !holder.lives() {
        return;
    }
    let (process, command) = (holder.process, &holder.command);
    tracing::warn!(
        process,
        command,
        signal,
        "ending a child of an earlier start"
    );
    let mut kill = Command::new("kill");
    kill.args([signal, "--", &process.to_string()]);
    kill.stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    if let Ok(Err(error)) = timeout(SIGNAL, kill.status()).await {
        tracing::warn!(%error, "the program `kill` cannot be run");
    }
}

#[cfg(test)]
mod tests {
    use shipbell_domain::ids::{AppId, EnvName};
    use tokio::io::{AsyncBufReadExt as _, BufReader};

    use super::*;

    fn environment(app: &str, env: &str) -> EnvId {
        EnvId {
            app: AppId::new(app).unwrap(),
            env: EnvName::new(env).unwrap(),
        }
    }

    #[tokio::test]
    async fn nobody_acts_without_the_lock_file() {
        let folder = tempfile::tempdir().unwrap();
        let locks = FileLocks::new(folder.path().join("nowhere"));
        let held = locks.take(&environment("shop", "staging")).await;
        assert!(held.unwrap_err().0.contains("cannot be made"));
    }

    #[tokio::test]
    async fn environments_have_a_lock_file_each() {
        let folder = tempfile::tempdir().unwrap();
        let locks = FileLocks::new(folder.path().to_owned());
        let _first = locks.take(&environment("shop", "eu-prod")).await.unwrap();
        let second = locks.take(&environment("shop-eu", "prod")).await;
        assert!(second.is_ok(), "{second:?}");
    }

    #[tokio::test]
    async fn a_child_of_an_earlier_life_is_named_and_can_be_ended() {
        let folder = tempfile::tempdir().unwrap();
        let place = environment("shop", "staging");
        let life = FileLocks::new(folder.path().to_owned());
        let file = life.take(&place).await.unwrap().unwrap();
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "trap '' TERM; echo begun; sleep 600 & wait; wait"]);
        let inherited = file.try_clone().unwrap();
        command.stdin(inherited).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop((command, file, life));
        // Before that the system does not tell yet what it is.
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        assert_eq!(said.next_line().await.unwrap().unwrap(), "begun");

        let next = FileLocks::new(folder.path().to_owned());
        let held = next.take(&place).await.unwrap_err();
        assert!(held.0.contains("sleep 600"), "{held}");
        next.end_holders(&place).await;
        child.wait().await.unwrap();
        assert!(next.take(&place).await.is_ok());
    }
}
