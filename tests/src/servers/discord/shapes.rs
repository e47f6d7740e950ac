//! The server and what is in it, field for field as Discord's reference shows them:
//! <https://discord.com/developers/docs/resources/guild> and the pages beside it.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::model::{APPLICATION, BOT, CHANNEL, GUILD, Message, OWNERS, World};

/// Since when everybody is there.
const JOINED: &str = "2026-01-01T00:00:00.000000+00:00";

/// The flag of a message under which there is a thread.
const HAS_THREAD: u64 = 1 << 5;

/// How many bytes a file may have.
const LARGEST_FILE: u64 = 10 << 20;

impl World {
    /// A channel, or a thread.
    pub(super) fn channel(&self, id: &str) -> Value {
        let mut all = self.messages.values();
        let last = all.rfind(|it| it.channel == id && it.only.is_none());
        let last = last.map(|it| it.id.as_str());
        match self.threads.get(id) {
            Some(name) => json!({
                "id": id, "type": 11, "guild_id": GUILD, "parent_id": CHANNEL, "name": name,
                "owner_id": BOT, "message_count": 0, "member_count": 1, "total_message_sent": 0,
                "rate_limit_per_user": 0, "last_message_id": last, "flags": 0,
                "thread_metadata": {
                    "archived": false, "archive_timestamp": stamp(Self::born(id)),
                    "auto_archive_duration": 10080, "locked": false,
                    "create_timestamp": stamp(Self::born(id)),
                },
                "member": {
                    "id": id, "user_id": BOT, "join_timestamp": stamp(Self::born(id)), "flags": 0,
                },
            }),
            None => json!({
                "id": id, "type": 0, "guild_id": GUILD, "name": "release", "position": 0,
                "permission_overwrites": [], "nsfw": false, "topic": null, "parent_id": null,
                "last_message_id": last, "rate_limit_per_user": 0, "flags": 0,
            }),
        }
    }

    /// An account.
    pub(super) fn account(&self, id: &str) -> Value {
        let user = self.user(id);
        let bot = user.is_some_and(|it| it.bot);
        let name = user.map_or("nobody", |it| it.name);
        let mut account = json!({
            "id": id, "username": name, "global_name": if bot { None } else { Some(name) },
            "discriminator": "0", "avatar": null, "banner": null, "accent_color": null,
            "avatar_decoration_data": null, "collectibles": null, "primary_guild": null,
            "flags": 0, "public_flags": 0,
        });
        // Of people it is not said that they are none.
        if bot {
            account["bot"] = json!(true);
        }
        account
    }

    /// The bot's own account, as it alone is shown.
    pub(super) fn me(&self) -> Value {
        let mut me = self.account(BOT);
        me["mfa_enabled"] = json!(false);
        me["locale"] = json!("en-US");
        me["verified"] = json!(true);
        me["email"] = Value::Null;
        me
    }

    /// Somebody of the server.
    pub(super) fn member(&self, id: &str) -> Value {
        let user = self.user(id);
        let roles: BTreeSet<&String> = user.into_iter().flat_map(|it| &it.roles).collect();
        json!({
            "user": self.account(id), "roles": roles, "nick": null, "avatar": null,
            "banner": null, "joined_at": JOINED, "premium_since": null, "deaf": false,
            "mute": false, "flags": 0, "pending": user.is_some_and(|it| it.pending),
            "communication_disabled_until": null,
        })
    }

    /// The roles of the server.
    pub(super) fn roles(&self) -> Value {
        let role = |id: &str, name: &str, position: u64, permissions: u64| {
            json!({
                "id": id, "name": name, "permissions": permissions.to_string(),
                "position": position, "color": 0, "hoist": false, "managed": false,
                "colors": { "primary_color": 0, "secondary_color": null, "tertiary_color": null },
                "mentionable": false, "icon": null, "unicode_emoji": null, "flags": 0,
            })
        };
        json!([
            role(GUILD, "@everyone", 0, self.permissions),
            role(OWNERS, "owners", 1, 0)
        ])
    }

    /// The server, as it is told to a bot that may not ask for its members.
    pub(super) fn guild(&self) -> Value {
        let there = self.users.iter().filter(|it| it.member).count();
        let threads: Vec<Value> = self.threads.keys().map(|it| self.channel(it)).collect();
        let mut guild = json!({
            "id": GUILD, "name": "Acme", "icon": null, "icon_hash": null, "splash": null,
            "discovery_splash": null, "description": null, "banner": null, "home_header": null,
            "owner_id": self.users[1].id, "application_id": null, "region": "deprecated",
            "afk_channel_id": null, "afk_timeout": 300, "widget_enabled": false,
            "widget_channel_id": null, "verification_level": 0,
            "default_message_notifications": 0, "explicit_content_filter": 0, "mfa_level": 0,
            "nsfw": false, "nsfw_level": 0, "roles": self.roles(), "emojis": [], "stickers": [],
            "features": [], "system_channel_id": null, "system_channel_flags": 0,
            "rules_channel_id": null, "public_updates_channel_id": null,
            "safety_alerts_channel_id": null, "vanity_url_code": null, "premium_tier": 0,
            "premium_subscription_count": 0, "premium_progress_bar_enabled": false,
            "preferred_locale": "en-US", "max_presences": null, "max_members": 500_000,
            "max_video_channel_users": 25, "max_stage_video_channel_users": 50,
            "incidents_data": null,
        });
        let told = json!({
            "joined_at": JOINED, "large": false, "unavailable": false, "member_count": there,
            "members": [self.member(BOT)], "channels": [self.channel(CHANNEL)],
            "threads": threads, "voice_states": [], "presences": [], "stage_instances": [],
            "guild_scheduled_events": [], "soundboard_sounds": [],
        });
        add(&mut guild, told);
        guild
    }

