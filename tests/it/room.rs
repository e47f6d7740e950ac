//! The real bot over one platform or several, and the team that talks to it there: the
//! demo's people and pretended containers, a real SQLite file, stand-ins as strict as the
//! services.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails must fail its test"
)]

mod acts;
mod browser;
mod process;
mod setting;
mod someone;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::Utc;
use shipbell::config::Config;
use shipbell::demo::people::page::Page;
use shipbell::wiring::{self, Between, Options, Running};
use shipbell_adapters::containers::Containers;
use shipbell_tests::servers::discord::{self, Discord};
use shipbell_tests::servers::slack::{self, Setup, Slack};
use tempfile::TempDir;

pub(crate) use self::acts::{Release, Team};
use self::browser::Browser;
pub(crate) use self::someone::{Seat, Someone};

/// Where a conversation is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Web,
    Slack,
    Discord,
    /// Ana and Chloé sit in Discord, Bo and Dan in Slack.
    Both,
    /// Everybody is everywhere.
    All,
}

pub(crate) struct Room {
    over: Over,
    /// The browser channel is there always; it is looked at where nothing else is.
    browser: Option<Browser>,
    slack: Option<Slack>,
    discord: Option<Discord>,
    folder: TempDir,
    config: PathBuf,
    containers: Arc<dyn Containers>,
    between: Option<Between>,
    bot: Option<Running>,
}

/// One message of the bot, wherever it stands.
#[derive(Clone)]
pub(crate) struct Message {
    web: Option<String>,
    slack: Option<slack::Seen>,
    discord: Option<discord::Seen>,
}

impl Message {
    /// It in the browser channel.
    pub(crate) fn web(&self) -> &str {
        self.web.as_deref().expect("it is in the browser channel")
    }

    /// It in Slack.
    pub(crate) fn slack(&self) -> &slack::Seen {
        self.slack.as_ref().expect("it is in Slack")
    }

    /// It in Discord.
    pub(crate) fn discord(&self) -> &discord::Seen {
        self.discord.as_ref().expect("it is in Discord")
    }
}

impl Room {
    /// The team at work, with short watches.
    pub(crate) async fn open(over: Over) -> Self {
        Self::with(over, Setup::default()).await
    }

    /// The same, in a Slack that is set up otherwise.
    pub(crate) async fn with(over: Over, setup: Setup) -> Self {
        let mut room = Self::prepared(over, setup, |text, _| text).await;
        room.starts().await;
        room
    }

    /// What stands between the bot and the world from the next start on.
    pub(crate) fn puts_between(&mut self, between: Between) {
        self.between = Some(between);
    }

    /// Starts the bot; returns when it is connected, and its commands are known.
    pub(crate) async fn starts(&mut self) {
        self.starts_alone().await;
        self.is_there().await;
    }

    /// Waits until the bot is connected.
    pub(crate) async fn is_there(&self) {
        if let Some(slack) = &self.slack {
            let there = || (slack.connected() > 0).then_some(());
            slack.until("the bot's sockets", there).await;
        }
        if let Some(discord) = &self.discord {
            let there = || (discord.connected() && discord.registered() > 0).then_some(());
            discord.until("the bot is there", there).await;
        }
    }

    /// Starts the bot, whether anybody is there or not.
    pub(crate) async fn starts_alone(&mut self) {
        let config = Config::load(&self.config, now());
        let config = config.map_err(|report| report.render(false)).unwrap();
        let options = Options {
            containers: Some(Arc::clone(&self.containers)),
            between: self.between.clone(),
            ..Options::default()
        };
        let bot = wiring::start(&config, options).await.unwrap();
        if matches!(self.over, Over::Web | Over::All) {
            self.browser = Some(Browser::open(&bot).await);
        }
        self.bot = Some(bot);
    }

    pub(crate) async fn stops(&mut self) {
        if let Some(bot) = self.bot.take() {
            bot.stop().await;
        }
    }

    /// Ends it: no rule of a platform was broken, and nothing is there twice.
    pub(crate) async fn closes(mut self) {
        if let Some(slack) = &self.slack {
            slack.quiet().await;
        }
        self.stops().await;
        drop(self.folder);
        if let Some(slack) = self.slack {
            assert_eq!(slack.doubles(), Vec::<String>::new());
            slack.close();
        }
        if let Some(discord) = self.discord {
            assert_eq!(discord.doubles(), Vec::<String>::new());
            discord.close();
        }
    }

    /// The bot's configuration.
    pub(crate) fn config(&self) -> &Path {
        &self.config
    }

    /// Its Slack.
    pub(crate) fn slack(&self) -> &Slack {
        self.slack.as_ref().expect("this is held in Slack")
    }

    /// Its Discord.
    pub(crate) fn discord(&self) -> &Discord {
        self.discord.as_ref().expect("this is held in Discord")
    }

