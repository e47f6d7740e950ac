//! Text files, by the three steps Slack has for them.
//! <https://docs.slack.dev/messaging/working-with-files#uploading_files>

use std::time::Duration;

use serde_json::{Value, json};

use super::SlackChat;
use super::method::Method;
use super::wire::Lost;
use crate::chat::keyed::named;
use crate::chat::{ChatError, File, MessageRef, Place};

/// How long sending a file may take.
const WITHIN: Duration = Duration::from_secs(30);

/// The longest file: more is cut by whoever hands it in.
const LARGEST: usize = 5 * 1024 * 1024;

impl SlackChat {
    /// Puts a file beside a message, its key in the file's name. What comes back names
    /// the file: there is nothing to edit.
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
        let name = named(&file.name, key);
        let arguments = json!({ "filename": name, "length": text.len() });
        let place = self.api.call(Method::UploadUrl, arguments).await?;
        let missing = || ChatError::Unknown("files.getUploadURLExternal: no address".to_owned());
        let address = place["upload_url"].as_str().ok_or_else(missing)?;
        let id = place["file_id"].as_str().ok_or_else(missing)?;
        // The address is the permission: the token does not go there.
        let body = ("application/octet-stream", text.to_vec());
        let sent = self.api.hand(address, body, WITHIN).await;
        match sent {
            // Nobody sees a file before it is completed: this can be done again.
            Err(Lost::Unsent(what) | Lost::Unanswered(what)) => Err(later(&what)),
            Ok(reply) if !reply.status.is_success() => {
                Err(later(&format!("status {}", reply.status.as_u16())))
            }
            Ok(_) => {
                self.complete(to, id, &file.name).await?;
                Ok(MessageRef {
                    channel: to.channel.clone(),
                    id: id.to_owned(),
                })
            }
        }
    }

    async fn complete(&self, to: &Place, id: &str, name: &str) -> Result<Value, ChatError> {
        let mut arguments = json!({
            "files": [{ "id": id, "title": name }],
            "channel_id": to.channel,
        });
        if let Some(thread) = &to.thread {
            arguments["thread_ts"] = json!(thread.id);
        }
        Ok(self.api.call(Method::CompleteUpload, arguments).await?)
    }
}

fn later(what: &str) -> ChatError {
    ChatError::Later {
        what: format!("the file could not be sent: {what}"),
        after: Duration::from_secs(5),
    }
}
