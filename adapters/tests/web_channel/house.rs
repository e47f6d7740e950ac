//! A browser channel on a real socket, a bot to answer, and guests to visit it.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what helps a test fails as a test does"
)]

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode};
use shipbell_adapters::chat::web::{Person, WebChannel, WebError, WebOptions, WebServer};
use shipbell_adapters::chat::{
    Act, Answer, Card, ChannelId, Chat as _, Inbound, MessageRef, Place, UserId,
};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

/// What the bot was told: ids and acts.
pub(crate) type Heard = Arc<Mutex<Vec<(String, Act)>>>;

pub(crate) struct House {
    pub(crate) channel: Arc<WebChannel>,
    pub(crate) heard: Heard,
    pub(crate) now: Arc<Mutex<DateTime<Utc>>>,
    client: Client,
    stop: oneshot::Sender<()>,
    tasks: JoinSet<()>,
}

/// Somebody at a browser without a script.
pub(crate) struct Guest {
    base: String,
    cookie: String,
    csrf: String,
    client: Client,
}

impl House {
    /// A fresh one whose bot answers as `answer` says.
    pub(crate) async fn open(
        database: PathBuf,
        answer: impl Fn(&Act) -> Option<Answer> + Send + 'static,
    ) -> Self {
        Self::open_as(options(database), answer).await
    }

    pub(crate) async fn open_as(
        options: WebOptions,
        answer: impl Fn(&Act) -> Option<Answer> + Send + 'static,
    ) -> Self {
        let now = Arc::new(Mutex::new("2026-11-20T12:40:00Z".parse().unwrap()));
        let (inbound, queue) = mpsc::channel(16);
        let (channel, server) = opened(options, &now, inbound).await.unwrap();
        let heard = Heard::default();
        let (stop, stopped) = oneshot::channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let stopped = async move { drop(stopped.await) };
            server.run(stopped).await.unwrap();
        });
        tasks.spawn(bot(queue, Arc::clone(&heard), answer));
        Self {
            channel,
            heard,
            now,
            client: client(),
            stop,
            tasks,
        }
    }

    /// Stops as the program does, everything under way finished.
    pub(crate) async fn close(self) {
        let Self {
            channel,
            mut tasks,
            stop,
            ..
        } = self;
        stop.send(()).unwrap();
        tokio::time::timeout(PATIENCE, tasks.join_next())
            .await
            .expect("the server stops though pages are open");
        drop(channel);
        tasks.shutdown().await;
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.channel.address())
    }

    pub(crate) fn later(&self, by: TimeDelta) {
        *self.now.lock().unwrap() += by;
    }

    pub(crate) fn link(&self, who: &str) -> String {
        self.channel.issue_link(&user(who)).expect("listed")
    }

    pub(crate) async fn get(&self, url: &str) -> Response {
        self.client.get(url).send().await.unwrap()
    }

    /// Presses the button behind a one-time link.
    pub(crate) async fn press_enter(&self, link: &str) -> Response {
        let (_, token) = link.split_once("token=").unwrap();
        let url = format!("{}/enter", self.base());
        let form = encode(&[("token", token)]);
        let request = self
            .client
            .post(url)
            .header("content-type", FORM)
            .body(form);
        request.send().await.unwrap()
    }

    pub(crate) async fn guest(&self, who: &str) -> Guest {
        let answer = self.press_enter(&self.link(who)).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
        let mut guest = Guest {
            base: self.base(),
            cookie: cookie.split(';').next().unwrap().to_owned(),
            csrf: String::new(),
            client: self.client.clone(),
        };
        let page = guest.page("/channel/release").await;
        between(&page, "data-csrf=\"", "\"").clone_into(&mut guest.csrf);
        guest
    }

    pub(crate) async fn post(&self, key: &str, card: &Card) -> MessageRef {
        self.channel.post(&place(), key, card).await.unwrap()
    }

    /// What was done, without the greeting at the start.
    pub(crate) fn acts(&self) -> Vec<Act> {
        let heard = self.heard.lock().unwrap();
        let acts = heard.iter().map(|(_, act)| act.clone());
        acts.filter(|act| *act != Act::Connected).collect()
    }
}

