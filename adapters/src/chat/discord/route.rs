//! The calls of Discord's API that are made: a closed list, each with its path, what
//! it counts against, and the permission it needs.

use reqwest::Method;

use crate::chat::{ChannelId, MessageRef};

/// What kind of call it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Application,
    Gateway,
    Channel,
    Post,
    Edit,
    Read,
    Delete,
    List,
    React,
    Reactors,
    Pin,
    Thread,
    Wake,
    Member,
    Roles,
    Register,
    Callback,
    Original,
}

impl Kind {
    /// What it is called in words for people.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Application => "asking who the bot is",
            Self::Gateway => "asking for the gateway",
            Self::Channel => "looking at the channel",
            Self::Post => "posting a message",
            Self::Edit => "editing a message",
            Self::Read => "reading a message",
            Self::Delete => "deleting a message",
            Self::List => "reading the channel",
            Self::React => "reacting to a message",
            Self::Reactors => "reading who reacted",
            Self::Pin => "pinning a message",
            Self::Thread => "opening a thread",
            Self::Wake => "reopening a thread",
            Self::Member => "looking up a member",
            Self::Roles => "reading the server's roles",
            Self::Register => "registering the commands",
            Self::Callback => "answering somebody",
            Self::Original => "changing an answer",
        }
    }

    /// The permissions it needs, in Discord's words.
    pub(super) fn needs(self) -> &'static str {
        match self {
            Self::Application | Self::Gateway | Self::Callback | Self::Original => "none",
            Self::Channel | Self::Member | Self::Roles | Self::Edit | Self::Delete => {
                "View Channels"
            }
            Self::Post => {
                "View Channels, Send Messages, Send Messages in Threads, Embed Links, Attach Files"
            }
            Self::Read | Self::List | Self::Reactors => "View Channels, Read Message History",
            Self::React => "Add Reactions, Read Message History",
            Self::Pin => "Pin Messages",
            Self::Thread => "Create Public Threads",
            Self::Wake => "Send Messages in Threads",
            Self::Register => "the scope applications.commands",
        }
    }

    /// Whether its answers say how much more may be asked, so that calls wait for
    /// one another. Answers to people have three seconds and no such limit.
    pub(super) fn is_counted(self) -> bool {
        !matches!(self, Self::Callback | Self::Original)
    }
}

/// One call.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub(super) kind: Kind,
    pub(super) method: Method,
    /// Behind the API's address. It may hold the token of an answer: never logged.
    pub(super) path: String,
    /// What the limit is counted by: a channel, a server, or nothing.
    pub(super) major: String,
}

impl Route {
    fn new(kind: Kind, method: Method, path: String, major: &str) -> Self {
        Self {
            kind,
            method,
            path,
            major: major.to_owned(),
        }
    }

    pub(super) fn application() -> Self {
        Self::new(
            Kind::Application,
            Method::GET,
            "/applications/@me".to_owned(),
            "",
        )
    }

    pub(super) fn gateway() -> Self {
        Self::new(Kind::Gateway, Method::GET, "/gateway/bot".to_owned(), "")
    }

    pub(super) fn channel(channel: &ChannelId) -> Self {
        let path = format!("/channels/{}", channel.0);
        Self::new(Kind::Channel, Method::GET, path, &channel.0)
    }

    pub(super) fn post(channel: &ChannelId) -> Self {
        let path = format!("/channels/{}/messages", channel.0);
        Self::new(Kind::Post, Method::POST, path, &channel.0)
    }

    pub(super) fn edit(at: &MessageRef) -> Self {
        Self::new(Kind::Edit, Method::PATCH, message(at), &at.channel.0)
    }

    pub(super) fn read(at: &MessageRef) -> Self {
        Self::new(Kind::Read, Method::GET, message(at), &at.channel.0)
    }

    pub(super) fn delete(at: &MessageRef) -> Self {
        Self::new(Kind::Delete, Method::DELETE, message(at), &at.channel.0)
    }

