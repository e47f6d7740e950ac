//! What may change without touching anybody's consent: people, time, titles, pages.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::calendar::{Freeze, Hours, Length, Zone};
use crate::ids::{AppId, EnvId, Person, Role};
use crate::policy::{self, Action, Severity};

/// The team's settings as they are in force.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The zone all times are said in.
    pub zone: Zone,
    /// Everybody who may act.
    pub people: BTreeMap<Person, Member>,
    /// What an application is called.
    pub titles: BTreeMap<AppId, String>,
    /// When deploys may start; an environment not named is open always.
    pub hours: BTreeMap<EnvId, Hours>,
    /// How long before its window a planned deploy is announced; at once if not named.
    pub announce: BTreeMap<EnvId, Length>,
    /// Times in which nothing is deployed.
    pub freezes: Vec<Freeze>,
    /// Who may do what where no application is named; each application's own list is in its policy.
    pub allow: BTreeMap<Action, Vec<Role>>,
    /// Whom an incident calls, in order.
    pub pages: BTreeMap<Severity, Escalation>,
}

/// One person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// What they are called.
    pub name: String,
    /// The roles they hold.
    pub roles: BTreeSet<Role>,
}

/// Whom an incident of one severity calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalation {
    /// What to do about it, as a hint: `rollback`, `assess`.
    pub suggest: Option<String>,
    /// The levels in order.
    pub levels: Vec<Level>,
}

/// One level of an escalation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// Who is called.
    pub role: Role,
    /// How long after the incident was opened; at once for the first.
    pub after: Option<Length>,
}

impl Settings {
    /// The roles of a person; none for a stranger.
    pub fn roles_of(&self, person: &Person) -> BTreeSet<Role> {
        self.people
            .get(person)
            .map(|it| it.roles.clone())
            .unwrap_or_default()
    }

    /// Everybody who holds a role, in the order of their names.
    pub fn holders(&self, role: &Role) -> Vec<Person> {
        let holds = |(person, member): (&Person, &Member)| {
            member.roles.contains(role).then(|| person.clone())
        };
        self.people.iter().filter_map(holds).collect()
    }

    /// The roles an action is limited to where no application is named; none
    /// where everyone with a role may.
    pub fn allowed(&self, action: Action) -> Option<&[Role]> {
        policy::allowed(&self.allow, action)
    }

    /// What a person is called.
    pub fn name_of(&self, person: &Person) -> String {
        self.people
            .get(person)
            .map_or_else(|| person.to_string(), |it| it.name.clone())
    }

    /// What an application is called.
    pub fn title_of(&self, app: &AppId) -> String {
        self.titles
            .get(app)
            .cloned()
            .unwrap_or_else(|| app.to_string())
    }
}
