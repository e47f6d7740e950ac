//! A program that speaks Slack's protocol by hand: plain HTTP, and a socket.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};
use shipbell_tests::servers::slack::{APP_TOKEN, BOT_TOKEN};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct App {
    api: String,
    client: reqwest::Client,
}

pub(super) struct Socket(WebSocketStream<TcpStream>);

impl App {
    pub(super) fn new(api: &str) -> Self {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let api = api.to_owned();
        Self { api, client }
    }

    /// Calls a method with JSON as the bot.
    pub(super) async fn call(&self, method: &str, args: Value) -> Value {
        let (status, _, said) = self.answer(method, args).await;
        assert_eq!(status, 200, "{said}");
        said
    }

    /// Status, `Retry-After` and what was said.
    pub(super) async fn answer(&self, method: &str, args: Value) -> (u16, Option<u64>, Value) {
        let request = self.client.post(format!("{}/{method}", self.api));
        let request = request.bearer_auth(BOT_TOKEN).json(&args);
        let response = request.send().await.unwrap();
        let wait = response.headers().get("retry-after");
        let wait = wait.and_then(|it| it.to_str().ok()?.parse().ok());
        let status = response.status().as_u16();
        (status, wait, response.json().await.unwrap_or_default())
    }

    /// Calls a method and expects that nothing comes back.
    pub(super) async fn lost(&self, method: &str, args: Value) {
        let request = self.client.post(format!("{}/{method}", self.api));
        let sent = request.bearer_auth(BOT_TOKEN).json(&args).send().await;
        sent.expect_err("the answer is lost");
    }

    /// Whether anybody is there.
    pub(super) async fn answers(&self) -> bool {
        let request = self.client.post(format!("{}/auth.test", self.api));
        request.bearer_auth(BOT_TOKEN).send().await.is_ok()
    }

    /// Calls a reading method with a query as the bot.
    pub(super) async fn get(&self, method: &str, query: &[(&str, &str)]) -> Value {
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        let url = format!(
            "{}/{method}?{}",
            self.api,
            pairs.extend_pairs(query).finish()
        );
        let sent = self.client.get(url).bearer_auth(BOT_TOKEN).send().await;
        sent.unwrap().json().await.unwrap()
    }

    /// Calls with any token, content type and body.
    pub(super) async fn raw(&self, method: &str, token: &str, kind: &str, body: &str) -> Value {
        let mut request = self.client.post(format!("{}/{method}", self.api));
        if !token.is_empty() {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.header(CONTENT_TYPE, kind).body(body.to_owned());
        request.send().await.unwrap().json().await.unwrap()
    }

    /// Posts to an address it was given; the status.
    pub(super) async fn bring(&self, address: &str, body: &str) -> u16 {
        let sent = self.client.post(address).body(body.to_owned()).send().await;
        sent.unwrap().status().as_u16()
    }

    /// Posts a message and gives its stamp.
    pub(super) async fn post(&self, text: &str) -> String {
        let args = json!({ "channel": "C0RELEASE", "text": text });
        let said = self.call("chat.postMessage", args).await;
        said["ts"].as_str().expect("it was posted").to_owned()
    }

    pub(super) async fn ticket(&self) -> String {
        let form = "application/x-www-form-urlencoded";
        let said = self.raw("apps.connections.open", APP_TOKEN, form, "").await;
        said["url"].as_str().expect("a ticket").to_owned()
    }

    /// Opens a socket and hears the greeting.
    pub(super) async fn connect(&self) -> Socket {
        let url = self.ticket().await;
        let mut socket = connect(&url).await.expect("a ticket lets in");
        assert_eq!(socket.next().await["type"], "hello");
        socket
    }
}

/// Uses a ticket.
pub(super) async fn connect(url: &str) -> Result<Socket, String> {
    let host = url.trim_start_matches("ws://").split('/').next().unwrap();
    let stream = TcpStream::connect(host).await.unwrap();
    let socket = tokio_tungstenite::client_async(url, stream).await;
    socket
        .map(|(it, _)| Socket(it))
        .map_err(|it| it.to_string())
}

impl Socket {
    /// The next frame with words in it; null if the socket ended.
    pub(super) async fn next(&mut self) -> Value {
        let words = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Text(words))) => return words.to_string(),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return String::new(),
                    Some(Ok(_)) => {}
                }
            }
        };
        let words = timeout(PATIENCE, words).await.expect("a frame");
        serde_json::from_str(&words).unwrap_or_default()
    }

    pub(super) async fn acknowledge(&mut self, envelope: &Value, payload: Option<Value>) {
        let mut words = json!({ "envelope_id": envelope["envelope_id"] });
        if let Some(payload) = payload {
            words["payload"] = payload;
        }
        self.0.send(Message::text(words.to_string())).await.unwrap();
    }

    /// The next envelope, acknowledged.
    pub(super) async fn takes(&mut self) -> Value {
        let envelope = self.next().await;
        self.acknowledge(&envelope, None).await;
        envelope
    }
}
