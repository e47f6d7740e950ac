//! A demo's own little world: its folder, its mark, and that nothing is left of it.

use std::fmt::Write as _;
use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::docker::Docker;
use super::memory::{self, Memory};
use super::project;
use crate::failure::Failure;

/// The labels of everything a demo makes: which one it is, and its folder.
pub(super) const INSTANCE: &str = "io.shipbell.demo";
pub(super) const FOLDER: &str = "io.shipbell.demo.folder";

/// What temporary folders of demos are called.
const PREFIX: &str = "shipbell-demo-";

/// The file a running demo holds locked, and the one that says it is to be kept.
const MARK: &str = "demo.lock";
const KEPT: &str = "demo.kept";

/// How long children of the bot may take to end, and how often is looked.
const CHILDREN: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(100);

/// A demo's folder while it runs.
pub(super) struct World {
    pub(super) folder: PathBuf,
    pub(super) memory: Memory,
    /// Whether it went on from what an earlier demo had kept.
    pub(super) resumed: bool,
    kept: bool,
    _mark: File,
}

/// What became of an earlier demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It runs, it is kept, or nobody can tell.
    Leave,
    /// It was killed, or its folder is gone.
    Remove,
}

impl World {
    /// Makes a folder, or goes on in one that was kept.
    pub(super) fn open(keep: Option<&Path>, seed: &[u8; 32]) -> Result<Self, Failure> {
        let instance = hex(&seed[..4]);
        let folder = match keep {
            Some(folder) => std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf()),
            None => std::env::temp_dir().join(format!("{PREFIX}{instance}")),
        };
        let unusable = |error| {
            Failure::user(format!("the folder {} cannot be used", folder.display())).because(error)
        };
        let made = fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder);
        made.map_err(&unusable)?;
        let found = Memory::read(&folder)?;
        if found.is_none() && !is_ours_to_fill(&folder).map_err(&unusable)? {
            let what = format!("{} holds other files", folder.display());
            return Err(Failure::user(what).hint("name an empty folder, or one of a kept demo"));
        }
        let mark = mark(&folder, &instance).map_err(&unusable)?;
        let Some(mark) = mark else {
            let what = format!("a demo is running in {}", folder.display());
            return Err(Failure::user(what).hint("stop it, or name another folder"));
        };
        if keep.is_some() {
            File::create(folder.join(KEPT)).map_err(&unusable)?;
        }
        let resumed = found.is_some();
        let memory = match found {
            Some(memory) => memory,
            None => Memory::new(instance).map_err(&unusable)?,
        };
        memory.write(&folder)?;
        Ok(Self {
            folder,
            memory,
            resumed,
            kept: keep.is_some(),
            _mark: mark,
        })
    }

    /// Whether it outlives this program.
    pub(super) fn is_kept(&self) -> bool {
        self.kept
    }

    /// Removes everything it made, unless it is to be kept.
    pub(super) async fn close(self, docker: Option<&Docker>) -> Result<(), Failure> {
        if self.kept {
            return self.memory.write(&self.folder);
        }
        without_children(&self.folder.join(project::DATA).join("locks")).await;
        if let Some(docker) = docker {
            docker.remove(&self.memory.instance).await?;
        }
        fs::remove_dir_all(&self.folder).map_err(|error| {
            Failure::user(format!("{} cannot be removed", self.folder.display())).because(error)
        })
    }
}

/// Removes what killed demos left behind; says how many there were.
pub(super) async fn sweep(docker: Option<&Docker>) -> Result<usize, Failure> {
    let mut swept = 0;
    if let Some(docker) = docker {
        for (instance, folder) in docker.demos().await? {
            if fate(Path::new(&folder)) == Fate::Remove {
                docker.remove(&instance).await?;
                swept += 1;
            }
        }
    }
    for folder in temporary() {
        if fate(&folder) == Fate::Remove && fs::remove_dir_all(&folder).is_ok() && docker.is_none()
        {
            swept += 1;
        }
    }
    Ok(swept)
}

/// Bytes as people read them.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
        text
    })
}

/// Waits until no child of the bot is at work any more: each holds a lock while it is.
async fn without_children(locks: &Path) {
    let begun = Instant::now();
    let entries = fs::read_dir(locks).into_iter().flatten().flatten();
    for lock in entries.filter_map(|it| File::open(it.path()).ok()) {
        while begun.elapsed() < CHILDREN && lock.try_lock().is_err() {
            sleep(LOOK).await;
        }
    }
}

fn temporary() -> Vec<PathBuf> {
    let entries = fs::read_dir(std::env::temp_dir())
        .into_iter()
        .flatten()
        .flatten();
    let ours = entries.filter(|it| {
        let is_folder = it.file_type().is_ok_and(|kind| kind.is_dir());
        is_folder && it.file_name().to_string_lossy().starts_with(PREFIX)
    });
    ours.map(|it| it.path()).collect()
}

/// Tells a killed demo from one that runs or is kept, by the marks in its folder.
fn fate(folder: &Path) -> Fate {
    if !folder.is_absolute() {
        return Fate::Leave;
    }
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Fate::Remove,
        Err(_) => return Fate::Leave,
        Ok(_) if folder.join(KEPT).exists() => return Fate::Leave,
        Ok(_) => {}
    }
    // Without a mark it has only just begun, or is none of ours.
    let Ok(mark) = File::open(folder.join(MARK)) else {
        return Fate::Leave;
    };
    // It is written to once it is locked: an empty one is about to be.
    if mark.metadata().map_or(true, |it| it.len() == 0) {
        return Fate::Leave;
    }
    match mark.try_lock() {
        Ok(()) => Fate::Remove,
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => Fate::Leave,
    }
}

/// Takes the mark of a running demo; none if another one has it.
fn mark(folder: &Path, instance: &str) -> io::Result<Option<File>> {
    let mut options = File::options();
    let mut mark = options
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(MARK))?;
    match mark.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let words = format!("instance {instance}, process {}\n", std::process::id());
    io::Write::write_all(&mut mark, words.as_bytes())?;
    Ok(Some(mark))
}

/// Whether a folder is empty, but for what a demo killed at its very start leaves.
fn is_ours_to_fill(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if ![MARK, KEPT, memory::FILE].iter().any(|ours| name == *ours) {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_killed_or_is_gone_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        assert_eq!(fate(path), Fate::Leave, "no mark");
        let running = mark(path, "8f2c").unwrap().unwrap();
        assert_eq!(fate(path), Fate::Leave, "running");
        assert!(mark(path, "8f2c").unwrap().is_none());
        drop(running);
        assert_eq!(fate(path), Fate::Remove, "killed");
        File::create(path.join(KEPT)).unwrap();
        assert_eq!(fate(path), Fate::Leave, "kept");
        assert_eq!(fate(&path.join("gone")), Fate::Remove);
        assert_eq!(fate(Path::new("")), Fate::Leave);
    }

    #[test]
    fn a_kept_folder_goes_on_and_a_foreign_one_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let first = World::open(Some(folder.path()), &[1; 32]).unwrap();
        assert!(!first.resumed);
        assert!(
            World::open(Some(folder.path()), &[2; 32]).is_err(),
            "it runs"
        );
        let instance = first.memory.instance.clone();
        drop(first);
        let again = World::open(Some(folder.path()), &[2; 32]).unwrap();
        assert!(again.resumed && again.memory.instance == instance);
        let foreign = tempfile::tempdir().unwrap();
        fs::write(foreign.path().join("letter.txt"), "dear").unwrap();
        assert!(World::open(Some(foreign.path()), &[3; 32]).is_err());
    }
}
