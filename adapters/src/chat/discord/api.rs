//! Calls of Discord's API: each within its time, at its pace, and with an answer that
//! says whether it was done.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use serde_json::Value;
use tokio::sync::watch;
use tokio::time::Instant;

use super::fault::{Fault, UNSAID};
use super::gate::{Gate, Told};
use super::route::{Kind, Route};
use crate::secret::Secret;

/// How long a call may take. Whoever waits longer for an answer has none.
const CALL: Duration = Duration::from_secs(10);

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(5);

/// How long an answer may be.
const LARGEST: usize = 4 << 20;

/// How often the same advice is repeated in the log.
const REMIND: Duration = Duration::from_mins(1);

/// How long a token that is not good is not tried again.
const BAD_TOKEN: Duration = Duration::from_secs(30);

/// The version of the API that is spoken.
const VERSION: &str = "v10";

/// What is sent along.
#[derive(Clone, Debug)]
pub(super) enum Body {
    Nothing,
    Json(Value),
    /// A message with a file: its name and its text.
    WithFile(Value, String, Vec<u8>),
}

/// The API as one bot may use it.
pub(super) struct Api {
    client: Client,
    base: String,
    token: Secret,
    gate: Gate,
    advised: Mutex<BTreeMap<String, Instant>>,
    /// What only a person can mend, by the kind of call that is refused.
    trouble: watch::Sender<BTreeMap<Kind, String>>,
}

impl Api {
    /// The API at an address without a slash at its end.
    pub(super) fn new(base: &str, token: &Secret) -> Result<Self, reqwest::Error> {
        crate::tls::choose();
        let client = Client::builder()
            // <https://discord.com/developers/docs/reference#user-agent>
            .user_agent(concat!(
                "DiscordBot (https://github.com/shipbell/shipbell, ",
                env!("CARGO_PKG_VERSION"),
                ")"
            ))
            .connect_timeout(CONNECT)
            .timeout(CALL)
            .redirect(Policy::none())
            .no_proxy()
            // A connection that hangs is then one call's, and gone with it.
            .http1_only()
            .build()?;
        Ok(Self {
            client,
            base: format!("{base}/{VERSION}"),
            token: Secret::from(token.expose().trim().to_owned()),
            gate: Gate::default(),
            advised: Mutex::default(),
            trouble: watch::Sender::default(),
        })
    }

    /// The bot's token, for the gateway.
    pub(super) fn token(&self) -> &str {
        self.token.expose()
    }

    /// Makes a call. The answer stays what Discord sends: a model stricter than
    /// Discord itself would make a failure of something that was done.
    pub(super) async fn call(&self, route: Route, body: Body) -> Result<Value, Fault> {
        self.call_for_headers(route, body).await.map(|it| it.0)
    }

    /// Makes a call; the answer comes with its headers.
    pub(super) async fn call_for_headers(
        &self,
        route: Route,
        body: Body,
    ) -> Result<(Value, HeaderMap), Fault> {
        let kind = route.kind;
        let turn = self.gate.pass(&route).await;
        turn.map_err(|after| Fault::Busy { kind, after })?;
        let answer = self.send(&route, body).await;
        self.advise(kind, answer.as_ref().err());
        answer
    }

    async fn send(&self, route: &Route, body: Body) -> Result<(Value, HeaderMap), Fault> {
        let name = route.kind.name();
        let address = format!("{}{}", self.base, route.path);
        let mut request = self.client.request(route.method.clone(), address);
        // The token of an answer is its permission: the bot's does not go there.
        if route.kind.is_counted() {
            let token = format!("Bot {}", self.token.expose());
            request = request.header(AUTHORIZATION, token);
        }
        request = match body {
            Body::Nothing => request,
            Body::Json(value) => request.json(&value),
            Body::WithFile(message, file, content) => {
                let (kind, body) = multipart(&message, &file, &content);
                request.header(CONTENT_TYPE, kind).body(body)
            }
        };
        let sent = request.send().await;
        let response = sent.map_err(|error| {
            // Its own words hold the address, and that may hold a token.
            let words = chain(&error.without_url());
            if words.1 {
                Fault::Unsent(format!("{name}: {}", words.0))
            } else {
                Fault::Unknown(format!("{name}: {}", words.0))
            }
        })?;
        let (status, headers) = (response.status(), response.headers().clone());
        if status != StatusCode::TOO_MANY_REQUESTS {
            self.gate.learn(route, &told(&headers));
        }
        let body = read(response).await;
        if status.is_success() {
            let body = body.map_err(|what| Fault::Unknown(format!("{name}: {what}")))?;
            if body.is_empty() {
                return Ok((Value::Null, headers));
            }
            let value = serde_json::from_slice(&body);
            let value =
                value.map_err(|_| Fault::Unknown(format!("{name}: the answer makes no sense")))?;
            return Ok((value, headers));
        }
        let body = body.unwrap_or_default();
        Err(self.refused(route, (status, &headers), &body))
    }