    /// The application, as its owner sees it.
    pub(super) fn application(&self) -> Value {
        let owner = self.account(&self.users[1].id);
        json!({
            "id": APPLICATION, "name": "Shipbell", "icon": null, "description": "", "type": null,
            "summary": "", "bot": self.account(BOT), "bot_public": false,
            "bot_require_code_grant": false, "verify_key": "00", "flags": 0, "flags_new": "0",
            "redirect_uris": [], "interactions_endpoint_url": null,
            "role_connections_verification_url": null, "owner": owner, "team": null,
            "approximate_guild_count": 1, "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0, "explicit_content_filter": 0,
            "eligible_oauth2_scopes": [],
        })
    }

    /// A command that was registered, with what Discord adds.
    pub(super) fn command(given: &Value, id: &str) -> Value {
        let mut command = json!({
            "type": 1, "description": "", "default_member_permissions": null, "nsfw": false,
            "name_localizations": null, "description_localizations": null, "contexts": null,
            "integration_types": [0], "dm_permission": true,
        });
        add(&mut command, given.clone());
        let ids = json!({
            "id": id, "application_id": APPLICATION, "guild_id": GUILD, "version": id,
        });
        add(&mut command, ids);
        command
    }

    /// What is sent along with everything people do that must be answered.
    pub(super) fn circumstances(&self, by: &str, channel: &str) -> Value {
        let permissions = self.permissions.to_string();
        let (mut member, mut place) = (self.member(by), self.channel(channel));
        member["permissions"] = json!(permissions);
        place["permissions"] = json!(permissions);
        json!({
            "application_id": APPLICATION, "guild_id": GUILD, "channel_id": channel,
            "guild": { "id": GUILD, "locale": "en-US", "features": [] },
            "channel": place, "member": member, "app_permissions": permissions,
            "locale": "en-US", "guild_locale": "en-US", "entitlements": [],
            "authorizing_integration_owners": { "0": GUILD }, "context": 0, "version": 1,
            "attachment_size_limit": LARGEST_FILE,
        })
    }

    /// A message.
    pub(super) fn shown(&self, it: &Message) -> Value {
        let words = it.body.to_string();
        let is_named = |id: &&String| words.contains(&format!("<@{id}>"));
        let called = it.called.iter().filter(is_named);
        let files = it.files.iter().enumerate().map(|(number, (name, text))| {
            json!({ "id": format!("{number}"), "filename": name, "size": text.len(),
                "url": "https://cdn.example/x", "proxy_url": "https://cdn.example/x" })
        });
        let list = |name: &str| it.body[name].as_array().cloned().unwrap_or_default();
        let mut flags = it.body["flags"].as_u64().unwrap_or_default();
        let thread = self.threads.get(&it.id).map(|_| self.channel(&it.id));
        if thread.is_some() {
            flags |= HAS_THREAD;
        }
        let mut message = json!({
            "id": it.id, "channel_id": it.channel, "author": self.account(&it.author),
            "content": it.body["content"].as_str().unwrap_or_default(),
            "embeds": list("embeds"), "components": list("components"),
            "flags": flags, "timestamp": stamp(Self::born(&it.id)), "edited_timestamp": it.edited.map(stamp),
            "tts": false, "mention_everyone": false, "mention_roles": [],
            "mentions": called.map(|id| self.account(id)).collect::<Vec<_>>(),
            "attachments": files.collect::<Vec<_>>(), "pinned": it.pinned, "type": 0,
            "reactions": reactions(it),
        });
        if let Some(thread) = thread {
            message["thread"] = thread;
        }
        message
    }

    /// A message as the gateway tells it: with where it is, and who wrote it.
    pub(super) fn told(&self, it: &Message) -> Value {
        let mut message = self.shown(it);
        message["guild_id"] = json!(GUILD);
        let mut member = self.member(&it.author);
        // The account stands beside it.
        member.as_object_mut().and_then(|it| it.remove("user"));
        message["member"] = member;
        message
    }
}

/// Who put what on a message, counted by emoji.
fn reactions(it: &Message) -> Vec<Value> {
    let mut seen = BTreeSet::new();
    let signs = it.reactions.iter().map(|(sign, _)| sign);
    let signs = signs.filter(|it| seen.insert((*it).clone()));
    let counted = signs.map(|sign| {
        let who = it.reactions.iter().filter(|(other, _)| other == sign);
        let who: Vec<&String> = who.map(|(_, by)| by).collect();
        json!({
            "emoji": { "id": null, "name": sign }, "count": who.len(),
            "count_details": { "burst": 0, "normal": who.len() },
            "me": who.iter().any(|it| *it == BOT), "me_burst": false, "burst_colors": [],
        })
    });
    counted.collect()
}

fn stamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, false)
}

/// Puts more fields into an object.
pub(super) fn add(to: &mut Value, more: Value) {
    if let (Some(to), Value::Object(more)) = (to.as_object_mut(), more) {
        to.extend(more);
    }
}
