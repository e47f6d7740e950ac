//! A model of a chat platform: what it shows, what it loses, and whom it tells.
//!
//! [`Room`] is the platform's own truth; [`line`] is how the bot reaches it, with
//! every way a request can go wrong; [`delivery`] is how the bot hears of people.

pub mod delivery;
mod line;
mod room;

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use shipbell_adapters::chat::{Account, ChannelId, Standing, UserId};
use tokio::sync::mpsc;

use super::diary::Diary;
use super::executor::Executor;
use super::locked;
use super::weather::Weather;
pub use delivery::Arrival;
pub use line::Line;
pub use room::{Mark, Post, Room};

/// The one channel every platform has.
pub const CHANNEL: &str = "C-release";

/// The bot's own account.
pub const BOT: &str = "U-shipbell";

/// One platform; clones are the same one.
#[derive(Clone)]
pub struct Service(Arc<Inner>);

struct Inner {
    name: String,
    executor: Executor,
    weather: Arc<Weather>,
    diary: Arc<Diary>,
    settle: Duration,
    room: Mutex<Room>,
    ear: Mutex<Option<mpsc::Sender<Arrival>>>,
}

impl Service {
    /// A platform with nothing in it.
    pub fn new(name: &str, executor: Executor, weather: Arc<Weather>, diary: Arc<Diary>) -> Self {
        weather.plan_outages(name);
        let settle = Duration::from_secs(30);
        let (room, ear) = (Mutex::default(), Mutex::default());
        Self(Arc::new(Inner {
            name: name.to_owned(),
            executor,
            weather,
            diary,
            settle,
            room,
            ear,
        }))
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// What it shows.
    pub fn room(&self) -> MutexGuard<'_, Room> {
        locked(&self.0.room)
    }

    /// The bot listens here from now on; none when it is gone.
    pub fn listen(&self, ear: Option<mpsc::Sender<Arrival>>) {
        *locked(&self.0.ear) = ear;
    }

    /// The account of a person of the team.
    pub fn join(&self, user: &str, standing: Standing) {
        let account = Account {
            standing,
            groups: Vec::new(),
            name: None,
        };
        self.room()
            .accounts
            .insert(UserId(user.to_owned()), account);
    }
}

/// The channel of any platform.
pub fn channel() -> ChannelId {
    ChannelId(CHANNEL.to_owned())
}
