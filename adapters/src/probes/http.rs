//! The port `Probes` over HTTP.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Client;
use reqwest::redirect::Policy;
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout};

use super::{Answer, Method, Probe, Probes, Reading, judge};
use crate::http::{body, in_words};
use crate::redact::{Redactor, clean};

/// The longest an answer may take to somebody who only looks.
const LONGEST: Duration = Duration::from_secs(10);

/// The longest an answer may take to somebody who has something done.
const LONGEST_CALL: Duration = Duration::from_mins(2);

/// How much of a body is read.
const READ: usize = 1024 * 1024;

/// How much of a body is kept.
const KEPT: usize = 2 * 1024;

/// The most redirects that are followed, all within one host.
const REDIRECTS: usize = 5;

/// Asks over HTTP.
#[derive(Clone, Debug)]
pub struct HttpProbes {
    /// Made for the first probe: it reads every certificate the machine trusts.
    client: Arc<OnceCell<Client>>,
    redactor: Redactor,
}

impl HttpProbes {
    /// With a client of its own.
    pub fn new(redactor: Redactor) -> Self {
        Self {
            client: Arc::default(),
            redactor,
        }
    }

    async fn answer(&self, probe: &Probe, begun: Instant) -> Result<Answer, String> {
        let client = self.client.get_or_try_init(async || client()).await;
        let client = client.map_err(in_words)?;
        let mut request = match probe.method {
            Method::Get => client.get(&probe.url),
            Method::Head => client.head(&probe.url),
            Method::Post => client.post(&probe.url),
            Method::Put => client.put(&probe.url),
            Method::Patch => client.patch(&probe.url),
            Method::Delete => client.delete(&probe.url),
        };
        if let Some(body) = &probe.body {
            request = request.body(body.expose().to_owned());
        }
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
        let (body, cut) = body(response, READ).await?;
        Ok(Answer {
            status,
            headers,
            body: String::from_utf8_lossy(&body).into_owned(),
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
        let longest = if probe.method.only_looks() {
            LONGEST
        } else {
            LONGEST_CALL
        };
        let within = probe.within.min(longest);
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

/// A client without cookies, without a proxy, and without redirects to another host.
fn client() -> Result<Client, reqwest::Error> {
    crate::tls::choose();
    Client::builder()
        .user_agent(concat!("shipbell/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(LONGEST)
        .timeout(LONGEST_CALL)
        // A probe must see what a new visitor sees.
        .pool_max_idle_per_host(0)
        .redirect(within_one_host())
        .no_proxy()
        .build()
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
