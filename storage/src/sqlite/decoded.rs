//! What streams add up to, decoded once for all who read, and which of them are listed.
//!
//! The database is open here alone and every commit is told, so what is known here is
//! what was committed last: nobody need ask the file for it. What somebody read is kept
//! only if no commit came in between.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, params};
use shipbell_domain::{Fold, StreamId};

use super::body::{read_fold, write};
use super::read::Listed;
use super::recent::Recent;
use super::sql::all;
use crate::StoreError;
use crate::names::{self, count};
use crate::shelf::{Kept, Labels};

/// How many folds are kept, at some ten kilobytes each: more than a command's words
/// can refer to in most teams. With more than that open, all are read each time.
const MOST: usize = 150;

/// How many lists are kept: all there are of a few applications.
const MOST_LISTS: usize = 16;

pub(super) struct Decoded(Mutex<Known>);

struct Known {
    folds: Recent<Kept>,
    lists: BTreeMap<Listed, Vec<StreamId>>,
    commits: u64,
}

/// A moment between two commits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment(u64);

impl Decoded {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Known {
            folds: Recent::new(MOST),
            lists: BTreeMap::new(),
            commits: 0,
        }))
    }

    /// Takes in what was committed, all at once.
    pub(super) fn committed(&self, folds: &BTreeMap<StreamId, Kept>) {
        let mut known = self.known();
        known.commits += 1;
        for (stream, kept) in folds {
            if !known.is_listed_as_before(stream, &kept.fold) {
                known.lists.clear();
            }
            known.folds.put(stream.clone(), kept.clone());
        }
    }

    /// Forgets everything: nobody knows what was committed.
    pub(super) fn forget(&self) {
        let mut known = self.known();
        known.commits += 1;
        known.lists.clear();
        known.folds = Recent::new(MOST);
    }

    /// Now; taken before anything is read that may be kept here.
    pub(super) fn now(&self) -> Moment {
        Moment(self.known().commits)
    }

    /// What a stream adds up to, if that is known.
    pub(super) fn get(&self, stream: &StreamId) -> Option<Kept> {
        self.known().folds.get(stream)
    }

    /// What is listed, if all of it is known.
    pub(super) fn listed(&self, listed: &Listed) -> Option<Vec<(StreamId, Fold)>> {
        let mut known = self.known();
        let Known { folds, lists, .. } = &mut *known;
        let streams = lists.get(listed)?.iter();
        let fold = |stream: &StreamId| Some((stream.clone(), folds.get(stream)?.fold));
        streams.map(fold).collect()
    }

    /// Keeps which streams are listed.
    pub(super) fn keep_list(&self, at: Moment, listed: Listed, streams: Vec<StreamId>) {
        let mut known = self.known();
        if known.commits != at.0 {
            return;
        }
        if known.lists.len() >= MOST_LISTS {
            known.lists.clear();
        }
        known.lists.insert(listed, streams);
    }

    /// What these streams add up to in what a connection sees; those nothing ever
    /// happened to are left out. What is known already is not decoded again.
    pub(super) fn read(
        &self,
        conn: &Connection,
        streams: &[StreamId],
        at: Moment,
    ) -> Result<BTreeMap<StreamId, Kept>, StoreError> {
        let mut known = self.these(streams);
        let wanted: Vec<(String, Option<u64>)> = (streams.iter())
            .map(|it| (it.to_string(), known.get(it).map(|kept| kept.version)))
            .collect();
        let rows: Vec<(String, i64, Option<String>)> = all(
            conn,
            "SELECT fold.stream, fold.version, \
             CASE WHEN fold.version IS json_extract(wanted.value, '$[1]') THEN NULL \
             ELSE fold.body END \
             FROM json_each(?) AS wanted CROSS JOIN fold \
             ON fold.stream = json_extract(wanted.value, '$[0]')",
            params![write(&wanted)?],
        )?;
        let mut found = BTreeMap::new();
        for (stream, version, body) in rows {
            let (stream, version) = (names::stream(&stream)?, count(version)?);
            let kept = match (body, known.remove(&stream)) {
                (None, Some(kept)) => kept,
                (body, _) => {
                    let fold = read_fold(body.as_deref().unwrap_or_default())?;
                    let kept = Kept { version, fold };
                    self.keep(at, &stream, &kept);
                    kept
                }
            };
            found.insert(stream, kept);
        }
        Ok(found)
    }

    fn keep(&self, at: Moment, stream: &StreamId, kept: &Kept) {
        let mut known = self.known();
        if known.commits == at.0 {
            known.folds.put(stream.clone(), kept.clone());
        }
    }

    /// Taken before the rows are read: what is known may be forgotten meanwhile.
    fn these(&self, streams: &[StreamId]) -> BTreeMap<StreamId, Kept> {
        let mut known = self.known();
        let these = streams.iter().filter_map(|stream| {
            let kept = known.folds.get(stream)?;
            Some((stream.clone(), kept))
        });
        these.collect()
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Whether every list names a stream as it did before this was committed.
    fn is_listed_as_before(&mut self, stream: &StreamId, fold: &Fold) -> bool {
        let before = self.folds.get(stream);
        before.is_some_and(|it| Labels::of(stream, &it.fold) == Labels::of(stream, fold))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use shipbell_domain::agenda::Agenda;

    use super::*;
    use crate::sqlite::read::Listing;

    fn kept(version: u64) -> Kept {
        let fold = Fold::Agenda(Arc::new(Agenda::default()));
        Kept { version, fold }
    }

    fn all() -> Listed {
        Listed {
            listing: Listing::Open,
            app: None,
            most: 10,
        }
    }

    #[test]
    fn what_was_read_before_a_commit_is_not_kept_after_it() {
        let decoded = Decoded::new();
        let before = decoded.now();
        decoded.committed(&BTreeMap::from([(StreamId::Agenda, kept(2))]));
        decoded.keep(before, &StreamId::Agenda, &kept(1));
        decoded.keep_list(before, all(), vec![]);
        assert_eq!(decoded.get(&StreamId::Agenda), Some(kept(2)));
        assert_eq!(decoded.listed(&all()), None);
        decoded.keep_list(decoded.now(), all(), vec![StreamId::Agenda]);
        assert_eq!(decoded.listed(&all()).map(|it| it.len()), Some(1));
    }

    #[test]
    fn nothing_is_known_any_more_when_nobody_knows_what_was_committed() {
        let decoded = Decoded::new();
        let before = decoded.now();
        decoded.committed(&BTreeMap::from([(StreamId::Agenda, kept(1))]));
        decoded.forget();
        decoded.keep(before, &StreamId::Agenda, &kept(1));
        assert_eq!(decoded.get(&StreamId::Agenda), None);
    }
}
