//! What kind of account somebody has: by id alone, and remembered only for seconds,
//! because people leave.

use serde_json::Value;

use super::api::{Api, Body};
use super::fault::code;
use super::home::Home;
use super::route::Route;
use crate::chat::fresh::Fresh;
use crate::chat::{Account, ChatError, Standing, UserId};

/// What was read lately.
pub(super) struct People {
    /// The roles of the server that mean something to whoever asks.
    roles: Vec<String>,
    known: Fresh<UserId, Account>,
}

impl People {
    pub(super) fn new(roles: Vec<String>) -> Self {
        Self {
            roles,
            known: Fresh::default(),
        }
    }

    /// What kind of account it is, and which of the known roles it has.
    pub(super) async fn account(
        &self,
        api: &Api,
        home: &Home,
        user: &UserId,
    ) -> Result<Account, ChatError> {
        if let Some(known) = self.known.get(user) {
            return Ok(known);
        }
        let nobody = |standing| Account {
            standing,
            groups: Vec::new(),
            name: None,
        };
        if user.0.is_empty() || !user.0.chars().all(|it| it.is_ascii_digit()) {
            return Ok(nobody(Standing::Gone));
        }
        let guild = home.guild(api).await?;
        let asked = api.call(Route::member(guild, &user.0), Body::Nothing).await;
        let account = match asked {
            Ok(member) => account(&member, &self.roles),
            Err(fault) if fault.is(&[code::UNKNOWN_MEMBER, code::UNKNOWN_USER]) => {
                nobody(Standing::Gone)
            }
            Err(fault) => return Err(fault.into()),
        };
        self.known.put(user.clone(), account.clone());
        Ok(account)
    }
}

fn account(member: &Value, wanted: &[String]) -> Account {
    let standing = standing(member);
    let roles = member["roles"].as_array().into_iter().flatten();
    let roles: Vec<&str> = roles.filter_map(Value::as_str).collect();
    let groups = wanted.iter().filter(|it| roles.contains(&it.as_str()));
    Account {
        standing,
        groups: if standing == Standing::Member {
            groups.cloned().collect()
        } else {
            Vec::new()
        },
        name: name(member),
    }
}

/// Only a full member of the channel's server counts; whoever has not yet agreed to
/// its rules is none.
fn standing(member: &Value) -> Standing {
    let user = &member["user"];
    if !user["id"].is_string() {
        Standing::Gone
    } else if user["bot"] == Value::Bool(true) || user["system"] == Value::Bool(true) {
        Standing::Bot
    } else if member["pending"] == Value::Bool(true) {
        Standing::Guest
    } else {
        Standing::Member
    }
}

fn name(member: &Value) -> Option<String> {
    let user = &member["user"];
    let names = [&member["nick"], &user["global_name"], &user["username"]];
    let mut names = names.into_iter().filter_map(Value::as_str);
    names.find(|it| !it.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_full_members_count_and_have_roles() {
        let of = |user: Value, pending: bool| {
            let member = json!({ "user": user, "roles": ["r1", "r9"], "pending": pending });
            account(&member, &["r1".to_owned(), "r2".to_owned()])
        };
        let person = json!({ "id": "7", "global_name": "Ana" });
        let ana = of(person.clone(), false);
        assert_eq!(ana.standing, Standing::Member);
        assert_eq!(
            (ana.groups, ana.name),
            (vec!["r1".to_owned()], Some("Ana".to_owned()))
        );
        let guest = of(person, true);
        assert_eq!((guest.standing, guest.groups), (Standing::Guest, vec![]));
        let bot = of(json!({ "id": "8", "bot": true }), false);
        assert_eq!((bot.standing, bot.groups), (Standing::Bot, vec![]));
        assert_eq!(of(Value::Null, false).standing, Standing::Gone);
    }
}
