//! `users.*` and `usergroups.*`: who somebody is, and what groups there are.

use serde_json::{Value, json};

use super::super::model::{Group, TEAM, Workspace};
use super::{Args, Method, Refusal, Tier, flag, needed};

pub(super) const METHODS: &[Method] = &[
    Method {
        name: "users.info",
        tier: Tier::Four,
        scopes: &["users:read"],
        json: false,
        takes: &[needed("user"), flag("include_locale")],
        run: info,
    },
    Method {
        name: "usergroups.list",
        tier: Tier::Two,
        scopes: &["usergroups:read"],
        json: false,
        takes: &[
            flag("include_users"),
            flag("include_count"),
            flag("include_disabled"),
        ],
        run: list,
    },
    Method {
        name: "usergroups.users.list",
        tier: Tier::Two,
        scopes: &["usergroups:read"],
        json: false,
        takes: &[needed("usergroup"), flag("include_disabled")],
        run: users,
    },
];

fn info(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let id = args.need("user");
    let user = world.users.get(id).ok_or("user_not_found")?;
    Ok(json!({ "user": user.told(id) }))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "every method is called the same way"
)]
fn list(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let groups = world.groups.iter().map(|(id, it)| told(id, it, args));
    Ok(json!({ "usergroups": groups.collect::<Vec<_>>() }))
}

fn told(id: &str, group: &Group, args: &Args<'_>) -> Value {
    let mut told = json!({
        "id": id, "team_id": TEAM, "is_usergroup": true, "is_subteam": true,
        "name": group.handle, "description": "", "handle": group.handle, "is_external": false,
        "date_create": 1_700_000_000, "date_update": 1_700_000_000, "date_delete": 0,
        "auto_type": null, "auto_provision": false, "enterprise_subteam_id": "",
        "created_by": "U0ANA", "updated_by": "U0ANA", "deleted_by": null,
        "prefs": { "channels": [], "groups": [] },
    });
    if args.flag("include_users") {
        told["users"] = json!(group.users);
    }
    if args.flag("include_count") {
        told["user_count"] = json!(group.users.len());
    }
    told
}

fn users(world: &mut Workspace, args: &Args<'_>) -> Result<Value, Refusal> {
    let group = world.groups.get(args.need("usergroup"));
    let group = group.ok_or("no_such_subteam")?;
    Ok(json!({ "users": group.users }))
}
