//! The Compose program, called for one project.

use std::path::PathBuf;

use tokio::process::Command;

use super::api::Api;
use super::child::{self, Ended};
use super::classify;
use super::tap::Tap;
use super::tools::{self, Tool};
use super::{DockerEngines, Settings};
use crate::containers::{
    ContainerError, Discard, Kind, Output, OutputLine, Project, Session, Stream, Target,
};
use crate::redact::Redactor;

/// One project and the Compose that serves it.
pub(super) struct Compose<'a> {
    pub(super) tool: Tool,
    pub(super) project: &'a Project,
    settings: &'a Settings,
    redactor: &'a Redactor,
    docker_host: &'a str,
    /// Laid over the project's own files.
    pub(super) override_file: Option<PathBuf>,
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
        target: &'a Target,
        project: &'a Project,
    ) -> Result<Compose<'a>, ContainerError> {
        check(project)?;
        let tool = self.tool(api, project).await?;
        let (settings, redactor) = (&self.settings, &self.redactor);
        let docker_host = &target.docker;
        Ok(Compose {
            tool,
            project,
            settings,
            redactor,
            docker_host,
            override_file: None,
        })
    }
}

impl Compose<'_> {
    /// The services that the project's files name, which reads them all.
    pub(super) async fn services(
        &self,
        session: &Session<'_>,
    ) -> Result<Vec<String>, ContainerError> {
        let quiet = Session {
            lines: &Discard,
            ..*session
        };
        let called = self.call(&["config", "--services"], &quiet).await?;
        if called.code != 0 {
            return Err(called
                .failed(Kind::Preflight, self.what("reading the files of"))
                .hint("Correct the project's files or variables"));
        }
        let mut services: Vec<String> = called.stdout().map(str::to_owned).collect();
        services.sort();
        Ok(services)
    }

    /// Runs Compose with these arguments and waits for it.
    pub(super) async fn call(
        &self,
        args: &[&str],
        session: &Session<'_>,
    ) -> Result<Called, ContainerError> {
        let what = self.what(&format!("calling `{} {}` for", self.tool.flavour, args[0]));
        let mut command = self.command();
        command.args(args);
        let mut tap = Tap::new(self.redactor, session.lines);
        let ended = child::run(command, session.lock, session.within, &mut tap).await;
        let output = tap.finish();
        match ended {
            Ok(Ended::Code(code)) => Ok(Called { code, output }),
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

    fn command(&self) -> Command {
        let project = self.project;
        let mut command = tools::command(self.settings, self.tool.words);
        // The surroundings come last: a project's variable must not lead elsewhere.
        let surroundings = ["PATH", "HOME", "LC_ALL", "DOCKER_CONFIG", "DOCKER_HOST"];
        for (name, value) in &project.vars {
            if !surroundings.contains(&name.as_str()) {
                command.env(name, value.expose());
            }
        }
        command.env("DOCKER_HOST", self.docker_host);
        command.current_dir(&project.directory);
        command.args([
            "--ansi",
            "never",
            "-p",
            &project.name,
            "--project-directory",
        ]);
        command.arg(&project.directory);
        if let Some(file) = &project.env_file {
            command.arg("--env-file").arg(project.directory.join(file));
        }
        for file in &project.files {
            command.arg("-f").arg(project.directory.join(file));
        }
        if let Some(file) = &self.override_file {
            command.arg("-f").arg(file);
        }
        command
    }
}

impl Called {
    /// An error with the most telling line; a better known kind wins.
    pub(super) fn failed(self, kind: Kind, what: String) -> ContainerError {
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
        ContainerError::new(kind, what, why)
            .hint(hint)
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
