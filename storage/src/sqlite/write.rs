//! Writes what a batch changes: a statement a table.

use chrono::TimeDelta;
use shipbell_domain::{Fold, StreamId};
use sqlx::QueryBuilder;
use sqlx::sqlite::{Sqlite, SqliteConnection};

use super::body::{write, write_fold};
use super::failure::failed;
use super::outbox;
use crate::StoreError;
use crate::batch::{Alarm, Batch, Fresh};
use crate::chain::{Link, Sealed};
use crate::names::{micros, signed};
use crate::rows::{Cell, Row, Table, Touched};
use crate::shelf::{Head, Labels, owner};
use crate::store::Commit;

/// Rows a statement: SQLite takes 32,766 values at most.
const CHUNK: usize = 500;

/// How long a repeat is recognised; platforms try again for minutes, not weeks.
const MAX_INBOX_AGE: TimeDelta = TimeDelta::days(60);

/// Writes all of it and says where the log ends now.
pub(super) async fn batch(
    conn: &mut SqliteConnection,
    batch: &Batch,
    commit: &Commit,
    head: Head,
) -> Result<Head, StoreError> {
    let head = events(conn, batch, &commit.seed, head).await?;
    folds(conn, batch).await?;
    projections(conn, &batch.rows).await?;
    inbox(conn, batch).await?;
    for claim in &batch.settled {
        outbox::settle_answered(conn, claim).await?;
    }
    wants(conn, batch).await?;
    timers(conn, batch).await?;
    Ok(head)
}

async fn events(
    conn: &mut SqliteConnection,
    batch: &Batch,
    seed: &[u8; 32],
    mut head: Head,
) -> Result<Head, StoreError> {
    if batch.events.is_empty() {
        return Ok(head);
    }
    let (at_us, before) = (micros(batch.at), head);
    for chunk in batch.events.chunks(CHUNK) {
        let mut sealed = Vec::with_capacity(chunk.len());
        for fresh in chunk {
            let stream = fresh.stream.to_string();
            let seal = seal(fresh, &stream, at_us).seal(&head.hash, &fresh.event, seed)?;
            head = Head {
                seq: fresh.seq,
                at: batch.at,
                hash: seal.hash,
            };
            sealed.push((fresh, stream, seal));
        }
        insert_events(conn, sealed, at_us).await?;
    }
    let moved = sqlx::query(
        "UPDATE log_head SET seq = ?, at_us = ?, hash = ? WHERE one = 1 AND seq = ? AND hash = ?",
    )
    .bind(signed(head.seq))
    .bind(at_us)
    .bind(head.hash.to_vec())
    .bind(signed(before.seq))
    .bind(before.hash.to_vec())
    .execute(conn)
    .await
    .map_err(failed)?;
    if moved.rows_affected() == 1 {
        Ok(head)
    } else {
        Err(StoreError::Corrupt(format!(
            "the log no longer ends at event {}, where it was left",
            before.seq
        )))
    }
}

fn seal<'a>(fresh: &'a Fresh, stream: &'a str, at_us: i64) -> Link<'a> {
    Link {
        seq: fresh.seq,
        at_us,
        kind: fresh.event.kind(),
        stream,
        version: fresh.version,
        actor: &fresh.actor,
    }
}

async fn insert_events(
    conn: &mut SqliteConnection,
    sealed: Vec<(&Fresh, String, Sealed)>,
    at_us: i64,
) -> Result<(), StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO event (seq, stream, version, kind, at_us, actor, payload, salt, commitment, \
         hash) ",
    );
    query.push_values(sealed, |mut row, (fresh, stream, seal)| {
        row.push_bind(signed(fresh.seq))
            .push_bind(stream)
            .push_bind(signed(fresh.version))
            .push_bind(fresh.event.kind())
            .push_bind(at_us)
            .push_bind(fresh.actor.to_string())
            .push_bind(seal.payload)
            .push_bind(seal.salt.to_vec())
            .push_bind(seal.commitment.to_vec())
            .push_bind(seal.hash.to_vec());
    });
    query.build().execute(conn).await.map_err(failed)?;
    Ok(())
}

