//! What is owed: claims, how they end, and the messages that came of them.

use chrono::{DateTime, Utc};
use shipbell_domain::effect::Effect;
use shipbell_domain::ids::{Key, Surface};
use sqlx::QueryBuilder;
use sqlx::sqlite::{Sqlite, SqliteConnection};

use super::body::read;
use super::failure::failed;
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

pub(super) async fn owed(
    conn: &mut SqliteConnection,
    now: DateTime<Utc>,
    most: usize,
) -> Result<Vec<Owed>, StoreError> {
    let lines: Vec<Line> = sqlx::query_as(
        "SELECT key, surface, effect, tries, claimed_us, held_us, channel, message FROM outbox \
         WHERE id IN (SELECT id FROM \
             (SELECT id, row_number() OVER (PARTITION BY surface ORDER BY id) AS place \
              FROM outbox WHERE wanted > drawn AND dead = 0 AND not_before_us <= ?) \
             WHERE place <= ?) \
         ORDER BY id",
    )
    .bind(micros(now))
    .bind(limit(most))
    .fetch_all(conn)
    .await
    .map_err(failed)?;
    lines.into_iter().map(into_owed).collect()
}

pub(super) async fn next_owed(
    conn: &mut SqliteConnection,
    epoch: u64,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let next: Option<i64> = sqlx::query_scalar(
        "SELECT min(not_before_us) FROM outbox WHERE wanted > drawn AND dead = 0 \
         AND (claim_epoch IS NULL OR claim_epoch <> ?)",
    )
    .bind(signed(epoch))
    .fetch_one(conn)
    .await
    .map_err(failed)?;
    next.map(instant).transpose()
}

/// Claims for this epoch; the time since when nobody knows how it ended stays.
pub(super) async fn claim(
    conn: &mut SqliteConnection,
    id: &OwedId,
    epoch: u64,
    now: DateTime<Utc>,
) -> Result<Option<Claim>, StoreError> {
    let found: Option<(i64, i64)> = sqlx::query_as(
        "SELECT id, wanted FROM outbox WHERE key = ? AND surface = ? AND wanted > drawn \
         AND dead = 0 AND (claim_epoch IS NULL OR claim_epoch < ? \
         OR (claim_epoch = ? AND held_us = ?))",
    )
    .bind(id.key.as_str())
    .bind(surface_of(id))
    .bind(signed(epoch))
    .bind(signed(epoch))
    .bind(micros(whole(now)))
    .fetch_optional(&mut *conn)
    .await
    .map_err(failed)?;
    let Some((row, wanted)) = found else {
        return Ok(None);
    };
    let line: Line = sqlx::query_as(
        "SELECT key, surface, effect, tries, claimed_us, held_us, channel, message FROM outbox WHERE id = ?",
    )
    .bind(row)
    .fetch_one(&mut *conn)
    .await
    .map_err(failed)?;
    let at = whole(now);
    sqlx::query(
        "UPDATE outbox SET doubted_us = CASE \
         WHEN message IS NULL AND held_us IS NOT NULL AND held_us <> ?1 \
         THEN coalesce(doubted_us, claimed_us) ELSE doubted_us END, \
         claimed_us = coalesce(claimed_us, ?1), held_us = ?1, claim_epoch = ?2, \
         tries = tries + CASE WHEN claim_epoch = ?2 AND held_us = ?1 THEN 0 ELSE 1 END \
         WHERE id = ?3",
    )
    .bind(micros(at))
    .bind(signed(epoch))
    .bind(row)
    .execute(conn)
    .await
    .map_err(failed)?;
    Ok(Some(Claim {
        owed: into_owed(line)?,
        wanted: count(wanted)?,
        epoch,
        at,
    }))
}

/// Notes how a claimed effect ended; a claim somebody took over changes nothing
/// but what it posted is known.
pub(super) async fn settle(
    conn: &mut SqliteConnection,
    claim: &Claim,
    epoch: u64,
    settlement: Settlement,
) -> Result<(), StoreError> {
    let row: Option<i64> = sqlx::query_scalar(
        "SELECT id FROM outbox WHERE key = ? AND surface = ? AND held_us = ? \
         AND claim_epoch IN (0, ?) AND ? = ?",
    )
    .bind(claim.owed.id.key.as_str())
    .bind(surface_of(&claim.owed.id))
    .bind(micros(claim.at))
    .bind(signed(claim.epoch))
    .bind(signed(claim.epoch))
    .bind(signed(epoch))
    .fetch_optional(&mut *conn)
    .await
    .map_err(failed)?;
    let change = match (settlement, row) {
        (Settlement::Done(messages), row) => {
            know(conn, &claim.owed.id, &messages).await?;
            let Some(row) = row else { return Ok(()) };
            settle_answered(conn, claim).await?;
            let Some(first) = messages.into_iter().next() else {
                return Ok(());
            };
            sqlx::query(
                "UPDATE outbox SET channel = ?, message = ?, sweep_us = CASE \
                 WHEN doubted_us IS NULL THEN NULL ELSE coalesce(sweep_us, ?) END WHERE id = ?",
            )
            .bind(first.channel)
            .bind(first.id)
            .bind(micros(not_earlier(claim.at + SWEEP_AFTER)))
            .bind(row)
        }
        (_, None) => return Ok(()),
        (Settlement::Later { at, error }, Some(row)) => sqlx::query(
            "UPDATE outbox SET claimed_us = NULL, held_us = NULL, claim_epoch = NULL, \
             not_before_us = ?, last_error = ? WHERE id = ?",
        )
        .bind(micros(not_earlier(at)))
        .bind(error)
        .bind(row),
        (Settlement::Unknown { look_at, error }, Some(row)) => sqlx::query(
            "UPDATE outbox SET claim_epoch = 0, not_before_us = ?, last_error = ? WHERE id = ?",
        )
        .bind(micros(not_earlier(look_at)))
        .bind(error)
        .bind(row),
        (Settlement::Gone, Some(row)) => {
            if let Some(gone) = &claim.owed.message {
                forget(conn, row, gone).await?;
            }
            sqlx::query(
                "UPDATE outbox SET claimed_us = NULL, held_us = NULL, claim_epoch = NULL WHERE id = ?",
            )
            .bind(row)
        }
        (Settlement::Dead { error }, Some(row)) => sqlx::query(
            "UPDATE outbox SET claimed_us = NULL, held_us = NULL, claim_epoch = NULL, dead = 1, \
             last_error = ? WHERE id = ?",
        )
        .bind(error)
        .bind(row),
    };
    change.execute(conn).await.map_err(failed)?;
    Ok(())
}

