//! The app as Slack is told of it: exactly the scopes and events that are used.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::from_wire::KEEP;
use super::method::Method;

/// The events that are heard, and the scopes each needs.
const EVENTS: [(&str, &[&str]); 5] = [
    ("app_home_opened", &[]),
    ("app_mention", &["app_mentions:read"]),
    ("member_joined_channel", &["channels:read", "groups:read"]),
    ("reaction_added", &["reactions:read"]),
    ("reaction_removed", &["reactions:read"]),
];

/// The scopes of what is no method and no event: the command and the shortcut.
const OTHERS: [&str; 1] = ["commands"];

/// What the app is called in the workspace, and the words people see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The app's name, at most 35 characters.
    pub name: String,
    /// What it is for, at most 140 characters.
    pub description: String,
    /// The slash command, with its slash.
    pub command: String,
    /// What follows the command, for whoever types it.
    pub usage: String,
    /// The shortcut on messages, at most 24 characters.
    pub keep: String,
    /// Where Slack calls the bot, without a slash at its end; none in Socket Mode.
    pub public_url: Option<String>,
}

/// The scopes the bot's token needs.
pub fn scopes() -> BTreeSet<&'static str> {
    let methods = Method::ALL.into_iter().flat_map(Method::scopes);
    let events = EVENTS.iter().flat_map(|(_, scopes)| *scopes);
    methods.chain(events).chain(&OTHERS).copied().collect()
}

/// The app's manifest, version 1.
/// <https://docs.slack.dev/reference/app-manifest>
pub fn manifest(about: &About) -> Value {
    let events: Vec<&str> = EVENTS.iter().map(|(name, _)| *name).collect();
    let mut command = json!({
        "command": about.command,
        "description": about.description,
        "usage_hint": about.usage,
        "should_escape": true,
    });
    let mut subscriptions = json!({ "bot_events": events });
    let mut interactivity = json!({ "is_enabled": true });
    if let Some(url) = &about.public_url {
        command["url"] = json!(format!("{url}/slack/commands"));
        subscriptions["request_url"] = json!(format!("{url}/slack/events"));
        interactivity["request_url"] = json!(format!("{url}/slack/interactivity"));
    }
    json!({
        "_metadata": { "major_version": 1, "minor_version": 1 },
        "display_information": {
            "name": about.name,
            "description": about.description,
            "background_color": "#1f2937",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": true,
                "messages_tab_enabled": false,
                "messages_tab_read_only_enabled": true,
            },
            "bot_user": { "display_name": about.name.to_lowercase(), "always_online": true },
            "shortcuts": [{
                "name": about.keep,
                "type": "message",
                "callback_id": KEEP,
                "description": about.keep,
            }],
            "slash_commands": [command],
        },
        "oauth_config": { "scopes": { "bot": scopes() } },
        "settings": {
            "event_subscriptions": subscriptions,
            "interactivity": interactivity,
            "org_deploy_enabled": false,
            "socket_mode_enabled": about.public_url.is_none(),
            "token_rotation_enabled": false,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(public_url: Option<&str>) -> About {
        About {
            name: "Shipbell".to_owned(),
            description: "Asks and answers".to_owned(),
            command: "/bell".to_owned(),
            usage: "help".to_owned(),
            keep: "Keep this".to_owned(),
            public_url: public_url.map(str::to_owned),
        }
    }

    #[test]
    fn the_scopes_are_those_of_what_is_called_and_heard() {
        let all: Vec<&str> = scopes().into_iter().collect();
        assert_eq!(
            all,
            [
                "app_mentions:read",
                "channels:history",
                "channels:read",
                "chat:write",
                "commands",
                "files:write",
                "groups:history",
                "groups:read",
                "pins:write",
                "reactions:read",
                "reactions:write",
                "usergroups:read",
                "users:read",
            ]
        );
    }

    /// Every event that is asked for is read, and every one that is read is asked for.
    #[test]
    fn the_events_are_those_that_are_read() {
        let source = include_str!("from_wire/event.rs");
        let source = source.split("fn mention").next().unwrap();
        let mut read: Vec<&str> = source
            .lines()
            .filter_map(|line| line.trim().strip_prefix('"')?.split_once("\" =>"))
            .map(|(name, _)| name)
            .collect();
        read.sort_unstable();
        let asked: Vec<&str> = EVENTS.iter().map(|(name, _)| *name).collect();
        assert_eq!(read, asked);
    }

    /// No call goes around the list of methods.
    #[test]
    fn nothing_calls_a_method_by_its_name() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/chat/slack");
        let mut folders = vec![folder];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(&path).unwrap();
                let direct = ["http_", "post("].concat();
                let calls = text.matches(&direct).count();
                let allowed = usize::from(path.ends_with("api.rs"));
                assert_eq!(calls, allowed, "{}", path.display());
            }
        }
    }

    #[test]
    fn slack_calls_the_bot_only_where_it_has_an_address() {
        let socket = manifest(&about(None));
        assert_eq!(socket["settings"]["socket_mode_enabled"], true);
        assert!(socket["features"]["slash_commands"][0]["url"].is_null());
        let http = manifest(&about(Some("https://bell.example")));
        assert_eq!(http["settings"]["socket_mode_enabled"], false);
        assert_eq!(
            http["settings"]["interactivity"]["request_url"],
            "https://bell.example/slack/interactivity"
        );
    }
}
