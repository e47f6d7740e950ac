//! Signatures: every release that ended is signed for once, truly, and that is posted.

use shipbell::audit::checkpoint::Statement;
use shipbell_domain::event::ReleaseEvent;
use shipbell_domain::history::Checkpoint;
use shipbell_domain::ids::ReleaseId;
use shipbell_storage::EventRow;

use super::{Facts, Findings, Invariant};
use crate::sim::ports::notary;

pub(super) fn judge(facts: &Facts, found: &mut Findings) {
    for (row, release, event) in facts.of_releases() {
        let what = match event {
            ReleaseEvent::Done | ReleaseEvent::Cancelled { .. } => signed_once(facts, row, release),
            ReleaseEvent::Checkpointed { checkpoint } => is_true(facts, row, checkpoint),
            _ => None,
        };
        if let Some(what) = what {
            found.add(Invariant::Signed, what).release = Some(release);
        }
    }
}

/// After the end there is one signature, it covers the end, and every platform shows it.
fn signed_once(facts: &Facts, end: &EventRow, release: ReleaseId) -> Option<String> {
    let all = facts
        .of_releases()
        .filter_map(|(_, id, event)| match event {
            ReleaseEvent::Checkpointed { checkpoint } if id == release => Some(checkpoint),
            _ => None,
        });
    let all: Vec<&Checkpoint> = all.collect();
    let [checkpoint] = all.as_slice() else {
        return Some(format!("it ended and was signed for {} times", all.len()));
    };
    let covered = Statement::open(checkpoint).map_or(0, |it| it.end.seq);
    if covered < end.seq {
        let seq = end.seq;
        return Some(format!(
            "it ended with event {seq}, signed is event {covered}"
        ));
    }
    let key = format!("say/{release}/checkpoint");
    for (surface, posts) in &facts.rooms {
        let shown = posts
            .iter()
            .filter(|it| it.key == key && it.deleted.is_none());
        let count = shown.count();
        if count != 1 {
            return Some(format!("{surface} shows what was signed {count} times"));
        }
    }
    None
}

/// What was signed was so, and the right key signed it.
fn is_true(facts: &Facts, row: &EventRow, checkpoint: &Checkpoint) -> Option<String> {
    let statement = match Statement::open(checkpoint) {
        Ok(statement) if statement.signer == *notary().verifier() => statement,
        Ok(statement) => return Some(format!("{} signed it", statement.signer)),
        Err(error) => return Some(error.to_string()),
    };
    let end = &statement.end;
    let there = facts.events.iter().find(|it| it.seq == end.seq);
    let so = there.is_some_and(|it| it.hash == end.hash && it.seq < row.seq);
    (!so).then(|| format!("event {} says that the log stood at {statement}", row.seq))
}
