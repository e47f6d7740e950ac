//! Text files, beside a message of their own.

use serde_json::json;

use super::DiscordChat;
use super::api::Body;
use super::mark::nonce;
use super::port::message_of;
use crate::chat::keyed::named;
use crate::chat::{ChatError, File, MessageRef, Place};

/// The longest file: more is cut by whoever hands it in.
const LARGEST: usize = 5 * 1024 * 1024;

impl DiscordChat {
    /// Puts a file into a place, its key in the file's name.
    pub(super) async fn put_file(
        &self,
        to: &Place,
        key: &str,
        file: &File,
    ) -> Result<MessageRef, ChatError> {
        let text = file.text.as_bytes();
        if text.is_empty() || text.len() > LARGEST {
            let what = format!(
                "{} has {} bytes; 1 to {LARGEST} can be sent",
                file.name,
                text.len()
            );
            return Err(ChatError::Refused(what));
        }
        let message = json!({
            "allowed_mentions": { "parse": [] },
            "nonce": nonce(key),
            "enforce_nonce": true,
        });
        let body = Body::WithFile(message, named(&file.name, key), text.to_vec());
        let answer = self.threads.say(&self.api, to, body).await?;
        message_of(to, &answer)
    }
}