impl Guest {
    pub(crate) async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        answer.text().await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        let url = format!("{}{path}", self.base);
        let request = self.client.get(url).header("cookie", &self.cookie);
        request.send().await.unwrap()
    }

    /// Sends a form as the page would, the token included.
    pub(crate) async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let mut all = vec![("csrf", self.csrf.as_str()), ("channel", "release")];
        all.extend(fields);
        self.bare(path, &all, &[]).await
    }

    /// Sends just these fields and headers.
    pub(crate) async fn bare(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        headers: &[(&str, &str)],
    ) -> Response {
        let mut request = self
            .client
            .post(format!("{}{path}", self.base))
            .header("cookie", &self.cookie)
            .header("content-type", FORM)
            .body(encode(fields));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    /// The same browser, after the server came back on another port.
    pub(crate) fn again(self, house: &House) -> Self {
        Self {
            base: house.base(),
            ..self
        }
    }

    pub(crate) fn csrf(&self) -> &str {
        &self.csrf
    }
}

pub(crate) fn user(name: &str) -> UserId {
    UserId(name.to_owned())
}

pub(crate) fn place() -> Place {
    Place {
        channel: ChannelId("release".to_owned()),
        thread: None,
    }
}

pub(crate) fn options(database: PathBuf) -> WebOptions {
    let person = |user: &str, name: &str, role: &str| Person {
        user: UserId(user.to_owned()),
        name: name.to_owned(),
        role: role.to_owned(),
    };
    WebOptions {
        listen: "127.0.0.1:0".parse().unwrap(),
        database,
        instance: "test".to_owned(),
        channels: vec!["release".to_owned()],
        people: vec![
            person("ana", "Ana Ruiz", "release manager"),
            person("bo", "Bo Lindqvist", "developer"),
        ],
        demo: false,
        banner: None,
        links: Vec::new(),
        hour: Arc::new(|at| at.format("%H:%M").to_string()),
    }
}

/// A channel whose clock is `now` and whose randomness counts.
pub(crate) async fn opened(
    options: WebOptions,
    now: &Arc<Mutex<DateTime<Utc>>>,
    inbound: mpsc::Sender<Inbound>,
) -> Result<(Arc<WebChannel>, WebServer), WebError> {
    let now = Arc::clone(now);
    WebChannel::open(
        options,
        Arc::new(move || *now.lock().unwrap()),
        Arc::new(move || {
            let mut bytes = [7; 32];
            let next = COUNT.fetch_add(1, Ordering::Relaxed);
            bytes[..8].copy_from_slice(&next.to_be_bytes());
            bytes
        }),
        inbound,
    )
    .await
}

pub(crate) fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let at = text
        .find(start)
        .unwrap_or_else(|| panic!("no {start} in {text}"));
    let rest = &text[at + start.len()..];
    rest.split(end).next().unwrap()
}

/// Counted over restarts, as real randomness does not repeat either.
static COUNT: AtomicU64 = AtomicU64::new(0);

/// How long anything here may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

const FORM: &str = "application/x-www-form-urlencoded";

async fn bot(
    mut queue: mpsc::Receiver<Inbound>,
    heard: Heard,
    answer: impl Fn(&Act) -> Option<Answer>,
) {
    while let Some(Inbound {
        id, act, responder, ..
    }) = queue.recv().await
    {
        let answer = answer(&act);
        heard.lock().unwrap().push((id, act));
        // Whoever asked may have gone meanwhile.
        answer.map(|answer| responder.send(answer).ok());
    }
}

fn client() -> Client {
    // Without this the client has no cryptography to be built with; a second time is harmless.
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .timeout(PATIENCE)
        .build()
        .unwrap()
}

fn encode(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| {
        let bytes = text.bytes().map(|byte| format!("%{byte:02X}"));
        bytes.collect::<Vec<_>>().concat()
    };
    let pairs = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escape(name), escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}
