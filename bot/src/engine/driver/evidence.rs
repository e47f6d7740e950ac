//! Keeping what a piece of work proves: all of it under its hash, the end in the log.

use shipbell_domain::event::Evidence;
use shipbell_domain::ids::Hash;

use crate::engine::hub::Hub;

/// The largest piece the store takes.
const CHUNK: usize = 256 * 1024;
/// How many lines stand in the log itself.
const TAIL: usize = 40;

/// Keeps lines and says where; if they cannot be kept, their end is still in the log.
pub(super) async fn keep(hub: &Hub, findings: Vec<String>, lines: &[String]) -> Evidence {
    let text = lines.join("\n");
    let mut hash = None;
    if !text.is_empty() {
        let mut pieces = Vec::new();
        for chunk in text.as_bytes().chunks(CHUNK) {
            match hub.ports.store.keep(chunk).await {
                Ok(piece) => pieces.push(piece),
                Err(error) => tracing::warn!(%error, "some output could not be kept"),
            }
        }
        hash = whole(hub, pieces).await;
    }
    let tail = lines
        .iter()
        .skip(lines.len().saturating_sub(TAIL))
        .cloned()
        .collect();
    Evidence {
        findings,
        tail,
        hash,
        size: text.len() as u64,
        unchanged: false,
        snapshot: None,
        seen: Vec::new(),
    }
}

/// One piece is its own name; several get a list of theirs.
async fn whole(hub: &Hub, pieces: Vec<Hash>) -> Option<Hash> {
    if pieces.len() <= 1 {
        return pieces.into_iter().next();
    }
    let list: Vec<&str> = pieces.iter().map(Hash::as_str).collect();
    hub.ports.store.keep(list.join("\n").as_bytes()).await.ok()
}
