//! Walks the stored log.

use rusqlite::{Connection, params};

use super::shelf::{digest, head};
use super::sql::{all, maybe_value};
use crate::chain::{Flaw, LogLine, START, Walk};
use crate::names::{self, count, signed};
use crate::{StoreError, chain};

/// Events read at a time.
pub(super) const PAGE: usize = 1_000;

/// Position, stream, version, kind, time, actor, payload, salt, commitment, hash.
type Row = (
    i64,
    String,
    i64,
    String,
    i64,
    String,
    Option<String>,
    Option<Vec<u8>>,
    Vec<u8>,
    Vec<u8>,
);

/// Hashes the chain again from a position on; the position of the last event.
pub(super) fn chain(conn: &Connection, from: u64) -> Result<u64, StoreError> {
    let mut walk = behind(conn, from.max(1) - 1)?;
    let flaws = walk_on(conn, &mut walk, 1)?;
    if let Some(flaw) = flaws.first() {
        return Err(StoreError::Corrupt(flaw.to_string()));
    }
    match end(conn, &walk)? {
        None => Ok(walk.seq()),
        Some(what) => Err(StoreError::Corrupt(what)),
    }
}

/// Goes on to the end of the log and says what does not hold; stops once it has
/// found as much as it may.
pub(super) fn walk_on(
    conn: &Connection,
    walk: &mut Walk,
    most: usize,
) -> Result<Vec<Flaw>, StoreError> {
    let mut flaws = Vec::new();
    loop {
        let page = lines(conn, walk.seq(), PAGE)?;
        if page.is_empty() {
            return Ok(flaws);
        }
        for line in &page {
            flaws.extend(walk.step(line));
            if flaws.len() >= most {
                return Ok(flaws);
            }
        }
    }
}

/// What contradicts that the log ends where the walk has come to.
pub(super) fn end(conn: &Connection, walk: &Walk) -> Result<Option<String>, StoreError> {
    let head = head(conn)?;
    Ok(if walk.seq() != head.seq {
        Some(format!(
            "the log ends at event {}, but `log_head` says that it ends at event {}",
            walk.seq(),
            head.seq
        ))
    } else if walk.hash() != head.hash {
        Some(format!(
            "`log_head` has another hash than event {}, the last one",
            head.seq
        ))
    } else {
        None
    })
}

/// Lines after a position, in order.
pub(super) fn lines(
    conn: &Connection,
    after: u64,
    most: usize,
) -> Result<Vec<LogLine>, StoreError> {
    let rows: Vec<Row> = all(
        conn,
        "SELECT seq, stream, version, kind, at_us, actor, payload, salt, commitment, hash \
         FROM event WHERE seq > ? ORDER BY seq LIMIT ?",
        params![signed(after), names::limit(most)],
    )?;
    rows.into_iter().map(line).collect()
}

/// Lines of one kind after a position, in order.
pub(super) fn lines_of(
    conn: &Connection,
    kind: &str,
    after: u64,
    most: usize,
) -> Result<Vec<LogLine>, StoreError> {
    let rows: Vec<Row> = all(
        conn,
        "SELECT seq, stream, version, kind, at_us, actor, payload, salt, commitment, hash \
         FROM event WHERE kind = ? AND seq > ? ORDER BY seq LIMIT ?",
        params![kind, signed(after), names::limit(most)],
    )?;
    rows.into_iter().map(line).collect()
}

/// A walk that begins behind a stored event.
pub(super) fn behind(conn: &Connection, seq: u64) -> Result<Walk, StoreError> {
    Ok(Walk::after(seq, hash_at(conn, seq)?))
}

/// The hash of the chain up to and with an event, as stored.
fn hash_at(conn: &Connection, seq: u64) -> Result<chain::Digest, StoreError> {
    if seq == 0 {
        return Ok(START);
    }
    let hash: Option<Vec<u8>> = maybe_value(
        conn,
        "SELECT hash FROM event WHERE seq = ?",
        params![signed(seq)],
    )?;
    let missing = || StoreError::Corrupt(format!("event {seq} is missing"));
    digest(&hash.ok_or_else(missing)?)
}

fn line(row: Row) -> Result<LogLine, StoreError> {
    let (seq, stream, version, kind, at_us, actor, payload, salt, commitment, hash) = row;
    Ok(LogLine {
        seq: count(seq)?,
        stream,
        version: count(version)?,
        kind,
        at_us,
        actor,
        payload,
        salt,
        commitment: digest(&commitment)?,
        hash: digest(&hash)?,
    })
}
