//! The socket of another machine's engine, forwarded to one of ours by `ssh`.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::net::UnixStream;
use tokio::process::Child;
use tokio::time::{Instant, sleep};

use super::Settings;
use crate::containers::{ContainerError, Kind};
use crate::hosts::Ssh;
use crate::hosts::programs::ssh;
use crate::redact::Redactor;

/// Where the engine of every machine listens.
const THERE: &str = "/var/run/docker.sock";

/// How long it may take until the socket is there.
const OPENING: Duration = Duration::from_secs(20);

/// How often it is looked for.
const LOOK: Duration = Duration::from_millis(20);

/// How much is read of what `ssh` says.
const SAID: u64 = 16 * 1024;

/// No two of a process have the same folder.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A forwarded socket. It ends with the process that opened it: the other side
/// reads from it, and ends when there is nobody to read from.
#[derive(Debug)]
pub(super) struct Tunnel {
    child: Child,
    folder: PathBuf,
}

impl Tunnel {
    /// Opens one, and returns when it can be used.
    pub(super) async fn open(
        settings: &Settings,
        redactor: &Redactor,
        to: &Ssh,
    ) -> Result<Self, ContainerError> {
        let what = format!("connecting to the engine at {to}");
        let failed = |why: String| ContainerError::new(Kind::Preflight, what.clone(), why);
        let folder = folder().map_err(|error| failed(error.to_string()))?;
        let mut command = ssh::line(settings, to);
        command.args([
            "-oExitOnForwardFailure=yes",
            "-oStreamLocalBindUnlink=yes",
            "-oStreamLocalBindMask=0177",
        ]);
        let from = socket(&folder);
        command.arg("-L").arg(format!("{}:{THERE}", from.display()));
        command.arg("--").arg(&to.host).arg("cat");
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let child = command.spawn().map_err(|error| {
            failed(error.to_string()).hint("Check that `ssh` is installed and may be run")
        })?;
        let mut tunnel = Self { child, folder };
        let deadline = Instant::now() + OPENING;
        while UnixStream::connect(&from).await.is_err() {
            if !tunnel.lives() {
                let last = tunnel.said(redactor).await;
                // Whatever its code: it has failed.
                return Err(ssh::refused(&last).error(what).output(last));
            }
            if Instant::now() > deadline {
                let why = "the connection is not there in time";
                return Err(ContainerError::new(Kind::Unreachable, what, why));
            }
            sleep(LOOK).await;
        }
        Ok(tunnel)
    }

    /// Whether it can still be used.
    pub(super) fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// The engine's address on this side.
    pub(super) fn address(&self) -> String {
        format!("unix://{}", socket(&self.folder).display())
    }

    async fn said(&mut self, redactor: &Redactor) -> Vec<String> {
        let mut text = Vec::new();
        if let Some(stderr) = self.child.stderr.take() {
            // What cannot be read is not told.
            drop(stderr.take(SAID).read_to_end(&mut text).await);
        }
        let text = String::from_utf8_lossy(&text).into_owned();
        text.lines().map(|line| redactor.line(line)).collect()
    }
}

impl Drop for Tunnel {
    fn drop(&mut self) {
        // What stays behind is an empty folder at most.
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

fn socket(folder: &Path) -> PathBuf {
    folder.join("docker.sock")
}

/// A folder nobody else can look into. Its path is short, as those of sockets must be.
fn folder() -> std::io::Result<PathBuf> {
    loop {
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = PathBuf::from(format!("/tmp/shipbell-{}-{count}", std::process::id()));
        match DirBuilder::new().mode(0o700).create(&folder) {
            Ok(()) => return Ok(folder),
            // Somebody else's, or one of an earlier process with our number.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && count < 1000 => {}
            Err(error) => return Err(error),
        }
    }
}
