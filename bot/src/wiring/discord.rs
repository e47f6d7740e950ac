//! Discord: the server's channel behind the port, and whose accounts are whose.

mod commands;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use shipbell_adapters::chat::discord::health::{self, Subject};
use shipbell_adapters::chat::discord::{DiscordChat, DiscordOptions, PERMISSIONS};
use shipbell_adapters::chat::{ChannelId, UserId};
use shipbell_adapters::secret::Secret;
use shipbell_domain::ids::{Person, Role, Surface};

use super::platform::{self, Platform};
use super::{Around, Finding};
use crate::config::{Config, Discord};
use crate::engine::ports::{Clock as _, Destination};
use crate::failure::Failure;
use crate::system::SystemClock;

/// Discord's name among the platforms.
pub(crate) fn surface() -> Surface {
    Surface::new("discord").expect("`discord` is a platform's name")
}

/// The name of it, if it is configured.
pub(super) fn surfaces(config: &Config) -> Vec<Surface> {
    config.chat.discord.iter().map(|_| surface()).collect()
}

/// Opens Discord if it is configured. It is asked nothing before the bot serves.
pub(super) async fn open(
    config: &Config,
    around: &Around<'_>,
) -> Result<BTreeMap<Surface, Destination>, Failure> {
    let Some(discord) = &config.chat.discord else {
        return Ok(BTreeMap::new());
    };
    let platform = Platform {
        name: "Discord",
        tasks: "discord",
        surface: surface(),
        around,
    };
    let opened = DiscordChat::open(options(config, discord)?, platform.hands()).await;
    let (chat, ear) =
        opened.map_err(|error| Failure::user("Discord cannot be opened").because(error))?;
    platform.beside(ear.run(around.closing.subscribe()));
    let (troubled, tell) = (Arc::clone(&chat), platform.teller());
    platform.beside(async move { troubled.tell_trouble(tell).await });
    Ok(platform.destination(chat, &discord.channel))
}

/// What the configuration says, in the adapter's words; the token is read now.
fn options(config: &Config, discord: &Discord) -> Result<DiscordOptions, Failure> {
    Ok(DiscordOptions {
        api_url: discord.api_url.clone(),
        token: token(discord)?,
        channel: ChannelId(discord.channel.clone()),
        roles: config.discord_roles.keys().cloned().collect(),
        commands: commands::commands(),
        memory: config.data.join("discord.json"),
    })
}

/// Whose accounts are whose.
pub(super) fn identities(config: &Config) -> BTreeMap<(Surface, UserId), Person> {
    platform::identities(&surface(), config, |it| it.discord.as_ref())
}

/// The roles that come with a role of the server.
pub(super) fn groups(config: &Config) -> BTreeMap<(Surface, String), BTreeSet<Role>> {
    platform::groups(&surface(), &config.discord_roles)
}

fn token(discord: &Discord) -> Result<Secret, Failure> {
    let token = discord.token.read();
    token.map_err(|error| Failure::user("the token of Discord cannot be had").because(error))
}

/// Asks Discord whether token, channel, permissions, roles and clock are as they must be.
pub(super) async fn examine(config: &Config) -> Result<Vec<Finding>, Failure> {
    let Some(discord) = &config.chat.discord else {
        return Ok(Vec::new());
    };
    // A token that cannot be had is told with the other values that cannot.
    let Ok(token) = token(discord) else {
        return Ok(Vec::new());
    };
    let subject = Subject {
        api_url: discord.api_url.clone(),
        token,
        channel: ChannelId(discord.channel.clone()),
        roles: config.discord_roles.keys().cloned().collect(),
    };
    let found = health::examine(&subject, SystemClock.now()).await;
    let found = found.map_err(|error| Failure::user("Discord cannot be asked").because(error))?;
    Ok(super::health::told("Discord", found))
}

/// The address that invites the bot with all it needs; of the application that is
/// named, or of the one the configuration's token is for.
pub(crate) async fn invitation(
    config: Option<&Config>,
    application: Option<&str>,
) -> Result<String, Failure> {
    let application = match (application, config.and_then(|it| it.chat.discord.as_ref())) {
        (Some(id), _)
            if (15..=20).contains(&id.len()) && id.chars().all(|it| it.is_ascii_digit()) =>
        {
            id.to_owned()
        }
        (Some(_), _) => {
            return Err(Failure::usage("this is no application's id").hint(
                "\"Application ID\" stands on the application's page, under General Information",
            ));
        }
        (None, Some(discord)) => {
            let asked = health::application(&discord.api_url, &token(discord)?).await;
            asked.map_err(|why| {
                Failure::user(format!(
                    "Discord does not say which application this is: {why}"
                ))
                .hint("name it yourself with --application")
            })?
        }
        (None, None) => {
            return Err(Failure::usage("the configuration has no [chat.discord]")
                .hint("name the application with --application"));
        }
    };
    Ok(format!(
        "https://discord.com/oauth2/authorize?client_id={application}&scope=bot+applications.commands&permissions={PERMISSIONS}"
    ))
}
