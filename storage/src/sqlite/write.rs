//! Writes what a batch changes, a table after the other.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, params, params_from_iter};
use shipbell_domain::ids::{AppId, Version};
use shipbell_domain::timer::Timer;
use shipbell_domain::{Fold, StreamId};

use super::body::{write, write_fold};
use super::outbox;
use super::sql::{run, value};
use crate::StoreError;
use crate::batch::{Alarm, Batch, Fresh};
use crate::chain::{Link, Sealed};
use crate::names::{micros, signed};
use crate::rows::{Cell, Row, Table, Touched};
use crate::shelf::{Head, Labels, owner};
use crate::store::Commit;

/// How long a repeat is recognised; platforms try again for minutes, not weeks.
const MAX_INBOX_AGE: TimeDelta = TimeDelta::days(60);

/// Writes all of it and says where the log ends now.
pub(super) fn batch(
    conn: &Connection,
    batch: &Batch,
    commit: &Commit,
    head: Head,
) -> Result<Head, StoreError> {
    let head = events(conn, batch, &commit.seed, head)?;
    for (stream, kept) in &batch.folds {
        put_fold(conn, stream, kept.version, &kept.fold)?;
    }
    projections(conn, &batch.rows)?;
    inbox(conn, batch)?;
    for claim in &batch.settled {
        outbox::settle_answered(conn, claim)?;
    }
    wants(conn, batch)?;
    timers(conn, batch)?;
    Ok(head)
}

fn events(
    conn: &Connection,
    batch: &Batch,
    seed: &[u8; 32],
    mut head: Head,
) -> Result<Head, StoreError> {
    if batch.events.is_empty() {
        return Ok(head);
    }
    let (at_us, before) = (micros(batch.at), head);
    for fresh in &batch.events {
        let stream = fresh.stream.to_string();
        let sealed = link(fresh, &stream, at_us).seal(&head.hash, &fresh.event, seed)?;
        insert_event(conn, fresh, (&stream, at_us), &sealed)?;
        head = Head {
            seq: fresh.seq,
            at: batch.at,
            hash: sealed.hash,
        };
    }
    let moved = run(
        conn,
        "UPDATE log_head SET seq = ?, at_us = ?, hash = ? WHERE one = 1 AND seq = ? AND hash = ?",
        params![
            signed(head.seq),
            at_us,
            head.hash,
            signed(before.seq),
            before.hash
        ],
    )?;
    if moved == 1 {
        Ok(head)
    } else {
        Err(StoreError::Corrupt(format!(
            "the log no longer ends at event {}, where it was left",
            before.seq
        )))
    }
}

fn link<'a>(fresh: &'a Fresh, stream: &'a str, at_us: i64) -> Link<'a> {
    Link {
        seq: fresh.seq,
        at_us,
        kind: fresh.event.kind(),
        stream,
        version: fresh.version,
        actor: &fresh.actor,
    }
}

fn insert_event(
    conn: &Connection,
    fresh: &Fresh,
    (stream, at_us): (&str, i64),
    sealed: &Sealed,
) -> Result<(), StoreError> {
    run(
        conn,
        "INSERT INTO event (seq, stream, version, kind, at_us, actor, payload, salt, commitment, \
         hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        params![
            signed(fresh.seq),
            stream,
            signed(fresh.version),
            fresh.event.kind(),
            at_us,
            fresh.actor,
            sealed.payload,
            sealed.salt,
            sealed.commitment,
            sealed.hash
        ],
    )?;
    Ok(())
}

/// Writes what a stream adds up to, and how many events it has.
pub(super) fn put_fold(
    conn: &Connection,
    stream: &StreamId,
    version: u64,
    fold: &Fold,
) -> Result<(), StoreError> {
    let labels = Labels::of(stream, fold);
    run(
        conn,
        "INSERT INTO fold (stream, version, kind, app, number, open, label, body) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (stream) DO UPDATE SET version = excluded.version, app = excluded.app, \
         open = excluded.open, label = excluded.label, body = excluded.body",
        params![
            stream.to_string(),
            signed(version),
            labels.kind,
            labels.app.as_ref().map(AppId::as_str),
            labels.number,
            labels.open,
            labels.version.as_ref().map(Version::as_str),
            write_fold(fold)?
        ],
    )?;
    Ok(())
}

fn projections(conn: &Connection, rows: &Touched) -> Result<(), StoreError> {
    for ((table, key), row) in rows {
        if row.is_none() {
            drop_row(conn, *table, key)?;
        }
    }
    // They are in the order of their tables: those that others refer to come first.
    for row in rows.values().flatten() {
        put_row(conn, row)?;
    }
    Ok(())
}

