//! `shipbell doctor`: asks everything the bot depends on, and changes nothing.

use std::path::{Path, PathBuf};
use std::time::Duration;

use shipbell_adapters::containers::docker::DockerEngines;
use shipbell_adapters::containers::{Containers as _, Discard, Session};
use shipbell_adapters::probes::http::HttpProbes;
use shipbell_adapters::probes::{Probe, Probes as _};
use shipbell_adapters::redact::Redactor;
use shipbell_domain::checks::CheckKind;
use shipbell_domain::ids::EnvId;

use super::printer;
use crate::config::Config;
use crate::door;
use crate::engine::Site;
use crate::failure::Failure;
use crate::wiring;

/// How long one question may take.
const PATIENCE: Duration = Duration::from_secs(15);

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
    let engines = DockerEngines::new(wiring::engine_settings(), Redactor::default());
    let setup = wiring::setup(&config)?;
    for (environment, site) in &setup.sites {
        findings.push((
            format!("Docker {environment}"),
            docker(&engines, site).await,
        ));
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

async fn docker(engines: &DockerEngines, site: &Site) -> Finding {
    let session = Session {
        lines: &Discard,
        lock: None,
        within: PATIENCE,
    };
    match engines
        .preflight(&site.target, &site.project, &session)
        .await
    {
        Ok(found) => Finding::Good(format!(
            "engine {} (API {}), {} {}, services {}",
            found.engine,
            found.api,
            found.flavour,
            found.compose,
            found.services.join(", "),
        )),
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

/// Asks what the smoke tests would ask. What does not answer may not be deployed yet.
async fn smoke(config: &Config) -> Result<Vec<(String, Finding)>, Failure> {
    let probes = HttpProbes::new(Redactor::default())
        .map_err(|error| Failure::internal("the HTTP client could not be made").because(error))?;
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
