//! Who is asking: one-time links, sessions, and the token every form carries.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use askama::Template;
use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;

use super::trouble::Trouble;
use super::{Person, WebChannel, hash, hex};
use crate::chat::UserId;

/// Somebody signed in, as who they act.
#[derive(Clone, Debug)]
pub(super) struct Viewer {
    /// Whose eyes see the page and whose acts these are.
    pub(super) person: Person,
    /// What every form of this session carries.
    pub(super) csrf: String,
    /// Set when somebody acts as another in a demo: goes along in every address.
    pub(super) acting: bool,
}

/// A form that came from a page of ours, with who sent it.
#[derive(Debug)]
pub(super) struct Posted {
    pub(super) viewer: Viewer,
    /// Which page's script sent it and wants fragments back.
    pub(super) live: Option<Page>,
    fields: Vec<(String, String)>,
}

/// A page that shows messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// A channel's.
    Channel,
    /// A thread's, by its first message.
    Thread(i64),
}

/// Links that let somebody in once.
#[derive(Debug, Default)]
pub(super) struct OneTimeLinks(Mutex<HashMap<[u8; 32], Invitation>>);

/// Whom a link lets in, and until when.
type Invitation = (UserId, DateTime<Utc>);

#[derive(Deserialize)]
pub(super) struct Token {
    #[serde(default)]
    token: String,
}

#[derive(Template)]
#[template(path = "web/enter.html")]
struct EnterPage {
    name: String,
    token: String,
}

/// Shows the button; the link stays good, so that a link preview cannot use it up.
pub(super) async fn enter_page(
    State(channel): State<Arc<WebChannel>>,
    Query(Token { token }): Query<Token>,
) -> Result<Html<String>, Trouble> {
    let user = channel
        .links
        .whose(&token, (channel.clock)())
        .ok_or(Trouble::LinkSpent)?;
    let person = channel.person(&user).ok_or(Trouble::LinkSpent)?;
    let page = EnterPage {
        name: person.name,
        token,
    };
    Ok(Html(page.render()?))
}

pub(super) async fn enter(
    State(channel): State<Arc<WebChannel>>,
    Form(Token { token }): Form<Token>,
) -> Result<Response, Trouble> {
    let now = (channel.clock)();
    let user = channel.links.take(&token, now).ok_or(Trouble::LinkSpent)?;
    channel.person(&user).ok_or(Trouble::LinkSpent)?;
    let secret = hex(&(channel.randomness)());
    channel
        .store
        .add_session(hash(secret.as_bytes()), &user.0, (now, now + SESSION))
        .await?;
    let cookie = cookie(&channel, &secret, SESSION.num_seconds());
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/channel")).into_response())
}

pub(super) async fn leave(
    State(channel): State<Arc<WebChannel>>,
    headers: HeaderMap,
    _: Posted,
) -> Result<Response, Trouble> {
    if let Some(secret) = secret(&channel, &headers) {
        channel.store.end_session(hash(secret.as_bytes())).await?;
    }
    let cookie = cookie(&channel, "", 0);
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/channel")).into_response())
}

/// Whose session came with a request.
pub(super) async fn signed_in(
    channel: &WebChannel,
    headers: &HeaderMap,
) -> Result<UserId, Trouble> {
    Ok(session(channel, headers).await?.1.user)
}

impl Viewer {
    /// An address on which the viewer stays who they are.
    pub(super) fn link(&self, path: &str) -> String {
        if !self.acting {
            return path.to_owned();
        }
        let joint = if path.contains('?') { '&' } else { '?' };
        format!("{path}{joint}as={}", escape(&self.person.user.0))
    }

    async fn of(
        channel: &WebChannel,
        headers: &HeaderMap,
        acting_as: Option<&str>,
    ) -> Result<Self, Trouble> {
        let (csrf, own) = session(channel, headers).await?;
        let other = acting_as.filter(|other| channel.options.demo && *other != own.user.0);
        let Some(other) = other else {
            return Ok(Self {
                person: own,
                csrf,
                acting: false,
            });
        };
        let person = channel
            .person(&UserId(other.to_owned()))
            .ok_or(Trouble::NotFound)?;
        Ok(Self {
            person,
            csrf,
            acting: true,
        })
    }
}

