//! The least a program can do that promises what the bot promises: take a command
//! from a socket, keep it on the disk, and only then acknowledge it with an answer.

use std::path::Path;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use shipbell_tests::servers::slack::APP_TOKEN;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use crate::bare;
use crate::measure::{Failed, note};

/// The word on which the measures' own binary becomes this program.
pub(crate) const WORD: &str = "slack-floor";

/// Serves until it is ended.
pub(crate) async fn program(api_url: &str, database: &Path) -> Result<(), Failed> {
    // Another call has installed it: it is the same one.
    drop(rustls::crypto::ring::default_provider().install_default());
    std::fs::File::create(database)?;
    let conn = bare::open(database)?;
    conn.execute_batch("CREATE TABLE inbox (id TEXT PRIMARY KEY, payload TEXT NOT NULL) STRICT")?;
    let mut keep = conn.prepare("INSERT INTO inbox (id, payload) VALUES (?, ?)")?;
    let opened = reqwest::Client::new()
        .post(format!("{api_url}/apps.connections.open"))
        .bearer_auth(APP_TOKEN);
    let opened: Value = serde_json::from_str(&opened.send().await?.text().await?)?;
    let url = opened["url"].as_str().ok_or("no socket was opened")?;
    let (mut socket, _) = connect_async(url).await?;
    note(WORD, "serves");
    while let Some(frame) = socket.next().await {
        let frame = frame?;
        let Message::Text(text) = frame else { continue };
        let words: Value = serde_json::from_str(&text)?;
        let Some(envelope) = words["envelope_id"].as_str() else {
            continue;
        };
        // It answers one after the other: there is nobody else to keep from waiting.
        keep.execute((envelope, text.as_str()))?;
        let answer = json!({ "envelope_id": envelope, "payload": { "text": "Done." } });
        socket.send(Message::text(answer.to_string())).await?;
    }
    Ok(())
}
