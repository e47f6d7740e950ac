//! `[chat]`: where people talk.

use std::net::SocketAddr;

use schemars::JsonSchema;
use serde::Deserialize;

use super::at::At;
use super::desk::Desk;

/// Where the browser channel listens if nothing is written.
const LISTEN: &str = "127.0.0.1:7380";

/// Where people talk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chat {
    /// The browser channel and the dashboard.
    pub web: Web,
}

/// The browser channel and the dashboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Web {
    /// The address it listens at, on this machine only.
    pub listen: SocketAddr,
}

/// `[chat]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a table with web")]
pub(super) struct ChatSection {
    /// The dashboard and the browser channel.
    web: WebSection,
}

/// `[chat.web]`
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default, expecting = "a table with listen")]
struct WebSection {
    /// The address it listens at; this machine only. Default: 127.0.0.1:7380.
    listen: Option<At<String>>,
}

pub(super) fn lower(section: &ChatSection, desk: &mut Desk) -> Chat {
    let listen = section.web.listen.as_ref().and_then(|it| listen(it, desk));
    let default = || LISTEN.parse().expect("the address above is one");
    Chat {
        web: Web {
            listen: listen.unwrap_or_else(default),
        },
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
