//! Messages that may be on a platform more than once.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use shipbell_domain::ids::{Key, Surface};

use super::body::read;
use super::outbox::{know, surface_of};
use super::sql::{all, run};
use crate::StoreError;
use crate::names::{checked, count, instant, limit, micros, not_earlier};
use crate::store::{Doubt, Message, OwedId, Swept};

/// Key, surface, effect, doubted since, how often looked for, channel and id of its message.
type Line = (String, String, String, i64, i64, String, String);

pub(super) fn doubtful(
    conn: &Connection,
    now: DateTime<Utc>,
    most: usize,
) -> Result<Vec<Doubt>, StoreError> {
    let lines: Vec<Line> = all(
        conn,
        "SELECT key, surface, effect, doubted_us, sweeps, channel, message FROM outbox \
         WHERE sweep_us <= ? AND doubted_us IS NOT NULL AND message IS NOT NULL \
         ORDER BY sweep_us, id LIMIT ?",
        params![micros(now), limit(most)],
    )?;
    lines.into_iter().map(into_doubt).collect()
}

pub(super) fn swept(conn: &Connection, id: &OwedId, swept: &Swept) -> Result<(), StoreError> {
    know(conn, id, &swept.shown)?;
    for gone in &swept.gone {
        run(
            conn,
            "DELETE FROM chat_message WHERE surface = ? AND channel = ? AND message = ?",
            params![gone.surface.as_str(), &gone.channel, &gone.id],
        )?;
    }
    let again = swept.again.map(|at| micros(not_earlier(at)));
    let first = swept.shown.first();
    run(
        conn,
        "UPDATE outbox SET sweep_us = ?1, sweeps = ?6, \
         doubted_us = CASE WHEN ?1 IS NULL THEN NULL ELSE doubted_us END, \
         channel = coalesce(?2, channel), message = coalesce(?3, message) \
         WHERE key = ?4 AND surface = ?5 AND sweep_us IS NOT NULL",
        params![
            again,
            first.map(|it| it.channel.clone()),
            first.map(|it| it.id.clone()),
            id.key.as_str(),
            surface_of(id),
            i64::from(swept.looks)
        ],
    )?;
    Ok(())
}

fn into_doubt(line: Line) -> Result<Doubt, StoreError> {
    let (key, surface, effect, since, looks, channel, id) = line;
    let surface = checked(Surface::new(surface))?;
    Ok(Doubt {
        id: OwedId {
            key: checked(Key::new(key))?,
            surface: Some(surface.clone()),
        },
        effect: read(&effect)?,
        since: instant(since)?,
        looks: count(looks)?,
        message: Message {
            surface,
            channel,
            id,
        },
    })
}
