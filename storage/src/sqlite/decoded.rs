//! What streams add up to, decoded once for all who read.
//!
//! A stream at one version adds up to one thing for as long as the database is
//! open here, so a fold whose row still counts the same events is handed on and
//! its body is not even read.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, params};
use shipbell_domain::{Fold, StreamId};

use super::body::{read_fold, write};
use super::recent::Recent;
use super::sql::all;
use crate::StoreError;
use crate::names::{self, count};
use crate::shelf::Kept;

/// How many folds are kept, at some ten kilobytes each: more than a command's words
/// can refer to in most teams. With more than that open, all are read each time.
const MOST: usize = 150;

pub(super) struct Decoded(Mutex<Recent<Kept>>);

impl Decoded {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Recent::new(MOST)))
    }

    /// Keeps what was committed.
    pub(super) fn put(&self, stream: StreamId, kept: Kept) {
        self.recent().put(stream, kept);
    }

    /// What these streams add up to; those nothing ever happened to are left out.
    pub(super) fn read(
        &self,
        conn: &Connection,
        streams: &[StreamId],
    ) -> Result<BTreeMap<StreamId, Kept>, StoreError> {
        let mut known = self.known(streams);
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
                    self.put(stream.clone(), kept.clone());
                    kept
                }
            };
            found.insert(stream, kept);
        }
        Ok(found)
    }

    /// These streams in this order, if all of them are known as they are counted: one
    /// statement saw one state of them, and nothing more need be read.
    pub(super) fn all(
        &self,
        counted: &[(String, i64)],
    ) -> Result<Option<Vec<(StreamId, Fold)>>, StoreError> {
        let mut recent = self.recent();
        let mut all = Vec::with_capacity(counted.len());
        for (stream, version) in counted {
            let (stream, version) = (names::stream(stream)?, count::<u64>(*version)?);
            let known = recent.get(&stream);
            let Some(kept) = known.filter(|it: &Kept| it.version == version) else {
                return Ok(None);
            };
            all.push((stream, kept.fold));
        }
        Ok(Some(all))
    }

    /// These streams in this order, read in the transaction that counted them.
    pub(super) fn read_all(
        &self,
        conn: &Connection,
        counted: &[(String, i64)],
    ) -> Result<Vec<(StreamId, Fold)>, StoreError> {
        let streams = counted.iter().map(|(stream, _)| names::stream(stream));
        let streams: Vec<StreamId> = streams.collect::<Result<_, _>>()?;
        let mut found = self.read(conn, &streams)?;
        let fold = |stream| {
            let kept = found.remove(&stream)?;
            Some((stream, kept.fold))
        };
        Ok(streams.into_iter().filter_map(fold).collect())
    }

    /// Taken before the rows are read: what is known may be forgotten meanwhile.
    fn known(&self, streams: &[StreamId]) -> BTreeMap<StreamId, Kept> {
        let mut recent = self.recent();
        let known = streams.iter().filter_map(|stream| {
            let kept = recent.get(stream)?;
            Some((stream.clone(), kept))
        });
        known.collect()
    }

    fn recent(&self) -> MutexGuard<'_, Recent<Kept>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
