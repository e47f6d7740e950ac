//! What building images needs of the hosts: a working copy, and Docker's program.

use std::collections::BTreeMap;
use std::path::PathBuf;

use shipbell_adapters::containers::{Discard, Session};
use shipbell_adapters::hosts::programs::HostPrograms;
use shipbell_adapters::hosts::{Hosts as _, Program};
use shipbell_domain::ids::EnvId;
use shipbell_domain::policy::{Build, Policy};

use super::{Finding, PATIENCE};
use crate::config::Config;
use crate::engine::{Setup, Site};

/// Looks at each host once for each image that is built there.
pub(super) async fn look(
    hosts: &HostPrograms,
    config: &Config,
    setup: &Setup,
) -> Vec<(String, Finding)> {
    let mut findings = Vec::new();
    for pinned in &config.policies {
        let policy = &pinned.policy;
        for (service, build) in &policy.builds {
            let Some(site) = place(policy, build).and_then(|it| setup.sites.get(&it)) else {
                continue;
            };
            let name = format!("Build {} {service}", policy.app);
            findings.push((name, host(hosts, site, build).await));
        }
    }
    findings
}

fn place(policy: &Policy, build: &Build) -> Option<EnvId> {
    let first = policy.environments.first().map(|it| &it.name);
    let env = build.env.as_ref().or(first)?.clone();
    let app = policy.app.clone();
    Some(EnvId { app, env })
}

async fn host(hosts: &HostPrograms, site: &Site, build: &Build) -> Finding {
    let written = build.directory.as_ref().map(PathBuf::from);
    let directory = written.unwrap_or_else(|| site.project.directory.clone());
    let asked = [
        (
            ["git", "rev-parse", "--git-dir"],
            "clone the repository there, as the bot's user, or name its working copy with `dir`",
        ),
        (
            ["docker", "build", "--help"],
            "install the program `docker` there, where the bot's user finds it",
        ),
    ];
    for (words, fix) in asked {
        let program = Program {
            argv: words.map(str::to_owned).into(),
            directory: directory.clone(),
            vars: BTreeMap::new(),
        };
        let session = Session {
            lines: &Discard,
            lock: None,
            within: PATIENCE,
        };
        let what = match hosts.run(&site.host, &program, &session).await {
            Ok(ran) if ran.code == 0 => continue,
            Ok(ran) => ran.output.tail(1).pop().unwrap_or_default(),
            Err(error) => error.to_string(),
        };
        let fix = fix.to_owned();
        return Finding::Bad { what, fix };
    }
    let (place, host) = (directory.display(), &site.host);
    Finding::Good(format!(
        "{place} on {host} is a working copy, and docker is there"
    ))
}
