//! Building images with Docker's own program, on the machine the files are on.

use std::collections::BTreeMap;

use bollard::query_parameters::TagImageOptionsBuilder;

use super::api::Api;
use super::images::repository;
use super::{DockerEngines, host_of, tools};
use crate::containers::{Build, ContainerError, Kind, Output, Pinned, Ran, Session, Target};
use crate::hosts::programs::files::Machine;
use crate::hosts::programs::{self, ssh};
use crate::hosts::{Host, Program};
use crate::secret::Secret;

/// The exit codes of `env` when it does not find the program, or may not run it.
const MISSING: [i64; 2] = [126, 127];

/// The exit codes of `timeout` when the time was up.
const LATE: [i64; 2] = [124, 137];

impl DockerEngines {
    /// Builds an image. Only once the build went well it gets its name, and by us:
    /// a build that nobody waits for any more changes nothing anybody sees.
    pub(super) async fn build_image(
        &self,
        target: &Target,
        build: &Build,
        session: &Session<'_>,
    ) -> Result<Pinned, ContainerError> {
        let what = format!("building {}", self.redactor.text(&build.tag));
        let host = host_of(target)?;
        let output = self
            .call_docker((target, &host), &what, build, session)
            .await?;
        let machine = Machine {
            settings: &self.settings,
            redactor: &self.redactor,
            host: &host,
            what: &what,
        };
        let written = machine.read(&build.id_file).await?.text.unwrap_or_default();
        let id = String::from_utf8_lossy(&written).trim().to_owned();
        if !id.starts_with("sha256:") {
            let why = "the program does not say what it built";
            return Err(ContainerError::new(Kind::Runtime, what, why).output(output.evidence()));
        }
        self.api(target).await?.name(&what, &id, &build.tag).await?;
        Ok(Pinned {
            reference: id,
            local: true,
        })
    }

    async fn call_docker(
        &self,
        (target, host): (&Target, &Host),
        what: &str,
        build: &Build,
        session: &Session<'_>,
    ) -> Result<Output, ContainerError> {
        let program = program(target, host, build);
        // It ends by itself, also when nobody lives who could end it.
        let words = ssh::bounded(&program, session.within);
        let command = match host {
            Host::Here => {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                tools::command(&self.settings, &words)
            }
            Host::There(ssh) => ssh::command(&self.settings, ssh, &words),
        };
        let within = session.within + ssh::GRACE;
        let ran = programs::follow(&self.redactor, (command, within), (host, what), session).await;
        let late = |error: ContainerError| error.hint("Give it more time with `timeout`");
        let Ran { code, output } = ran.map_err(|error| match error.kind {
            Kind::Timeout => late(error),
            Kind::Preflight
            | Kind::Runtime
            | Kind::Interrupted
            | Kind::NotFound
            | Kind::Conflict
            | Kind::Refused
            | Kind::Unreachable => error,
        })?;
        let failed =
            |kind, why: String| ContainerError::new(kind, what, why).output(output.evidence());
        match code {
            0 => Ok(output),
            code if LATE.contains(&code) => {
                let why = format!("not done after {} s", session.within.as_secs());
                Err(late(failed(Kind::Timeout, why)))
            }
            code if MISSING.contains(&code) => {
                let hint = "Install the program `docker` there, where the bot's user finds it";
                Err(failed(Kind::Preflight, last_line(&output)).hint(hint))
            }
            code => {
                let said = last_line(&output);
                let why = if said.is_empty() {
                    format!("exit code {code}")
                } else {
                    said
                };
                Err(failed(Kind::Runtime, why))
            }
        }
    }
}

impl Api<'_> {
    /// Gives an image of this engine a name with a tag.
    pub(super) async fn name(
        &self,
        what: &str,
        id: &str,
        name: &str,
    ) -> Result<(), ContainerError> {
        let repository = repository(name);
        let tag = name.strip_prefix(repository).unwrap_or_default();
        let options = TagImageOptionsBuilder::default()
            .repo(repository)
            .tag(tag.trim_start_matches(':'))
            .build();
        self.call(what, self.docker.tag_image(id, Some(options)))
            .await
    }
}

/// What is called; what begins with a dash can be no option behind the two of them.
fn program(target: &Target, host: &Host, build: &Build) -> Program {
    let mut words: Vec<String> = ["docker", "build", "--iidfile"].map(str::to_owned).into();
    words.push(build.id_file.to_string_lossy().into_owned());
    // Something like `github.com/x` would be fetched from there.
    let here = |path: &String| format!("./{path}");
    let file = build.file.iter().map(|it| ("--file", here(it)));
    let platform = build.platform.iter().map(|it| ("--platform", it.clone()));
    let pair = |(name, value): (&String, &String)| format!("{name}={value}");
    let args = build.args.iter().map(|it| ("--build-arg", pair(it)));
    let labels = build.labels.iter().map(|it| ("--label", pair(it)));
    for (name, value) in file.chain(platform).chain(args).chain(labels) {
        words.extend([name.to_owned(), value]);
    }
    words.extend(["--".to_owned(), here(&build.context)]);
    let mut vars = BTreeMap::from([
        ("LC_ALL", "C.UTF-8".to_owned()),
        ("BUILDKIT_PROGRESS", "plain".to_owned()),
    ]);
    // The engine of another machine is the one that listens there.
    if *host == Host::Here {
        vars.insert("DOCKER_HOST", target.docker.clone());
        if let Some(certs) = &target.certs {
            vars.insert("DOCKER_CERT_PATH", certs.to_string_lossy().into_owned());
            vars.insert("DOCKER_TLS_VERIFY", "1".to_owned());
        }
    }
    let vars = vars.into_iter();
    Program {
        argv: words,
        directory: build.directory.clone(),
        vars: vars
            .map(|(name, value)| (name.to_owned(), Secret::new(value)))
            .collect(),
    }
}

fn last_line(output: &Output) -> String {
    let lines = output.lines.iter().rev().map(|it| it.text.trim());
    let said = { lines }.find(|it| !it.is_empty());
    said.unwrap_or_default().to_owned()
}
