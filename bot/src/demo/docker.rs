//! Everything on this machine's engine that a demo made, by its labels.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use reqwest::{Client, Method, StatusCode};
use serde::Deserialize;
use shipbell_adapters::containers::docker::DockerEngines;
use shipbell_adapters::containers::{Containers as _, Labels, Target};

use super::world::{FOLDER, INSTANCE};
use crate::failure::Failure;

/// How long the engine may take to answer.
const ANSWER: Duration = Duration::from_mins(1);

/// This machine's engine.
pub(super) struct Docker {
    engines: DockerEngines,
    client: Client,
}

/// What demos there are on the engine: their folders by their instance.
pub(super) type Demos = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    id: String,
    labels: Option<BTreeMap<String, String>>,
}

impl Docker {
    /// Connects to nothing yet.
    pub(super) fn new(engines: DockerEngines) -> Result<Self, Failure> {
        let target = Target::local();
        let socket = target.docker.trim_start_matches("unix://");
        let client = Client::builder()
            .unix_socket(socket)
            .timeout(ANSWER)
            .build();
        let client = client
            .map_err(|error| Failure::internal("no HTTP client can be made").because(error))?;
        Ok(Self { engines, client })
    }

    pub(super) fn engines(&self) -> &DockerEngines {
        &self.engines
    }

    /// The demos that have left anything here.
    pub(super) async fn demos(&self) -> Result<Demos, Failure> {
        let mut demos = Demos::new();
        for what in ["containers/json?all=1&", "networks?", "images/json?"] {
            for listed in self.list(what, INSTANCE).await? {
                let labels = listed.labels.unwrap_or_default();
                let folder = labels.get(FOLDER).cloned().unwrap_or_default();
                demos.extend(labels.get(INSTANCE).map(|it| (it.clone(), folder)));
            }
        }
        Ok(demos)
    }

    /// Removes the containers, networks and images of one demo.
    pub(super) async fn remove(&self, instance: &str) -> Result<(), Failure> {
        let labels = Labels::from([(INSTANCE.to_owned(), instance.to_owned())]);
        let removed = self.engines.remove(&Target::local(), &labels).await;
        removed.map_err(|error| Failure::user("a demo's containers stay").because(error))?;
        let label = format!("{INSTANCE}={instance}");
        let images = self.list("images/json?", &label).await?;
        let images: BTreeSet<String> = images.into_iter().map(|it| it.id).collect();
        for image in images {
            let path = format!("images/{image}?force=1");
            let (status, text) = self.ask(Method::DELETE, &path).await?;
            if !status.is_success() && status != StatusCode::NOT_FOUND {
                return Err(Failure::user(format!(
                    "a demo's image stays: {}",
                    text.trim()
                )));
            }
        }
        Ok(())
    }

    async fn list(&self, what: &str, label: &str) -> Result<Vec<Listed>, Failure> {
        let filters = escape(&serde_json::json!({ "label": [label] }).to_string());
        let (status, text) = self
            .ask(Method::GET, &format!("{what}filters={filters}"))
            .await?;
        if !status.is_success() {
            return Err(Failure::user(format!(
                "the engine does not list: {}",
                text.trim()
            )));
        }
        let listed = serde_json::from_str(&text);
        listed.map_err(|error| Failure::user("the engine lists something odd").because(error))
    }

    async fn ask(&self, method: Method, path: &str) -> Result<(StatusCode, String), Failure> {
        let silent = |error| Failure::user("the container engine does not answer").because(error);
        let request = self
            .client
            .request(method, format!("http://localhost/{path}"));
        let response = request.send().await.map_err(silent)?;
        let status = response.status();
        Ok((status, response.text().await.map_err(silent)?))
    }
}

/// Everything but unreserved characters as `%XX`.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            write!(escaped, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
    escaped
}
