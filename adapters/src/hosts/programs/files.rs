//! One text file of a machine, read and replaced whole.

use std::io;
use std::os::unix::fs::{
    DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _,
};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::timeout;

use super::super::{Host, Ssh};
use super::ssh;
use crate::containers::docker::Settings;
use crate::containers::{ContainerError, Kind};
use crate::redact::Redactor;

/// The largest file.
const LARGEST: usize = 1024 * 1024;

/// The longest a single look or change may take.
const LONGEST: Duration = Duration::from_secs(30);

/// Where files are, and what is being done.
pub(crate) struct Machine<'a> {
    pub(crate) settings: &'a Settings,
    pub(crate) redactor: &'a Redactor,
    pub(crate) host: &'a Host,
    pub(crate) what: &'a str,
}

/// A file as it was found.
pub(crate) struct Found {
    /// Where it really is, behind any link.
    pub(crate) path: PathBuf,
    /// What is in it; none if there is no such file.
    pub(crate) text: Option<Vec<u8>>,
}

impl Machine<'_> {
    /// Reads a file, following links.
    pub(crate) async fn read(&self, path: &Path) -> Result<Found, ContainerError> {
        let found = match self.host {
            Host::Here => read_here(path).map_err(|error| self.failed(error.to_string()))?,
            Host::There(ssh) => self.read_there(ssh, path).await?,
        };
        if found.text.as_ref().is_some_and(|it| it.len() > LARGEST) {
            let why = "the file is larger than 1 MiB";
            return Err(ContainerError::new(Kind::Refused, self.what, why));
        }
        Ok(found)
    }

    /// Replaces a file whole or not at all; its mode and owner stay.
    pub(crate) async fn replace(&self, found: &Found, text: Vec<u8>) -> Result<(), ContainerError> {
        match self.host {
            Host::Here => {
                replace_here(found, &text).map_err(|error| self.failed(error.to_string()))
            }
            Host::There(ssh) => self.replace_there(ssh, found, text).await,
        }
    }

    /// Writes a file of ours whole, with its folder; nobody else can read it.
    pub(crate) async fn put(&self, path: &Path, text: Vec<u8>) -> Result<(), ContainerError> {
        let folder = path.parent().unwrap_or(Path::new("/"));
        match self.host {
            Host::Here => {
                let made = std::fs::DirBuilder::new()
                    .recursive(true)
                    .mode(0o700)
                    .create(folder);
                made.map_err(|error| self.failed(error.to_string()))?;
            }
            Host::There(ssh) => {
                let folder = folder.to_string_lossy();
                self.succeed(ssh, &["install", "-d", "-m", "700", "--", &folder])
                    .await?;
            }
        }
        let found = Found {
            path: path.to_path_buf(),
            text: None,
        };
        self.replace(&found, text).await
    }

    /// Removes the oldest files of a folder that begin and end so, but for `kept`.
    pub(crate) async fn prune(
        &self,
        folder: &Path,
        (beginning, ending): (&str, &str),
        kept: usize,
    ) -> Result<(), ContainerError> {
        let all = match self.host {
            Host::Here => newest_first(folder).map_err(|error| self.failed(error.to_string()))?,
            Host::There(ssh) => {
                let folder = folder.to_string_lossy();
                let listed = self.succeed(ssh, &["ls", "-1t", "--", &folder]).await?;
                let listed = String::from_utf8_lossy(&listed).into_owned();
                listed.lines().map(str::to_owned).collect()
            }
        };
        let ours = |it: &&String| it.starts_with(beginning) && it.ends_with(ending);
        for name in all.iter().filter(ours).skip(kept) {
            let path = folder.join(name);
            match self.host {
                Host::Here => {
                    let removed = std::fs::remove_file(&path);
                    removed.map_err(|error| self.failed(error.to_string()))?;
                }
                Host::There(ssh) => {
                    let path = path.to_string_lossy();
                    self.succeed(ssh, &["rm", "-f", "--", &path]).await?;
                }
            }
        }
        Ok(())
    }

    /// What a program writes that ends well, byte for byte.
    pub(crate) async fn output(&self, command: Command) -> Result<Vec<u8>, ContainerError> {
        let output = match timeout(LONGEST, with_input(command, None)).await {
            Ok(Ok(output)) => output,
            Ok(Err(error)) => return Err(self.failed(error.to_string())),
            Err(_) => {
                let why = "it does not answer in time";
                return Err(ContainerError::new(Kind::Unreachable, self.what, why));
            }
        };
        if output.status.success() && output.stdout.len() <= LARGEST {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().last().unwrap_or("it is larger than 1 MiB");
        Err(self.failed(self.redactor.line(last)))
    }

    async fn read_there(&self, ssh: &Ssh, path: &Path) -> Result<Found, ContainerError> {
        let written = path.to_string_lossy().into_owned();
        let real = self
            .succeed(ssh, &["readlink", "-f", "--", &written])
            .await?;
        let real = String::from_utf8_lossy(&real);
        let real = real.trim_end_matches('\n').to_owned();
        let (code, _) = self.call(ssh, &["test", "-e", &real], None).await?;
        let text = match code {
            0 => {
                let most = (LARGEST + 1).to_string();
                let words = ["head", "-c", &most, "--", &real];
                Some(self.succeed(ssh, &words).await?)
            }
            1 => None,
            other => return Err(self.failed(format!("`test` ended with {other}"))),
        };
        let path = PathBuf::from(real);
        Ok(Found { path, text })
    }

    async fn replace_there(
        &self,
        ssh: &Ssh,
        found: &Found,
        text: Vec<u8>,
    ) -> Result<(), ContainerError> {
        let path = found.path.to_string_lossy().into_owned();
        let draft = draft(&found.path).to_string_lossy().into_owned();
        // The draft gets mode and owner first: nothing is in it before that.
        let making = if found.text.is_some() {
            vec!["cp", "-p", "--", &path, &draft]
        } else {
            vec!["install", "-m", "600", "/dev/null", &draft]
        };
        self.succeed(ssh, &making).await?;
        let of = format!("of={draft}");
        let writing = ["dd", &of, "status=none", "conv=fsync"];
        let (code, _) = self.call(ssh, &writing, Some(text)).await?;
        if code != 0 {
            return Err(self.failed(format!("writing its draft ended with {code}")));
        }
        self.succeed(ssh, &["mv", "-f", "-T", "--", &draft, &path])
            .await
            .map(drop)
    }

    async fn succeed(&self, ssh: &Ssh, words: &[&str]) -> Result<Vec<u8>, ContainerError> {
        let (code, out) = self.call(ssh, words, None).await?;
        if code == 0 {
            return Ok(out);
        }
        Err(self.failed(format!("`{}` ended with {code}", words[0])))
    }

    /// Runs a small program there; gives its exit code and what it wrote.
    async fn call(
        &self,
        there: &Ssh,
        words: &[&str],
        input: Option<Vec<u8>>,
    ) -> Result<(i32, Vec<u8>), ContainerError> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let command = ssh::command(self.settings, there, &words);
        let output = match timeout(LONGEST, with_input(command, input)).await {
            Ok(Ok(output)) => output,
            Ok(Err(error)) => return Err(self.failed(error.to_string())),
            Err(_) => {
                let why = "the host does not answer in time";
                return Err(ContainerError::new(Kind::Unreachable, self.what, why));
            }
        };
        let Some(code) = output.status.code() else {
            // What it did there nobody knows, but it can be done again.
            let why = "the connection was ended from outside";
            return Err(ContainerError::new(Kind::Unreachable, self.what, why));
        };
        let said = String::from_utf8_lossy(&output.stderr);
        let last: Vec<String> = said.lines().map(|line| self.redactor.line(line)).collect();
        match ssh::trouble(code, &last) {
            Some(trouble) => Err(trouble.error(self.what).output(last)),
            None if code != 0 && !last.is_empty() => {
                Err(self.failed(last.last().cloned().unwrap_or_default()))
            }
            None => Ok((code, output.stdout)),
        }
    }

    fn failed(&self, why: String) -> ContainerError {
        ContainerError::new(Kind::Preflight, self.what, why)
    }
}