async fn folds(conn: &mut SqliteConnection, batch: &Batch) -> Result<(), StoreError> {
    let folds = batch.folds.iter();
    let folds = folds.map(|(stream, kept)| (stream, kept.version, &kept.fold));
    put_folds(conn, folds).await
}

/// Writes what these streams add up to, each with how many events it has.
pub(super) async fn put_folds<'a>(
    conn: &mut SqliteConnection,
    folds: impl Iterator<Item = (&'a StreamId, u64, &'a Fold)>,
) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for (stream, version, fold) in folds {
        let labels = Labels::of(stream, fold);
        rows.push((stream, version, labels, write_fold(fold)?));
    }
    for chunk in rows.chunks(CHUNK) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO fold (stream, version, kind, app, number, open, label, body) ",
        );
        query.push_values(chunk, |mut row, (stream, version, labels, body)| {
            row.push_bind(stream.to_string())
                .push_bind(signed(*version))
                .push_bind(labels.kind)
                .push_bind(labels.app.as_ref().map(ToString::to_string))
                .push_bind(labels.number)
                .push_bind(labels.open)
                .push_bind(labels.version.as_ref().map(ToString::to_string))
                .push_bind(body.clone());
        });
        query.push(
            " ON CONFLICT (stream) DO UPDATE SET version = excluded.version, app = excluded.app, \
             open = excluded.open, label = excluded.label, body = excluded.body",
        );
        query.build().execute(&mut *conn).await.map_err(failed)?;
    }
    Ok(())
}

async fn projections(conn: &mut SqliteConnection, rows: &Touched) -> Result<(), StoreError> {
    for ((table, key), row) in rows {
        if row.is_none() {
            drop_row(conn, *table, key).await?;
        }
    }
    for table in Table::ALL {
        let of_it: Vec<&Row> = rows
            .values()
            .flatten()
            .filter(|row| row.table == table)
            .collect();
        put_rows(conn, table, &of_it).await?;
    }
    Ok(())
}

async fn drop_row(
    conn: &mut SqliteConnection,
    table: Table,
    key: &[Cell],
) -> Result<(), StoreError> {
    let mut query = QueryBuilder::<Sqlite>::new("DELETE FROM ");
    query.push(table.name()).push(" WHERE ");
    let mut parts = query.separated(" AND ");
    for (column, cell) in table.columns().iter().zip(key) {
        parts.push(column).push_unseparated(" = ");
        match cell {
            Cell::Null => parts.push_bind_unseparated(None::<String>),
            Cell::Number(number) => parts.push_bind_unseparated(*number),
            Cell::Text(text) => parts.push_bind_unseparated(text.clone()),
        };
    }
    query.build().execute(conn).await.map_err(failed)?;
    Ok(())
}

/// Writes rows of one table over those of the same keys.
pub(super) async fn put_rows(
    conn: &mut SqliteConnection,
    table: Table,
    rows: &[&Row],
) -> Result<(), StoreError> {
    for chunk in rows.chunks(CHUNK) {
        put_chunk(conn, table, chunk).await?;
    }
    Ok(())
}

async fn put_chunk(
    conn: &mut SqliteConnection,
    table: Table,
    rows: &[&Row],
) -> Result<(), StoreError> {
    let columns = table.columns();
    let (key, rest) = columns.split_at(table.key_length());
    let mut query = QueryBuilder::<Sqlite>::new("INSERT INTO ");
    query
        .push(table.name())
        .push(" (")
        .push(columns.join(", "))
        .push(") ");
    query.push_values(rows, |mut tuple, row| {
        for cell in &row.cells {
            match cell {
                Cell::Null => tuple.push_bind(None::<String>),
                Cell::Number(number) => tuple.push_bind(*number),
                Cell::Text(text) => tuple.push_bind(text.clone()),
            };
        }
    });
    query
        .push(" ON CONFLICT (")
        .push(key.join(", "))
        .push(") DO UPDATE SET ");
    let mut parts = query.separated(", ");
    for column in rest {
        parts
            .push(column)
            .push_unseparated(" = excluded.")
            .push_unseparated(column);
    }
    query.build().execute(conn).await.map_err(failed)?;
    Ok(())
}

