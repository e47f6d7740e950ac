//! Questions to a forge over HTTP: JSON, page by page where it is long, or why there
//! is none.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue, LINK, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{StatusCode, Url};
use serde::de::DeserializeOwned;
use tokio::sync::OnceCell;

use super::{ForgeError, Kind};
use crate::http::{body, in_words};
use crate::redact::{Redactor, clean};

/// The longest a forge may take to answer one question.
const LONGEST: Duration = Duration::from_secs(7);
/// How much of an answer is read.
const READ: usize = 8 * 1024 * 1024;
/// The most pages of a list, a hundred a page.
const PAGES: usize = 10;
/// How much of what it says of a refusal is told.
const TOLD: usize = 200;

/// Asks forges, with a token it never tells.
#[derive(Clone, Debug)]
pub(super) struct Client {
    /// Made for the first question: it reads every certificate the machine trusts.
    inner: Arc<OnceCell<reqwest::Client>>,
    redactor: Redactor,
}

/// A question.
pub(super) struct Question<'a> {
    /// What is tried, for people.
    pub(super) what: String,
    /// Where the API begins.
    pub(super) api: &'a str,
    /// The parts of the path behind it, each as it is meant.
    pub(super) path: Vec<&'a str>,
    pub(super) query: &'a [(&'a str, &'a str)],
    pub(super) headers: HeaderMap,
    /// What the token must be allowed, for people.
    pub(super) rights: &'static str,
}

/// The beginning of what forges say when they refuse.
#[derive(serde::Deserialize)]
struct Said {
    #[serde(alias = "error")]
    message: serde_json::Value,
}

impl Client {
    pub(super) fn new(redactor: Redactor) -> Self {
        Self {
            inner: Arc::default(),
            redactor,
        }
    }

    /// Asks for one thing.
    pub(super) async fn one<T: DeserializeOwned>(
        &self,
        question: &Question<'_>,
    ) -> Result<T, ForgeError> {
        let (body, _) = self.ask(question, &[]).await?;
        Ok(body)
    }

    /// Reads a list to its end, a page after the other; `of` says what it lists.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        question: &Question<'_>,
        of: &str,
        mut take: impl FnMut(T),
    ) -> Result<(), ForgeError> {
        for number in 1..=PAGES {
            let number = number.to_string();
            let page = [("per_page", "100"), ("page", &number)];
            let (body, more) = self.ask(question, &page).await?;
            take(body);
            if !more {
                return Ok(());
            }
        }
        let why = format!("more than {PAGES}00 {of} ran for the commit");
        Err(ForgeError::new(Kind::Garbled, question.what.clone(), why))
    }

    /// The answer, or a page of it, and whether another follows.
    async fn ask<T: DeserializeOwned>(
        &self,
        question: &Question<'_>,
        page: &[(&str, &str)],
    ) -> Result<(T, bool), ForgeError> {
        let what = question.what.clone();
        let unreachable = |why: String| {
            ForgeError::new(Kind::Unreachable, what.clone(), self.shown(&why))
                .hint("It is asked again")
        };
        let client = self.inner.get_or_try_init(async || client()).await;
        let client = client.map_err(|error| unreachable(in_words(error)))?;
        let url = address(question, page).ok_or_else(|| {
            ForgeError::new(Kind::Garbled, what.clone(), "its address is no address")
        })?;
        let request = client.get(url).headers(question.headers.clone());
        let response = request.send().await;
        let response = response.map_err(|error| unreachable(in_words(error)))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let (body, cut) = body(response, READ).await.map_err(unreachable)?;
        if !status.is_success() {
            return Err(self.refused(question, (status, &headers), &body));
        }
        if cut {
            let why = "the answer is longer than 8 MiB";
            return Err(ForgeError::new(Kind::Garbled, what, why));
        }
        let body = serde_json::from_slice(&body).map_err(|error| {
            let why = self.shown(&format!("the answer cannot be read: {error}"));
            ForgeError::new(Kind::Garbled, what, why).hint("Is the address of its API right?")
        })?;
        let links = headers.get_all(LINK).iter();
        // Only whether there is another: where it is, is known without asking.
        let more = links
            .filter_map(|it| it.to_str().ok())
            .any(|it| it.contains("rel=\"next\""));
        Ok((body, more))
    }

    fn refused(
        &self,
        question: &Question<'_>,
        (status, headers): (StatusCode, &HeaderMap),
        body: &[u8],
    ) -> ForgeError {
        let said = serde_json::from_slice::<Said>(body).ok();
        let said = said.map(|it| match it.message {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        });
        let said = said.map(|it| format!(" ({})", self.shown(&it)));
        let said = said.unwrap_or_default();
        let error = |kind, why: String| ForgeError::new(kind, question.what.clone(), why);
        let spent = headers.get("x-ratelimit-remaining") == Some(&HeaderValue::from_static("0"));
        let wait = headers.get(RETRY_AFTER).and_then(|it| it.to_str().ok());
        let wait = wait.and_then(|it| it.parse::<u32>().ok());
        match status.as_u16() {
            401 => error(Kind::Denied, format!("the token is not accepted{said}"))
                .hint("It may be over or mistyped: make a new one and start the bot again"),
            429 | 403 if status.as_u16() == 429 || spent || wait.is_some() => {
                let again = wait.map_or_else(
                    || "It answers again within the hour".to_owned(),
                    |it| format!("It answers again in {it} s"),
                );
                error(Kind::Limited, format!("it was asked too often{said}")).hint(again)
            }
            403 => error(
                Kind::Forbidden,
                format!("the token may not read this{said}"),
            )
            .hint(question.rights),
            404 | 422 => error(
                Kind::NotFound,
                format!("there is no such thing, or the token may not see it{said}"),
            )
            .hint(question.rights),
            300..=399 => error(
                Kind::NotFound,
                format!("it has moved (status {})", status.as_u16()),
            )
            .hint("Write the name it has now"),
            500.. => error(
                Kind::Unreachable,
                format!("it failed with status {}{said}", status.as_u16()),
            )
            .hint("It is asked again"),
            other => error(Kind::Garbled, format!("it answered {other}{said}")),
        }
    }

    fn shown(&self, text: &str) -> String {
        let line = self.redactor.text(text).replace('\n', " ");
        clean::cut(line, TOLD, 0)
    }
}

/// A value for a header that no log shows; none if it has a line end in it.
pub(super) fn hidden(value: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn address(question: &Question<'_>, page: &[(&str, &str)]) -> Option<Url> {
    let mut url = Url::parse(question.api).ok()?;
    // What is joined is quoted part by part: a slash in a name stays in the name.
    url.path_segments_mut()
        .ok()?
        .pop_if_empty()
        .extend(&question.path);
    let query: Vec<_> = question.query.iter().chain(page).collect();
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    Some(url)
}

/// A client without cookies, without a proxy, and without redirects: a token goes
/// nowhere but where it was meant to.
fn client() -> Result<reqwest::Client, reqwest::Error> {
    crate::tls::choose();
    reqwest::Client::builder()
        .user_agent(concat!("shipbell/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(LONGEST)
        .timeout(LONGEST)
        .redirect(Policy::none())
        .no_proxy()
        .build()
}
