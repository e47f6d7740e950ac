//! What one person alone sees: private answers and the open form.

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection as _, Row as _};

use super::events::{Subject, note};
use super::{Result, Spot, Store, from_json, instant, to_json};
use crate::chat::{Card, Form};

/// How many private answers each person keeps.
const PRIVATE_KEPT: i64 = 50;

/// How many forms of each person are remembered, so that one sent in twice is known.
const FORMS_KEPT: i64 = 20;

/// Words only one person sees.
#[derive(Clone, Debug)]
pub(in super::super) struct Private {
    pub(in super::super) id: i64,
    pub(in super::super) spot: Spot,
    pub(in super::super) card: Card,
    pub(in super::super) told: DateTime<Utc>,
}

/// Such words to be.
#[derive(Debug)]
pub(in super::super) struct NewPrivate<'a> {
    pub(in super::super) account: &'a str,
    /// What it answers: a second answer to the same takes the first one's place.
    pub(in super::super) request: &'a str,
    pub(in super::super) spot: &'a Spot,
    pub(in super::super) card: &'a Card,
    pub(in super::super) at: DateTime<Utc>,
}

/// A form and how it stands.
#[derive(Clone, Debug)]
pub(in super::super) struct OpenForm {
    pub(in super::super) request: String,
    pub(in super::super) spot: Spot,
    pub(in super::super) form: Form,
    pub(in super::super) entered: Vec<(String, String)>,
    pub(in super::super) mistakes: Vec<(String, String)>,
}

/// A form to be shown.
#[derive(Debug)]
pub(in super::super) struct NewForm<'a> {
    pub(in super::super) account: &'a str,
    pub(in super::super) form: &'a OpenForm,
    pub(in super::super) at: DateTime<Utc>,
}

