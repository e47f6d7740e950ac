//! Whether the world is as it should be: the containers are asked themselves, not the bot.

use std::time::Duration;

use reqwest::Client;
use serde::Deserialize;

use super::memory::Memory;
use super::place::Place;
use super::terminal;
use crate::failure::Failure;

/// How long a container may take to answer.
const ANSWER: Duration = Duration::from_secs(5);

/// What a container says of itself.
#[derive(Deserialize)]
struct Said {
    version: String,
}

/// Asks containers which version they are.
pub(super) struct Inspector {
    client: Client,
}

impl Inspector {
    pub(super) fn new() -> Result<Self, Failure> {
        let client = Client::builder()
            .no_proxy()
            .pool_max_idle_per_host(0)
            .timeout(ANSWER)
            .build();
        let client = client
            .map_err(|error| Failure::internal("no HTTP client can be made").because(error))?;
        Ok(Self { client })
    }

    /// The version that answers in a place and is well; none if nothing listens there.
    pub(super) async fn version(&self, port: u16) -> Result<Option<String>, Failure> {
        let base = format!("http://127.0.0.1:{port}");
        let odd = |what: &str| Failure::user(format!("{base} {what}"));
        let asked = match self.client.get(format!("{base}/api/version")).send().await {
            Ok(asked) => asked,
            Err(error) if error.is_connect() => return Ok(None),
            Err(error) => return Err(odd("does not answer").because(error)),
        };
        let text = asked
            .text()
            .await
            .map_err(|error| odd("breaks off").because(error))?;
        let said: Said = serde_json::from_str(&text)
            .map_err(|error| odd("does not say its version").because(error))?;
        let health = self.client.get(format!("{base}/healthz")).send().await;
        let health = health.map_err(|error| odd("does not answer").because(error))?;
        if !health.status().is_success() {
            return Err(odd(&format!("runs {} and is not well", said.version)));
        }
        Ok(Some(said.version))
    }

    /// Asks every place, prints what it runs, and fails where that may not be.
    pub(super) async fn check(&self, memory: &Memory) -> Result<(), Failure> {
        let mark = terminal::mark(memory.simulated);
        let mut wrong = Vec::new();
        terminal::print("");
        for place in Place::ALL {
            let port = memory.port(place);
            let may_run = memory.may_run.get(&place).cloned().unwrap_or_default();
            let found = self.version(port).await;
            let said = match &found {
                Ok(found) => in_words(found.as_ref()),
                Err(failure) => failure.report(),
            };
            let right = found.is_ok_and(|it| may_run.contains(&it));
            let verdict = if right { "as it should be" } else { "WRONG" };
            let name = place.name();
            terminal::print(&format!(
                "{mark}  {name:<11} 127.0.0.1:{port}  {said}, {verdict}"
            ));
            if !right {
                let should: Vec<String> = may_run.iter().map(|it| in_words(it.as_ref())).collect();
                wrong.push(format!(
                    "{} should run {}",
                    place.name(),
                    should.join(" or ")
                ));
            }
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(Failure::user(wrong.join("; ")))
        }
    }
}

fn in_words(version: Option<&String>) -> String {
    version.map_or_else(|| "nothing".to_owned(), Clone::clone)
}
