//! Hands what a person did to the bot, and shows that person what came back.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::{mpsc, oneshot};

use super::session::Viewer;
use super::store::{self, NewForm, NewPrivate, OpenForm, Spot};
use super::{WebChannel, hex, notes};
use crate::chat::{Act, Answer, Card, Form, Inbound};

/// How handing it over ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It was recorded.
    Answered(Answer),
    /// Nothing was recorded.
    Dropped,
    /// The queue was full, or nobody reads it any more.
    Busy,
    /// It was taken, and no answer came in time.
    Silent,
}

/// What the person's page must show for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// Nothing new.
    Nothing,
    /// A private answer.
    Private(i64),
    /// The form.
    Form,
}

/// Who did what where, under which id.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deed<'a> {
    pub(super) viewer: &'a Viewer,
    pub(super) spot: &'a Spot,
    pub(super) request: &'a str,
    /// What was typed, to give it back if it comes to nothing.
    pub(super) typed: Option<&'a str>,
}

impl Outcome {
    /// Whether the bot has it.
    pub(super) fn taken(&self) -> bool {
        match self {
            Self::Answered(_) | Self::Silent => true,
            Self::Dropped | Self::Busy => false,
        }
    }

    /// The mistakes in a form that was sent in.
    pub(super) fn mistakes(&self) -> Option<&[(String, String)]> {
        match self {
            Self::Answered(Answer::FieldErrors(mistakes)) => Some(mistakes),
            Self::Answered(
                Answer::Done | Answer::Private(_) | Answer::Form(_) | Answer::Completions(_),
            )
            | Self::Dropped
            | Self::Busy
            | Self::Silent => None,
        }
    }
}

impl WebChannel {
    /// Waits a little for the answer. The id names the person too, so that
    /// nobody can use up another's.
    pub(super) async fn deliver(&self, viewer: &Viewer, request: &str, act: Act) -> Outcome {
        let (responder, answer) = oneshot::channel();
        let inbound = Inbound {
            id: format!("web:{}:{request}", viewer.person.user),
            by: viewer.person.user.clone(),
            act,
            responder,
        };
        match self.inbound.try_send(inbound) {
            Ok(()) => {}
            Err(mpsc::error::TrySendError::Full(_) | mpsc::error::TrySendError::Closed(_)) => {
                return Outcome::Busy;
            }
        }
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(answer)) => Outcome::Answered(answer),
            Ok(Err(_)) => Outcome::Dropped,
            Err(_) => Outcome::Silent,
        }
    }

    /// Keeps the answer where only this person's pages show it.
    pub(super) async fn show(&self, deed: Deed<'_>, outcome: Outcome) -> store::Result<Shown> {
        match outcome {
            Outcome::Answered(Answer::Done | Answer::Completions(_) | Answer::FieldErrors(_)) => {
                Ok(Shown::Nothing)
            }
            Outcome::Answered(Answer::Private(card)) => self.tell(deed, &card).await,
            Outcome::Answered(Answer::Form(form)) => self.ask(deed, *form).await,
            Outcome::Dropped => self.tell(deed, &notes::not_recorded(deed.typed)).await,
            Outcome::Busy => self.tell(deed, &notes::busy(deed.typed)).await,
            Outcome::Silent => self.tell(deed, &notes::no_answer(deed.typed)).await,
        }
    }

    /// Words for this person alone.
    pub(super) async fn tell(&self, deed: Deed<'_>, card: &Card) -> store::Result<Shown> {
        let new = NewPrivate {
            account: deed.viewer.person.user.0.clone(),
            request: deed.request.to_owned(),
            spot: deed.spot.clone(),
            card: super::cut::card(card.clone()),
            at: (self.clock)(),
        };
        Ok(Shown::Private(self.store.add_private(new).await?))
    }

    async fn ask(&self, deed: Deed<'_>, form: Form) -> store::Result<Shown> {
        let open = OpenForm {
            request: hex(&(self.randomness)()[..16]),
            spot: deed.spot.clone(),
            form,
            entered: Vec::new(),
            mistakes: Vec::new(),
        };
        self.show_form(deed.viewer, open).await?;
        Ok(Shown::Form)
    }

    /// The form a person has open; one left alone for long is forgotten.
    pub(super) async fn open_form(&self, viewer: &Viewer) -> store::Result<Option<OpenForm>> {
        let since = (self.clock)() - FORM;
        self.store.open_form(&viewer.person.user.0, since).await
    }

    pub(super) async fn show_form(&self, viewer: &Viewer, form: OpenForm) -> store::Result<()> {
        let new = NewForm {
            account: viewer.person.user.0.clone(),
            form,
            at: (self.clock)(),
        };
        self.store.show_form(new).await
    }
}

/// How long a form stays open.
const FORM: TimeDelta = TimeDelta::minutes(15);

/// How long a person waits for the bot's answer.
const PATIENCE: Duration = Duration::from_secs(3);