/// What was claimed is done: as often as it had been wanted then.
pub(super) async fn settle_answered(
    conn: &mut SqliteConnection,
    claim: &Claim,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE outbox SET drawn = max(drawn, ?), claimed_us = NULL, held_us = NULL, \
         claim_epoch = NULL, tries = 0, last_error = NULL \
         WHERE key = ? AND surface = ? AND held_us = ?",
    )
    .bind(signed(claim.wanted))
    .bind(claim.owed.id.key.as_str())
    .bind(surface_of(&claim.owed.id))
    .bind(micros(claim.at))
    .execute(conn)
    .await
    .map_err(failed)?;
    Ok(())
}

pub(super) async fn message(
    conn: &mut SqliteConnection,
    surface: &Surface,
    channel: &str,
    id: &str,
) -> Result<Option<Effect>, StoreError> {
    let effect: Option<String> = sqlx::query_scalar(
        "SELECT outbox.effect FROM chat_message JOIN outbox ON outbox.id = chat_message.outbox \
         WHERE chat_message.surface = ? AND chat_message.channel = ? AND chat_message.message = ?",
    )
    .bind(surface.as_str())
    .bind(channel)
    .bind(id)
    .fetch_optional(conn)
    .await
    .map_err(failed)?;
    effect.as_deref().map(read).transpose()
}

pub(super) async fn messages(
    conn: &mut SqliteConnection,
    key: &Key,
) -> Result<Vec<Message>, StoreError> {
    let rows: Vec<(String, String, String)> = sqlx::query_as(
        "SELECT chat_message.surface, chat_message.channel, chat_message.message \
         FROM outbox JOIN chat_message ON chat_message.outbox = outbox.id \
         WHERE outbox.key = ? ORDER BY chat_message.id",
    )
    .bind(key.as_str())
    .fetch_all(conn)
    .await
    .map_err(failed)?;
    let read = |(surface, channel, id): (String, String, String)| {
        Ok(Message {
            surface: checked(Surface::new(surface))?,
            channel,
            id,
        })
    };
    rows.into_iter().map(read).collect()
}

pub(super) async fn know(
    conn: &mut SqliteConnection,
    id: &OwedId,
    messages: &[Message],
) -> Result<(), StoreError> {
    if messages.is_empty() {
        return Ok(());
    }
    let row: Option<i64> =
        sqlx::query_scalar("SELECT id FROM outbox WHERE key = ? AND surface = ?")
            .bind(id.key.as_str())
            .bind(surface_of(id))
            .fetch_optional(&mut *conn)
            .await
            .map_err(failed)?;
    let Some(row) = row else { return Ok(()) };
    let mut query = QueryBuilder::<Sqlite>::new(
        "INSERT INTO chat_message (surface, channel, message, outbox) ",
    );
    query.push_values(messages, |mut tuple, message| {
        tuple
            .push_bind(message.surface.to_string())
            .push_bind(message.channel.clone())
            .push_bind(message.id.clone())
            .push_bind(row);
    });
    query.push(" ON CONFLICT DO NOTHING");
    query.build().execute(conn).await.map_err(failed)?;
    Ok(())
}

/// Forgets a message: nobody can answer there any more. If it was the one to edit,
/// the oldest of the other copies is from now on.
async fn forget(conn: &mut SqliteConnection, row: i64, gone: &Message) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM chat_message WHERE surface = ? AND channel = ? AND message = ?")
        .bind(gone.surface.as_str())
        .bind(&gone.channel)
        .bind(&gone.id)
        .execute(&mut *conn)
        .await
        .map_err(failed)?;
    sqlx::query(
        "UPDATE outbox SET (channel, message) = \
         (SELECT copy.channel, copy.message FROM chat_message AS copy \
          WHERE copy.outbox = outbox.id ORDER BY copy.id LIMIT 1) \
         WHERE id = ? AND channel = ? AND message = ?",
    )
    .bind(row)
    .bind(&gone.channel)
    .bind(&gone.id)
    .execute(conn)
    .await
    .map_err(failed)?;
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