impl Posted {
    /// A field's value; empty when it is missing.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value)
    }

    /// The form's own id: the same when it is sent twice.
    pub(super) fn request(&self) -> Result<&str, Trouble> {
        let request = self.field("request");
        let fits = (8..=80).contains(&request.len())
            && request
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if fits {
            Ok(request)
        } else {
            Err(Trouble::BadForm)
        }
    }
}

impl FromRequestParts<Arc<WebChannel>> for Viewer {
    type Rejection = Trouble;

    async fn from_request_parts(
        parts: &mut Parts,
        channel: &Arc<WebChannel>,
    ) -> Result<Self, Trouble> {
        let Query(query): Query<Vec<(String, String)>> =
            Query::try_from_uri(&parts.uri).map_err(|_| Trouble::BadForm)?;
        let acting_as = query.iter().find(|(key, _)| key == "as");
        Self::of(
            channel,
            &parts.headers,
            acting_as.map(|(_, who)| who.as_str()),
        )
        .await
    }
}

impl FromRequest<Arc<WebChannel>> for Posted {
    type Rejection = Trouble;

    async fn from_request(request: Request, channel: &Arc<WebChannel>) -> Result<Self, Trouble> {
        let headers = request.headers().clone();
        let Form(fields) = Form::<Vec<(String, String)>>::from_request(request, channel)
            .await
            .map_err(|_| Trouble::BadForm)?;
        let field = |name: &str| {
            fields
                .iter()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        };
        let viewer = Viewer::of(channel, &headers, field("as")).await?;
        let csrf = field("csrf").unwrap_or_default();
        // Hashes are compared, so that how long it takes tells nothing of the token.
        if hash(csrf.as_bytes()) != hash(viewer.csrf.as_bytes()) {
            return Err(Trouble::Forged);
        }
        Ok(Self {
            viewer,
            live: headers.get("x-shipbell-live").map(|page| {
                let root = page.to_str().ok().and_then(|text| text.parse().ok());
                root.map_or(Page::Channel, Page::Thread)
            }),
            fields,
        })
    }
}

impl OneTimeLinks {
    pub(super) fn add(&self, token: &str, user: &UserId, now: DateTime<Utc>) {
        let mut links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        links.retain(|_, (_, until)| *until > now);
        if links.len() >= LINKS {
            let oldest = links
                .iter()
                .min_by_key(|(_, (_, until))| *until)
                .map(|(key, _)| *key);
            oldest.map(|key| links.remove(&key));
        }
        links.insert(hash(token.as_bytes()), (user.clone(), now + LINK));
    }

    fn whose(&self, token: &str, now: DateTime<Utc>) -> Option<UserId> {
        let links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (user, until) = links.get(&hash(token.as_bytes()))?;
        (*until > now).then(|| user.clone())
    }

    fn take(&self, token: &str, now: DateTime<Utc>) -> Option<UserId> {
        let mut links = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (user, until) = links.remove(&hash(token.as_bytes()))?;
        (until > now).then_some(user)
    }
}

/// How long a one-time link is good.
const LINK: TimeDelta = TimeDelta::seconds(60);

/// How many one-time links may be about.
const LINKS: usize = 64;

/// How long somebody stays signed in.
const SESSION: TimeDelta = TimeDelta::days(7);

/// The token of the session's forms, and who has the session.
async fn session(channel: &WebChannel, headers: &HeaderMap) -> Result<(String, Person), Trouble> {
    let secret = secret(channel, headers).ok_or(Trouble::SignedOut)?;
    let user = channel
        .store
        .session(hash(secret.as_bytes()), (channel.clock)())
        .await?
        .ok_or(Trouble::SignedOut)?;
    let person = channel.person(&UserId(user)).ok_or(Trouble::SignedOut)?;
    // Derived, not kept: only who has the cookie can know it.
    let csrf = hex(&hash(format!("csrf {secret}").as_bytes()));
    Ok((csrf, person))
}

fn secret(channel: &WebChannel, headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == channel.cookie)
        .map(|(_, value)| value.to_owned())
}

fn cookie(channel: &WebChannel, value: &str, seconds: i64) -> String {
    let name = &channel.cookie;
    format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict")
}

/// Everything but unreserved characters as `%XX`.
pub(super) fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
