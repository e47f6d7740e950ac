//! Whether the forges answer, and know the checks and branches that are demanded.

use std::sync::Arc;

use shipbell_adapters::forge::forges::Forges;
use shipbell_adapters::forge::{Forge as _, ForgeError, Repository};
use shipbell_adapters::hosts::programs::HostPrograms;
use shipbell_adapters::redact::Redactor;
use shipbell_domain::policy::Policy;

use super::hands;
use super::health::{Finding, State};
use crate::config::Config;
use crate::failure::Failure;

/// How many checks that are there are named.
const NAMED: usize = 20;

/// Asks every repository that is configured, and changes nothing.
pub(super) async fn examine(config: &Config) -> Result<Vec<Finding>, Failure> {
    let repositories = hands::repositories(config)?;
    let accounts = repositories.values().filter_map(|it| it.account.as_ref());
    let redactor = Redactor::knowing(accounts.map(|it| &it.token));
    let settings = hands::engine_settings(config.ssh.as_deref());
    let hosts = Arc::new(HostPrograms::new(settings, redactor.clone()));
    let forges = Forges::new(hosts, config.ssh.clone(), redactor);
    let mut findings = Vec::new();
    for pinned in &config.policies {
        let policy = &pinned.policy;
        if let Some(repository) = repositories.get(&policy.app) {
            let states = look(&forges, repository, policy).await;
            let subject = format!("Commits of {}", policy.app);
            findings.extend(states.into_iter().map(|state| Finding {
                subject: subject.clone(),
                state,
            }));
        }
    }
    Ok(findings)
}

async fn look(forges: &Forges, repository: &Repository, policy: &Policy) -> Vec<State> {
    let Some(branch) = policy.origin.as_ref().and_then(|it| it.branch.as_ref()) else {
        let what = format!(
            "{} was not asked: with branch = \"main\" its end is looked at",
            repository.address
        );
        return vec![State::Doubtful(what)];
    };
    let tip = match forges.tip(repository, branch).await {
        Ok(tip) => tip,
        Err(error) => return vec![bad(error)],
    };
    let short: String = tip.chars().take(7).collect();
    let mut states = vec![State::Good(format!(
        "{} answers; {branch} ends with {short}",
        repository.address
    ))];
    let wanted = policy.named_checks();
    if wanted.is_empty() {
        return states;
    }
    states.push(match forges.checks(repository, &tip).await {
        Err(error) => bad(error),
        Ok(checks) => {
            let known = |it: &&String| checks.found.contains_key(it.as_str());
            let missing: Vec<String> = wanted.iter().filter(|it| !known(it)).cloned().collect();
            let there: Vec<String> = checks.found.into_keys().take(NAMED).collect();
            match (missing.is_empty(), there.is_empty()) {
                (true, _) => State::Good(format!("every demanded check ran for {short}")),
                (false, true) => State::Doubtful(format!("nothing ran for {short} yet")),
                (false, false) => State::Doubtful(format!(
                    "{} did not run for {short}; there ran: {}",
                    missing.join(", "),
                    there.join(", ")
                )),
            }
        }
    });
    states
}

fn bad(error: ForgeError) -> State {
    State::Bad {
        what: format!("{}: {}", error.what, error.why),
        fix: error.hint,
    }
}
