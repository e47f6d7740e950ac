//! The log itself: without gaps, never going back, and the tables true to it.

use std::collections::{BTreeMap, BTreeSet};

use shipbell_domain::{Fold, StreamId};

use super::{Facts, Findings, Invariant};

pub(super) fn judge(facts: &Facts, found: &mut Findings) {
    whole(facts, found);
    for damage in &facts.damage {
        found.add(Invariant::LogWhole, damage);
    }
    folds(facts, found);
}

fn whole(facts: &Facts, found: &mut Findings) {
    let mut versions: BTreeMap<&StreamId, u64> = BTreeMap::new();
    let mut hashes = BTreeSet::new();
    for (row, seq) in facts.events.iter().zip(1u64..) {
        let version = versions.entry(&row.stream).or_default();
        *version += 1;
        if row.seq != seq || row.version != *version {
            let what = format!("position {} holds {} of {}", seq, row.version, row.stream);
            found.add(Invariant::LogWhole, what);
        }
        if !hashes.insert(&row.hash) {
            found.add(
                Invariant::LogWhole,
                format!("position {seq} has an old hash"),
            );
        }
    }
    for pair in facts.events.windows(2) {
        if pair[1].at < pair[0].at {
            found.add(
                Invariant::LogWhole,
                format!("time goes back at {}", pair[1].seq),
            );
        }
    }
    let last = facts.events.last().map(|it| (it.seq, it.hash.clone()));
    if last.is_some_and(|last| last != facts.head) {
        found.add(Invariant::LogWhole, "the head is not the last event");
    }
}

fn folds(facts: &Facts, found: &mut Findings) {
    let mut folds: BTreeMap<StreamId, Fold> = BTreeMap::new();
    for (row, event) in facts.log() {
        if let Some(fold) = folds.get_mut(&row.stream) {
            fold.evolve(event, row.at);
        } else if let Some(fold) = Fold::begin(&row.stream, event, row.at) {
            folds.insert(row.stream.clone(), fold);
        } else {
            let what = format!("{} cannot begin with {}", row.stream, event.kind());
            found.add(Invariant::FoldsTrue, what);
        }
    }
    for (stream, fold) in &folds {
        if facts.folds.get(stream) != Some(fold) {
            let what = format!("{stream} is not what its events add up to");
            let finding = found.add(Invariant::FoldsTrue, what);
            if let StreamId::Release(id) = stream {
                finding.release = Some(*id);
            }
        }
    }
}
