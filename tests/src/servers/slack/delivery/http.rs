//! Delivery by HTTP: signed, and said again with `X-Slack-Retry-Num`.

use std::fmt::Write as _;

use ring::hmac;
use serde_json::{Value, json};

use super::super::Shared;
use super::super::log::What;
use super::{Attempt, Kind, Outcome};

/// Where an app without sockets listens, and what Slack signs with.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// For events.
    pub events: String,
    /// For slash commands.
    pub commands: String,
    /// For buttons, menus, forms and shortcuts.
    pub interactivity: String,
    /// The signing secret.
    pub secret: String,
}

/// A signature of the kind `v0`, and the header that goes with it.
pub(crate) fn signature(secret: &str, stamp: i64, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("v0:{stamp}:{body}").as_bytes());
    let mut signature = "v0=".to_owned();
    for byte in tag.as_ref() {
        // Writing into a string cannot fail.
        write!(signature, "{byte:02x}").ok();
    }
    signature
}

pub(super) async fn attempt(
    shared: &Shared,
    addresses: &Addresses,
    attempt: &Attempt<'_>,
) -> Outcome {
    let parcel = attempt.parcel;
    let (address, kind, body) = match parcel.kind {
        Kind::Event => {
            let body = parcel.payload.to_string();
            (&addresses.events, "application/json", body)
        }
        Kind::Command => (&addresses.commands, FORM, form(&parcel.payload)),
        Kind::Interaction => {
            let mut form = form_urlencoded::Serializer::new(String::new());
            form.append_pair("payload", &parcel.payload.to_string());
            (&addresses.interactivity, FORM, form.finish())
        }
    };
    let stamp = shared.clock.now().timestamp();
    let mut request = shared.client.post(address).header("content-type", kind);
    request = request.header("x-slack-request-timestamp", stamp);
    request = request.header(
        "x-slack-signature",
        signature(&addresses.secret, stamp, &body),
    );
    if attempt.number > 0 {
        request = request.header("x-slack-retry-num", attempt.number);
        request = request.header("x-slack-retry-reason", "http_timeout");
    }
    shared.note(What::Delivered {
        envelope: attempt.envelope.to_owned(),
        kind: parcel.name.clone(),
        connection: 0,
        attempt: attempt.number,
    });
    let began = shared.clock.ran();
    let answer = async {
        let response = request.body(body).send().await?;
        let status = response.status();
        response.text().await.map(|it| (status, it))
    };
    tokio::select! {
        answered = answer => match answered {
            Ok((status, text)) if status.is_success() => {
                let payload = said(&text);
                shared.note(What::Acknowledged {
                    envelope: attempt.envelope.to_owned(),
                    connection: 0,
                    took: shared.clock.ran().saturating_sub(began),
                    payload: payload.clone(),
                });
                Outcome::Acknowledged(payload)
            }
            Ok(_) => Outcome::Missed(Some(0), "the app answered with an error"),
            Err(_) => Outcome::Missed(None, "the app cannot be reached"),
        },
        () = shared.clock.passes(shared.patience) => {
            shared.log.violation(format!("{} was not acknowledged in time", parcel.name));
            Outcome::Missed(Some(0), "not acknowledged in time")
        }
    }
}

/// Words or JSON, as Slack takes both.
fn said(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(payload) => payload,
        Err(_) if text.is_empty() => Value::Null,
        Err(_) => json!({ "text": text }),
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

fn form(payload: &Value) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in payload.as_object().into_iter().flatten() {
        form.append_pair(name, value.as_str().unwrap_or_default());
    }
    form.finish()
}