    /// Waits for a message of the channel itself that says this.
    pub(crate) async fn message(&self, words: &str) -> Message {
        let web = match &self.browser {
            Some(browser) => Some(browser.finds(None, words).await),
            None => None,
        };
        let slack = match &self.slack {
            Some(slack) => Some(slack.message("release", words).await),
            None => None,
        };
        let discord = match &self.discord {
            Some(discord) => Some(discord.message(words).await),
            None => None,
        };
        Message {
            web,
            slack,
            discord,
        }
    }

    /// Waits for a message under another one that says this.
    pub(crate) async fn reply(&self, to: &Message, words: &str) -> Message {
        let web = match &self.browser {
            Some(browser) => Some(browser.finds(Some(to.web()), words).await),
            None => None,
        };
        let slack = match &self.slack {
            Some(slack) => Some(slack.reply(to.slack(), words).await),
            None => None,
        };
        let discord = match &self.discord {
            Some(discord) => Some(discord.reply(to.discord(), words).await),
            None => None,
        };
        Message {
            web,
            slack,
            discord,
        }
    }

    /// Waits until a message says this, wherever it stands.
    pub(crate) async fn says(&self, at: &Message, words: &str) {
        let low = words.to_lowercase();
        let said = |text: &str| text.to_lowercase().contains(&low);
        self.shows(at, &format!("it says {words:?}"), said).await;
    }

    /// Waits until a message is as it should be, wherever it stands.
    pub(crate) async fn shows(&self, at: &Message, what: &str, is: impl Fn(&str) -> bool) {
        if let Some(browser) = &self.browser {
            let look = |page: &Page| is(&browser::reads(page, at.web())).then_some(());
            browser.until(what, look).await;
        }
        if let Some(slack) = &self.slack {
            let look = || is(&slack.reads(at.slack())).then_some(());
            slack.until(what, look).await;
        }
        if let Some(discord) = &self.discord {
            let look = || is(&discord.reads(at.discord())).then_some(());
            discord.until(what, look).await;
        }
    }

    /// The messages of each channel itself, oldest first.
    pub(crate) async fn channels(&self) -> Vec<Vec<String>> {
        let mut all = Vec::new();
        if let Some(browser) = &self.browser {
            all.push(browser::lines(&browser.page().await, None));
        }
        let slack = self.slack.as_ref();
        all.extend(slack.map(|it| own(&it.transcript("release"))));
        all.extend(self.discord.as_ref().map(|it| it.transcript(None)));
        all
    }

    /// The messages under one, of each channel, oldest first.
    pub(crate) async fn threads(&self, of: &Message) -> Vec<Vec<String>> {
        let mut all = Vec::new();
        if let Some(browser) = &self.browser {
            all.push(browser::lines(&browser.page().await, Some(of.web())));
        }
        let slack = self.slack.as_ref();
        all.extend(slack.map(|it| own(&it.thread(of.slack()))));
        let discord = self.discord.as_ref();
        all.extend(discord.map(|it| it.transcript(Some(of.discord()))));
        all
    }

    /// Waits until so many messages stand under one, wherever it stands.
    pub(crate) async fn grows(&self, of: &Message, to: usize) {
        let what = format!("{to} messages under one");
        if let Some(browser) = &self.browser {
            let enough = |page: &Page| browser::lines(page, Some(of.web())).len() >= to;
            browser
                .until(&what, |page| enough(page).then_some(()))
                .await;
        }
        if let Some(slack) = &self.slack {
            let look = || (slack.thread(of.slack()).len() >= to).then_some(());
            slack.until(&what, look).await;
        }
        if let Some(discord) = &self.discord {
            let look = || (discord.transcript(Some(of.discord())).len() >= to).then_some(());
            discord.until(&what, look).await;
        }
    }

    /// Waits until so many messages stand in each channel.
    pub(crate) async fn fills(&self, to: usize) {
        let what = format!("{to} messages in the channel");
        if let Some(browser) = &self.browser {
            let enough = |page: &Page| browser::lines(page, None).len() >= to;
            browser
                .until(&what, |page| enough(page).then_some(()))
                .await;
        }
        if let Some(slack) = &self.slack {
            let look = || (slack.transcript("release").len() >= to).then_some(());
            slack.until(&what, look).await;
        }
        if let Some(discord) = &self.discord {
            let look = || (discord.transcript(None).len() >= to).then_some(());
            discord.until(&what, look).await;
        }
    }

    /// Waits until so many messages are pinned in each channel that has pins.
    pub(crate) async fn pins(&self, count: usize) {
        let what = format!("{count} pinned");
        if let Some(slack) = &self.slack {
            let look = || (slack.pins("release").len() == count).then_some(());
            slack.until(&what, look).await;
        }
        if let Some(discord) = &self.discord {
            let look = || (discord.pins() == count).then_some(());
            discord.until(&what, look).await;
        }
    }
}

/// Messages in Slack without the name before them.
fn own(lines: &[String]) -> Vec<String> {
    let said = |it: &String| it.trim_start_matches("shipbell: ").to_owned();
    lines.iter().map(said).collect()
}

#[expect(
    clippy::disallowed_methods,
    reason = "a real program runs by the real clock"
)]
fn now() -> chrono::DateTime<Utc> {
    Utc::now()
}
