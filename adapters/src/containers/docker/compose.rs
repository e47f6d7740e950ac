//! The Compose program, called for one project.

mod declared;
mod published;
mod stem;
mod there;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;

use self::stem::Stem;
pub(super) use self::stem::Stems;
use super::api::Api;
use super::child::{self, Ended};
use super::classify;
use super::tap::Tap;
use super::tools::{self, Tool};
use super::{DockerEngines, Settings};
use crate::containers::{
    ContainerError, Declared, Discard, Kind, Output, OutputLine, Project, Session, Stream, Target,
};
use crate::hosts::programs::files::Machine;
use crate::hosts::programs::ssh;
use crate::hosts::{Host, Program, Ssh};
use crate::redact::Redactor;

/// One project and the Compose that serves it.
pub(super) struct Compose<'a> {
    pub(super) tool: Tool,
    pub(super) project: &'a Project,
    settings: &'a Settings,
    redactor: &'a Redactor,
    /// Where Compose runs and the project's files are.
    pub(super) host: Host,
    /// The engine as it is reached from there.
    engine: Target,
    /// How files of ours are called.
    stem: Stem<'a>,
    /// What is read, the most general first: the project's own files.
    pub(super) files: Vec<PathBuf>,
    /// Laid over them.
    pub(super) override_file: Option<PathBuf>,
    /// Where variables are read from; none leaves it to Compose.
    pub(super) env_file: Option<PathBuf>,
}

/// What Compose is called for. Whoever only looks writes nothing that somebody
/// else reads who is at work at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aim {
    Look,
    Act,
}

/// What a call of Compose came to.
pub(super) struct Called {
    pub(super) code: i32,
    pub(super) output: Output,
}

impl DockerEngines {
    /// Compose for a project, the right one.
    pub(super) async fn compose<'a>(
        &'a self,
        api: &Api<'_>,
        target: &Target,
        (project, aim): (&'a Project, Aim),
    ) -> Result<Compose<'a>, ContainerError> {
        check(project)?;
        let host = super::host_of(target)?;
        let tool = self.tool(api, &host, project).await?;
        let (settings, redactor) = (&self.settings, &self.redactor);
        let mut compose = Compose {
            tool,
            project,
            settings,
            redactor,
            host,
            engine: target.clone(),
            stem: self.stems.take(&project.name, aim),
            files: project.files.clone(),
            override_file: None,
            env_file: project.env_file.clone(),
        };
        if let Some(file) = there::env_file(&compose).await? {
            compose.env_file = Some(file);
        }
        Ok(compose)
    }
}