    /// What a refusal means, and what is left alone for it.
    fn refused(&self, route: &Route, answer: (StatusCode, &HeaderMap), body: &[u8]) -> Fault {
        let (status, headers) = answer;
        let kind = route.kind;
        if matches!(status.as_u16(), 401 | 403 | 429) {
            self.gate.refused();
        }
        if status == StatusCode::UNAUTHORIZED && kind.is_counted() {
            self.gate.shut(route, true, BAD_TOKEN);
        }
        if status != StatusCode::TOO_MANY_REQUESTS {
            return Fault::of(kind, status.as_u16(), body);
        }
        let said: Value = serde_json::from_slice(body).unwrap_or_default();
        let after = said["retry_after"]
            .as_f64()
            .or_else(|| number(headers, "retry-after"));
        // Whatever stands in front of Discord answers without Discord's words.
        let in_front = !said.is_object();
        let everything = in_front
            || said["global"] == Value::Bool(true)
            || headers.contains_key("x-ratelimit-global");
        let after = after.and_then(|it| Duration::try_from_secs_f64(it).ok());
        let after = after.unwrap_or(UNSAID);
        tracing::warn!(
            call = kind.name(),
            seconds = after.as_secs_f64(),
            everything,
            "Discord asks to be left alone"
        );
        self.gate.shut(route, everything, after);
        Fault::Busy { kind, after }
    }

    /// Tells whoever runs the bot what only they can mend.
    fn advise(&self, kind: Kind, fault: Option<&Fault>) {
        let Some(fault) = fault else {
            self.trouble
                .send_if_modified(|all| all.remove(&kind).is_some());
            return;
        };
        let (Some(advice), Fault::Said { code, detail, .. }) = (fault.advice(), fault) else {
            return;
        };
        self.report(kind, Some(format!("{detail}: {advice}")));
        let mut advised = self.advised.lock().unwrap_or_else(PoisonError::into_inner);
        let (now, about) = (Instant::now(), format!("{} {code}", kind.name()));
        if advised.get(&about).is_none_or(|last| *last + REMIND <= now) {
            tracing::warn!(call = kind.name(), code, detail, advice, "Discord refuses");
            advised.insert(about, now);
        }
    }

    /// Notes what only a person can mend, or that it is mended.
    pub(super) fn report(&self, kind: Kind, trouble: Option<String>) {
        self.trouble.send_if_modified(|all| match trouble {
            Some(told) => all.insert(kind, told.clone()).as_ref() != Some(&told),
            None => all.remove(&kind).is_some(),
        });
    }

    /// A listener for what only a person can mend.
    pub(super) fn trouble(&self) -> watch::Receiver<BTreeMap<Kind, String>> {
        self.trouble.subscribe()
    }
}

/// The whole answer, if it is not too long.
async fn read(mut response: Response) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(more)) if body.len() + more.len() <= LARGEST => body.extend_from_slice(&more),
            Ok(Some(_)) => return Err("the answer is too long".to_owned()),
            Ok(None) => return Ok(body),
            Err(error) => return Err(chain(&error.without_url()).0),
        }
    }
}

fn told(headers: &HeaderMap) -> Told {
    let bucket = headers.get("x-ratelimit-bucket");
    let left = number(headers, "x-ratelimit-remaining").map(|it| it.clamp(0.0, 1e6));
    let resets = number(headers, "x-ratelimit-reset-after");
    Told {
        bucket: bucket.and_then(|it| it.to_str().ok()).map(str::to_owned),
        // Whole and small: nothing is lost.
        left: left.and_then(|it| format!("{it:.0}").parse().ok()),
        resets: resets.and_then(|it| Duration::try_from_secs_f64(it).ok()),
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<f64> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// A message and a file, as forms with files are written.
fn multipart(message: &Value, file: &str, content: &[u8]) -> (String, Vec<u8>) {
    // Nothing that is sent holds such a line: JSON has no raw line ends, and logs are
    // told apart by a name made from what is in them.
    let boundary = format!(
        "shipbell-{}",
        crate::chat::keyed::mark(&format!("{file}{}", String::from_utf8_lossy(content)))
    );
    let name = file.replace(['"', '\r', '\n', '\\'], "_");
    let mut body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"payload_json\"\r\nContent-Type: application/json\r\n\r\n{message}\r\n--{boundary}\r\nContent-Disposition: form-data; name=\"files[0]\"; filename=\"{name}\"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(content);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// An error with its causes, and whether nothing was sent.
fn chain(error: &reqwest::Error) -> (String, bool) {
    let mut words = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(error) = next {
        words = format!("{words}: {error}");
        next = error.source();
    }
    (words, error.is_connect())
}
