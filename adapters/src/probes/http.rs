//! The port `Probes` over HTTP.

use std::fmt::Write as _;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use tokio::time::{Instant, timeout};

use super::{Answer, Method, Probe, Probes, Reading, judge};
use crate::redact::{Redactor, clean};

/// The longest any answer may take.
const LONGEST: Duration = Duration::from_secs(10);

/// How much of a body is read.
const READ: usize = 1024 * 1024;

/// How much of a body is kept.
const KEPT: usize = 2 * 1024;

/// The most redirects that are followed, all within one host.
const REDIRECTS: usize = 5;

/// Asks over HTTP.
#[derive(Clone, Debug)]
pub struct HttpProbes {
    client: Client,
    redactor: Redactor,
}

/// Why there can be no probes.
#[derive(Debug, thiserror::Error)]
#[error("cannot set HTTP up")]
pub struct HttpProbesError(#[source] reqwest::Error);

impl HttpProbes {
    /// A client of its own: no cookies, no proxy, no redirect to another host.
    pub fn new(redactor: Redactor) -> Result<Self, HttpProbesError> {
        // Somebody else may have chosen the same already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let client = Client::builder()
            .user_agent(concat!("shipbell/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(LONGEST)
            .timeout(LONGEST)
            // A probe must see what a new visitor sees.
            .pool_max_idle_per_host(0)
            .redirect(within_one_host())
            .no_proxy()
            .build()
            .map_err(HttpProbesError)?;
        Ok(Self { client, redactor })
    }

    async fn answer(&self, probe: &Probe, begun: Instant) -> Result<Answer, String> {
        let mut request = match probe.method {
            Method::Get => self.client.get(&probe.url),
            Method::Head => self.client.head(&probe.url),
        };
        for (name, value) in &probe.headers {
            request = request.header(name, value.expose());
        }
        if let Some((user, password)) = &probe.login {
            request = request.basic_auth(user, Some(password.expose()));
        }
        let response = request.send().await.map_err(in_words)?;
        let status = response.status().as_u16();
        let headers = response.headers().iter().map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        });
        let headers = headers.collect();
        let (body, cut) = body(response).await?;
        Ok(Answer {
            status,
            headers,
            body,
            cut,
            took: begun.elapsed(),
        })
    }

    fn shown(&self, text: &str) -> String {
        clean::cut(self.redactor.text(text), KEPT, 0)
    }
}

#[async_trait]
impl Probes for HttpProbes {
    async fn ask(&self, probe: &Probe) -> Reading {
        let within = probe.within.min(LONGEST);
        let begun = Instant::now();
        let asked = timeout(within, self.answer(probe, begun)).await;
        let latency_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let failed = |why: &str| Reading {
            passed: false,
            findings: vec![self.shown(why)],
            status: None,
            latency_ms,
            body: String::new(),
        };
        match asked {
            Err(_) => failed(&format!("no answer within {} ms", within.as_millis())),
            Ok(Err(why)) => failed(&why),
            Ok(Ok(answer)) => {
                let findings = judge(&probe.expect, &answer);
                Reading {
                    passed: findings.is_empty(),
                    findings: findings.iter().map(|finding| self.shown(finding)).collect(),
                    status: Some(answer.status),
                    latency_ms,
                    body: self.shown(&answer.body),
                }
            }
        }
    }
}

/// A redirect to another host would send the question, and perhaps its secrets,
/// to somebody else. The redirect itself is then the answer.
fn within_one_host() -> Policy {
    Policy::custom(|attempt| {
        let asked = attempt.previous().first();
        let same = asked.is_some_and(|asked| {
            (
                asked.scheme(),
                asked.host_str(),
                asked.port_or_known_default(),
            ) == (
                attempt.url().scheme(),
                attempt.url().host_str(),
                attempt.url().port_or_known_default(),
            )
        });
        if same && attempt.previous().len() <= REDIRECTS {
            attempt.follow()
        } else {
            attempt.stop()
        }
    })
}

/// The body up to the limit, and whether it goes on.
async fn body(mut response: Response) -> Result<(String, bool), String> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(in_words)? {
        let room = READ - bytes.len();
        bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            return Ok((String::from_utf8_lossy(&bytes).into_owned(), true));
        }
    }
    Ok((String::from_utf8_lossy(&bytes).into_owned(), false))
}

/// An error and its causes, without the address, which may hold secrets.
fn in_words(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        write!(text, ": {cause}").expect("writing to a string cannot fail");
        source = cause.source();
    }
    text
}
