//! Looks things up for decisions, in the writer's transaction or a reader's.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use shipbell_domain::StreamId;
use shipbell_domain::ids::{AppId, EnvId, IncidentId, ReleaseId, Version};
use shipbell_domain::timer::Timer;

use super::decoded::{Decoded, Moment};
use super::recent::Recent;
use super::sql::{maybe_value, one, value, values};
use crate::names::{self, count, instant, micros, signed};
use crate::shelf::{Desk, Head, Kept, Next, Shelf};
use crate::store::{Claim, InputId};
use crate::{StoreError, chain};

/// What the one writer knows without asking; gone as soon as anything fails.
pub(super) struct Memo {
    pub(super) head: Head,
    pub(super) next: Next,
    folds: Recent<Option<Kept>>,
}

/// How many folds the writer keeps decoded: more than are worked on at a time, and
/// few enough to be small, at some kilobytes each.
const MAX_FOLDS: usize = 128;

/// A connection, and what is known without asking it.
pub(super) struct Desktop<'a> {
    pub(super) conn: &'a Connection,
    pub(super) memo: Option<&'a mut Memo>,
    pub(super) decoded: &'a Decoded,
    /// When the connection began to see what it sees.
    pub(super) at: Moment,
    pub(super) epoch: u64,
}

/// What the writer knows of a stream.
enum Known {
    /// What it adds up to.
    Kept(Kept),
    /// That nothing ever happened to it.
    Nothing,
    /// Nothing yet: ask.
    No,
}

impl Memo {
    /// Reads where the log ends.
    pub(super) fn read(conn: &Connection) -> Result<Self, StoreError> {
        let (head, next) = (head(conn)?, next(conn)?);
        Ok(Self {
            head,
            next,
            folds: Recent::new(MAX_FOLDS),
        })
    }

    /// Keeps a fold, or that there is none; what is over need not be at hand.
    pub(super) fn keep(&mut self, stream: StreamId, kept: Option<Kept>) {
        if kept.as_ref().is_some_and(|it| !it.fold.is_open()) {
            self.folds.remove(&stream);
            return;
        }
        self.folds.put(stream, kept);
    }

    fn look(&mut self, stream: &StreamId) -> Known {
        match self.folds.get(stream) {
            Some(Some(kept)) => Known::Kept(kept),
            Some(None) => Known::Nothing,
            None => Known::No,
        }
    }
}

/// Where the log ends.
pub(super) fn head(conn: &Connection) -> Result<Head, StoreError> {
    let (seq, at, hash): (i64, i64, Vec<u8>) = one(
        conn,
        "SELECT seq, at_us, hash FROM log_head WHERE one = 1",
        [],
    )?;
    Ok(Head {
        seq: count(seq)?,
        at: instant(at)?,
        hash: digest(&hash)?,
    })
}

/// The bytes of a stored hash.
pub(super) fn digest(bytes: &[u8]) -> Result<chain::Digest, StoreError> {
    bytes
        .try_into()
        .map_err(|_| StoreError::Corrupt("a hash is not 32 bytes long".to_owned()))
}

/// The next numbers.
pub(super) fn next(conn: &Connection) -> Result<Next, StoreError> {
    let (release, incident): (Option<i64>, Option<i64>) = one(
        conn,
        "SELECT (SELECT max(number) FROM fold WHERE kind = 'release'), \
                (SELECT max(number) FROM fold WHERE kind = 'incident')",
        [],
    )?;
    let after = |last: Option<i64>| count::<u32>(last.unwrap_or(0).saturating_add(1));
    Ok((ReleaseId(after(release)?), IncidentId(after(incident)?)))
}

impl Shelf for Desktop<'_> {
    fn folds(&mut self, streams: Vec<StreamId>) -> Result<Vec<(StreamId, Kept)>, StoreError> {
        let mut found = Vec::with_capacity(streams.len());
        let mut missing = Vec::new();
        for stream in streams {
            match self
                .memo
                .as_mut()
                .map_or(Known::No, |memo| memo.look(&stream))
            {
                Known::Kept(kept) => found.push((stream, kept)),
                Known::Nothing => {}
                Known::No => missing.push(stream),
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        let mut read = self.decoded.read(self.conn, &missing, self.at)?;
        for stream in missing {
            let kept = read.remove(&stream);
            if let Some(memo) = &mut self.memo {
                memo.keep(stream.clone(), kept.clone());
            }
            found.extend(kept.map(|kept| (stream, kept)));
        }
        Ok(found)
    }

    fn environments(&mut self, app: &AppId) -> Result<BTreeSet<EnvId>, StoreError> {
        let rows: Vec<String> = values(
            self.conn,
            "SELECT stream FROM fold WHERE app = ? AND kind = 'environment'",
            params![app.as_str()],
        )?;
        let mut all = BTreeSet::new();
        for row in rows {
            if let StreamId::Environment(id) = names::stream(&row)? {
                all.insert(id);
            }
        }
        Ok(all)
    }

    fn open_releases(&mut self, app: &AppId) -> Result<BTreeSet<ReleaseId>, StoreError> {
        let rows: Vec<i64> = values(
            self.conn,
            "SELECT number FROM fold WHERE app = ? AND kind = 'release' AND open = 1",
            params![app.as_str()],
        )?;
        rows.into_iter()
            .map(|number| count(number).map(ReleaseId))
            .collect()
    }

    fn release_called(
        &mut self,
        app: &AppId,
        version: &Version,
    ) -> Result<Option<ReleaseId>, StoreError> {
        let newest: Option<i64> = value(
            self.conn,
            "SELECT max(number) FROM fold WHERE app = ? AND label = ? AND kind = 'release'",
            params![app.as_str(), version.as_str()],
        )?;
        newest
            .map(|number| count(number).map(ReleaseId))
            .transpose()
    }

    fn next(&mut self) -> Result<Next, StoreError> {
        match &self.memo {
            Some(memo) => Ok(memo.next),
            None => next(self.conn),
        }
    }
}

impl Desk for Desktop<'_> {
    fn known(&mut self, ids: Vec<InputId>) -> Result<BTreeSet<InputId>, StoreError> {
        let mut known = BTreeSet::new();
        for id in ids {
            let taken: Option<i64> = maybe_value(
                self.conn,
                "SELECT 1 FROM inbox WHERE source = ? AND id = ?",
                params![id.source, id.id],
            )?;
            if taken.is_some() {
                known.insert(id);
            }
        }
        Ok(known)
    }

    fn pending(&mut self, timer: &Timer) -> Result<Option<DateTime<Utc>>, StoreError> {
        let due: Option<i64> = maybe_value(
            self.conn,
            "SELECT due_us FROM timer WHERE id = ? AND state = 'pending'",
            params![timer.to_string()],
        )?;
        due.map(instant).transpose()
    }

    fn holds(&mut self, claim: &Claim) -> Result<bool, StoreError> {
        if claim.epoch != self.epoch {
            return Ok(false);
        }
        let surface = claim.owed.id.surface.as_ref().map_or("", |it| it.as_str());
        let found: Option<i64> = maybe_value(
            self.conn,
            "SELECT id FROM outbox WHERE key = ? AND surface = ? AND held_us = ? \
             AND claim_epoch IN (0, ?)",
            params![
                claim.owed.id.key.as_str(),
                surface,
                micros(claim.at),
                signed(claim.epoch)
            ],
        )?;
        Ok(found.is_some())
    }
}
