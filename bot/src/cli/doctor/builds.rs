//! What building images needs of the hosts: a working copy, and Docker's program.

use std::collections::BTreeMap;
use std::path::PathBuf;

use shipbell_adapters::hosts::{Hosts as _, Program};
use shipbell_domain::ids::EnvId;
use shipbell_domain::policy::{Build, Policy};

use super::{Finding, Hands, Told, asking};
use crate::engine::{Setup, Site};

/// Looks at each host once for each image that is built there.
pub(super) async fn examine(hands: &Hands, setup: &Setup) -> Vec<Told> {
    let mut findings = Vec::new();
    for pinned in &setup.policies {
        let policy = &pinned.policy;
        for (service, build) in &policy.builds {
            let Some(site) = place(policy, build).and_then(|it| setup.sites.get(&it)) else {
                continue;
            };
            let name = format!("Build {} {service}", policy.app);
            findings.push((name, host(hands, site, build).await));
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

async fn host(hands: &Hands, site: &Site, build: &Build) -> Finding {
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
        let what = match hands.hosts.run(&site.host, &program, &asking()).await {
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
