//! `[chat.slack]`: the workspace, the channel and how Slack reaches the bot.

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::Deserialize;

use super::api;
use crate::config::at::At;
use crate::config::desk::Desk;
use crate::config::secret::{self, Value, Written};

/// Slack's own API.
const API: &str = "https://slack.com/api";

/// Where Slack's calls are heard if nothing is written.
const LISTEN: &str = "127.0.0.1:7381";

/// A channel of a Slack workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slack {
    /// The channel, by id.
    pub channel: String,
    /// The bot's token.
    pub bot_token: Value,
    /// How what people do arrives.
    pub mode: Mode,
    /// Where the API is.
    pub api_url: String,
}

/// How what people do arrives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Over sockets the bot opens.
    Socket {
        /// The app's own token.
        app_token: Value,
    },
    /// By calls Slack makes.
    Http {
        /// Where they are heard.
        listen: SocketAddr,
        /// What signs them; two while one replaces the other.
        signing_secrets: Vec<Value>,
    },
}

impl Mode {
    /// Where what nobody may see is read.
    pub fn secrets(&self) -> &[Value] {
        match self {
            Self::Socket { app_token } => std::slice::from_ref(app_token),
            Self::Http {
                signing_secrets, ..
            } => signing_secrets,
        }
    }
}

/// `[chat.slack]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a table with channel, app_token and bot_token"
)]
pub(in crate::config) struct SlackSection {
    /// The channel's id, not its name. Required.
    channel: Option<At<String>>,
    /// The bot's token, xoxb-…: { env = "NAME" } or { file = "/path" }. Required.
    bot_token: Option<At<Written>>,
    /// How Slack reaches the bot: socket or http. Default: socket.
    mode: Option<At<String>>,
    /// The app's own token, xapp-…, written like `bot_token`. Required in socket mode.
    app_token: Option<At<Written>>,
    /// What Slack signs its calls with, written like `bot_token`. Required in http mode.
    signing_secret: Option<At<Written>>,
    /// The signing secret that is being replaced, while it is. Default: none.
    old_signing_secret: Option<At<Written>>,
    /// The address Slack's calls are heard at in http mode. Default: 127.0.0.1:7381.
    listen: Option<At<String>>,
    /// Another API that speaks as Slack's does. Default: Slack's own.
    api_url: Option<At<String>>,
}

/// The section's meaning; none if something in it is wrong or missing.
pub(in crate::config) fn lower(section: &At<SlackSection>, desk: &mut Desk) -> Option<Slack> {
    if !cfg!(feature = "slack") {
        let noted = desk.note(section.span(), "this program was built without Slack");
        noted.help("build it with the feature `slack`, or leave [chat.slack] out");
        return None;
    }
    let channel = required(section, section.channel.as_ref(), "channel", desk)
        .and_then(|it| channel(it, desk));
    let bot_token = token(section, section.bot_token.as_ref(), "bot_token", desk);
    let mode = mode(section, desk);
    let api_url = section.api_url.as_ref();
    let api_url = api_url.map_or_else(|| Some(API.to_owned()), |it| api(it, desk));
    Some(Slack {
        channel: channel?,
        bot_token: bot_token?,
        mode: mode?,
        api_url: api_url?,
    })
}

fn mode(section: &At<SlackSection>, desk: &mut Desk) -> Option<Mode> {
    let written = section.mode.as_ref();
    match written.map_or("socket", |it| it.as_str()) {
        "socket" => {
            let secret = section.signing_secret.as_ref();
            for span in [
                secret.map(At::span),
                section.old_signing_secret.as_ref().map(At::span),
                section.listen.as_ref().map(At::span),
            ]
            .into_iter()
            .flatten()
            {
                let noted = desk.note(span, "this is for mode = \"http\" alone");
                noted.help("leave it out, or write mode = \"http\"");
            }
            let app_token = token(section, section.app_token.as_ref(), "app_token", desk)?;
            Some(Mode::Socket { app_token })
        }
        "http" => {
            if let Some(token) = &section.app_token {
                let noted = desk.note(token.span(), "this is for mode = \"socket\" alone");
                noted.help("leave it out: Slack signs its calls instead");
            }
            let secret = section.signing_secret.as_ref();
            let secret = token(section, secret, "signing_secret", desk);
            let old = section.old_signing_secret.as_ref();
            let old = old.and_then(|it| secret::lower("old_signing_secret", it, desk));
            let listen = section.listen.as_ref();
            let listen = listen.map_or_else(|| LISTEN.parse().ok(), |it| socket(it, desk));
            Some(Mode::Http {
                listen: listen?,
                signing_secrets: std::iter::once(secret?).chain(old).collect(),
            })
        }
        other => {
            let span = written.map_or_else(|| section.span(), At::span);
            let noted = desk.note(span, format!("`{other}` is no mode"));
            noted.help("socket, which needs no public address, or http");
            None
        }
    }
}

fn required<'a, T>(
    section: &At<SlackSection>,
    written: Option<&'a At<T>>,
    key: &str,
    desk: &mut Desk,
) -> Option<&'a At<T>> {
    if written.is_none() && !desk.gone.contains(&["chat", "slack", key]) {
        let noted = desk.note(section.span(), format!("`{key}` is missing"));
        noted
            .label("here")
            .help("docs/slack.md says where each value is found");
    }
    written
}

fn token(
    section: &At<SlackSection>,
    written: Option<&At<Written>>,
    key: &str,
    desk: &mut Desk,
) -> Option<Value> {
    secret::lower(key, required(section, written, key, desk)?, desk)
}

fn channel(written: &At<String>, desk: &mut Desk) -> Option<String> {
    if is_id(written, &['C', 'G']) {
        return Some((**written).clone());
    }
    let noted = desk.note(
        written.span(),
        format!("`{}` is no channel's id", **written),
    );
    noted
        .label("names change, ids do not")
        .help("for example \"C024BE91L\"; it stands at the end of the channel's details in Slack");
    None
}

fn socket(written: &At<String>, desk: &mut Desk) -> Option<SocketAddr> {
    let address = written.parse().ok();
    if address.is_none() {
        let noted = desk.note(
            written.span(),
            format!("`{}` is not an address with a port", **written),
        );
        noted.help(format!("for example \"{LISTEN}\""));
    }
    address
}

/// Whether a text is an id of Slack's that begins with one of these letters.
pub(in crate::config) fn is_id(text: &str, letters: &[char]) -> bool {
    let plain = |it: char| it.is_ascii_uppercase() || it.is_ascii_digit();
    text.starts_with(letters) && (3..=30).contains(&text.len()) && text.chars().all(plain)
}
