//! A program of this machine, run with clear surroundings and a limit.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe::Receiver;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep_until, timeout};

use super::tap::Tap;
use crate::containers::Stream;

/// How long a program may take to end after it was asked to.
const POLITELY: Duration = Duration::from_secs(10);

/// How long to go on reading when a program has ended but others still hold its
/// output.
const LINGER: Duration = Duration::from_secs(2);

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// By itself, with this code.
    Code(i32),
    /// From outside.
    Killed,
    /// By us, because it took too long.
    TimedOut,
}

/// Runs `command` in a process group of its own, so that what ends the bot does
/// not end it. The lock file, if any, is its standard input: it stays open
/// exactly as long as the program lives. Dropping the future leaves it running,
/// also when it writes more.
pub(crate) async fn run(
    mut command: Command,
    lock: Option<&File>,
    within: Duration,
    tap: &mut Tap<'_>,
) -> io::Result<Ended> {
    let stdin = lock
        .map(File::try_clone)
        .transpose()?
        .map_or_else(Stdio::null, Stdio::from);
    command.process_group(0).kill_on_drop(false);
    let (stdout, its_stdout) = pipe()?;
    let (stderr, its_stderr) = pipe()?;
    let mut child = command
        .stdin(stdin)
        .stdout(its_stdout)
        .stderr(its_stderr)
        .spawn()?;
    // The command keeps its own copies open otherwise: of the lock file, and of the
    // pipes, whose end would never be seen.
    drop(command);
    let streams = (Some(stdout), Some(stderr));
    let status = follow(&mut child, streams, Instant::now() + within, tap).await?;
    match status {
        Some(status) => Ok(status.code().map_or(Ended::Killed, Ended::Code)),
        None => end(&mut child).await.map(|()| Ended::TimedOut),
    }
}

/// A pipe whose other end can read it as well. Whoever writes into a pipe that nobody
/// can read is ended, or fails: so a child is its own reader when this program dies.
fn pipe() -> io::Result<(Receiver, Stdio)> {
    let (ours, writer) = io::pipe()?;
    let path = format!("/proc/self/fd/{}", writer.as_raw_fd());
    let both = File::options().read(true).write(true).open(path)?;
    Ok((Receiver::from_owned_fd(OwnedFd::from(ours))?, both.into()))
}

/// Reads both streams until the program has ended; none if it takes too long.
async fn follow(
    child: &mut Child,
    (mut stdout, mut stderr): (Option<Receiver>, Option<Receiver>),
    deadline: Instant,
    tap: &mut Tap<'_>,
) -> io::Result<Option<ExitStatus>> {
    let mut out = vec![0; 16 * 1024];
    let mut err = vec![0; 16 * 1024];
    let mut status = None;
    let mut limit = deadline;
    while status.is_none() || stdout.is_some() || stderr.is_some() {
        tokio::select! {
            read = read(&mut stdout, &mut out), if stdout.is_some() => match read? {
                0 => stdout = None,
                count => tap.bytes(Stream::Stdout, &out[..count]),
            },
            read = read(&mut stderr, &mut err), if stderr.is_some() => match read? {
                0 => stderr = None,
                count => tap.bytes(Stream::Stderr, &err[..count]),
            },
            ended = child.wait(), if status.is_none() => {
                status = Some(ended?);
                limit = Instant::now() + LINGER;
            }
            () = sleep_until(limit) => break,
        }
    }
    Ok(status)
}

async fn read(from: &mut Option<Receiver>, into: &mut [u8]) -> io::Result<usize> {
    match from {
        Some(stream) => stream.read(into).await,
        None => Ok(0),
    }
}

/// Ends the whole group: first asks, then insists.
async fn end(child: &mut Child) -> io::Result<()> {
    signal(child, "-TERM").await;
    if timeout(POLITELY, child.wait()).await.is_ok() {
        return Ok(());
    }
    signal(child, "-KILL").await;
    child.start_kill()?;
    child.wait().await.map(drop)
}

/// Signals the group. That needs a program, for lack of a safe call; where it is
/// missing only the child itself is ended, a little later.
async fn signal(child: &Child, signal: &str) {
    let Some(group) = child.id() else { return };
    let mut kill = Command::new("kill");
    kill.args([signal, "--", &format!("-{group}")]);
    kill.stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    if let Ok(Err(error)) = timeout(LINGER, kill.status()).await {
        tracing::warn!(%error, "the program `kill` cannot be run");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::containers::{Discard, LineSink, OutputLine};
    use crate::redact::Redactor;

    async fn sh(script: &str, within: Duration) -> (Ended, String) {
        let mut tap = Tap::new(&Redactor::default(), &Discard);
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        let ended = run(command, None, within, &mut tap).await.unwrap();
        (ended, tap.finish().text())
    }

    #[tokio::test]
    async fn code_and_both_streams_come_back() {
        let (ended, text) = sh("echo one; echo two >&2; exit 7", Duration::from_secs(5)).await;
        assert_eq!(ended, Ended::Code(7));
        assert!(text.contains("one\n") && text.contains("two\n"));
    }

    #[tokio::test]
    async fn what_takes_too_long_is_ended_with_its_whole_group() {
        let script = "sleep 60 & trap 'kill $!; echo asked; exit' TERM; wait";
        let (ended, _) = sh(script, Duration::from_millis(200)).await;
        assert_eq!(ended, Ended::TimedOut);
    }

    /// Tells when a line has come.
    struct Heard(tokio::sync::Notify);

    impl LineSink for Heard {
        fn line(&self, _: OutputLine) {
            self.0.notify_one();
        }
    }

    #[tokio::test]
    async fn a_child_that_nobody_reads_any_more_goes_on_to_its_end() {
        let folder = tempfile::tempdir().unwrap();
        let heard = Heard(tokio::sync::Notify::new());
        let mut tap = Tap::new(&Redactor::default(), &heard);
        let mut command = Command::new("/bin/sh");
        command.current_dir(folder.path());
        let script = "mkfifo gone; echo ready; cat gone; echo one; echo two >&2; mkdir last";
        command.args(["-c", script]);
        tokio::select! {
            ended = run(command, None, Duration::from_mins(1), &mut tap) => {
                panic!("{ended:?}: it waits for us")
            }
            () = heard.0.notified() => {}
        }
        // The script reads on once we have let go of it.
        tokio::fs::write(folder.path().join("gone"), "")
            .await
            .unwrap();
        let last = folder.path().join("last");
        let arrives = async {
            while !last.exists() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let reached = timeout(Duration::from_secs(10), arrives).await;
        assert!(reached.is_ok(), "it wrote what nobody reads, and was ended");
    }

    #[tokio::test]
    async fn a_living_child_keeps_the_lock() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let lock = File::open(file.path()).unwrap();
        lock.lock().unwrap();
        let mut tap = Tap::new(&Redactor::default(), &Discard);
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "exec 3<&0; sleep 1 >/dev/null 2>&1 &"]);
        let within = Duration::from_secs(5);
        let ended = run(command, Some(&lock), within, &mut tap).await.unwrap();
        assert_eq!(ended, Ended::Code(0));
        drop(lock);
        let rival = File::open(file.path()).unwrap();
        assert!(rival.try_lock().is_err(), "the grandchild still lives");
        rival.lock().unwrap();
    }
}
