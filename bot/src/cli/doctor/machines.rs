//! Machines and engines: whether each will do for a deploy, and what runs there now.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use shipbell_adapters::containers::{Containers as _, Health, Preflight, Running};
use shipbell_adapters::hosts::{Hosts as _, Program};
use shipbell_domain::policy::Policy;

use super::{Finding, Hands, Told, asking};
use crate::engine::ports::Clock as _;
use crate::engine::{self, Setup, Site};
use crate::system::SystemClock;

/// With less room than this for images an engine gets a warning.
const LITTLE: u64 = 2 << 30;

/// A container that was restarted within this time may be again. The engine waits a minute
/// at most before it does.
const LATELY: TimeDelta = TimeDelta::minutes(5);

/// Looks at every host of every environment; one that is bad keeps no other from being
/// looked at.
pub(super) async fn examine(hands: &Hands, setup: &Setup) -> Vec<Told> {
    let mut findings = Vec::new();
    for (environment, site) in &setup.sites {
        let policy = setup.policy(&environment.app);
        for (name, site) in site.each() {
            let place = name.map_or(environment.to_string(), |it| {
                format!("{environment} on {it}")
            });
            findings.push((format!("Host {place}"), host(hands, &site).await));
            findings.extend(docker(hands, (&site, policy), &place).await);
        }
    }
    findings
}

/// The engine of a host, and what stands in the way of a deploy there.
async fn docker(hands: &Hands, (site, policy): (&Site, Option<&Policy>), place: &str) -> Vec<Told> {
    let told = |finding| (format!("Docker {place}"), finding);
    let session = asking();
    let looking = (hands.engines).preflight(&site.target, &site.project, &session);
    let found = match looking.await {
        Ok(found) => found,
        Err(error) => return vec![told(Finding::refused(error))],
    };
    let judged = policy.map_or(Ok(()), |policy| engine::will_do(policy, &found));
    let engine = match judged {
        Ok(()) => room(&found),
        Err(error) => Finding::refused(error),
    };
    let mut findings = vec![told(engine)];
    let ports = found.taken.iter().map(|it| Finding::Bad {
        what: it.why(),
        fix: it.hint(),
    });
    findings.extend(ports.map(|it| (format!("Ports {place}"), it)));
    let running = hands.engines.running(&site.target, &site.project.name);
    let runs = running.await.unwrap_or_default();
    let runs = what_runs(&runs, SystemClock.now());
    findings.extend(runs.into_iter().map(|it| (format!("Runs {place}"), it)));
    findings
}

/// What an engine has, and whether there is room.
fn room(found: &Preflight) -> Finding {
    let what = format!(
        "engine {} (API {}), {} {}, services {}",
        found.engine,
        found.api,
        found.flavour,
        found.compose,
        found.names(),
    );
    match found.free {
        Some(free) if free < LITTLE => Finding::Warning {
            what: format!("{what}; only {} MiB are free for images", free >> 20),
            fix: "free some space on the engine's disk before a deploy needs it".to_owned(),
        },
        Some(free) => Finding::Good(format!("{what}, {} GiB free", free >> 30)),
        None => Finding::Good(what),
    }
}

/// What of the containers that there are is not well, and what nobody can tell of.
fn what_runs(running: &[Running], now: DateTime<Utc>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = running.iter().filter_map(|it| unwell(it, now)).collect();
    let unchecked = |it: &&Running| it.alive && it.health == Health::Unchecked;
    let mut names: Vec<&str> = running
        .iter()
        .filter(unchecked)
        .map(|it| it.service.as_str())
        .collect();
    names.dedup();
    if !names.is_empty() {
        findings.push(Finding::Warning {
            what: format!(
                "no health check: that {} started is all a deploy can prove",
                names.join(", ")
            ),
            fix: "give the image a HEALTHCHECK, or the service a `healthcheck`".to_owned(),
        });
    }
    findings
}

fn unwell(container: &Running, now: DateTime<Utc>) -> Option<Finding> {
    let service = &container.service;
    let id = container.container.get(..12).unwrap_or_default();
    let fix = |then: &str| format!("`docker logs {id}` says why; {then}");
    let lately = container.started_at.is_none_or(|it| now - it < LATELY);
    if container.restarts > 0 && (!container.alive || lately) {
        return Some(Finding::Bad {
            what: format!(
                "service {service} crashes again and again: restarted {} times",
                container.restarts
            ),
            fix: fix("mend the image or its settings, or go back with `release rollback`"),
        });
    }
    match container.health {
        Health::Unhealthy => Some(Finding::Bad {
            what: format!("service {service} runs and its health check fails"),
            fix: fix("`docker inspect` shows what the check said last"),
        }),
        Health::Unchecked | Health::Starting | Health::Healthy => None,
    }
}

/// Whether the machine a project's files are on is there, and what steps need of it.
async fn host(hands: &Hands, site: &Site) -> Finding {
    let program = Program {
        argv: vec!["uname".to_owned(), "-sr".to_owned()],
        directory: site.project.directory.clone(),
        vars: BTreeMap::new(),
    };
    match hands.hosts.run(&site.host, &program, &asking()).await {
        Ok(ran) if ran.code == 0 => {
            let system = ran.output.tail(1).pop().unwrap_or_default();
            Finding::Good(format!("{} is there ({system})", site.host))
        }
        Ok(ran) => Finding::Bad {
            what: ran.output.tail(1).pop().unwrap_or_default(),
            fix: format!("is {} there?", site.project.directory.display()),
        },
        Err(error) => Finding::refused(error),
    }
}
