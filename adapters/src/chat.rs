//! People talking in channels, whatever the platform: the port `Chat`.

#[cfg(any(feature = "discord", feature = "slack"))]
mod address;
#[cfg(any(feature = "discord", feature = "slack"))]
mod backoff;
pub mod card;
#[cfg(any(feature = "discord", feature = "slack"))]
mod cut;
#[cfg(feature = "discord")]
pub mod discord;
#[cfg(any(feature = "discord", feature = "slack"))]
pub mod finding;
#[cfg(any(feature = "discord", feature = "slack"))]
mod fresh;
#[cfg(any(feature = "discord", feature = "slack"))]
pub mod hands;
#[cfg(any(feature = "discord", feature = "slack"))]
mod keyed;
#[cfg(any(feature = "discord", feature = "slack"))]
mod reads;
#[cfg(feature = "slack")]
pub mod slack;
#[cfg(any(feature = "discord", feature = "slack"))]
mod trouble;
#[cfg(feature = "web")]
pub mod web;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

pub use card::{Block, Button, Card, Field, Form, Input, Pin, Span, Text, Tone};

/// One workspace of one platform, as seen by the bot's own account.
///
/// What people do arrives the other way, as [`Inbound`] values on the queue
/// handed to the adapter when it was opened.
#[async_trait]
pub trait Chat: Send + Sync {
    /// What the platform allows.
    fn limits(&self) -> Limits;

    /// Posts a card under `key`. Not retried inside: after anything but a clear
    /// answer the caller must look the key up.
    async fn post(&self, to: &Place, key: &str, card: &Card) -> Result<MessageRef, ChatError>;

    /// Replaces what an own message says. Safe to do twice.
    async fn edit(&self, at: &MessageRef, card: &Card) -> Result<(), ChatError>;

    /// Deletes an own message. Deleting what is gone succeeds.
    async fn delete_own(&self, at: &MessageRef) -> Result<(), ChatError>;

    /// Every own message in `place` posted under `key` since `since`, oldest first.
    ///
    /// Fails rather than answering "none" when it cannot see its own messages.
    async fn find_by_key(
        &self,
        place: &Place,
        key: &str,
        since: DateTime<Utc>,
    ) -> Result<Vec<MessageRef>, ChatError>;

    /// Puts an emoji on a message as the bot. Safe to do twice.
    async fn react(&self, at: &MessageRef, emoji: &str) -> Result<(), ChatError>;

    /// Who stands on a message with which emoji, now. Complete or an error.
    async fn reactions(&self, at: &MessageRef) -> Result<Vec<Reaction>, ChatError>;

    /// What kind of account this is and which platform groups it is in, now.
    async fn account(&self, user: &UserId) -> Result<Account, ChatError>;

    /// The address of a message for people, where the platform has one.
    async fn link(&self, at: &MessageRef) -> Result<Option<String>, ChatError>;

    /// Puts a text file next to a message.
    async fn upload(&self, to: &Place, key: &str, file: &File) -> Result<MessageRef, ChatError>;
}

/// What a platform allows, as far as the sender must know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A request may still land this long after it was sent.
    pub settle: Duration,
    /// The least time between two new messages in one channel.
    pub post_every: Duration,
    /// The least time between two edits of one message.
    pub edit_every: Duration,
}

/// A channel by the platform's own id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChannelId(pub String);

/// A person's account by the platform's own id, never by a display name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UserId(pub String);

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One message by the platform's own id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MessageRef {
    /// The channel it is in.
    pub channel: ChannelId,
    /// Its id there.
    pub id: String,
}

/// Where a new message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The channel.
    pub channel: ChannelId,
    /// The message whose thread it belongs to; none for the channel itself.
    pub thread: Option<MessageRef>,
}

/// One emoji of one account on a message.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reaction {
    /// Whose.
    pub by: UserId,
    /// Which, without colons and skin tone: `white_check_mark`, `x`, `pushpin`.
    pub emoji: String,
}

/// What kind of account somebody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Whether it may count at all.
    pub standing: Standing,
    /// The platform's groups it is in, by id, as far as they mean anything to the bot.
    pub groups: Vec<String>,
    /// What they are called there, where the platform says so.
    pub name: Option<String>,
}

/// Whether an account belongs to a person of this workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A full member.
    Member,
    /// A guest, or somebody from another workspace.
    Guest,
    /// A program.
    Bot,
    /// Switched off or unknown.
    Gone,
}

/// A text file to put next to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Something a person did, and the way to answer that person.
#[derive(Debug)]
pub struct Inbound {
    /// The platform's own id of what happened: the same on every delivery.
    pub id: String,
    /// Who.
    pub by: UserId,
    /// What.
    pub act: Act,
    /// Takes one answer for that person alone. It is sent after what the person
    /// did has been recorded; dropped unsent, nothing was recorded and the
    /// adapter must deliver again or tell the person to.
    pub responder: oneshot::Sender<Answer>,
}

/// What a person can do that the bot may care about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Addressed the bot: a slash command or a mention, prefix removed.
    Said {
        /// Where, with the thread if it was in one.
        place: PlaceRef,
        /// What, as typed.
        text: String,
    },
    /// Put an emoji on a message, or took it off. Only a hint: the state is read.
    Reacted {
        /// The message.
        on: MessageRef,
        /// Which, without colons and skin tone.
        emoji: String,
        /// Whether it was put on.
        added: bool,
    },
    /// Pressed a button of a card or picked from its menu.
    Pressed {
        /// The message.
        on: MessageRef,
        /// The button's own value, as the bot wrote it.
        action: String,
    },
    /// Sent a form in.
    Submitted {
        /// The form's own value, as the bot wrote it.
        form: String,
        /// Field names and what was entered.
        values: Vec<(String, String)>,
    },
    /// Asked to keep what a message says, whoever wrote it.
    Kept {
        /// The message.
        on: MessageRef,
        /// The thread's first message, if it was in one.
        thread: Option<MessageRef>,
        /// What it says, as typed.
        text: String,
    },
    /// Looked at the bot's own page on the platform; the answer is what it shows.
    LookedIn,
    /// Asked how an unfinished command may go on.
    Completing {
        /// The command so far.
        text: String,
    },
    /// The connection is new: anything may have been missed.
    Connected,
}

/// A place somebody spoke in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceRef {
    /// The channel.
    pub channel: ChannelId,
    /// The thread's first message, if it was in one.
    pub thread: Option<MessageRef>,
}

/// An answer to one person. Volatile: it is never owed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Recorded; nothing to say.
    Done,
    /// Words only this person sees.
    Private(Box<Card>),
    /// A form to fill in.
    Form(Box<Form>),
    /// The form that was sent in has mistakes: field names and what is wrong.
    FieldErrors(Vec<(String, String)>),
    /// How the command may go on, best first.
    Completions(Vec<Completion>),
}

/// One way a command may go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The whole command with it.
    pub text: String,
    /// What it means, in a few words.
    pub about: String,
}

/// Why the platform did not do it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChatError {
    /// Certainly not done; worth another try after this long.
    #[error("{what}; again in {} s", .after.as_secs())]
    Later {
        /// What the platform said.
        what: String,
        /// How long to wait.
        after: Duration,
    },
    /// Certainly not done, and never will be.
    #[error("{0}")]
    Refused(String),
    /// The message is not there any more.
    #[error("the message is gone")]
    Gone,
    /// Perhaps done, perhaps not: look it up.
    #[error("{0}; it may have been done all the same")]
    Unknown(String),
}