impl Store {
    pub(in super::super) async fn add_private(&self, new: NewPrivate<'_>) -> Result<i64> {
        let card = to_json(new.card)?;
        let mut db = self.db().await;
        let mut tx = db.begin().await?;
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO private (account, request, channel, thread, card, told_at)
             VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (account, request) DO UPDATE SET card = excluded.card RETURNING id",
        )
        .bind(new.account)
        .bind(new.request)
        .bind(&new.spot.channel)
        .bind(new.spot.thread)
        .bind(card)
        .bind(new.at.timestamp_millis())
        .fetch_one(&mut *tx)
        .await?;
        sqlx::query(
            "DELETE FROM private WHERE account = ?1 AND id NOT IN
             (SELECT id FROM private WHERE account = ?1 ORDER BY id DESC LIMIT ?2)",
        )
        .bind(new.account)
        .bind(PRIVATE_KEPT)
        .execute(&mut *tx)
        .await?;
        let event = note(&mut tx, new.spot, Some(new.account), Subject::Private(id)).await?;
        tx.commit().await?;
        self.wake(event);
        Ok(id)
    }

    /// One private answer, if it is this person's.
    pub(in super::super) async fn private(
        &self,
        account: &str,
        id: i64,
    ) -> Result<Option<Private>> {
        sqlx::query("SELECT * FROM private WHERE account = ? AND id = ?")
            .bind(account)
            .bind(id)
            .fetch_optional(&mut *self.db().await)
            .await?
            .as_ref()
            .map(read_private)
            .transpose()
    }

    /// This person's private answers in a channel, oldest first.
    pub(in super::super) async fn privates(
        &self,
        account: &str,
        channel: &str,
    ) -> Result<Vec<Private>> {
        sqlx::query("SELECT * FROM private WHERE account = ? AND channel = ? ORDER BY id")
            .bind(account)
            .bind(channel)
            .fetch_all(&mut *self.db().await)
            .await?
            .iter()
            .map(read_private)
            .collect()
    }

    /// Takes a private answer out of the person's sight.
    pub(in super::super) async fn drop_private(&self, account: &str, id: i64) -> Result<()> {
        let Some(old) = self.private(account, id).await? else {
            return Ok(());
        };
        let mut db = self.db().await;
        let mut tx = db.begin().await?;
        sqlx::query("DELETE FROM private WHERE account = ? AND id = ?")
            .bind(account)
            .bind(id)
            .execute(&mut *tx)
            .await?;
        let event = note(&mut tx, &old.spot, Some(account), Subject::Private(id)).await?;
        tx.commit().await?;
        self.wake(event);
        Ok(())
    }

    /// Shows a form; it takes the place of one that is open.
    pub(in super::super) async fn show_form(&self, new: NewForm<'_>) -> Result<()> {
        let OpenForm {
            request,
            spot,
            form,
            entered,
            mistakes,
        } = new.form;
        let mut db = self.db().await;
        let mut tx = db.begin().await?;
        sqlx::query("UPDATE form SET open = 0 WHERE account = ?")
            .bind(new.account)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "INSERT INTO form
             (account, request, channel, thread, form, entered, mistakes, open, shown_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)
             ON CONFLICT (account, request) DO UPDATE
             SET open = 1, shown_at = excluded.shown_at, entered = excluded.entered, mistakes = excluded.mistakes",
        )
        .bind(new.account)
        .bind(request)
        .bind(&spot.channel)
        .bind(spot.thread)
        .bind(to_json(form)?)
        .bind(to_json(entered)?)
        .bind(to_json(mistakes)?)
        .bind(new.at.timestamp_millis())
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "DELETE FROM form WHERE account = ?1 AND open = 0 AND request NOT IN
             (SELECT request FROM form WHERE account = ?1 ORDER BY shown_at DESC LIMIT ?2)",
        )
        .bind(new.account)
        .bind(FORMS_KEPT)
        .execute(&mut *tx)
        .await?;
        let event = note(&mut tx, spot, Some(new.account), Subject::Form).await?;
        tx.commit().await?;
        self.wake(event);
        Ok(())
    }

    /// The form this person has open since then at most, wherever it was asked for.
    pub(in super::super) async fn open_form(
        &self,
        account: &str,
        since: DateTime<Utc>,
    ) -> Result<Option<OpenForm>> {
        sqlx::query("SELECT * FROM form WHERE account = ? AND open = 1 AND shown_at > ? LIMIT 1")
            .bind(account)
            .bind(since.timestamp_millis())
            .fetch_optional(&mut *self.db().await)
            .await?
            .as_ref()
            .map(read_form)
            .transpose()
    }

    /// The form shown under `request`, open or not.
    pub(in super::super) async fn form(
        &self,
        account: &str,
        request: &str,
    ) -> Result<Option<OpenForm>> {
        sqlx::query("SELECT * FROM form WHERE account = ? AND request = ?")
            .bind(account)
            .bind(request)
            .fetch_optional(&mut *self.db().await)
            .await?
            .as_ref()
            .map(read_form)
            .transpose()
    }

    /// Whether it was open until now: of two who close it, one is told so.
    pub(in super::super) async fn close_form(
        &self,
        account: &str,
        form: &OpenForm,
    ) -> Result<bool> {
        let mut db = self.db().await;
        let mut tx = db.begin().await?;
        let closed =
            sqlx::query("UPDATE form SET open = 0 WHERE account = ? AND request = ? AND open = 1")
                .bind(account)
                .bind(&form.request)
                .execute(&mut *tx)
                .await?
                .rows_affected();
        if closed == 0 {
            return Ok(false);
        }
        let event = note(&mut tx, &form.spot, Some(account), Subject::Form).await?;
        tx.commit().await?;
        self.wake(event);
        Ok(true)
    }
}

fn read_private(row: &SqliteRow) -> Result<Private> {
    Ok(Private {
        id: row.try_get("id")?,
        spot: read_spot(row)?,
        card: from_json(row.try_get("card")?)?,
        told: instant(row.try_get("told_at")?)?,
    })
}

fn read_form(row: &SqliteRow) -> Result<OpenForm> {
    Ok(OpenForm {
        request: row.try_get("request")?,
        spot: read_spot(row)?,
        form: from_json(row.try_get("form")?)?,
        entered: from_json(row.try_get("entered")?)?,
        mistakes: from_json(row.try_get("mistakes")?)?,
    })
}

fn read_spot(row: &SqliteRow) -> Result<Spot> {
    Ok(Spot {
        channel: row.try_get("channel")?,
        thread: row.try_get("thread")?,
    })
}