async fn inbox(conn: &mut SqliteConnection, batch: &Batch) -> Result<(), StoreError> {
    for chunk in batch.inbox.chunks(CHUNK) {
        let mut query =
            QueryBuilder::<Sqlite>::new("INSERT INTO inbox (source, id, at_us, outcome, seq) ");
        query.push_values(chunk, |mut row, taken| {
            row.push_bind(taken.id.source.clone())
                .push_bind(taken.id.id.clone())
                .push_bind(micros(batch.at))
                .push_bind(taken.outcome.clone())
                .push_bind(signed(taken.seq));
        });
        query.build().execute(&mut *conn).await.map_err(failed)?;
    }
    if batch.seq.is_multiple_of(64) {
        sqlx::query("DELETE FROM inbox WHERE at_us < ?")
            .bind(micros(batch.at - MAX_INBOX_AGE))
            .execute(conn)
            .await
            .map_err(failed)?;
    }
    Ok(())
}

async fn wants(conn: &mut SqliteConnection, batch: &Batch) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(batch.wants.len());
    for want in &batch.wants {
        rows.push((want, write(&want.effect)?));
    }
    for chunk in rows.chunks(CHUNK) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO outbox (key, surface, cause, effect, once, wanted, not_before_us) ",
        );
        query.push_values(chunk, |mut row, (want, effect)| {
            row.push_bind(want.id.key.to_string())
                .push_bind(
                    want.id
                        .surface
                        .as_ref()
                        .map(ToString::to_string)
                        .unwrap_or_default(),
                )
                .push_bind(signed(want.cause))
                .push_bind(effect.clone())
                .push_bind(crate::batch::once(&want.effect))
                .push_bind(signed(want.times))
                .push_bind(micros(batch.now));
        });
        // While nobody knows how the last try ended, it keeps the time it is
        // looked up at: asking sooner could miss what is still on its way.
        query.push(
            " ON CONFLICT (key, surface) DO UPDATE SET wanted = wanted + excluded.wanted, \
             cause = excluded.cause, effect = excluded.effect, dead = 0, \
             tries = CASE dead WHEN 1 THEN 0 ELSE tries END, \
             not_before_us = CASE WHEN claimed_us IS NULL THEN excluded.not_before_us \
                                  ELSE not_before_us END \
             WHERE once = 0",
        );
        query.build().execute(&mut *conn).await.map_err(failed)?;
    }
    Ok(())
}

async fn timers(conn: &mut SqliteConnection, batch: &Batch) -> Result<(), StoreError> {
    let mut pending = Vec::new();
    for (timer, alarm) in &batch.timers {
        let end = match alarm {
            Alarm::Pending(due) => {
                pending.push((timer, micros(*due), write(timer)?));
                continue;
            }
            Alarm::Fired => "fired",
            Alarm::Cancelled => "cancelled",
        };
        sqlx::query("UPDATE timer SET state = ?, ended = ? WHERE id = ? AND state = 'pending'")
            .bind(end)
            .bind(signed(batch.seq))
            .bind(timer.to_string())
            .execute(&mut *conn)
            .await
            .map_err(failed)?;
    }
    for chunk in pending.chunks(CHUNK) {
        let mut query =
            QueryBuilder::<Sqlite>::new("INSERT INTO timer (id, owner, kind, due_us, state) ");
        query.push_values(chunk, |mut row, (timer, due, kind)| {
            row.push_bind(timer.to_string())
                .push_bind(owner(timer).to_string())
                .push_bind(kind.clone())
                .push_bind(*due)
                .push_bind("pending");
        });
        query.push(
            " ON CONFLICT (id) DO UPDATE SET due_us = excluded.due_us, state = 'pending', \
             ended = NULL",
        );
        query.build().execute(&mut *conn).await.map_err(failed)?;
    }
    Ok(())
}

/// Refuses to write for an opening of the store that a later one has replaced.
pub(super) async fn guard(conn: &mut SqliteConnection, epoch: u64) -> Result<(), StoreError> {
    let current: String = sqlx::query_scalar("SELECT value FROM meta WHERE name = 'epoch'")
        .fetch_one(conn)
        .await
        .map_err(failed)?;
    if current == epoch.to_string() {
        Ok(())
    } else {
        Err(StoreError::replaced())
    }
}
