//! Who the bot is here, and what kind of account somebody has: by id alone, and
//! remembered only for seconds, because people leave.

use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::api::Api;
use super::method::Method;
use crate::chat::fresh::Fresh;
use crate::chat::{Account, ChatError, Standing, UserId};

/// The bot's own account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Own {
    pub(super) user: String,
    pub(super) bot: Option<String>,
    pub(super) team: String,
}

/// The bot's own account, asked for when it is first needed.
#[derive(Default)]
pub(super) struct Me(OnceCell<Own>);

impl Me {
    pub(super) async fn get(&self, api: &Api) -> Result<&Own, ChatError> {
        let ask = async {
            let answer = api.call(Method::AuthTest, json!({})).await?;
            let text = |name: &str| answer[name].as_str().map(str::to_owned);
            let missing = || ChatError::Unknown("auth.test: the answer names nobody".to_owned());
            Ok(Own {
                user: text("user_id").ok_or_else(missing)?,
                bot: text("bot_id"),
                team: text("team_id").ok_or_else(missing)?,
            })
        };
        self.0.get_or_try_init(|| ask).await
    }

    pub(super) fn known(&self) -> Option<&Own> {
        self.0.get()
    }
}

/// What was read of an account.
#[derive(Clone)]
struct Known {
    standing: Standing,
    name: Option<String>,
}

/// What was read lately.
pub(super) struct People {
    /// The groups that mean something to whoever asks.
    groups: Vec<String>,
    known: Fresh<UserId, Known>,
    members: Fresh<String, Vec<String>>,
}

impl People {
    pub(super) fn new(groups: Vec<String>) -> Self {
        Self {
            groups,
            known: Fresh::default(),
            members: Fresh::default(),
        }
    }

    /// What kind of account it is, and in which of the known groups.
    pub(super) async fn account(
        &self,
        api: &Api,
        me: &Me,
        user: &UserId,
    ) -> Result<Account, ChatError> {
        let Known { standing, name } = if let Some(known) = self.known.get(user) {
            known
        } else {
            let own = me.get(api).await?;
            let known = ask(api, own, user).await?;
            self.known.put(user.clone(), known.clone());
            known
        };
        let mut groups = Vec::new();
        if standing == Standing::Member {
            for group in &self.groups {
                if self.members(api, group).await?.contains(&user.0) {
                    groups.push(group.clone());
                }
            }
        }
        Ok(Account {
            standing,
            groups,
            name,
        })
    }

    async fn members(&self, api: &Api, group: &str) -> Result<Vec<String>, ChatError> {
        if let Some(members) = self.members.get(&group.to_owned()) {
            return Ok(members);
        }
        let members = members(api, group).await?;
        self.members.put(group.to_owned(), members.clone());
        Ok(members)
    }
}

/// The accounts in a group now. A group that is not there has nobody in it.
pub(super) async fn members(api: &Api, group: &str) -> Result<Vec<String>, ChatError> {
    let answer = match api
        .call(Method::GroupMembers, json!({ "usergroup": group }))
        .await
    {
        Ok(answer) => answer,
        Err(fault) if fault.is(&["no_such_subteam", "subteam_not_found"]) => return Ok(Vec::new()),
        Err(fault) => return Err(fault.into()),
    };
    let users = answer["users"].as_array().into_iter().flatten();
    Ok(users.filter_map(Value::as_str).map(str::to_owned).collect())
}

async fn ask(api: &Api, own: &Own, user: &UserId) -> Result<Known, ChatError> {
    match api.call(Method::UserInfo, json!({ "user": user })).await {
        Ok(answer) => Ok(Known {
            standing: standing(&answer["user"], &own.team),
            name: name(&answer["user"]),
        }),
        Err(fault) if fault.is(&["user_not_found", "user_not_visible"]) => Ok(Known {
            standing: Standing::Gone,
            name: None,
        }),
        Err(fault) => Err(fault.into()),
    }
}

fn name(user: &Value) -> Option<String> {
    let names = [
        &user["profile"]["real_name"],
        &user["real_name"],
        &user["name"],
    ];
    let mut names = names.into_iter().filter_map(Value::as_str);
    names.find(|it| !it.is_empty()).map(str::to_owned)
}

/// Only a full member of the bot's own workspace counts; whoever is not known to
/// be one does not.
fn standing(user: &Value, team: &str) -> Standing {
    let is = |name: &str| user[name] == Value::Bool(true);
    let teams = user["enterprise_user"]["teams"].as_array();
    let in_team =
        user["team_id"] == team || teams.is_some_and(|teams| teams.iter().any(|it| it == team));
    if !user.is_object() || is("deleted") {
        Standing::Gone
    } else if is("is_bot") || is("is_workflow_bot") || user["id"] == "USLACKBOT" {
        Standing::Bot
    } else if is("is_restricted") || is("is_ultra_restricted") || is("is_stranger") || !in_team {
        Standing::Guest
    } else {
        Standing::Member
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_full_members_of_the_own_workspace_count() {
        let of = |more: Value| {
            let mut user = json!({ "id": "U1", "team_id": "T1" });
            if let (Some(user), Value::Object(more)) = (user.as_object_mut(), more) {
                user.extend(more);
            }
            standing(&user, "T1")
        };
        assert_eq!(of(json!({})), Standing::Member);
        assert_eq!(of(json!({ "is_restricted": true })), Standing::Guest);
        assert_eq!(of(json!({ "is_ultra_restricted": true })), Standing::Guest);
        assert_eq!(of(json!({ "is_stranger": true })), Standing::Guest);
        assert_eq!(of(json!({ "team_id": "T2" })), Standing::Guest);
        assert_eq!(of(json!({ "team_id": null })), Standing::Guest);
        assert_eq!(of(json!({ "is_bot": true })), Standing::Bot);
        assert_eq!(
            of(json!({ "deleted": true, "is_bot": true })),
            Standing::Gone
        );
        assert_eq!(standing(&Value::Null, "T1"), Standing::Gone);
        let grid = json!({ "team_id": "E1", "enterprise_user": { "teams": ["T9", "T1"] } });
        assert_eq!(of(grid), Standing::Member);
    }
}
