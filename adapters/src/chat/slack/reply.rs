//! Answers to one person that come after the receipt: sent once, never owed.

use std::time::Duration;

use serde_json::{Value, json};

use super::SlackChat;
use super::deliver::Rest;
use super::fault::Fault;
use super::from_wire::{Back, From};
use super::method::Method;
use super::to_wire::{self, Drawn};
use crate::chat::{Answer, Card, Form, UserId};

/// How long Slack may take to accept an answer.
const WITHIN: Duration = Duration::from_secs(5);

impl SlackChat {
    /// Tells a person what came of what they did.
    pub(super) async fn finish(&self, rest: Rest) {
        let Rest {
            back,
            by,
            answer,
            said,
        } = rest;
        let told = match answer {
            Answer::Private(card) => self.show(&back, &by, &card).await,
            Answer::Form(form) => self.open_form(&back, &by, &form, said.as_deref()).await,
            Answer::FieldErrors(mistakes) => {
                let wrong: Vec<String> = mistakes.into_iter().map(|(_, it)| it).collect();
                self.show(&back, &by, &note(&wrong.join(" "))).await
            }
            Answer::Done | Answer::Completions(_) => Ok(()),
        };
        if let Err(fault) = told {
            tracing::info!(?fault, person = %by, "a private answer did not arrive");
        }
    }

    /// Words for this person alone, wherever they are.
    async fn show(&self, back: &Back, by: &UserId, card: &Card) -> Result<(), Fault> {
        if back.from == From::Home {
            let view = json!({ "type": "home", "blocks": to_wire::page(card) });
            let arguments = json!({ "user_id": by, "view": view });
            return self
                .api
                .call(Method::PublishView, arguments)
                .await
                .map(drop);
        }
        if back.channel.is_none() {
            return self.open_view(back, json!(to_wire::told(card))).await;
        }
        self.natively(card, |drawn| self.send_private(back, by, drawn))
            .await
    }

    async fn send_private(&self, back: &Back, by: &UserId, drawn: Drawn) -> Result<(), Fault> {
        let mut message = json!({ "text": drawn.text, "blocks": drawn.blocks });
        let thread = back.thread.as_ref().map(|it| it.id.clone());
        if let Some(thread) = thread {
            message["thread_ts"] = json!(thread);
        }
        if let Some(address) = &back.response_url {
            message["response_type"] = json!("ephemeral");
            message["replace_original"] = json!(false);
            return self.send_to(address, &message).await;
        }
        message["channel"] = json!(back.channel);
        message["user"] = json!(by);
        self.api
            .call(Method::PostEphemeral, message)
            .await
            .map(drop)
    }

    /// Posts to an address Slack gave for answers. It says `ok`, or nothing at all.
    async fn send_to(&self, address: &str, message: &Value) -> Result<(), Fault> {
        let body = (
            "application/json; charset=utf-8",
            message.to_string().into_bytes(),
        );
        let sent = self.api.hand(address, body, WITHIN).await;
        let reply = sent.map_err(|lost| Fault::Unknown(format!("response_url: {lost}")))?;
        if reply.status.is_success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&reply.body);
        let code = match serde_json::from_str::<Value>(&said) {
            Ok(body) => body["error"].as_str().unwrap_or("refused").to_owned(),
            Err(_) => said.trim().to_owned(),
        };
        let detail = format!("status {}", reply.status.as_u16());
        Err(Fault::said(Method::PostEphemeral, &code, detail))
    }

    /// Opens a form, which needs a trigger that is three seconds young; without
    /// one a button is shown whose press brings it.
    async fn open_form(
        &self,
        back: &Back,
        by: &UserId,
        form: &Form,
        said: Option<&str>,
    ) -> Result<(), Fault> {
        let origin = to_wire::origin(back.channel.clone(), back.thread.as_ref());
        let opened = match &back.trigger {
            Some(_) => {
                self.open_view(back, json!(to_wire::modal(form, &origin)))
                    .await
            }
            None => Err(Fault::said(
                Method::OpenView,
                "expired_trigger_id",
                String::new(),
            )),
        };
        let expired = [
            "expired_trigger_id",
            "exchanged_trigger_id",
            "trigger_expired",
        ];
        match opened {
            Err(fault) if fault.is(&expired) => {
                let drawn = if let Some(said) = said {
                    Drawn {
                        text: "This needs a form.".to_owned(),
                        blocks: to_wire::say_again(said),
                        used: to_wire::Natives::NONE,
                    }
                } else {
                    let late = note("The form could not open in time. Try again.");
                    to_wire::message(&late, to_wire::Natives::NONE)
                };
                self.send_private(back, by, drawn).await
            }
            opened => opened,
        }
    }

    async fn open_view(&self, back: &Back, view: Value) -> Result<(), Fault> {
        let arguments = json!({ "trigger_id": back.trigger, "view": view });
        self.api.call(Method::OpenView, arguments).await.map(drop)
    }
}

fn note(words: &str) -> Card {
    Card {
        summary: words.to_owned(),
        ..Card::default()
    }
}