/// Runs a program that reads this and writes little.
async fn with_input(mut command: Command, input: Option<Vec<u8>>) -> io::Result<Output> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn()?;
    let stdin = child.stdin.take();
    let writing = async {
        if let (Some(mut stdin), Some(input)) = (stdin, &input) {
            stdin.write_all(input).await?;
            stdin.shutdown().await?;
        }
        Ok::<_, io::Error>(())
    };
    let (written, output) = tokio::join!(writing, child.wait_with_output());
    let output = output?;
    // One that ended early says why itself.
    if output.status.success() {
        written?;
    }
    Ok(output)
}

/// Where a file is made before it takes its place: beside it.
fn draft(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.shipbell"))
}

/// The names in a folder.
fn newest_first(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        found.push((entry.metadata()?.modified()?, name));
    }
    found.sort_by(|a, b| b.cmp(a));
    Ok(found.into_iter().map(|(_, name)| name).collect())
}

fn read_here(path: &Path) -> io::Result<Found> {
    use std::io::Read as _;
    let path = match path.canonicalize() {
        Ok(path) => path,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let path = path.to_path_buf();
            return Ok(Found { path, text: None });
        }
        Err(error) => return Err(error),
    };
    let mut text = Vec::new();
    std::fs::File::open(&path)?
        .take(LARGEST as u64 + 1)
        .read_to_end(&mut text)?;
    let text = Some(text);
    Ok(Found { path, text })
}

fn replace_here(found: &Found, text: &[u8]) -> io::Result<()> {
    use std::io::Write as _;
    let draft = draft(&found.path);
    // One that an earlier try left is of no use.
    match std::fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)?;
    if found.text.is_some() {
        let (old, new) = (std::fs::metadata(&found.path)?, file.metadata()?);
        if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
            std::os::unix::fs::fchown(&file, Some(old.uid()), Some(old.gid()))?;
        }
        let mode = old.permissions().mode() & 0o7777;
        file.set_permissions(std::fs::Permissions::from_mode(mode))?;
    }
    file.write_all(text)?;
    file.sync_all()?;
    std::fs::rename(&draft, &found.path)?;
    let folder = found.path.parent().unwrap_or(Path::new("/"));
    std::fs::File::open(folder)?.sync_all()
}
