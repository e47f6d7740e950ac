//! What is owed: claims, how they end, and the messages that came of them.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, params};
use shipbell_domain::effect::Effect;
use shipbell_domain::ids::{Key, Surface};

use super::body::read;
use super::sql::{all, maybe, maybe_value, one, run, value};
use crate::StoreError;
use crate::names::{checked, count, instant, limit, micros, not_earlier, signed, whole};
use crate::store::{Claim, Message, Owed, OwedId, SWEEP_AFTER, Settlement};

/// Key, surface, effect, tries, claimed since and last, channel and id of its message.
type Line = (
    String,
    String,
    String,
    i64,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<String>,
);

pub(super) fn owed(
    conn: &Connection,
    now: DateTime<Utc>,
    most: usize,
) -> Result<Vec<Owed>, StoreError> {
    let lines: Vec<Line> = all(
        conn,
        "SELECT key, surface, effect, tries, claimed_us, held_us, channel, message FROM outbox \
         WHERE id IN (SELECT id FROM \
             (SELECT id, row_number() OVER (PARTITION BY surface ORDER BY id) AS place \
              FROM outbox WHERE wanted > drawn AND dead = 0 AND not_before_us <= ?) \
             WHERE place <= ?) \
         ORDER BY id",
        params![micros(now), limit(most)],
    )?;
    lines.into_iter().map(into_owed).collect()
}

pub(super) fn next_owed(
    conn: &Connection,
    epoch: u64,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let next: Option<i64> = value(
        conn,
        "SELECT min(not_before_us) FROM outbox WHERE wanted > drawn AND dead = 0 \
         AND (claim_epoch IS NULL OR claim_epoch <> ?)",
        params![signed(epoch)],
    )?;
    next.map(instant).transpose()
}

/// Claims for this epoch; the time since when nobody knows how it ended stays.
pub(super) fn claim(
    conn: &Connection,
    id: &OwedId,
    epoch: u64,
    now: DateTime<Utc>,
) -> Result<Option<Claim>, StoreError> {
    let found: Option<(i64, i64)> = maybe(
        conn,
        "SELECT id, wanted FROM outbox WHERE key = ? AND surface = ? AND wanted > drawn \
         AND dead = 0 AND (claim_epoch IS NULL OR claim_epoch < ? \
         OR (claim_epoch = ? AND held_us = ?))",
        params![
            id.key.as_str(),
            surface_of(id),
            signed(epoch),
            signed(epoch),
            micros(whole(now))
        ],
    )?;
    let Some((row, wanted)) = found else {
        return Ok(None);
    };
    let line: Line = one(
        conn,
        "SELECT key, surface, effect, tries, claimed_us, held_us, channel, message FROM outbox WHERE id = ?",
        params![row],
    )?;
    let at = whole(now);
    run(
        conn,
        "UPDATE outbox SET doubted_us = CASE \
         WHEN message IS NULL AND held_us IS NOT NULL AND held_us <> ?1 \
         THEN coalesce(doubted_us, claimed_us) ELSE doubted_us END, \
         claimed_us = coalesce(claimed_us, ?1), held_us = ?1, claim_epoch = ?2, \
         tries = tries + CASE WHEN claim_epoch = ?2 AND held_us = ?1 THEN 0 ELSE 1 END \
         WHERE id = ?3",
        params![micros(at), signed(epoch), row],
    )?;
    Ok(Some(Claim {
        owed: into_owed(line)?,
        wanted: count(wanted)?,
        epoch,
        at,
    }))
}

/// Notes how a claimed effect ended; a claim somebody took over changes nothing
/// but what it posted is known.
pub(super) fn settle(
    conn: &Connection,
    claim: &Claim,
    epoch: u64,
    settlement: Settlement,
) -> Result<(), StoreError> {
    let row: Option<i64> = maybe_value(
        conn,
        "SELECT id FROM outbox WHERE key = ? AND surface = ? AND held_us = ? \
         AND claim_epoch IN (0, ?) AND ? = ?",
        params![
            claim.owed.id.key.as_str(),
            surface_of(&claim.owed.id),
            micros(claim.at),
            signed(claim.epoch),
            signed(claim.epoch),
            signed(epoch)
        ],
    )?;
    if let Settlement::Done(messages) = &settlement {
        know(conn, &claim.owed.id, messages)?;
    }
    let Some(row) = row else { return Ok(()) };
    match settlement {
        Settlement::Done(messages) => {
            settle_answered(conn, claim)?;
            let Some(first) = messages.into_iter().next() else {
                return Ok(());
            };
            let sweep = micros(not_earlier(claim.at + SWEEP_AFTER));
            run(
                conn,
                "UPDATE outbox SET channel = ?, message = ?, sweep_us = CASE \
                 WHEN doubted_us IS NULL THEN NULL ELSE coalesce(sweep_us, ?) END WHERE id = ?",
                params![first.channel, first.id, sweep, row],
            )?;
        }
        Settlement::Later { at, error } => {
            free(conn, row)?;
            run(
                conn,
                "UPDATE outbox SET not_before_us = ?, last_error = ? WHERE id = ?",
                params![micros(not_earlier(at)), error, row],
            )?;
        }
        Settlement::Unknown { look_at, error } => {
            run(
                conn,
                "UPDATE outbox SET claim_epoch = 0, not_before_us = ?, last_error = ? \
                 WHERE id = ?",
                params![micros(not_earlier(look_at)), error, row],
            )?;
        }
        Settlement::Gone => {
            if let Some(gone) = &claim.owed.message {
                forget(conn, row, gone)?;
            }
            free(conn, row)?;
        }
        Settlement::Dead { error } => {
            free(conn, row)?;
            run(
                conn,
                "UPDATE outbox SET dead = 1, last_error = ? WHERE id = ?",
                params![error, row],
            )?;
        }
    }
    Ok(())
}

