//! Reads for everybody: streams, releases, wake-ups, the log.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use shipbell_domain::ids::{AppId, EnvId, ReleaseId};
use shipbell_domain::timer::Timer;
use shipbell_domain::{Event, StreamId};

use super::body::read;
use super::shelf::digest;
use super::sql::{all, value, values};
use crate::names::{self, count, instant, limit, micros, signed};
use crate::store::{EventRow, WakeUp};
use crate::{StoreError, chain};

/// Which streams are listed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Listed {
    pub(super) listing: Listing,
    /// Of one application or all.
    pub(super) app: Option<AppId>,
    /// How many releases and how many incidents at most.
    pub(super) most: usize,
}

/// By what streams are listed: ?1 is the application, ?2 how many at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Listing {
    /// Open releases and incidents newest first, then applications that are
    /// configured, environments and the agenda.
    Open,
    /// Releases, open or not, newest first.
    Releases,
}

impl Listing {
    fn query(self) -> &'static str {
        match self {
            Self::Open => OPEN,
            Self::Releases => RELEASES,
        }
    }
}

const OPEN: &str = "SELECT stream FROM ( \
           SELECT * FROM (SELECT 0 AS place, number, stream FROM fold \
             WHERE kind = 'release' AND open = 1 AND (?1 IS NULL OR app = ?1) \
             ORDER BY number DESC LIMIT ?2) \
           UNION ALL \
           SELECT * FROM (SELECT 1 AS place, number, stream FROM fold \
             WHERE kind = 'incident' AND open = 1 AND (?1 IS NULL OR app = ?1) \
             ORDER BY number DESC LIMIT ?2) \
           UNION ALL \
           SELECT CASE kind WHEN 'application' THEN 2 WHEN 'environment' THEN 3 ELSE 4 END, \
             NULL, stream FROM fold \
             WHERE kind IN ('application', 'environment', 'agenda') AND open = 1 \
             AND (?1 IS NULL OR app IS NULL OR app = ?1) \
         ) ORDER BY place, number DESC, stream";

const RELEASES: &str = "SELECT stream FROM fold WHERE kind = 'release' \
     AND (?1 IS NULL OR app = ?1) ORDER BY number DESC LIMIT ?2";

/// The streams of a list, in its order.
pub(super) fn list(conn: &Connection, listed: &Listed) -> Result<Vec<StreamId>, StoreError> {
    let app = listed.app.as_ref().map(AppId::as_str);
    let query = listed.listing.query();
    let rows: Vec<String> = values(conn, query, params![app, limit(listed.most)])?;
    rows.iter().map(|it| names::stream(it)).collect()
}

pub(super) fn asked(conn: &Connection, most: usize) -> Result<Vec<ReleaseId>, StoreError> {
    let numbers: Vec<i64> = values(
        conn,
        "SELECT number FROM fold WHERE kind = 'release' AND open = 1 AND EXISTS \
         (SELECT 1 FROM ask WHERE ask.release = 'r' || fold.number AND ask.state = 'open') \
         ORDER BY number DESC LIMIT ?",
        params![limit(most)],
    )?;
    let id = |number| u32::try_from(number).map(ReleaseId);
    let unreadable = |_| StoreError::Corrupt("fold: a release has no number".to_owned());
    numbers
        .into_iter()
        .map(|number| id(number).map_err(unreadable))
        .collect()
}

pub(super) fn active(conn: &Connection) -> Result<Vec<EnvId>, StoreError> {
    let rows: Vec<String> = values(
        conn,
        "SELECT environment FROM attempt WHERE state = 'running'",
        [],
    )?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        if let StreamId::Environment(id) = names::stream(&format!("env/{row}"))? {
            all.push(id);
        }
    }
    all.sort();
    Ok(all)
}

pub(super) fn due(
    conn: &Connection,
    now: DateTime<Utc>,
    most: usize,
) -> Result<Vec<WakeUp>, StoreError> {
    let rows: Vec<(String, i64)> = all(
        conn,
        "SELECT kind, due_us FROM timer WHERE state = 'pending' AND due_us <= ? \
         ORDER BY due_us, id LIMIT ?",
        params![micros(now), limit(most)],
    )?;
    let wake = |(kind, due): (String, i64)| {
        Ok(WakeUp {
            timer: read::<Timer>(&kind)?,
            due: instant(due)?,
        })
    };
    rows.into_iter().map(wake).collect()
}

pub(super) fn next_due(conn: &Connection) -> Result<Option<DateTime<Utc>>, StoreError> {
    let due: Option<i64> = value(
        conn,
        "SELECT min(due_us) FROM timer WHERE state = 'pending'",
        [],
    )?;
    due.map(instant).transpose()
}

/// Position, stream, version, time, actor, payload and hash.
type Line = (i64, String, i64, i64, String, Option<String>, Vec<u8>);

pub(super) fn events(
    conn: &Connection,
    stream: Option<&StreamId>,
    after: u64,
    most: usize,
) -> Result<Vec<EventRow>, StoreError> {
    let (after, most) = (signed(after), limit(most));
    let lines: Vec<Line> = match stream {
        Some(stream) => all(
            conn,
            "SELECT seq, stream, version, at_us, actor, payload, hash FROM event \
             WHERE seq > ? AND stream = ? ORDER BY seq LIMIT ?",
            params![after, stream.to_string(), most],
        )?,
        None => all(
            conn,
            "SELECT seq, stream, version, at_us, actor, payload, hash FROM event \
             WHERE seq > ? ORDER BY seq LIMIT ?",
            params![after, most],
        )?,
    };
    lines.into_iter().map(into_row).collect()
}

fn into_row(line: Line) -> Result<EventRow, StoreError> {
    let (seq, stream, version, at, actor, payload, hash) = line;
    let event = payload.as_deref().map(read::<Event>).transpose();
    let unreadable = |error| StoreError::Corrupt(format!("event {seq}: {error}"));
    Ok(EventRow {
        seq: count(seq)?,
        stream: names::stream(&stream)?,
        version: count(version)?,
        at: instant(at)?,
        actor,
        event: event.map_err(unreadable)?,
        hash: chain::hex(&digest(&hash)?),
    })
}
