//! Once the bot serves, the whole database is looked over beside it.
//!
//! A start checks only what it cannot do without, so that it is quick with any log.
//! Here the rest follows, once: every page, every event, every stream.

use std::path::PathBuf;
use std::sync::Arc;

use shipbell_storage::{Findings, Inspection};

use crate::engine::Hub;

/// Looks a database over and stops all effects if it is not whole.
pub async fn run(hub: Arc<Hub>, database: PathBuf) {
    let began = hub.ports().clock.passed();
    match look(database).await {
        Ok(findings) => match findings.wrong().next() {
            None => tracing::info!(
                events = findings.events,
                streams = findings.streams,
                took = ?hub.ports().clock.passed().saturating_sub(began),
                "the whole database was looked over: nothing is wrong"
            ),
            Some(first) => hub.halt(&told(first, findings.wrong().count())),
        },
        Err(error) => tracing::warn!(%error, "the database could not be looked over"),
    }
}

async fn look(database: PathBuf) -> Result<Findings, shipbell_storage::StoreError> {
    Inspection::open(database).await?.look_beside().await
}

fn told(first: &str, all: usize) -> String {
    match all {
        0 | 1 => first.to_owned(),
        more => format!("{first}; and {} more", more - 1),
    }
}
