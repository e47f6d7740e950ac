//! A person of the tour: a client of the browser channel, over the same HTTP a browser speaks.

pub mod page;
pub(super) mod screen;

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode};

use self::page::{Message, Page};
use super::docker::escape;
use crate::failure::Failure;

/// The channel everything happens in.
const CHANNEL: &str = "release";

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(15);

/// Somebody who is signed in.
pub struct Person {
    /// Their name, as everybody sees it.
    pub name: &'static str,
    base: String,
    client: Client,
    cookie: String,
    csrf: String,
    /// Private answers that were read.
    read: BTreeSet<String>,
    /// How many acts there were, for ids.
    acts: u32,
    /// Sets the acts of this visit apart from those of earlier ones.
    visit: String,
}

/// Who is who in the tour.
pub(super) const ANA: (&str, &str) = ("ana", "Ana Ruiz");
pub(super) const BO: (&str, &str) = ("bo", "Bo Lindqvist");
pub(super) const CHLOE: (&str, &str) = ("chloe", "Chloé Martin");
pub(super) const DAN: (&str, &str) = ("dan", "Dan Okoye");

impl Person {
    /// Signs in with a one-time link, by the button behind it.
    pub async fn enter(
        base: &str,
        name: &'static str,
        link: &str,
        visit: &str,
    ) -> Result<Self, Failure> {
        let client = Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .timeout(ANSWER)
            .build();
        let client = client
            .map_err(|error| Failure::internal("no HTTP client can be made").because(error))?;
        let mut person = Self {
            name,
            base: base.to_owned(),
            client,
            cookie: String::new(),
            csrf: String::new(),
            read: BTreeSet::new(),
            acts: 0,
            visit: visit.to_owned(),
        };
        let page = person.text(person.client.get(link)).await?;
        let token = page::field(&page, "token").ok_or_else(|| person.odd("the link's page"))?;
        let entered = person.post("/enter", &[("token", &token)]).await?;
        let cookie = entered
            .headers()
            .get(SET_COOKIE)
            .and_then(|it| it.to_str().ok());
        let cookie = cookie.and_then(|it| it.split(';').next());
        person.cookie = cookie
            .ok_or_else(|| person.odd("the answer to the link"))?
            .to_owned();
        let page = person
            .text(person.client.get(person.address(&channel())))
            .await?;
        person.csrf = page::csrf(&page).ok_or_else(|| person.odd("the channel's page"))?;
        let seen = Page::read(&page);
        person.read = seen
            .messages
            .into_iter()
            .filter(|it| it.private)
            .map(|it| it.id)
            .collect();
        Ok(person)
    }

    /// The channel, as this person sees it.
    pub async fn page(&self) -> Result<Page, Failure> {
        let text = self.text(self.client.get(self.address(&channel()))).await?;
        Ok(Page::read(&text))
    }

    /// Says something, or a command; hears what is answered to them alone.
    pub async fn say(&mut self, text: &str) -> Result<Vec<Message>, Failure> {
        self.act("/say", &[("text", text)]).await
    }

    /// Puts a reaction on a message, or takes it off.
    pub async fn react(
        &mut self,
        on: &str,
        emoji: &str,
        put: bool,
    ) -> Result<Vec<Message>, Failure> {
        let to = if put { "on" } else { "off" };
        self.act("/react", &[("on", on), ("emoji", emoji), ("to", to)])
            .await
    }

    /// Presses a button of a card.
    pub async fn press(&mut self, on: &str, action: &str) -> Result<Vec<Message>, Failure> {
        self.act("/press", &[("on", on), ("action", action)]).await
    }

    /// Sends in the form that is open, with these answers.
    pub async fn submit(&mut self, values: &[(&str, &str)]) -> Result<Vec<Message>, Failure> {
        let form = self.page().await?.form;
        let form = form.ok_or_else(|| Failure::user(format!("{} has no form open", self.name)))?;
        let named: Vec<(String, &str)> = values
            .iter()
            .map(|(name, value)| (format!("v.{name}"), *value))
            .collect();
        let fields: Vec<(&str, &str)> = named
            .iter()
            .map(|(name, value)| (name.as_str(), *value))
            .collect();
        self.send_in("/submit", &form, &fields).await
    }

    async fn act(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Vec<Message>, Failure> {
        self.acts += 1;
        let request = format!("tour-{}-{}", self.visit, self.acts);
        self.send_in(path, &request, fields).await
    }

    /// Does something, and reads the private answers that are new since.
    async fn send_in(
        &mut self,
        path: &str,
        request: &str,
        fields: &[(&str, &str)],
    ) -> Result<Vec<Message>, Failure> {
        let mut all = vec![("csrf", self.csrf.as_str()), ("channel", CHANNEL)];
        all.push(("request", request));
        all.extend(fields);
        let answer = self.post(path, &all).await?;
        if answer.status() != StatusCode::SEE_OTHER {
            let what = format!(
                "{} did {path}, and was answered {}",
                self.name,
                answer.status()
            );
            return Err(Failure::user(what));
        }
        self.new_answers().await
    }

    /// The private answers nobody has read yet.
    pub async fn new_answers(&mut self) -> Result<Vec<Message>, Failure> {
        let page = self.page().await?;
        let private = page.messages.into_iter().filter(|it| it.private);
        Ok(private
            .filter(|it| self.read.insert(it.id.clone()))
            .collect())
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Result<Response, Failure> {
        let pairs = fields
            .iter()
            .map(|(name, value)| format!("{}={}", escape(name), escape(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        let form = "application/x-www-form-urlencoded";
        let request = self
            .client
            .post(self.address(path))
            .header(CONTENT_TYPE, form)
            .body(body);
        self.send(request).await
    }

    async fn text(&self, request: RequestBuilder) -> Result<String, Failure> {
        let response = self.send(request).await?;
        let status = response.status();
        let text = response.text().await.map_err(|error| self.silent(error))?;
        if status == StatusCode::OK {
            return Ok(text);
        }
        Err(Failure::user(format!(
            "the browser channel answered {} with {status}",
            self.name
        )))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let sent = request.header(COOKIE, &self.cookie).send().await;
        sent.map_err(|error| self.silent(error))
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    fn silent(&self, error: reqwest::Error) -> Failure {
        Failure::user(format!("the browser channel does not answer {}", self.name)).because(error)
    }

    fn odd(&self, what: &str) -> Failure {
        Failure::internal(format!("{what} is not what {} expects", self.name))
    }
}

fn channel() -> String {
    format!("/channel/{CHANNEL}")
}