fn drop_row(conn: &Connection, table: Table, key: &[Cell]) -> Result<(), StoreError> {
    let columns: Vec<String> = (table.columns().iter().zip(key))
        .map(|(column, _)| format!("{column} = ?"))
        .collect();
    // Only our own names are in it.
    let statement = format!(
        "DELETE FROM {} WHERE {}",
        table.name(),
        columns.join(" AND ")
    );
    run(conn, &statement, params_from_iter(key))?;
    Ok(())
}

/// Writes a row over that of the same key.
pub(super) fn put_row(conn: &Connection, row: &Row) -> Result<(), StoreError> {
    let columns = row.table.columns();
    let (key, rest) = columns.split_at(row.table.key_length());
    let rest: Vec<String> = (rest.iter())
        .map(|column| format!("{column} = excluded.{column}"))
        .collect();
    // Only our own names are in it.
    let statement = format!(
        "INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}",
        row.table.name(),
        columns.join(", "),
        vec!["?"; columns.len()].join(", "),
        key.join(", "),
        rest.join(", ")
    );
    run(conn, &statement, params_from_iter(&row.cells))?;
    Ok(())
}

impl ToSql for Cell {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Number(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

fn inbox(conn: &Connection, batch: &Batch) -> Result<(), StoreError> {
    for taken in &batch.inbox {
        run(
            conn,
            "INSERT INTO inbox (source, id, at_us, outcome, seq) VALUES (?, ?, ?, ?, ?)",
            params![
                taken.id.source,
                taken.id.id,
                micros(batch.at),
                taken.outcome,
                signed(taken.seq)
            ],
        )?;
    }
    if batch.seq.is_multiple_of(64) {
        let oldest = micros(batch.at - MAX_INBOX_AGE);
        run(conn, "DELETE FROM inbox WHERE at_us < ?", [oldest])?;
    }
    Ok(())
}

fn wants(conn: &Connection, batch: &Batch) -> Result<(), StoreError> {
    for want in &batch.wants {
        // While nobody knows how the last try ended, it keeps the time it is
        // looked up at: asking sooner could miss what is still on its way.
        run(
            conn,
            "INSERT INTO outbox (key, surface, cause, effect, once, wanted, not_before_us) \
             VALUES (?, ?, ?, ?, ?, ?, ?) \
             ON CONFLICT (key, surface) DO UPDATE SET wanted = wanted + excluded.wanted, \
             cause = excluded.cause, effect = excluded.effect, dead = 0, \
             tries = CASE dead WHEN 1 THEN 0 ELSE tries END, \
             not_before_us = CASE WHEN claimed_us IS NULL THEN excluded.not_before_us \
                                  ELSE not_before_us END \
             WHERE once = 0",
            params![
                want.id.key.as_str(),
                outbox::surface_of(&want.id),
                signed(want.cause),
                write(&want.effect)?,
                crate::batch::once(&want.effect),
                signed(want.times),
                micros(batch.now)
            ],
        )?;
    }
    Ok(())
}

fn timers(conn: &Connection, batch: &Batch) -> Result<(), StoreError> {
    for (timer, alarm) in &batch.timers {
        match alarm {
            Alarm::Pending(due) => set(conn, timer, *due)?,
            Alarm::Fired => end(conn, timer, "fired", batch.seq)?,
            Alarm::Cancelled => end(conn, timer, "cancelled", batch.seq)?,
        }
    }
    Ok(())
}

fn set(conn: &Connection, timer: &Timer, due: DateTime<Utc>) -> Result<(), StoreError> {
    run(
        conn,
        "INSERT INTO timer (id, owner, kind, due_us, state) VALUES (?, ?, ?, ?, 'pending') \
         ON CONFLICT (id) DO UPDATE SET due_us = excluded.due_us, state = 'pending', ended = NULL",
        params![
            timer.to_string(),
            owner(timer).to_string(),
            write(timer)?,
            micros(due)
        ],
    )?;
    Ok(())
}

fn end(conn: &Connection, timer: &Timer, state: &str, seq: u64) -> Result<(), StoreError> {
    run(
        conn,
        "UPDATE timer SET state = ?, ended = ? WHERE id = ? AND state = 'pending'",
        params![state, signed(seq), timer.to_string()],
    )?;
    Ok(())
}

/// Refuses to write for an opening of the store that a later one has replaced.
pub(super) fn guard(conn: &Connection, epoch: u64) -> Result<(), StoreError> {
    let current: String = value(conn, "SELECT value FROM meta WHERE name = 'epoch'", [])?;
    if current == epoch.to_string() {
        Ok(())
    } else {
        Err(StoreError::replaced())
    }
}
