//! `shipbell doctor`: asks everything the bot depends on, and changes nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use shipbell_adapters::containers::docker::DockerEngines;
use shipbell_adapters::containers::{Containers as _, Discard, Preflight, Session};
use shipbell_adapters::hosts::programs::HostPrograms;
use shipbell_adapters::hosts::{Hosts as _, Program};
use shipbell_adapters::probes::http::HttpProbes;
use shipbell_adapters::probes::{Probe, Probes as _};
use shipbell_adapters::redact::Redactor;
use shipbell_domain::checks::CheckKind;
use shipbell_domain::ids::EnvId;
use shipbell_domain::policy::Policy;

use super::printer;
use crate::config::Config;
use crate::door;
use crate::engine::{self, Site};
use crate::failure::Failure;
use crate::wiring;

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// With less room than this for images an engine gets a warning.
const LITTLE: u64 = 2 << 30;

/// How one thing stands.
enum Finding {
    Good(String),
    Warning(String),
    Bad { what: String, fix: String },
}

pub(super) async fn run(path: PathBuf) -> Result<(), Failure> {
    let config = super::load(&path)?;
    let mut findings = vec![configuration(&config), secrets(&config), data(&config.data)];
    findings.push(("Bot".to_owned(), bot(&config.data).await));
    findings.extend(platforms(&config).await?);
    let engines = DockerEngines::new(
        wiring::engine_settings(config.ssh.as_deref()),
        Redactor::default(),
    );
    let settings = wiring::engine_settings(config.ssh.as_deref());
    let hosts = HostPrograms::new(settings, Redactor::default());
    let setup = wiring::setup(&config)?;
    for (environment, site) in &setup.sites {
        for (name, site) in site.each() {
            let place = name.map_or(environment.to_string(), |it| {
                format!("{environment} on {it}")
            });
            findings.push((format!("Host {place}"), host(&hosts, &site).await));
            findings.push((
                format!("Docker {place}"),
                docker(&engines, &site, policy_of(&config, environment)).await,
            ));
        }
    }
    findings.extend(smoke(&config).await?);
    report(&findings)
}

fn report(findings: &[(String, Finding)]) -> Result<(), Failure> {
    let width = findings
        .iter()
        .map(|(name, _)| name.chars().count())
        .max()
        .unwrap_or(0);
    let (mut bad, mut warnings) = (0, 0);
    for (name, finding) in findings {
        match finding {
            Finding::Good(what) => printer::line(&format!("{name:width$}  ok    {what}")),
            Finding::Warning(what) => {
                warnings += 1;
                printer::line(&format!("{name:width$}  warn  {what}"));
            }
            Finding::Bad { what, fix } => {
                bad += 1;
                printer::line(&format!("{name:width$}  FAIL  {what}"));
                if !fix.is_empty() {
                    printer::line(&format!("{:width$}        Fix: {fix}", ""));
                }
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

fn configuration(config: &Config) -> (String, Finding) {
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

fn secrets(config: &Config) -> (String, Finding) {
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

fn data(folder: &Path) -> (String, Finding) {
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
        Err(_) => Finding::Warning("no bot is running; start it with `shipbell serve`".to_owned()),
    }
}

/// Asks the platforms people talk on, and the places commits live in.
async fn platforms(config: &Config) -> Result<Vec<(String, Finding)>, Failure> {
    let findings = wiring::examine(config).await?;
    let told = findings.into_iter().map(|it| {
        let finding = match it.state {
            wiring::State::Good(what) => Finding::Good(what),
            wiring::State::Doubtful(what) => Finding::Warning(what),
            wiring::State::Bad { what, fix } => Finding::Bad { what, fix },
        };
        (it.subject, finding)
    });
    Ok(told.collect())
}

fn policy_of<'a>(config: &'a Config, environment: &EnvId) -> Option<&'a Policy> {
    let mut policies = config.policies.iter().map(|it| &it.policy);
    policies.find(|it| it.app == environment.app)
}

async fn docker(engines: &DockerEngines, site: &Site, policy: Option<&Policy>) -> Finding {
    let session = Session {
        lines: &Discard,
        lock: None,
        within: PATIENCE,
    };
    let found = engines
        .preflight(&site.target, &site.project, &session)
        .await;
    let judged = found.and_then(|found| match policy {
        Some(policy) => engine::will_do(policy, &found).map(|()| found),
        None => Ok(found),
    });
    match judged {
        Ok(found) => told(&found),
        Err(error) => {
            let fix = error.hint.clone();
            let what = if error.why.is_empty() {
                error.what
            } else {
                format!("{}: {}", error.what, error.why)
            };
            Finding::Bad { what, fix }
        }
    }
}

/// What an engine has, and whether that will do.
fn told(found: &Preflight) -> Finding {
    let what = format!(
        "engine {} (API {}), {} {}, services {}",
        found.engine,
        found.api,
        found.flavour,
        found.compose,
        found.names(),
    );
    match found.free {
        Some(free) if free < LITTLE => {
            let free = free >> 20;
            Finding::Warning(format!("{what}; only {free} MiB are free for images"))
        }
        Some(free) => Finding::Good(format!("{what}, {} GiB free", free >> 30)),
        None => Finding::Good(what),
    }
}

/// Whether the machine a project's files are on is there, and what steps need of it.
async fn host(hosts: &HostPrograms, site: &Site) -> Finding {
    let session = Session {
        lines: &Discard,
        lock: None,
        within: PATIENCE,
    };
    let program = Program {
        argv: vec!["uname".to_owned(), "-sr".to_owned()],
        directory: site.project.directory.clone(),
        vars: BTreeMap::new(),
    };
    match hosts.run(&site.host, &program, &session).await {
        Ok(ran) if ran.code == 0 => {
            let system = ran.output.tail(1).pop().unwrap_or_default();
            Finding::Good(format!("{} is there ({system})", site.host))
        }
        Ok(ran) => Finding::Bad {
            what: ran.output.tail(1).pop().unwrap_or_default(),
            fix: format!("is {} there?", site.project.directory.display()),
        },
        Err(error) => Finding::Bad {
            fix: error.hint.clone(),
            what: format!("{}: {}", error.what, error.why),
        },
    }
}

/// Asks what the smoke tests would ask. What does not answer may not be deployed yet.
async fn smoke(config: &Config) -> Result<Vec<(String, Finding)>, Failure> {
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
                    None => Finding::Warning(format!("{title} does not answer")),
                };
                findings.push((format!("Smoke {id}"), finding));
            }
        }
    }
    Ok(findings)
}