/// Nobody holds it any more, and how the last try ended is known.
fn free(conn: &Connection, row: i64) -> Result<(), StoreError> {
    run(
        conn,
        "UPDATE outbox SET claimed_us = NULL, held_us = NULL, claim_epoch = NULL WHERE id = ?",
        [row],
    )?;
    Ok(())
}

/// What was claimed is done: as often as it had been wanted then.
pub(super) fn settle_answered(conn: &Connection, claim: &Claim) -> Result<(), StoreError> {
    run(
        conn,
        "UPDATE outbox SET drawn = max(drawn, ?), claimed_us = NULL, held_us = NULL, \
         claim_epoch = NULL, tries = 0, last_error = NULL \
         WHERE key = ? AND surface = ? AND held_us = ?",
        params![
            signed(claim.wanted),
            claim.owed.id.key.as_str(),
            surface_of(&claim.owed.id),
            micros(claim.at)
        ],
    )?;
    Ok(())
}

pub(super) fn message(
    conn: &Connection,
    surface: &Surface,
    channel: &str,
    id: &str,
) -> Result<Option<Effect>, StoreError> {
    let effect: Option<String> = maybe_value(
        conn,
        "SELECT outbox.effect FROM chat_message JOIN outbox ON outbox.id = chat_message.outbox \
         WHERE chat_message.surface = ? AND chat_message.channel = ? AND chat_message.message = ?",
        params![surface.as_str(), channel, id],
    )?;
    effect.as_deref().map(read).transpose()
}

pub(super) fn messages(conn: &Connection, key: &Key) -> Result<Vec<Message>, StoreError> {
    let rows: Vec<(String, String, String)> = all(
        conn,
        "SELECT chat_message.surface, chat_message.channel, chat_message.message \
         FROM outbox JOIN chat_message ON chat_message.outbox = outbox.id \
         WHERE outbox.key = ? ORDER BY chat_message.id",
        params![key.as_str()],
    )?;
    let read = |(surface, channel, id): (String, String, String)| {
        Ok(Message {
            surface: checked(Surface::new(surface))?,
            channel,
            id,
        })
    };
    rows.into_iter().map(read).collect()
}

pub(super) fn know(conn: &Connection, id: &OwedId, messages: &[Message]) -> Result<(), StoreError> {
    if messages.is_empty() {
        return Ok(());
    }
    let row: Option<i64> = maybe_value(
        conn,
        "SELECT id FROM outbox WHERE key = ? AND surface = ?",
        params![id.key.as_str(), surface_of(id)],
    )?;
    let Some(row) = row else { return Ok(()) };
    for message in messages {
        run(
            conn,
            "INSERT INTO chat_message (surface, channel, message, outbox) VALUES (?, ?, ?, ?) \
             ON CONFLICT DO NOTHING",
            params![message.surface.as_str(), message.channel, message.id, row],
        )?;
    }
    Ok(())
}

/// Forgets a message: nobody can answer there any more. If it was the one to edit,
/// the oldest of the other copies is from now on.
fn forget(conn: &Connection, row: i64, gone: &Message) -> Result<(), StoreError> {
    run(
        conn,
        "DELETE FROM chat_message WHERE surface = ? AND channel = ? AND message = ?",
        params![gone.surface.as_str(), &gone.channel, &gone.id],
    )?;
    run(
        conn,
        "UPDATE outbox SET (channel, message) = \
         (SELECT copy.channel, copy.message FROM chat_message AS copy \
          WHERE copy.outbox = outbox.id ORDER BY copy.id LIMIT 1) \
         WHERE id = ? AND channel = ? AND message = ?",
        params![row, &gone.channel, &gone.id],
    )?;
    Ok(())
}

pub(super) fn surface_of(id: &OwedId) -> &str {
    id.surface.as_ref().map_or("", |it| it.as_str())
}

fn into_owed(line: Line) -> Result<Owed, StoreError> {
    let (key, surface, effect, tries, claimed, held, channel, message) = line;
    let surface = match surface.as_str() {
        "" => None,
        name => Some(checked(Surface::new(name))?),
    };
    let message = match (surface.clone(), channel, message) {
        (Some(surface), Some(channel), Some(id)) => Some(Message {
            surface,
            channel,
            id,
        }),
        (_, _, _) => None,
    };
    Ok(Owed {
        id: OwedId {
            key: checked(Key::new(key))?,
            surface,
        },
        effect: read(&effect)?,
        tries: count(tries)?,
        claimed: claimed.map(instant).transpose()?,
        held: held.map(instant).transpose()?,
        message,
    })
}
