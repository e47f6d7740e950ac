//! Calls of Slack's Web API: each within its time, at its pace, and with an
//! answer that says whether it was done.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use slack_morphism::prelude::SlackClientHyperConnector;
use slack_morphism::{SlackApiToken, SlackClient};
use tokio::sync::watch;
use tokio::time::Instant;

use super::fault::Fault;
use super::method::{Method, Way};
use super::pace::{Pace, Turn};
use super::wire::{self, Connector, Wire};
use crate::secret::Secret;

/// How long a call may take. Whoever waits longer for an answer has none.
const CALL: Duration = Duration::from_secs(10);

/// How often the same advice is repeated in the log.
const REMIND: Duration = Duration::from_mins(1);

/// The Web API as one bot may use it.
pub(super) struct Api {
    client: SlackClient<SlackClientHyperConnector<Connector>>,
    bot: SlackApiToken,
    app: Option<SlackApiToken>,
    pace: Pace,
    advised: Mutex<BTreeMap<String, Instant>>,
    /// What only a person can mend, by the method that is refused.
    trouble: watch::Sender<BTreeMap<Method, String>>,
    /// For requests the client library does not make.
    pub(super) wire: Wire,
    /// Where the API is, without a slash at its end.
    pub(super) url: String,
}

impl Api {
    pub(super) fn new(
        url: &str,
        connector: Connector,
        (bot, app): (&Secret, Option<&Secret>),
    ) -> Self {
        let token = |it: &Secret| SlackApiToken::new(it.expose().trim().to_owned().into());
        let over = SlackClientHyperConnector::with_connector(connector.clone());
        Self {
            client: SlackClient::new(over.with_slack_api_url(url)),
            bot: token(bot),
            app: app.map(token),
            pace: Pace::default(),
            advised: Mutex::default(),
            trouble: watch::Sender::default(),
            wire: Wire::new(connector),
            url: url.to_owned(),
        }
    }

    /// Calls a method with named arguments. The answer is Slack's, and says `ok`.
    ///
    /// Answers stay what Slack sends: a model stricter than Slack itself would
    /// make a failure of something that was done.
    pub(super) async fn call(&self, method: Method, arguments: Value) -> Result<Value, Fault> {
        match self.pace.turn(method, Instant::now()) {
            Turn::After(wait) if wait.is_zero() => {}
            Turn::After(wait) => tokio::time::sleep(wait).await,
            Turn::NotBefore(after) => {
                return Err(Fault::Busy { method, after });
            }
        }
        let answer = tokio::time::timeout(CALL, self.send(method, &arguments)).await;
        let answer = answer.unwrap_or_else(|_| {
            let (name, seconds) = (method.name(), CALL.as_secs());
            Err(Fault::Unknown(format!(
                "{name}: no answer within {seconds} s"
            )))
        });
        self.learn(method, answer.as_ref().err());
        answer
    }

    async fn send(&self, method: Method, arguments: &Value) -> Result<Value, Fault> {
        let opens = method == Method::ConnectionsOpen;
        let app = self.app.as_ref().filter(|_| opens);
        let token = app.unwrap_or(&self.bot);
        let session = self.client.open_session(token);
        let api = &session.http_session_api;
        let answer: Result<Value, _> = match method.way() {
            Way::Json => api.http_post(method.name(), arguments, None).await,
            Way::Query => {
                let query: Vec<(&str, Option<String>)> = arguments
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, value)| (name.as_str(), Some(plain(value))))
                    .collect();
                api.http_get(method.name(), &query, None).await
            }
        };
        let answer = answer.map_err(|error| Fault::of(method, error))?;
        if answer["ok"] != Value::Bool(true) {
            let what = format!("{}: the answer does not say how it went", method.name());
            return Err(Fault::Unknown(what));
        }
        Ok(answer)
    }

    /// Leaves a method alone for as long as Slack asked, and tells whoever runs
    /// the bot what only they can mend.
    fn learn(&self, method: Method, fault: Option<&Fault>) {
        let Some(fault) = fault else {
            self.trouble
                .send_if_modified(|all| all.remove(&method).is_some());
            return;
        };
        if let Fault::Busy { after, .. } = fault {
            self.pace.shut(method, *after, Instant::now());
        }
        let (Some(advice), Fault::Said { code, detail, .. }) = (fault.advice(), fault) else {
            return;
        };
        let told = format!("{code}: {advice}");
        self.trouble
            .send_if_modified(|all| all.insert(method, told.clone()).as_ref() != Some(&told));
        let mut advised = self.advised.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let about = format!("{} {code}", method.name());
        if advised.get(&about).is_none_or(|last| *last + REMIND <= now) {
            tracing::warn!(
                method = method.name(),
                code,
                detail,
                advice,
                "Slack refuses"
            );
            advised.insert(about, now);
        }
    }

    /// Posts to an address Slack handed out; it needs no token and gets none.
    pub(super) async fn hand(
        &self,
        address: &str,
        body: (&str, Vec<u8>),
        within: Duration,
    ) -> Result<wire::Reply, wire::Lost> {
        let (kind, body) = body;
        self.wire
            .post(address, (kind, body.into()), None, within)
            .await
    }

    /// A listener for what only a person can mend.
    pub(super) fn trouble(&self) -> watch::Receiver<BTreeMap<Method, String>> {
        self.trouble.subscribe()
    }

    /// The bot's token, for the one request whose headers matter.
    pub(super) fn bot_token(&self) -> &str {
        &self.bot.token_value.0
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string()
        }
    }
}
