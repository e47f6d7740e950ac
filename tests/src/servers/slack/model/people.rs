//! Who is in the workspace: members, and those who must never count.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{BOT, BOT_USER, STRANGERS, TEAM};

/// An account.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) real_name: String,
    pub(crate) team: String,
    pub(crate) kind: Kind,
}

/// What kind of account it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Member,
    Guest,
    SingleChannelGuest,
    Bot,
    Deactivated,
}

/// A user group.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    pub(crate) handle: String,
    pub(crate) users: BTreeSet<String>,
}

impl User {
    /// As `users.info` tells it.
    pub(crate) fn told(&self, id: &str) -> Value {
        let foreign = self.team != TEAM;
        if self.kind == Kind::Deactivated {
            return json!({
                "id": id, "team_id": self.team, "name": self.name, "deleted": true,
                "is_bot": false, "is_app_user": false, "updated": 1_700_000_000,
                "profile": { "real_name": self.real_name, "display_name": self.name },
            });
        }
        let bot = self.kind == Kind::Bot;
        let mut profile = json!({ "real_name": self.real_name, "display_name": self.name });
        if bot && id == BOT_USER {
            profile["bot_id"] = json!(BOT);
        }
        let mut told = json!({
            "id": id, "team_id": self.team, "name": self.name, "deleted": false,
            "color": "9f69e7", "real_name": self.real_name,
            "tz": "Europe/Paris", "tz_label": "Central European Time", "tz_offset": 3600,
            "profile": profile,
            "is_admin": false, "is_owner": false, "is_primary_owner": false,
            "is_restricted": matches!(self.kind, Kind::Guest | Kind::SingleChannelGuest),
            "is_ultra_restricted": self.kind == Kind::SingleChannelGuest,
            "is_bot": bot, "is_app_user": false, "updated": 1_700_000_000,
        });
        if foreign {
            told["is_stranger"] = json!(true);
        }
        told
    }
}

/// Everybody these tests know.
pub(super) fn all() -> BTreeMap<String, User> {
    [
        ("U0ANA", "ana", "Ana Ruiz", Kind::Member),
        ("U0BO", "bo", "Bo Lindqvist", Kind::Member),
        ("U0CHLOE", "chloe", "Chloé Martin", Kind::Member),
        ("U0DAN", "dan", "Dan Okoye", Kind::Member),
        ("U0GIL", "gil", "Gil the Guest", Kind::Guest),
        (
            "U0UMA",
            "uma",
            "Uma of one channel",
            Kind::SingleChannelGuest,
        ),
        ("U0ROB", "rob", "Rob the other bot", Kind::Bot),
        ("U0EVE", "eve", "Eve who left", Kind::Deactivated),
        ("U0SAM", "sam", "Sam of another company", Kind::Member),
        (BOT_USER, "shipbell", "Shipbell", Kind::Bot),
    ]
    .map(|(id, name, real_name, kind)| {
        let team = if name == "sam" { STRANGERS } else { TEAM };
        let user = User {
            name: name.to_owned(),
            real_name: real_name.to_owned(),
            team: team.to_owned(),
            kind,
        };
        (id.to_owned(), user)
    })
    .into()
}

/// The user groups; people who must not count are in one.
pub(super) fn groups() -> BTreeMap<String, Group> {
    [
        ("S0OWNERS", "product-owners", vec!["U0CHLOE"]),
        ("S0SRE", "sre", vec!["U0BO", "U0DAN"]),
        ("S0MIXED", "mixed", vec!["U0ANA", "U0GIL", "U0EVE", "U0ROB"]),
    ]
    .map(|(id, handle, users)| {
        let users = users.into_iter().map(str::to_owned).collect();
        let handle = handle.to_owned();
        (id.to_owned(), Group { handle, users })
    })
    .into()
}
