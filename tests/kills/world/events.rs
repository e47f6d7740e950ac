//! What the engine says it did to containers, as it happens: whatever is removed later, it is here.

use std::collections::BTreeMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

use super::PROJECT;
use crate::story::locked;

/// Something that happened to a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// `create`, `start`, `die`, `destroy`, and others.
    pub(crate) action: String,
    pub(crate) container: String,
    pub(crate) name: String,
    /// Whose compose project it belongs to.
    pub(crate) project: String,
    /// Made for one command.
    pub(crate) once: bool,
}

/// Everything that happened to containers of a run.
pub(crate) struct Events {
    seen: Arc<Mutex<Vec<Event>>>,
    _client: Child,
    _reading: JoinSet<()>,
}

#[derive(Deserialize)]
struct Told {
    #[serde(rename = "Action")]
    action: String,
    #[serde(rename = "Actor")]
    actor: Actor,
}

#[derive(Deserialize)]
struct Actor {
    #[serde(rename = "ID")]
    id: String,
    #[serde(rename = "Attributes")]
    attributes: BTreeMap<String, String>,
}

impl Events {
    /// Listens from now on to what happens in these projects.
    pub(crate) fn listen(projects: Vec<String>) -> Self {
        let mut command = Command::new("docker");
        command
            .args([
                "events",
                "--format",
                "{{json .}}",
                "--filter",
                "type=container",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true);
        let mut client = command.spawn().unwrap();
        let mut lines = BufReader::new(client.stdout.take().unwrap()).lines();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&seen);
        let mut reading = JoinSet::new();
        reading.spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                let told = serde_json::from_str(&line).ok();
                locked(&heard).extend(told.and_then(|it| event(it, &projects)));
            }
        });
        Self {
            seen,
            _client: client,
            _reading: reading,
        }
    }

    /// All of them, in order.
    pub(crate) fn all(&self) -> Vec<Event> {
        locked(&self.seen).clone()
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        locked(&self.seen).len()
    }
}

/// An event of one of these projects.
fn event(told: Told, projects: &[String]) -> Option<Event> {
    let mut attributes = told.actor.attributes;
    let project = attributes.remove(PROJECT)?;
    let oneoff = attributes.get("com.docker.compose.oneoff");
    let once = oneoff.is_some_and(|it| it == "True");
    projects.contains(&project).then(|| Event {
        action: told.action,
        container: told.actor.id,
        name: attributes.remove("name").unwrap_or_default(),
        project,
        once,
    })
}
