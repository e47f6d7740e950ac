//! Which Compose this machine has, and which one a project needs.

use std::time::Duration;

use std::sync::PoisonError;

use tokio::process::Command;

use super::api::Api;
use super::child::{self, Ended};
use super::project::PROJECT;
use super::tap::Tap;
use super::{DockerEngines, Settings};
use crate::containers::{ContainerError, Discard, Flavour, Kind, Project};
use crate::hosts::Host;
use crate::hosts::programs::ssh;

/// The label with the version of the Compose that made a container.
const VERSION: &str = "com.docker.compose.version";

/// How long a program may take to tell its version; 1.x takes a second.
const TELL: Duration = Duration::from_secs(20);

/// A Compose that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tool {
    pub(super) flavour: Flavour,
    /// What to type.
    pub(super) words: &'static [&'static str],
    pub(super) version: String,
}

/// What may be typed, the preferred one first.
const CANDIDATES: [&[&str]; 2] = [&["docker", "compose"], &["docker-compose"]];

impl DockerEngines {
    /// The Compose that serves a project. Never switches on its own.
    pub(super) async fn tool(
        &self,
        api: &Api<'_>,
        host: &Host,
        project: &Project,
    ) -> Result<Tool, ContainerError> {
        let what = format!("choosing the Compose for project {}", project.name);
        let tools = self.tools(host).await;
        let needed = match project.flavour {
            Some(flavour) => Some(flavour),
            None => made_by(api, &project.name, &what).await?,
        };
        let fitting = tools
            .iter()
            .find(|tool| needed.is_none_or(|needed| needed == tool.flavour));
        match (fitting, needed) {
            (Some(tool), _) => Ok(tool.clone()),
            (None, None) => Err(ContainerError::new(Kind::Preflight, what, "there is none")
                .hint("Install `docker compose` or `docker-compose`")),
            (None, Some(needed)) => Err(missing(what, project, needed)),
        }
    }

    /// What is installed. Asked once; asked again while there is nothing.
    async fn tools(&self, host: &Host) -> Vec<Tool> {
        let known = self
            .tools
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(host)
            .cloned();
        if let Some(known) = known.filter(|it| !it.is_empty()) {
            return known;
        }
        let mut found = Vec::new();
        for words in CANDIDATES {
            found.extend(look(&self.settings, host, words).await);
        }
        self.tools
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(host.clone(), found.clone());
        found
    }
}

/// A program with nothing around it but what the settings give.
pub(super) fn command(settings: &Settings, words: &[&str]) -> Command {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).env_clear();
    command
        .env("PATH", &settings.path)
        .env("HOME", &settings.home)
        .env("LC_ALL", "C.UTF-8");
    if let Some(config) = &settings.docker_config {
        command.env("DOCKER_CONFIG", config);
    }
    command
}

async fn look(settings: &Settings, host: &Host, words: &'static [&'static str]) -> Option<Tool> {
    let asked = ["version", "--short"];
    let command = match host {
        Host::Here => {
            let mut command = command(settings, words);
            command.args(asked);
            command
        }
        Host::There(there) => {
            let words = words.iter().chain(&asked).map(|it| (*it).to_owned());
            ssh::command(settings, there, &words.collect::<Vec<_>>())
        }
    };
    let mut tap = Tap::new(&crate::redact::Redactor::default(), &Discard);
    let ended = child::run(command, None, TELL, &mut tap).await.ok()?;
    let text = tap.finish().text();
    let version = text
        .lines()
        .map(str::trim)
        .find(|line| is_version(line))?
        .to_owned();
    (ended == Ended::Code(0)).then(|| Tool {
        flavour: flavour(&version),
        words,
        version,
    })
}

fn is_version(line: &str) -> bool {
    line.trim_start_matches('v')
        .starts_with(|c: char| c.is_ascii_digit())
        && line.contains('.')
}

fn flavour(version: &str) -> Flavour {
    if version.trim_start_matches('v').starts_with("1.") {
        Flavour::V1
    } else {
        Flavour::V2
    }
}

/// The Compose that a project needs is not there. Nobody switches by accident: the other
/// one would replace every container, databases too.
fn missing(what: String, project: &Project, needed: Flavour) -> ContainerError {
    if project.flavour.is_some() {
        let why = format!("it is to be served by `{needed}`, which is not installed");
        return ContainerError::new(Kind::Refused, what, why).hint("Install it");
    }
    let why = format!("its containers were made by `{needed}`, which is not installed");
    ContainerError::new(Kind::Refused, what, why).hint(format!(
        "Install it. To change to the other one, remove them (`docker rm -f $({})`) and deploy; \
         only named volumes stay",
        listed(&project.name)
    ))
}

/// What to type for the containers of a project.
fn listed(project: &str) -> String {
    format!("docker ps -aq --filter label={PROJECT}={project}")
}

/// The flavour that made the containers of a project; none if it has none yet.
async fn made_by(
    api: &Api<'_>,
    project: &str,
    what: &str,
) -> Result<Option<Flavour>, ContainerError> {
    let labels = vec![format!("{PROJECT}={project}"), VERSION.to_owned()];
    let mut flavours: Vec<Flavour> = Vec::new();
    for container in api.labelled(labels).await? {
        let labels = container.labels.unwrap_or_default();
        let found = labels.get(VERSION).map(|version| flavour(version));
        flavours.extend(found.filter(|found| !flavours.contains(found)));
    }
    if flavours.len() > 1 {
        let why = "both `docker-compose` and `docker compose` made containers of it";
        return Err(ContainerError::new(Kind::Refused, what, why).hint(format!(
            "Remove those of one, which `docker ps -a --filter label={PROJECT}={project} --format \
             '{{{{.Names}}}} {{{{.Label \"{VERSION}\"}}}}'` tells apart"
        )));
    }
    Ok(flavours.pop())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_tell_the_flavour() {
        for (version, expected) in [
            ("1.29.2", Flavour::V1),
            ("2.26.1-4", Flavour::V2),
            ("v2.40.0", Flavour::V2),
            ("5.0.1", Flavour::V2),
        ] {
            assert!(is_version(version));
            assert_eq!(flavour(version), expected, "{version}");
        }
        assert!(!is_version("docker: unknown command: docker compose"));
    }
}