    /// Messages of a channel after one, or its latest.
    pub(super) fn list(channel: &ChannelId, after: Option<u64>, most: usize) -> Self {
        let after = after.map_or_else(String::new, |it| format!("&after={it}"));
        let path = format!("/channels/{}/messages?limit={most}{after}", channel.0);
        Self::new(Kind::List, Method::GET, path, &channel.0)
    }

    /// The emoji as it stands in a path.
    pub(super) fn react(at: &MessageRef, emoji: &str) -> Self {
        let path = format!("{}/reactions/{}/@me", message(at), encoded(emoji));
        Self::new(Kind::React, Method::PUT, path, &at.channel.0)
    }

    /// Who reacted with an emoji, after an account; `burst` for the other sort.
    pub(super) fn reactors(
        at: &MessageRef,
        emoji: &str,
        (burst, after, most): (bool, &str, usize),
    ) -> Self {
        let after = if after.is_empty() {
            String::new()
        } else {
            format!("&after={after}")
        };
        let path = format!(
            "{}/reactions/{}?limit={most}&type={}{after}",
            message(at),
            encoded(emoji),
            u8::from(burst),
        );
        Self::new(Kind::Reactors, Method::GET, path, &at.channel.0)
    }

    pub(super) fn pin(at: &MessageRef, up: bool) -> Self {
        let method = if up { Method::PUT } else { Method::DELETE };
        let path = format!("/channels/{}/messages/pins/{}", at.channel.0, at.id);
        Self::new(Kind::Pin, method, path, &at.channel.0)
    }

    pub(super) fn open_thread(under: &MessageRef) -> Self {
        let path = format!("{}/threads", message(under));
        Self::new(Kind::Thread, Method::POST, path, &under.channel.0)
    }

    pub(super) fn wake(thread: &ChannelId) -> Self {
        let path = format!("/channels/{}", thread.0);
        Self::new(Kind::Wake, Method::PATCH, path, &thread.0)
    }

    pub(super) fn member(guild: &str, user: &str) -> Self {
        let path = format!("/guilds/{guild}/members/{user}");
        Self::new(Kind::Member, Method::GET, path, guild)
    }

    pub(super) fn roles(guild: &str) -> Self {
        let path = format!("/guilds/{guild}/roles");
        Self::new(Kind::Roles, Method::GET, path, guild)
    }

    pub(super) fn register(application: &str, guild: &str) -> Self {
        let path = format!("/applications/{application}/guilds/{guild}/commands");
        Self::new(Kind::Register, Method::PUT, path, guild)
    }

    pub(super) fn callback(interaction: &str, token: &str) -> Self {
        let path = format!("/interactions/{interaction}/{token}/callback");
        Self::new(Kind::Callback, Method::POST, path, "")
    }

    pub(super) fn original(application: &str, token: &str, method: Method) -> Self {
        let path = format!("/webhooks/{application}/{token}/messages/@original");
        Self::new(Kind::Original, method, path, "")
    }
}

fn message(at: &MessageRef) -> String {
    format!("/channels/{}/messages/{}", at.channel.0, at.id)
}

/// A text as one part of a path.
fn encoded(text: &str) -> String {
    let plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.' | b'~');
    text.bytes()
        .map(|it| {
            if plain(it) {
                char::from(it).to_string()
            } else {
                format!("%{it:02X}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emoji_are_encoded_in_paths() {
        let at = MessageRef {
            channel: ChannelId("5".to_owned()),
            id: "6".to_owned(),
        };
        let route = Route::react(&at, "✅");
        assert_eq!(route.path, "/channels/5/messages/6/reactions/%E2%9C%85/@me");
        let route = Route::reactors(&at, "✅", (true, "7", 100));
        assert!(route.path.ends_with("?limit=100&type=1&after=7"));
    }
}
