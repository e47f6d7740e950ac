//! Commits and their checks: GitHub and GitLab over real sockets, a real `git`, and the
//! gates that hold a deploy by them.

#![expect(clippy::unwrap_used, reason = "a helper that fails must fail its test")]

mod doctor;
mod gates;
mod git;
mod github;
mod gitlab;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use shipbell_adapters::containers::docker::Settings;
use shipbell_adapters::forge::forges::Forges;
use shipbell_adapters::forge::{Account, Address, Repository, State};
use shipbell_adapters::hosts::programs::HostPrograms;
use shipbell_adapters::redact::Redactor;
use shipbell_adapters::secret::Secret;
use shipbell_tests::servers::forges::TOKEN;

/// A commit, and one behind it.
const COMMIT: &str = "3f9c2ab8d1e04f7a6b5c4d3e2f1a0b9c8d7e6f5a";
const LATER: &str = "b1946ac92492d2347c6235b4d2611184b1946ac9";

/// What asks forges, as the bot has it.
fn asking() -> Forges {
    let settings = Settings {
        path: "/usr/local/bin:/usr/bin:/bin".into(),
        home: PathBuf::from("/nonexistent"),
        docker_config: None,
        ssh_config: None,
        ssh_agent: None,
    };
    let redactor = Redactor::knowing([&Secret::new(TOKEN)]);
    let hosts = Arc::new(HostPrograms::new(settings, redactor.clone()));
    Forges::new(hosts, None, redactor)
}

fn repository(address: &str, api: &str, token: &str) -> Repository {
    let address = Address::parse(address).unwrap();
    let account = address.has_checks().then(|| Account {
        api: api.to_owned(),
        token: token.into(),
    });
    Repository { address, account }
}

fn found(states: &[(&str, State)]) -> BTreeMap<String, State> {
    let own = |(name, state): &(&str, State)| ((*name).to_owned(), state.clone());
    states.iter().map(own).collect()
}

fn failed(word: &str) -> State {
    State::Failed(word.to_owned())
}

fn pending(word: &str) -> State {
    State::Pending(word.to_owned())
}
