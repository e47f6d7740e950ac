//! Discord: one channel of one server through an application of one's own, behind the
//! port [`Chat`](super::Chat).
//!
//! What people do arrives over the gateway the bot connects to: nothing has to be
//! reachable. Everything else goes through the REST API, at the pace its answers tell.
//! Opening the channel asks Discord nothing: a server that is down holds nothing up.

mod api;
pub mod commands;
mod deliver;
mod fault;
mod find;
mod from_wire;
mod gate;
mod gateway;
pub mod health;
mod home;
mod kept;
mod mark;
mod memory;
mod own;
mod people;
mod pins;
mod port;
mod reply;
mod route;
mod settled;
mod threads;
mod to_wire;
mod upload;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use self::api::Api;
use self::commands::Commands;
use self::home::Home;
use self::kept::{Forms, Kept};
use self::mark::Make;
use self::memory::Memory;
use self::own::Owns;
use self::people::People;
use self::pins::Pins;
use self::threads::Threads;
use super::ChannelId;
pub use super::hands::{self, Hands};
use super::reads::Reads;
use crate::secret::Secret;

/// Discord's own API.
pub const API: &str = "https://discord.com/api";

/// The permissions the bot needs, as one number: View Channels, Send Messages, Send
/// Messages in Threads, Embed Links, Attach Files, Read Message History, Add
/// Reactions, Create Public Threads, Pin Messages.
pub const PERMISSIONS: u64 = (1 << 10)
    | (1 << 11)
    | (1 << 38)
    | (1 << 14)
    | (1 << 15)
    | (1 << 16)
    | (1 << 6)
    | (1 << 35)
    | (1 << 51);

/// How the application is reached.
#[derive(Clone, Debug)]
pub struct DiscordOptions {
    /// The API, without a slash at its end: [`API`], or another that speaks the same.
    pub api_url: String,
    /// The bot's token.
    pub token: Secret,
    /// The channel everything happens in; its server is the bot's.
    pub channel: ChannelId,
    /// The roles of the server that matter, by id.
    pub roles: Vec<String>,
    /// What people can say.
    pub commands: Commands,
    /// The file that remembers the session, so that a restart goes on with it.
    pub memory: PathBuf,
}

/// Why Discord could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum DiscordError {
    /// The API's address would carry the token in the clear, or makes no sense.
    #[error("api_url: {0}")]
    Address(String),
    /// TLS trusts nobody.
    #[error("the HTTP client cannot be made; can the system's certificates be read?")]
    Client(#[source] reqwest::Error),
    /// What the last run remembered cannot be read.
    #[error("{0} cannot be read")]
    Memory(PathBuf, #[source] io::Error),
}

/// The channel as the bot sees it: a [`Chat`](super::Chat).
pub struct DiscordChat {
    api: Arc<Api>,
    channel: ChannelId,
    home: Home,
    people: People,
    commands: Commands,
    memory: Arc<Memory>,
    owns: Owns,
    threads: Threads,
    pins: Pins,
    reads: Reads,
    kept: Kept,
    forms: Forms,
    /// Whether Discord still takes messages made of components.
    modern: AtomicBool,
    /// Whether own messages have been seen with their marks.
    sighted: AtomicBool,
    hands: Hands,
}

/// What hears Discord, ready to run.
pub struct DiscordEar {
    chat: Arc<DiscordChat>,
}

impl DiscordChat {
    /// Makes everything ready. Discord is asked nothing before the ear runs or the bot
    /// wants something.
    pub async fn open(
        options: DiscordOptions,
        hands: Hands,
    ) -> Result<(Arc<Self>, DiscordEar), DiscordError> {
        let DiscordOptions {
            api_url,
            token,
            channel,
            roles,
            commands,
            memory,
        } = options;
        let path = memory.clone();
        let memory = Memory::open(memory).await;
        let memory = memory.map_err(|error| DiscordError::Memory(path, error))?;
        let chat = Arc::new(Self {
            api: Arc::new(api(&api_url, &token)?),
            home: Home::new(channel.clone()),
            channel,
            people: People::new(roles),
            commands,
            memory: Arc::new(memory),
            owns: Owns::default(),
            threads: Threads::default(),
            pins: Pins::default(),
            reads: Reads::default(),
            kept: Kept::default(),
            forms: Forms::default(),
            modern: AtomicBool::new(true),
            sighted: AtomicBool::new(false),
            hands,
        });
        let ear = DiscordEar {
            chat: Arc::clone(&chat),
        };
        Ok((chat, ear))
    }

    /// What only a person can mend, for as long as it lasts: what Discord says and what
    /// to do. Ends when the channel is gone.
    pub async fn tell_trouble(&self, tell: impl Fn(Option<String>) + Send) {
        super::trouble::tell(self.api.trouble(), tell).await;
    }

    /// Tells the bot to read again what people did while nobody heard them.
    fn announce(&self) {
        self.hands.announce("discord");
    }

    fn make(&self) -> Make {
        if self.modern.load(Ordering::Relaxed) {
            Make::Modern
        } else {
            Make::Classic
        }
    }
}

impl DiscordEar {
    /// Hears what people do until the bot closes.
    pub async fn run(self, closing: watch::Receiver<bool>) {
        gateway::run(self.chat, closing).await;
    }
}

fn api(url: &str, token: &Secret) -> Result<Api, DiscordError> {
    let url = url.trim_end_matches('/');
    super::address::web(url).map_err(DiscordError::Address)?;
    Api::new(url, token).map_err(DiscordError::Client)
}
