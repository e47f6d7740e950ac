//! A commit of the project's working copy, laid out in a folder of its own: what is
//! built is what was committed, and not what happens to lie there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use shipbell_adapters::containers::{ContainerError, Kind, Ran};
use shipbell_adapters::hosts::{Host, Program};
use shipbell_domain::release::Release;

use super::{Wanted, session};
use crate::engine::Site;
use crate::engine::hub::Hub;

/// How long `git` and small programs may take.
const WITHIN: Duration = Duration::from_mins(5);

/// The folder for it on another machine, beside the project's files.
const FOLDER: &str = ".shipbell";

/// A working copy on a host, and the commit that is wanted of it.
pub(super) struct Checkout<'a> {
    hub: &'a Hub,
    host: &'a Host,
    /// Where the working copy is.
    directory: PathBuf,
    /// Where copies of commits are laid out.
    folder: PathBuf,
    /// How those for this image begin to be called.
    prefix: String,
    what: String,
    /// The commit, by all of its digits.
    pub(super) commit: String,
}

impl<'a> Checkout<'a> {
    /// Finds the commit; what is not there yet is fetched.
    pub(super) async fn of(
        hub: &'a Hub,
        site: &'a Site,
        wanted: &Wanted<'_>,
    ) -> Result<Self, ContainerError> {
        let Release {
            id, app, commit, ..
        } = wanted.release;
        let project = &site.project.directory;
        let written = wanted.build.directory.as_ref().map(PathBuf::from);
        let mut checkout = Self {
            hub,
            host: &site.host,
            directory: written.unwrap_or_else(|| project.clone()),
            folder: match site.host {
                Host::Here => site.state_dir.clone(),
                Host::There(_) => project.join(FOLDER),
            },
            prefix: format!("build-{app}-{id}-{}-", wanted.service),
            what: format!("building {}", wanted.reference),
            commit: commit.clone().unwrap_or_default().to_ascii_lowercase(),
        };
        if let Some(found) = checkout.find().await? {
            checkout.commit = found;
            return Ok(checkout);
        }
        let fetched = checkout.git(&["fetch", "--tags", "--", "origin"]).await?;
        let Some(found) = checkout.find().await? else {
            let (name, place) = (&checkout.commit, checkout.place());
            let why = format!("{place} does not have the commit {name}, nor does its origin");
            let error = checkout.failed(Kind::Refused, &why);
            return Err(error
                .output(fetched.output.evidence())
                .hint("Push the commit, or open the release with another"));
        };
        checkout.commit = found;
        Ok(checkout)
    }

    /// The commit by all of its digits, if the working copy has it. A branch may be
    /// called like the beginning of a commit: that is none.
    async fn find(&self) -> Result<Option<String>, ContainerError> {
        let name = format!("{}^{{commit}}", self.commit);
        let words = ["rev-parse", "--quiet", "--verify", &name];
        let ran = self.git(&words).await?;
        if ran.code > 1 {
            return Err(self.broken(&ran));
        }
        let found = ran.output.tail(1).pop().filter(|_| ran.code == 0);
        let found = found.map(|it| it.trim().to_owned());
        Ok(found.filter(|it| it.starts_with(&self.commit)))
    }

    /// Lays the commit out, and makes sure that what is built is inside.
    pub(super) async fn copy(
        &self,
        context: &str,
        file: Option<&str>,
    ) -> Result<PathBuf, ContainerError> {
        let seed = self.hub.ports.random.seed();
        let own = u32::from_be_bytes([seed[0], seed[1], seed[2], seed[3]]);
        let copy = self.folder.join(format!("{}{own:08x}", self.prefix));
        let path = copy.to_string_lossy();
        // Whatever somebody has git do after a checkout is not for this one.
        let words = [
            "-c",
            "core.hooksPath=/dev/null",
            "worktree",
            "add",
            "--quiet",
            "--detach",
            "--",
            &path,
            &self.commit,
        ];
        let ran = self.git(&words).await?;
        if ran.code != 0 {
            return Err(self.broken(&ran));
        }
        self.is_inside(&copy, context, file).await?;
        Ok(copy)
    }

    /// A link that was committed may lead out of the copy.
    async fn is_inside(
        &self,
        copy: &Path,
        context: &str,
        file: Option<&str>,
    ) -> Result<(), ContainerError> {
        let words = ["realpath", "-e", "--", ".", context]
            .into_iter()
            .chain(file);
        let ran = self.run(copy, words).await?;
        if ran.code != 0 {
            let why = ran.output.tail(1).pop().unwrap_or_default();
            let hint = "Correct `build` and `file`: they begin at the repository's own folder";
            return Err(self.failed(Kind::Refused, &why).hint(hint));
        }
        let found = ran.output.tail(usize::MAX);
        let mut found = found.iter().map(|it| Path::new(it.as_str()));
        let top = found.next().unwrap_or(copy);
        match found.find(|it| !it.starts_with(top)) {
            None => Ok(()),
            Some(out) => {
                let why = format!("a link leads out of the repository, to {}", out.display());
                Err(self.failed(Kind::Refused, &why).hint("Take the link out"))
            }
        }
    }

    /// Removes the copies for this image, also those of a life that was cut short: a
    /// build that still reads one comes to nothing, and nobody waits for it.
    pub(super) async fn clear(&self) {
        let listed = self.git(&["worktree", "list", "--porcelain"]).await;
        let lines = listed
            .map(|it| it.output.tail(usize::MAX))
            .unwrap_or_default();
        let ours = lines.iter().filter_map(|line| {
            let path = Path::new(line.strip_prefix("worktree ")?);
            let name = path.file_name()?.to_str()?;
            name.starts_with(&self.prefix).then_some(path)
        });
        for copy in ours {
            let path = copy.to_string_lossy();
            let words = ["worktree", "remove", "--force", "--force", "--", &path];
            let removed = self.git(&words).await;
            if let Err(error) = removed {
                tracing::warn!(%error, copy = %path, "a copy of a commit could not be removed");
            }
        }
    }

    async fn git(&self, words: &[&str]) -> Result<Ran, ContainerError> {
        let words = std::iter::once("git").chain(words.iter().copied());
        self.run(&self.directory, words).await
    }

    async fn run<'w>(
        &self,
        directory: &Path,
        words: impl Iterator<Item = &'w str> + Send,
    ) -> Result<Ran, ContainerError> {
        // Nobody is there to answer a question.
        let quiet = ("GIT_TERMINAL_PROMPT".to_owned(), "0".into());
        let program = Program {
            argv: words.map(str::to_owned).collect(),
            directory: directory.to_path_buf(),
            vars: BTreeMap::from([quiet]),
        };
        let hosts = &self.hub.ports.hosts;
        hosts.run(self.host, &program, &session(WITHIN)).await
    }

    fn broken(&self, ran: &Ran) -> ContainerError {
        let why = ran.output.tail(1).pop().unwrap_or_default();
        let error = self.failed(Kind::Refused, &why);
        error.output(ran.output.evidence()).hint(format!(
            "Look whether {} is a working copy git can be used in as the bot's user",
            self.place()
        ))
    }

    fn failed(&self, kind: Kind, why: &str) -> ContainerError {
        ContainerError::new(kind, self.what.clone(), why)
    }

    fn place(&self) -> String {
        format!("{} on {}", self.directory.display(), self.host)
    }
}
