//! Hands what somebody did to the bot and says what Slack is told about it: a
//! receipt once it is recorded, and none if it is not.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::SlackChat;
use super::from_wire::{self, Back, From, Heard, Read};
use super::seen::{self, Delivery};
use super::to_wire::{self, Natives};
use crate::chat::{Act, Answer, Inbound};

/// How long an answer is waited for. Slack stops waiting for the receipt long
/// before; what was recorded late is told to the person all the same.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long there is for an answer that comes with the receipt: Slack gives up
/// after three seconds. <https://docs.slack.dev/apis/events-api/using-socket-mode>
const WITH_RECEIPT: Duration = Duration::from_millis(2500);

/// How long the queue may be full before a delivery is left to come again.
const QUEUE: Duration = Duration::from_secs(2);

/// Something Slack delivered, whichever way it came.
pub(super) struct Parcel {
    /// `events_api`, `slash_commands` or `interactive`.
    pub(super) kind: String,
    /// What names this delivery, and not what was delivered.
    pub(super) envelope: String,
    pub(super) payload: Value,
}

/// What becomes of a delivery.
pub(super) struct Outcome {
    pub(super) receipt: Receipt,
    /// What is still to be told to the person, after the receipt.
    pub(super) rest: Option<Rest>,
}

/// What Slack is told.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Receipt {
    /// It is recorded, or there was nothing to record.
    Taken(Option<Value>),
    /// Nothing was recorded: it must come again.
    Dropped,
}

/// An answer that does not come with the receipt.
pub(super) struct Rest {
    pub(super) back: Back,
    pub(super) by: crate::chat::UserId,
    pub(super) answer: Answer,
    /// What was said, to offer it again where no form can open.
    pub(super) said: Option<String>,
}

impl SlackChat {
    /// Deals with a delivery; a repetition is only given its receipt.
    pub(super) async fn receive(&self, parcel: Parcel) -> Outcome {
        let Parcel {
            kind,
            envelope,
            payload,
        } = parcel;
        if self.is_elsewhere(&payload) {
            tracing::warn!(kind, "a delivery for another workspace is left out");
            return Receipt::Taken(None).into();
        }
        let key = seen::key(&kind, &envelope, &payload);
        let claim = match self.seen.enter(&key) {
            Delivery::New(claim) => claim,
            Delivery::Again(earlier) => {
                let recorded = earlier.was_recorded().await;
                return if recorded {
                    Receipt::Taken(None).into()
                } else {
                    Receipt::Dropped.into()
                };
            }
        };
        let own = self.own_account();
        let Read::Heard(heard) = from_wire::read(&kind, &payload, own.as_deref()) else {
            tracing::debug!(kind, what = %payload["event"]["type"], "nothing for the bot");
            claim.recorded();
            return Receipt::Taken(None).into();
        };
        let began = Instant::now();
        let Some((heard, answer)) = self.hand_over(key, *heard).await else {
            return Receipt::Dropped.into();
        };
        claim.recorded();
        let in_time = began.elapsed() < WITH_RECEIPT;
        outcome(heard, answer, in_time)
    }

    /// The bot's answer, once what was done is recorded; none if it is not.
    async fn hand_over(&self, key: String, heard: Heard) -> Option<(Heard, Answer)> {
        let (responder, answer) = oneshot::channel();
        let inbound = Inbound {
            id: format!("slack:{key}"),
            by: heard.by.clone(),
            act: heard.act.clone(),
            responder,
        };
        if self
            .hands
            .inbound
            .send_timeout(inbound, QUEUE)
            .await
            .is_err()
        {
            tracing::warn!("the queue of inputs is full; Slack delivers again");
            return None;
        }
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(answer)) => Some((heard, answer)),
            Ok(Err(_)) | Err(_) => None,
        }
    }

    /// Whether a delivery is for a workspace that is not the token's.
    fn is_elsewhere(&self, payload: &Value) -> bool {
        let (Some(own), Some(team)) = (self.own_team(), team_of(payload)) else {
            return false;
        };
        own != team
    }
}

/// The workspace a delivery is for: of commands and buttons, the person's.
fn team_of(payload: &Value) -> Option<&str> {
    let team = payload["team_id"].as_str();
    team.or_else(|| payload["team"]["id"].as_str())
}

/// Splits an answer into what comes with the receipt and what comes after it.
fn outcome(heard: Heard, answer: Answer, in_time: bool) -> Outcome {
    let Heard { by, act, back } = heard;
    if let (true, Some(payload)) = (in_time, with_receipt(&back, &answer)) {
        return Receipt::Taken(Some(payload)).into();
    }
    let said = match act {
        Act::Said { text, .. } => Some(text),
        Act::Reacted { .. }
        | Act::Pressed { .. }
        | Act::Submitted { .. }
        | Act::Kept { .. }
        | Act::LookedIn
        | Act::Completing { .. }
        | Act::Connected => None,
    };
    let rest = match answer {
        Answer::Done | Answer::Completions(_) => None,
        Answer::Private(_) | Answer::Form(_) | Answer::FieldErrors(_) => Some(Rest {
            back,
            by,
            answer,
            said,
        }),
    };
    Outcome {
        receipt: Receipt::Taken(None),
        rest,
    }
}

/// What can come with the receipt: nobody hears if Slack refuses it, so it holds
/// nothing that Slack may refuse.
fn with_receipt(back: &Back, answer: &Answer) -> Option<Value> {
    match (back.from, answer) {
        (From::Command, Answer::Private(card)) if to_wire::is_classic(card) => {
            let drawn = to_wire::message(card, Natives::NONE);
            Some(json!({
                "response_type": "ephemeral",
                "text": drawn.text,
                "blocks": drawn.blocks,
            }))
        }
        (From::Form, Answer::FieldErrors(mistakes)) => {
            let mistakes: serde_json::Map<String, Value> = mistakes
                .iter()
                .map(|(name, wrong)| (name.clone(), json!(wrong)))
                .collect();
            Some(json!({ "response_action": "errors", "errors": mistakes }))
        }
        (From::Form, Answer::Private(card)) if back.channel.is_none() => {
            Some(json!({ "response_action": "update", "view": to_wire::told(card) }))
        }
        (From::Form, Answer::Form(form)) => {
            let origin = to_wire::origin(back.channel.clone(), back.thread.as_ref());
            Some(json!({
                "response_action": "update",
                "view": to_wire::modal(form, &origin),
            }))
        }
        (
            From::Event | From::Command | From::Press | From::Form | From::Home,
            Answer::Done
            | Answer::Private(_)
            | Answer::Form(_)
            | Answer::FieldErrors(_)
            | Answer::Completions(_),
        ) => None,
    }
}

impl std::convert::From<Receipt> for Outcome {
    fn from(receipt: Receipt) -> Self {
        Self {
            receipt,
            rest: None,
        }
    }
}