impl Compose<'_> {
    /// The services that the project's files declare, which reads them all.
    pub(super) async fn declared(
        &self,
        session: &Session<'_>,
    ) -> Result<Vec<Declared>, ContainerError> {
        let called = self.read(&["config"], session).await?;
        let lines = called.lines().filter(|it| it.stream == Stream::Stdout);
        Ok(declared::services(lines.map(|it| it.text.as_str())))
    }

    /// What Compose compares a service with to see whether it changed, by service.
    pub(super) async fn hashes(
        &self,
        session: &Session<'_>,
    ) -> Result<BTreeMap<String, String>, ContainerError> {
        let called = self.read(&["config", "--hash", "*"], session).await?;
        let hashes = called.stdout().filter_map(|line| line.split_once(' '));
        Ok(hashes
            .map(|(service, hash)| (service.to_owned(), hash.trim().to_owned()))
            .collect())
    }

    /// What Compose writes, byte for byte: whoever asks for it keeps it to themselves.
    pub(super) async fn raw(
        &self,
        args: &[&str],
        session: &Session<'_>,
    ) -> Result<Vec<u8>, ContainerError> {
        let what = self.what("reading the files of");
        let command = match &self.host {
            Host::Here => self.here(args),
            Host::There(ssh) => self.there(ssh, args, session.within),
        };
        self.machine(&what).output(command).await
    }

    /// Calls what reads the project's files. They hold secrets: nobody hears them.
    async fn read(&self, args: &[&str], session: &Session<'_>) -> Result<Called, ContainerError> {
        let quiet = Session {
            lines: &Discard,
            ..*session
        };
        let called = self.call(args, &quiet).await?;
        if called.code != 0 {
            return Err(called
                .failed(Kind::Preflight, self, "reading the files of")
                .hint("Correct the project's files or variables"));
        }
        Ok(called)
    }

    /// Runs Compose with these arguments and waits for it.
    pub(super) async fn call(
        &self,
        args: &[&str],
        session: &Session<'_>,
    ) -> Result<Called, ContainerError> {
        let what = self.what(&format!("calling `{} {}` for", self.tool.flavour, args[0]));
        let within = session.within;
        let (command, patience) = match &self.host {
            Host::Here => (self.here(args), within),
            Host::There(ssh) => (self.there(ssh, args, within), within + ssh::GRACE),
        };
        let mut tap = Tap::new(self.redactor, session.lines);
        let ended = child::run(command, session.lock, patience, &mut tap).await;
        let output = tap.finish();
        match ended {
            Ok(Ended::Code(code)) => match self.trouble(code, &output) {
                Some(trouble) => Err(trouble.error(what).output(output.evidence())),
                None => Ok(Called { code, output }),
            },
            Ok(Ended::Killed) => {
                Err(
                    ContainerError::new(Kind::Interrupted, what, "it was ended from outside")
                        .output(output.evidence()),
                )
            }
            Ok(Ended::TimedOut) => {
                let why = format!("not done after {} s", session.within.as_secs());
                Err(ContainerError::new(Kind::Timeout, what, why).output(output.evidence()))
            }
            Err(error) => Err(
                ContainerError::new(Kind::Preflight, what, error.to_string())
                    .hint("Check that the program is installed and may be run"),
            ),
        }
    }

    pub(super) fn what(&self, doing: &str) -> String {
        format!("{doing} project {}", self.project.name)
    }

    /// The program, called on this machine.
    fn here(&self, args: &[&str]) -> Command {
        let project = self.project;
        let mut command = tools::command(self.settings, self.tool.words);
        // The surroundings come last: a project's variable must not lead elsewhere.
        let surroundings = ["PATH", "HOME", "LC_ALL", "DOCKER_CONFIG", "DOCKER_HOST"];
        for (name, value) in &project.vars {
            if !surroundings.contains(&name.as_str()) {
                command.env(name, value.expose());
            }
        }
        command.env("DOCKER_HOST", &self.engine.docker);
        if let Some(certs) = &self.engine.certs {
            command.env("DOCKER_CERT_PATH", certs);
            command.env("DOCKER_TLS_VERIFY", "1");
        }
        command.current_dir(&project.directory);
        command.args(self.arguments()).args(args);
        command
    }

    /// The same on the machine the files are on, ended there when its time is up.
    fn there(&self, ssh: &Ssh, args: &[&str], within: Duration) -> Command {
        let words = self.tool.words.iter().copied().map(str::to_owned);
        let args = args.iter().copied().map(str::to_owned);
        let program = Program {
            argv: words.chain(self.arguments()).chain(args).collect(),
            directory: self.project.directory.clone(),
            vars: BTreeMap::from([("LC_ALL".to_owned(), "C.UTF-8".into())]),
        };
        ssh::command(self.settings, ssh, &ssh::bounded(&program, within))
    }

    /// A small program beside Compose; none if the engine is somewhere else.
    pub(super) fn beside(&self, words: &[&str]) -> Option<Command> {
        match &self.host {
            Host::Here if self.engine.docker.starts_with("unix://") => {
                Some(tools::command(self.settings, words))
            }
            Host::Here => None,
            Host::There(ssh) => {
                let words: Vec<String> = words.iter().map(|it| (*it).to_owned()).collect();
                Some(ssh::command(self.settings, ssh, &words))
            }
        }
    }

    /// What names the project and its files.
    fn arguments(&self) -> Vec<String> {
        let project = self.project;
        let path = |path: &Path| project.directory.join(path).to_string_lossy().into_owned();
        let mut words: Vec<String> = ["--ansi", "never", "-p", &project.name]
            .map(str::to_owned)
            .into();
        words.extend(["--project-directory".to_owned(), path(Path::new(""))]);
        if let Some(file) = &self.env_file {
            words.extend(["--env-file".to_owned(), path(file)]);
        }
        for file in self.files.iter().chain(&self.override_file) {
            words.extend(["-f".to_owned(), path(file)]);
        }
        words
    }

    /// What a code means that is not Compose's own.
    fn trouble(&self, code: i32, output: &Output) -> Option<ssh::Trouble> {
        match self.host {
            Host::Here => None,
            Host::There(_) => ssh::trouble(code, &output.tail(5)),
        }
    }

    /// A file of the machine Compose runs on.
    pub(super) fn machine<'b>(&'b self, what: &'b str) -> Machine<'b> {
        Machine {
            settings: self.settings,
            redactor: self.redactor,
            host: &self.host,
            what,
        }
    }
}

