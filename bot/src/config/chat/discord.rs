//! `[chat.discord]`: the server's channel and the bot's token.

use schemars::JsonSchema;
use serde::Deserialize;

use super::api;
use crate::config::at::At;
use crate::config::desk::Desk;
use crate::config::secret::{self, Value, Written};

/// Discord's own API.
const API: &str = "https://discord.com/api";

/// A channel of a Discord server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discord {
    /// The channel, by id. Its server is the bot's.
    pub channel: String,
    /// The bot's token.
    pub token: Value,
    /// Where the API is.
    pub api_url: String,
}

/// `[chat.discord]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a table with channel and token"
)]
pub(in crate::config) struct DiscordSection {
    /// The channel's id, not its name. Required.
    channel: Option<At<String>>,
    /// The bot's token: { env = "NAME" } or { file = "/path" }. Required.
    token: Option<At<Written>>,
    /// Another API that speaks as Discord's does; the gateway is taken from there.
    /// Default: Discord's own.
    api_url: Option<At<String>>,
}

/// The section's meaning; none if something in it is wrong or missing.
pub(in crate::config) fn lower(section: &At<DiscordSection>, desk: &mut Desk) -> Option<Discord> {
    if !cfg!(feature = "discord") {
        let noted = desk.note(section.span(), "this program was built without Discord");
        noted.help("build it with the feature `discord`, or leave [chat.discord] out");
        return None;
    }
    let channel = required(section, section.channel.as_ref(), "channel", desk)
        .and_then(|it| channel(it, desk));
    let token = required(section, section.token.as_ref(), "token", desk)
        .and_then(|it| secret::lower("token", it, desk));
    let api_url = section.api_url.as_ref();
    let api_url = api_url.map_or_else(|| Some(API.to_owned()), |it| api(it, desk));
    Some(Discord {
        channel: channel?,
        token: token?,
        api_url: api_url?,
    })
}

fn required<'a, T>(
    section: &At<DiscordSection>,
    written: Option<&'a At<T>>,
    key: &str,
    desk: &mut Desk,
) -> Option<&'a At<T>> {
    if written.is_none() && !desk.gone.contains(&["chat", "discord", key]) {
        let noted = desk.note(section.span(), format!("`{key}` is missing"));
        noted
            .label("here")
            .help("docs/discord.md says where each value is found");
    }
    written
}

fn channel(written: &At<String>, desk: &mut Desk) -> Option<String> {
    if is_id(written) {
        return Some((**written).clone());
    }
    let message = format!("`{}` is no channel's id", **written);
    let noted = desk.note(written.span(), message);
    noted.label("names change, ids do not").help(
        "for example \"1187023456789012345\": \"Copy Channel ID\" in the channel's menu, in developer mode",
    );
    None
}

/// Whether a text is an id of Discord's.
pub(in crate::config) fn is_id(text: &str) -> bool {
    (15..=20).contains(&text.len()) && text.chars().all(|it| it.is_ascii_digit())
}
