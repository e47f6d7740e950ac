//! Reads for everybody: streams, releases, wake-ups, the log.

use chrono::{DateTime, Utc};
use shipbell_domain::ids::{AppId, EnvId};
use shipbell_domain::timer::Timer;
use shipbell_domain::{Event, Fold, StreamId};
use sqlx::sqlite::SqliteConnection;

use super::body::{read, read_fold};
use super::failure::failed;
use super::shelf::digest;
use crate::names::{self, count, instant, limit, micros, signed};
use crate::store::{EventRow, WakeUp};
use crate::{StoreError, chain};

pub(super) async fn fold(
    conn: &mut SqliteConnection,
    stream: &StreamId,
) -> Result<Option<Fold>, StoreError> {
    let body: Option<String> = sqlx::query_scalar("SELECT body FROM fold WHERE stream = ?")
        .bind(stream.to_string())
        .fetch_optional(conn)
        .await
        .map_err(failed)?;
    body.as_deref().map(read_fold).transpose()
}

/// Open releases and incidents newest first, then applications that are
/// configured, environments and the agenda.
pub(super) async fn open_folds(
    conn: &mut SqliteConnection,
    app: Option<&AppId>,
    most: usize,
) -> Result<Vec<(StreamId, Fold)>, StoreError> {
    let app = app.map(AppId::as_str);
    let mut rows: Vec<(String, String)> = Vec::new();
    for kind in ["release", "incident"] {
        let numbered: Vec<(String, String)> = sqlx::query_as(
            "SELECT stream, body FROM fold WHERE kind = ? AND open = 1 \
             AND (? IS NULL OR app = ?) ORDER BY number DESC LIMIT ?",
        )
        .bind(kind)
        .bind(app)
        .bind(app)
        .bind(limit(most))
        .fetch_all(&mut *conn)
        .await
        .map_err(failed)?;
        rows.extend(numbered);
    }
    for kind in ["application", "environment", "agenda"] {
        let named: Vec<(String, String)> = sqlx::query_as(
            "SELECT stream, body FROM fold WHERE kind = ? AND open = 1 \
             AND (? IS NULL OR app IS NULL OR app = ?)",
        )
        .bind(kind)
        .bind(app)
        .bind(app)
        .fetch_all(&mut *conn)
        .await
        .map_err(failed)?;
        rows.extend(named);
    }
    rows.into_iter()
        .map(|(stream, body)| Ok((names::stream(&stream)?, read_fold(&body)?)))
        .collect()
}

pub(super) async fn releases(
    conn: &mut SqliteConnection,
    app: Option<&AppId>,
    most: usize,
) -> Result<Vec<Fold>, StoreError> {
    let app = app.map(AppId::as_str);
    let bodies: Vec<String> = sqlx::query_scalar(
        "SELECT body FROM fold WHERE kind = 'release' AND (? IS NULL OR app = ?) \
         ORDER BY number DESC LIMIT ?",
    )
    .bind(app)
    .bind(app)
    .bind(limit(most))
    .fetch_all(conn)
    .await
    .map_err(failed)?;
    bodies.iter().map(|body| read_fold(body)).collect()
}

pub(super) async fn active(conn: &mut SqliteConnection) -> Result<Vec<EnvId>, StoreError> {
    let rows: Vec<String> =
        sqlx::query_scalar("SELECT environment FROM attempt WHERE state = 'running'")
            .fetch_all(conn)
            .await
            .map_err(failed)?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        if let StreamId::Environment(id) = names::stream(&format!("env/{row}"))? {
            all.push(id);
        }
    }
    all.sort();
    Ok(all)
}

pub(super) async fn due(
    conn: &mut SqliteConnection,
    now: DateTime<Utc>,
    most: usize,
) -> Result<Vec<WakeUp>, StoreError> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT kind, due_us FROM timer WHERE state = 'pending' AND due_us <= ? \
         ORDER BY due_us, id LIMIT ?",
    )
    .bind(micros(now))
    .bind(limit(most))
    .fetch_all(conn)
    .await
    .map_err(failed)?;
    let wake = |(kind, due): (String, i64)| {
        Ok(WakeUp {
            timer: read::<Timer>(&kind)?,
            due: instant(due)?,
        })
    };
    rows.into_iter().map(wake).collect()
}

pub(super) async fn next_due(
    conn: &mut SqliteConnection,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let due: Option<i64> =
        sqlx::query_scalar("SELECT min(due_us) FROM timer WHERE state = 'pending'")
            .fetch_one(conn)
            .await
            .map_err(failed)?;
    due.map(instant).transpose()
}

/// Position, stream, version, time, actor, payload and hash.
type Line = (i64, String, i64, i64, String, Option<String>, Vec<u8>);

pub(super) async fn events(
    conn: &mut SqliteConnection,
    stream: Option<&StreamId>,
    after: u64,
    most: usize,
) -> Result<Vec<EventRow>, StoreError> {
    let query = match stream {
        Some(stream) => sqlx::query_as(
            "SELECT seq, stream, version, at_us, actor, payload, hash FROM event \
             WHERE seq > ? AND stream = ? ORDER BY seq LIMIT ?",
        )
        .bind(signed(after))
        .bind(stream.to_string()),
        None => sqlx::query_as(
            "SELECT seq, stream, version, at_us, actor, payload, hash FROM event \
             WHERE seq > ? ORDER BY seq LIMIT ?",
        )
        .bind(signed(after)),
    };
    let lines: Vec<Line> = query
        .bind(limit(most))
        .fetch_all(conn)
        .await
        .map_err(failed)?;
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