impl Called {
    /// An error with the most telling line; a better known kind wins.
    pub(super) fn failed(self, kind: Kind, compose: &Compose<'_>, doing: &str) -> ContainerError {
        let why = self.telling_line();
        let text: Vec<String> = self.lines().map(|line| line.text.clone()).collect();
        let (kind, hint) = match classify::words(&text.join("\n")) {
            // Whether something was touched is for the caller to know.
            Some((Kind::Runtime, hint)) => (kind, hint),
            Some(found) => found,
            None => (kind, ""),
        };
        let why = if why.is_empty() {
            format!("exit code {}", self.code)
        } else {
            why
        };
        let project = Some(compose.project.name.as_str());
        classify::telling(kind, compose.what(doing), (why, hint), project)
            .output(self.output.evidence())
    }

    /// Whether the output contains the words.
    pub(super) fn says(&self, words: &str) -> bool {
        self.lines().any(|line| line.text.contains(words))
    }

    fn stdout(&self) -> impl Iterator<Item = &str> {
        let lines = self.lines().filter(|line| line.stream == Stream::Stdout);
        lines
            .map(|line| line.text.trim())
            .filter(|text| !text.is_empty())
    }

    fn lines(&self) -> impl DoubleEndedIterator<Item = &OutputLine> {
        self.output.lines.iter()
    }

    fn telling_line(&self) -> String {
        let is_telling = |text: &str| {
            let text = text.to_lowercase();
            [
                "error", "failed", "cannot", "invalid", "no such", "conflict",
            ]
            .iter()
            .any(|word| text.contains(word))
                && !text.starts_with("encountered errors")
        };
        let said = |line: &&OutputLine| !line.text.trim().is_empty();
        self.lines()
            .rev()
            .find(|line| is_telling(&line.text))
            .or_else(|| self.lines().rev().find(said))
            .map(|line| line.text.trim().to_owned())
            .unwrap_or_default()
    }
}

/// Refuses what Compose would silently read as something else.
fn check(project: &Project) -> Result<(), ContainerError> {
    let refused = |why: &str, hint: &str| {
        let what = format!("reading project {:?}", project.name);
        Err(ContainerError::new(Kind::Refused, what, why).hint(hint))
    };
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let starts_well = project
        .name
        .starts_with(|c: char| c.is_ascii_alphanumeric());
    if !project.name.chars().all(plain) || !starts_well || project.name.len() > 100 {
        return refused(
            "the name would be changed by Compose",
            "Use lower-case letters, digits, `-` and `_`, beginning with a letter or digit",
        );
    }
    if project.files.is_empty() {
        return refused("no file is named", "Name the project's compose file");
    }
    if !project.directory.is_absolute() {
        return refused(
            "its directory is relative",
            "Name the directory from `/` on",
        );
    }
    Ok(())
}

/// Refuses names that Compose would take for an option.
pub(super) fn check_services<'a>(
    names: impl IntoIterator<Item = &'a String>,
) -> Result<(), ContainerError> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(plain)
    };
    match names.into_iter().find(|name| !is_name(name)) {
        Some(name) => {
            let what = format!("calling Compose for service {name:?}");
            Err(ContainerError::new(
                Kind::Refused,
                what,
                "that is no name of a service",
            ))
        }
        None => Ok(()),
    }
}
