//! What one person alone sees: private answers and the open form.

use chrono::{DateTime, Utc};
use rusqlite::Row;

use super::columns::{Json, Millis};
use super::events::{Subject, note};
use super::sql::{all, maybe, one, run};
use super::{Result, Spot, Store};
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
pub(in super::super) struct NewPrivate {
    pub(in super::super) account: String,
    /// What it answers: a second answer to the same takes the first one's place.
    pub(in super::super) request: String,
    pub(in super::super) spot: Spot,
    pub(in super::super) card: Card,
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
pub(in super::super) struct NewForm {
    pub(in super::super) account: String,
    pub(in super::super) form: OpenForm,
    pub(in super::super) at: DateTime<Utc>,
}

impl Store {
    pub(in super::super) async fn add_private(&self, new: NewPrivate) -> Result<i64> {
        self.record(move |tx| {
            let account = &new.account;
            let insert = "INSERT INTO private (account, request, channel, thread, card, told_at)
                 VALUES (?, ?, ?, ?, ?, ?)
                 ON CONFLICT (account, request) DO UPDATE SET card = excluded.card RETURNING id";
            let Spot { channel, thread } = &new.spot;
            let (card, at) = (Json(&new.card), Millis(new.at));
            let values = (account, &new.request, channel, thread, card, at);
            let (id,) = one(tx, insert, values)?;
            run(
                tx,
                "DELETE FROM private WHERE account = ?1 AND id NOT IN
                 (SELECT id FROM private WHERE account = ?1 ORDER BY id DESC LIMIT ?2)",
                (account, PRIVATE_KEPT),
            )?;
            let event = note(tx, &new.spot, Some(account), Subject::Private(id))?;
            Ok((id, Some(event)))
        })
        .await
    }

    /// One private answer, if it is this person's.
    pub(in super::super) async fn private(
        &self,
        account: &str,
        id: i64,
    ) -> Result<Option<Private>> {
        let account = account.to_owned();
        self.call(move |db| maybe(db, PRIVATE, (account, id))).await
    }

    /// This person's private answers in a channel, oldest first.
    pub(in super::super) async fn privates(
        &self,
        account: &str,
        channel: &str,
    ) -> Result<Vec<Private>> {
        let (account, channel) = (account.to_owned(), channel.to_owned());
        self.call(move |db| {
            let query = "SELECT * FROM private WHERE account = ? AND channel = ? ORDER BY id";
            all(db, query, (account, channel))
        })
        .await
    }

    /// Takes a private answer out of the person's sight.
    pub(in super::super) async fn drop_private(&self, account: &str, id: i64) -> Result<()> {
        let account = account.to_owned();
        self.record(move |tx| {
            let Some(old) = maybe::<Private>(tx, PRIVATE, (&account, id))? else {
                return Ok(((), None));
            };
            let delete = "DELETE FROM private WHERE account = ? AND id = ?";
            run(tx, delete, (&account, id))?;
            let event = note(tx, &old.spot, Some(&account), Subject::Private(id))?;
            Ok(((), Some(event)))
        })
        .await
    }

    /// Shows a form; it takes the place of one that is open.
    pub(in super::super) async fn show_form(&self, new: NewForm) -> Result<()> {
        let NewForm { account, form, at } = new;
        self.record(move |tx| {
            run(
                tx,
                "UPDATE form SET open = 0 WHERE account = ?",
                (&account,),
            )?;
            let insert = "INSERT INTO form
                 (account, request, channel, thread, form, entered, mistakes, open, shown_at)
                 VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)
                 ON CONFLICT (account, request) DO UPDATE SET open = 1,
                 shown_at = excluded.shown_at, entered = excluded.entered,
                 mistakes = excluded.mistakes";
            let Spot { channel, thread } = &form.spot;
            let (asked, entered, mistakes) =
                (Json(&form.form), Json(&form.entered), Json(&form.mistakes));
            let (request, at) = (&form.request, Millis(at));
            let values = (
                &account, request, channel, thread, asked, entered, mistakes, at,
            );
            run(tx, insert, values)?;
            run(
                tx,
                "DELETE FROM form WHERE account = ?1 AND open = 0 AND request NOT IN
                 (SELECT request FROM form WHERE account = ?1 ORDER BY shown_at DESC LIMIT ?2)",
                (&account, FORMS_KEPT),
            )?;
            let event = note(tx, &form.spot, Some(&account), Subject::Form)?;
            Ok(((), Some(event)))
        })
        .await
    }

    /// The form this person has open since then at most, wherever it was asked for.
    pub(in super::super) async fn open_form(
        &self,
        account: &str,
        since: DateTime<Utc>,
    ) -> Result<Option<OpenForm>> {
        let account = account.to_owned();
        self.call(move |db| {
            let query =
                "SELECT * FROM form WHERE account = ? AND open = 1 AND shown_at > ? LIMIT 1";
            maybe(db, query, (account, Millis(since)))
        })
        .await
    }

    /// The form shown under `request`, open or not.
    pub(in super::super) async fn form(
        &self,
        account: &str,
        request: &str,
    ) -> Result<Option<OpenForm>> {
        let (account, request) = (account.to_owned(), request.to_owned());
        self.call(move |db| {
            let query = "SELECT * FROM form WHERE account = ? AND request = ?";
            maybe(db, query, (account, request))
        })
        .await
    }

    /// Whether it was open until now: of two who close it, one is told so.
    pub(in super::super) async fn close_form(
        &self,
        account: &str,
        form: &OpenForm,
    ) -> Result<bool> {
        let account = account.to_owned();
        let (request, spot) = (form.request.clone(), form.spot.clone());
        self.record(move |tx| {
            let change = "UPDATE form SET open = 0 WHERE account = ? AND request = ? AND open = 1";
            if run(tx, change, (&account, request))? == 0 {
                return Ok((false, None));
            }
            let event = note(tx, &spot, Some(&account), Subject::Form)?;
            Ok((true, Some(event)))
        })
        .await
    }
}

/// One private answer of a person.
const PRIVATE: &str = "SELECT * FROM private WHERE account = ? AND id = ?";

impl TryFrom<&Row<'_>> for Private {
    type Error = rusqlite::Error;

    fn try_from(row: &Row<'_>) -> rusqlite::Result<Self> {
        let Json(card) = row.get("card")?;
        let Millis(told) = row.get("told_at")?;
        Ok(Self {
            id: row.get("id")?,
            spot: row.try_into()?,
            card,
            told,
        })
    }
}

impl TryFrom<&Row<'_>> for OpenForm {
    type Error = rusqlite::Error;

    fn try_from(row: &Row<'_>) -> rusqlite::Result<Self> {
        let Json(form) = row.get("form")?;
        let Json(entered) = row.get("entered")?;
        let Json(mistakes) = row.get("mistakes")?;
        Ok(Self {
            request: row.get("request")?,
            spot: row.try_into()?,
            form,
            entered,
            mistakes,
        })
    }
}
