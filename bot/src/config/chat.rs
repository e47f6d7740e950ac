//! `[chat]`: where people talk.

pub(super) mod discord;
pub(super) mod slack;

use std::net::{IpAddr, SocketAddr};

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::desk::Desk;
use super::secret::Value;
pub use discord::Discord;
pub use slack::{Mode, Slack};

/// Where the browser channel listens if nothing is written.
const LISTEN: &str = "127.0.0.1:7380";

/// Where people talk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    /// The browser channel and the dashboard.
    pub web: Web,
    /// A channel in Slack.
    pub slack: Option<Slack>,
    /// A channel in Discord.
    pub discord: Option<Discord>,
}

impl Chat {
    /// Where everything is read that nobody may see.
    pub fn secrets(&self) -> impl Iterator<Item = &Value> {
        let slack = self.slack.iter();
        let slack = slack.flat_map(|it| std::iter::once(&it.bot_token).chain(it.mode.secrets()));
        slack.chain(self.discord.iter().map(|it| &it.token))
    }
}

/// The browser channel and the dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Web {
    /// The address it listens at, on this machine only.
    pub listen: SocketAddr,
}

/// `[chat]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "a table with web, slack and discord"
)]
pub(super) struct ChatSection {
    /// The dashboard and the browser channel.
    web: WebSection,
    /// A channel in Slack. Default: none.
    slack: Option<At<slack::SlackSection>>,
    /// A channel in Discord. Default: none.
    discord: Option<At<discord::DiscordSection>>,
}

/// `[chat.web]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a table with listen")]
struct WebSection {
    /// The address it listens at; this machine only. Default: 127.0.0.1:7380.
    listen: Option<At<String>>,
}

impl ChatSection {
    /// Whether people talk in Slack.
    pub(super) fn has_slack(&self) -> bool {
        self.slack.is_some()
    }

    /// Whether people talk in Discord.
    pub(super) fn has_discord(&self) -> bool {
        self.discord.is_some()
    }
}

pub(super) fn lower(section: &ChatSection, desk: &mut Desk) -> Chat {
    let listen = section.web.listen.as_ref().and_then(|it| listen(it, desk));
    let default = || LISTEN.parse().expect("the address above is one");
    let (slack, discord) = (section.slack.as_ref(), section.discord.as_ref());
    Chat {
        web: Web {
            listen: listen.unwrap_or_else(default),
        },
        slack: slack.and_then(|it| slack::lower(it, desk)),
        discord: discord.and_then(|it| discord::lower(it, desk)),
    }
}

fn listen(written: &At<String>, desk: &mut Desk) -> Option<SocketAddr> {
    match written.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_loopback() => Some(address),
        Ok(_) => {
            let noted = desk.note(written.span(), "this address is open to other machines");
            noted
                .label("not on this machine only")
                .help("listen at 127.0.0.1 and put a proxy with TLS in front of it");
            None
        }
        Err(_) => {
            let message = format!("`{}` is not an address with a port", **written);
            desk.note(written.span(), message)
                .help(format!("for example \"{LISTEN}\""));
            None
        }
    }
}

/// Where an API is: reached by TLS, or on this machine.
fn api(written: &At<String>, desk: &mut Desk) -> Option<String> {
    let url = super::links::base(written, desk)?;
    let here = reqwest::Url::parse(&url).is_ok_and(|it| match it.host() {
        Some(host) => {
            let host = host.to_string();
            let host = host.trim_matches(['[', ']']);
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
        }
        None => false,
    });
    if url.starts_with("https://") || here {
        return Some(url);
    }
    let noted = desk.note(
        written.span(),
        "the token would go over the network in the clear",
    );
    noted.help("write https://; http:// is for this machine alone");
    None
}
