//! The least a program can do that promises what the bot promises: take a command from
//! the gateway, keep it on the disk, and only then answer it with a call.

use std::path::Path;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use serde_json::{Value, json};
use shipbell_tests::servers::discord::{APPLICATION, GUILD, TOKEN};
use tokio::time::{Instant, interval_at};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::bare;
use crate::measure::{Failed, note};

/// The word on which the measures' own binary becomes this program.
pub(crate) const WORD: &str = "discord-floor";

/// Who it says it is.
const AGENT: &str = "DiscordBot (https://example.com, 1.0)";
/// It hears of the server and of nothing else.
const INTENTS: u64 = 1;

/// Serves until it is ended.
pub(crate) async fn program(api_url: &str, database: &Path) -> Result<(), Failed> {
    // Another call has installed it: it is the same one.
    drop(rustls::crypto::ring::default_provider().install_default());
    std::fs::File::create(database)?;
    let conn = bare::open(database)?;
    conn.execute_batch("CREATE TABLE inbox (id TEXT PRIMARY KEY, payload TEXT NOT NULL) STRICT")?;
    let mut keep = conn.prepare("INSERT INTO inbox (id, payload) VALUES (?, ?)")?;
    let api = Api {
        base: format!("{api_url}/v10"),
        client: reqwest::Client::new(),
    };
    let (mut socket, _) = connect_async(api.begin().await?).await?;
    let hello = socket.next().await.ok_or("the gateway says nothing")??;
    let hello: Value = serde_json::from_str(hello.to_text()?)?;
    let every = hello["d"]["heartbeat_interval"].as_u64();
    let every = Duration::from_millis(every.ok_or("the gateway does not greet")?);
    let mut beats = interval_at(Instant::now() + every, every);
    let properties = json!({ "os": "linux", "browser": WORD, "device": WORD });
    let identify = json!({ "token": TOKEN, "intents": INTENTS, "properties": properties });
    let identify = json!({ "op": 2, "d": identify });
    socket.send(Message::text(identify.to_string())).await?;
    note(WORD, "serves");
    let mut last = Value::Null;
    loop {
        let frame = tokio::select! {
            frame = socket.next() => frame,
            _ = beats.tick() => {
                let beat = json!({ "op": 1, "d": last });
                socket.send(Message::text(beat.to_string())).await?;
                continue;
            }
        };
        let Some(frame) = frame else { return Ok(()) };
        let Message::Text(text) = frame? else {
            continue;
        };
        let words: Value = serde_json::from_str(&text)?;
        if words["s"].is_u64() {
            last = words["s"].clone();
        }
        if words["t"] != "INTERACTION_CREATE" {
            continue;
        }
        let (id, token) = (words["d"]["id"].as_str(), words["d"]["token"].as_str());
        let (id, token) = id.zip(token).ok_or("nothing to answer by")?;
        // It answers one after the other: there is nobody else to keep from waiting.
        keep.execute((id, text.as_str()))?;
        api.answer(id, token).await?;
    }
}

struct Api {
    base: String,
    client: reqwest::Client,
}

impl Api {
    /// Registers the command that is measured; the gateway's address.
    async fn begin(&self) -> Result<String, Failed> {
        let option = |name: &str| json!({ "type": 3, "name": name, "description": name });
        let check = json!({
            "type": 1, "name": "check", "description": "Checks",
            "options": [option("release"), option("item")],
        });
        let all = json!([{ "name": "release", "description": "Releases", "options": [check] }]);
        let path = format!("applications/{APPLICATION}/guilds/{GUILD}/commands");
        let register = self.client.put(format!("{}/{path}", self.base));
        self.send(register, Some(&all)).await?;
        let asked = self.client.get(format!("{}/gateway/bot", self.base));
        let told: Value = serde_json::from_str(&self.send(asked, None).await?)?;
        let url = told["url"].as_str().ok_or("no gateway was named")?;
        Ok(format!("{url}?v=10&encoding=json"))
    }

    async fn answer(&self, id: &str, token: &str) -> Result<(), Failed> {
        let url = format!("{}/interactions/{id}/{token}/callback", self.base);
        let answer = json!({ "type": 4, "data": { "content": "Done.", "flags": 64 } });
        let request = self.client.post(url).header(USER_AGENT, AGENT);
        let request = request.header(CONTENT_TYPE, "application/json");
        let response = request.body(answer.to_string()).send().await?;
        response.error_for_status()?;
        Ok(())
    }

    async fn send(
        &self,
        request: reqwest::RequestBuilder,
        body: Option<&Value>,
    ) -> Result<String, Failed> {
        let mut request = request
            .header(USER_AGENT, AGENT)
            .header("authorization", format!("Bot {TOKEN}"));
        if let Some(body) = body {
            request = request.header(CONTENT_TYPE, "application/json");
            request = request.body(body.to_string());
        }
        let response = request.send().await?.error_for_status()?;
        Ok(response.text().await?)
    }
}
