//! Slack: the workspace behind the port, and whose accounts are whose.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use shipbell_adapters::chat::slack::manifest::{self, About};
use shipbell_adapters::chat::slack::{SOCKETS, SlackChat, SlackOptions, Transport, health};
use shipbell_adapters::chat::{ChannelId, UserId};
use shipbell_adapters::secret::Secret;
use shipbell_domain::ids::{Person, Role, Surface};

use super::platform::{self, Platform};
use super::{Around, Finding};
use crate::config::{Config, Mode, Slack, Value};
use crate::engine::ports::{Clock as _, Destination};
use crate::failure::Failure;
use crate::render::APP;
use crate::system::SystemClock;

/// Slack's name among the platforms.
pub(crate) fn surface() -> Surface {
    Surface::new("slack").expect("`slack` is a platform's name")
}

/// The name of it, if it is configured.
pub(super) fn surfaces(config: &Config) -> Vec<Surface> {
    config.chat.slack.iter().map(|_| surface()).collect()
}

/// Opens Slack if it is configured. It is asked nothing before the bot serves.
pub(super) async fn open(
    config: &Config,
    around: &Around<'_>,
) -> Result<BTreeMap<Surface, Destination>, Failure> {
    let Some(slack) = &config.chat.slack else {
        return Ok(BTreeMap::new());
    };
    let platform = Platform {
        name: "Slack",
        tasks: "slack",
        surface: surface(),
        around,
    };
    let opened = SlackChat::open(options(config, slack)?, platform.hands()).await;
    let (chat, ear) =
        opened.map_err(|error| Failure::user("Slack cannot be opened").because(error))?;
    platform.beside(ear.run(around.closing.subscribe()));
    let (troubled, tell) = (Arc::clone(&chat), platform.teller());
    platform.beside(async move { troubled.tell_trouble(tell).await });
    Ok(platform.destination(chat, &slack.channel))
}

/// What the configuration says, in the adapter's words; the tokens are read now.
pub(crate) fn options(config: &Config, slack: &Slack) -> Result<SlackOptions, Failure> {
    let transport = match &slack.mode {
        Mode::Socket { app_token } => Transport::Socket {
            app_token: read(app_token)?,
            sockets: SOCKETS,
        },
        Mode::Http {
            listen,
            signing_secrets,
        } => Transport::Http {
            listen: *listen,
            signing_secrets: signing_secrets.iter().map(read).collect::<Result<_, _>>()?,
        },
    };
    Ok(SlackOptions {
        api_url: slack.api_url.clone(),
        bot_token: read(&slack.bot_token)?,
        transport,
        groups: config.slack_groups.keys().cloned().collect(),
    })
}

/// Whose accounts are whose.
pub(super) fn identities(config: &Config) -> BTreeMap<(Surface, UserId), Person> {
    platform::identities(&surface(), config, |it| it.slack.as_ref())
}

/// The roles that come with being in a user group.
pub(super) fn groups(config: &Config) -> BTreeMap<(Surface, String), BTreeSet<Role>> {
    platform::groups(&surface(), &config.slack_groups)
}

fn read(value: &Value) -> Result<Secret, Failure> {
    value
        .read()
        .map_err(|error| Failure::user("a token of Slack cannot be had").because(error))
}

/// Asks Slack whether tokens, scopes, channel, groups and clock are as they must be.
pub(super) async fn examine(config: &Config) -> Result<Vec<Finding>, Failure> {
    let Some(slack) = &config.chat.slack else {
        return Ok(Vec::new());
    };
    // A token that cannot be had is told with the other values that cannot.
    let Ok(options) = options(config, slack) else {
        return Ok(Vec::new());
    };
    let channel = ChannelId(slack.channel.clone());
    let found = health::examine(&options, &channel, SystemClock.now()).await;
    let found = found.map_err(|error| Failure::user("Slack cannot be asked").because(error))?;
    Ok(super::health::told("Slack", found))
}

/// The app's manifest, as text to paste.
pub(crate) fn manifest(public_url: Option<&str>) -> Result<String, Failure> {
    if public_url.is_some_and(|it| !it.starts_with("https://")) {
        return Err(Failure::usage(
            "Slack calls addresses that begin with https:// alone",
        ));
    }
    let about = About {
        name: APP.name.to_owned(),
        description: APP.description.to_owned(),
        command: APP.command.to_owned(),
        usage: APP.usage.to_owned(),
        keep: APP.keep.to_owned(),
        public_url: public_url.map(|it| it.trim_end_matches('/').to_owned()),
    };
    serde_json::to_string_pretty(&manifest::manifest(&about))
        .map_err(|error| Failure::internal("the manifest cannot be written").because(error))
}
