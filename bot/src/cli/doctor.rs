//! `shipbell doctor`: asks everything the bot depends on, and changes nothing.

mod builds;
mod machines;
mod registries;
mod standing;

use std::path::{Path, PathBuf};
use std::time::Duration;

use shipbell_adapters::containers::docker::DockerEngines;
use shipbell_adapters::containers::{ContainerError, Discard, Session};
use shipbell_adapters::hosts::programs::HostPrograms;
use shipbell_adapters::probes::http::HttpProbes;
use shipbell_adapters::probes::{Probe, Probes as _};
use shipbell_adapters::redact::Redactor;
use shipbell_domain::checks::CheckKind;
use shipbell_domain::ids::EnvId;

use super::printer;
use crate::config::Config;
use crate::door;
use crate::failure::Failure;
use crate::wiring;

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// How one thing stands.
enum Finding {
    Good(String),
    /// It may be meant so, or it may do for now.
    Warning {
        what: String,
        fix: String,
    },
    Bad {
        what: String,
        fix: String,
    },
}

/// What was looked at, and how it stands.
type Told = (String, Finding);

/// What asks machines and engines.
struct Hands {
    engines: DockerEngines,
    hosts: HostPrograms,
}

pub(super) async fn run(path: PathBuf) -> Result<(), Failure> {
    let config = super::load(&path)?;
    let mut findings = vec![configuration(&config), secrets(&config), data(&config.data)];
    findings.push(("Bot".to_owned(), bot(&config.data).await));
    findings.extend(platforms(&config).await?);
    let settings = || wiring::engine_settings(config.ssh.as_deref());
    let hands = Hands {
        engines: DockerEngines::new(settings(), Redactor::default()),
        hosts: HostPrograms::new(settings(), Redactor::default()),
    };
    let setup = wiring::setup(&config)?;
    findings.extend(machines::examine(&hands, &setup).await);
    findings.extend(registries::examine(&hands, &setup).await);
    findings.extend(standing::examine(&hands, (&config, &setup)).await);
    findings.extend(builds::examine(&hands, &setup).await);
    findings.extend(smoke(&config).await?);
    report(&findings)
}

fn report(findings: &[Told]) -> Result<(), Failure> {
    let width = findings
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    let (mut bad, mut warnings) = (0, 0);
    for (name, finding) in findings {
        match finding {
            Finding::Good(what) => printer::line(&format!("{name:width$}  ok    {what}")),
            Finding::Warning { what, fix } => {
                warnings += 1;
                printer::line(&format!("{name:width$}  warn  {what}"));
                told_how(width, fix);
            }
            Finding::Bad { what, fix } => {
                bad += 1;
                printer::line(&format!("{name:width$}  FAIL  {what}"));
                told_how(width, fix);
            }
        }
    }
    let summary = format!("{bad} failed, {warnings} warnings");
    if bad > 0 {
        return Err(Failure::user(summary));
    }
    printer::line(&summary);
    Ok(())
}

/// What to do, if that is known, below what is wrong.
fn told_how(width: usize, fix: &str) {
    if !fix.is_empty() {
        printer::line(&format!("{:width$}        Fix: {fix}", ""));
    }
}

/// A session for a question that nobody listens to.
fn asking() -> Session<'static> {
    Session {
        lines: &Discard,
        lock: None,
        within: PATIENCE,
    }
}

impl Finding {
    /// What an engine, a registry or a machine refused.
    fn refused(error: ContainerError) -> Self {
        let what = if error.why.is_empty() {
            error.what
        } else {
            format!("{}: {}", error.what, error.why)
        };
        let fix = error.hint;
        Self::Bad { what, fix }
    }

    /// The same where it may do for now.
    fn doubtful(self) -> Self {
        match self {
            Self::Bad { what, fix } => Self::Warning { what, fix },
            Self::Good(_) | Self::Warning { .. } => self,
        }
    }
}

fn configuration(config: &Config) -> Told {
    let environments = config
        .policies
        .iter()
        .map(|it| it.policy.environments.len())
        .sum::<usize>();
    let what = format!(
        "{} apps, {environments} environments, {} people; times in {}",
        config.policies.len(),
        config.settings.people.len(),
        config.settings.zone.name(),
    );
    ("Configuration".to_owned(), Finding::Good(what))
}

fn secrets(config: &Config) -> Told {
    let unreadable = config.unreadable();
    let finding = match unreadable.first() {
        None => Finding::Good("every variable can be read".to_owned()),
        Some(first) => Finding::Bad {
            what: first.to_string(),
            fix: String::new(),
        },
    };
    ("Variables".to_owned(), finding)
}

fn data(folder: &Path) -> Told {
    let finding = match std::fs::metadata(folder) {
        Ok(found) if found.is_dir() && !found.permissions().readonly() => {
            Finding::Good(format!("{} is there", folder.display()))
        }
        Ok(_) => Finding::Bad {
            what: format!("{} cannot be written to", folder.display()),
            fix: "name another folder with data = \"…\"".to_owned(),
        },
        Err(_) => Finding::Good(format!("{} is made at the first start", folder.display())),
    };
    ("Data".to_owned(), finding)
}

async fn bot(data: &Path) -> Finding {
    let words = vec!["whoami".to_owned()];
    let request = door::Request::Release {
        id: String::new(),
        words,
    };
    match door::ask(data, &request).await {
        Ok(_) => Finding::Good("a bot is running and answers".to_owned()),
        Err(_) => Finding::Warning {
            what: "no bot is running".to_owned(),
            fix: "start it with `shipbell serve`".to_owned(),
        },
    }
}

/// Asks the platforms people talk on, and the places commits live in.
async fn platforms(config: &Config) -> Result<Vec<Told>, Failure> {
    let findings = wiring::examine(config).await?;
    let told = findings.into_iter().map(|it| {
        let finding = match it.state {
            wiring::State::Good(what) => Finding::Good(what),
            wiring::State::Doubtful(what) => Finding::Warning {
                what,
                fix: String::new(),
            },
            wiring::State::Bad { what, fix } => Finding::Bad { what, fix },
        };
        (it.subject, finding)
    });
    Ok(told.collect())
}

/// Asks what the smoke tests would ask. What does not answer may not be deployed yet.
async fn smoke(config: &Config) -> Result<Vec<Told>, Failure> {
    let probes = HttpProbes::new(Redactor::default());
    let mut findings = Vec::new();
    for pinned in &config.policies {
        for env in &pinned.policy.environments {
            let id = EnvId {
                app: pinned.policy.app.clone(),
                env: env.name.clone(),
            };
            for check in &env.smoke {
                let CheckKind::Http(http) = &check.kind else {
                    continue;
                };
                let reading = probes.ask(&Probe::get(http.url.clone())).await;
                let title = check.title();
                let finding = match reading.status {
                    Some(status) => {
                        Finding::Good(format!("{title} {status} in {} ms", reading.latency_ms))
                    }
                    None => Finding::Warning {
                        what: format!("{title} does not answer"),
                        fix: "nothing, if it is not deployed yet".to_owned(),
                    },
                };
                findings.push((format!("Smoke {id}"), finding));
            }
        }
    }
    Ok(findings)
}
