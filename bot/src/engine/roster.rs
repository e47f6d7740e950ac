//! Who holds which roles where a platform's groups say so: asked of the platform
//! when it counts, never taken from a list.
//!
//! The configuration stands beneath it and is never changed: what a group grants is
//! laid over it, and gone with the group.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use shipbell_adapters::chat::{Account, ChatError, Standing, UserId};
use shipbell_domain::ask::Ask;
use shipbell_domain::ids::{Person, Role, Surface};
use shipbell_domain::settings::Member;

use super::Setup;
use super::hub::Hub;

/// The longest name that is taken from a platform.
const NAME: usize = 60;

/// How many people are remembered for their groups alone.
const MOST: usize = 2000;

/// The configuration, and what groups grant beyond it.
pub(super) struct Roster {
    base: Arc<Setup>,
    granted: BTreeMap<Person, Grant>,
}

/// What a group grants somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Grant {
    roles: BTreeSet<Role>,
    /// Where they are known from, if nobody listed them.
    unlisted: Option<(Surface, UserId, String)>,
}

impl Roster {
    pub(super) fn new(base: Setup) -> Self {
        Self {
            base: Arc::new(base),
            granted: BTreeMap::new(),
        }
    }

    /// Notes what somebody is granted now; the new whole if that is news.
    fn grant(&mut self, person: &Person, grant: &Grant) -> Option<Setup> {
        let before = if grant.roles.is_empty() {
            self.granted.remove(person)
        } else if self.granted.len() < MOST || self.granted.contains_key(person) {
            self.granted.insert(person.clone(), grant.clone())
        } else {
            return None;
        };
        let before = before.map(|it| it.roles).unwrap_or_default();
        (before != grant.roles).then(|| self.whole())
    }

    /// The configuration with everything that is granted.
    fn whole(&self) -> Setup {
        let mut setup = Setup::clone(&self.base);
        let mut settings = (*setup.settings).clone();
        for (person, grant) in &self.granted {
            if let Some((surface, account, name)) = &grant.unlisted {
                let at = (surface.clone(), account.clone());
                setup.identities.insert(at, person.clone());
                let member = || Member {
                    name: name.clone(),
                    roles: BTreeSet::new(),
                };
                settings.people.entry(person.clone()).or_insert_with(member);
            }
            if let Some(member) = settings.people.get_mut(person) {
                member.roles.extend(grant.roles.iter().cloned());
            }
        }
        setup.settings = Arc::new(settings);
        setup
    }
}

/// Who an account is, with the roles its groups give it now. Nobody if it is not
/// listed and in no group that holds a role.
pub(super) async fn person(
    hub: &Hub,
    surface: &Surface,
    account: &UserId,
) -> Result<Option<Person>, ChatError> {
    let setup = hub.base();
    let listed = setup.identities.get(&(surface.clone(), account.clone()));
    let here = setup.groups.keys().any(|(on, _)| on == surface);
    let (true, Some(destination)) = (here, hub.ports.chats.get(surface)) else {
        return Ok(listed.cloned());
    };
    let found = destination.chat.account(account).await?;
    let roles = roles(&setup, surface, &found);
    let (person, unlisted) = match listed {
        Some(person) => (person.clone(), None),
        // Somebody in groups of two platforms could count twice.
        None if setup.groups.keys().any(|(on, _)| on != surface) => return Ok(None),
        None => {
            let Some(person) = unlisted(surface, account).filter(|it| !is_taken(&setup, it)) else {
                return Ok(None);
            };
            let name = found.name.unwrap_or_else(|| account.to_string());
            let name = name.chars().take(NAME).collect();
            (person, Some((surface.clone(), account.clone(), name)))
        }
    };
    let is_known = unlisted.is_none() || !roles.is_empty();
    hub.grant(&person, &Grant { roles, unlisted });
    Ok(is_known.then_some(person))
}

/// Asks again about everybody who has answered an ask and is known by a group alone.
pub(super) async fn ask_again(hub: &Hub, ask: &Ask) -> Result<(), ChatError> {
    let setup = hub.base();
    let surfaces: BTreeSet<&Surface> = setup.groups.keys().map(|(on, _)| on).collect();
    for surface in surfaces {
        for voter in ask.votes.keys() {
            let listed = setup.identities.iter();
            let listed = listed.filter(|((on, _), of)| on == surface && *of == voter);
            let listed = listed.map(|((_, account), _)| account.clone());
            let accounts = listed.chain(account_behind(surface, voter));
            for account in accounts.collect::<Vec<_>>() {
                person(hub, surface, &account).await?;
            }
        }
    }
    Ok(())
}

fn roles(setup: &Setup, surface: &Surface, account: &Account) -> BTreeSet<Role> {
    if account.standing != Standing::Member {
        return BTreeSet::new();
    }
    let granted = setup.groups.iter();
    let granted =
        granted.filter(|((on, group), _)| on == surface && account.groups.contains(group));
    granted
        .flat_map(|(_, roles)| roles.iter().cloned())
        .collect()
}

fn is_taken(setup: &Setup, person: &Person) -> bool {
    setup.settings.people.contains_key(person)
}

/// What somebody is called in the records whom nobody listed: `slack-u02bo0001`.
fn unlisted(surface: &Surface, account: &UserId) -> Option<Person> {
    Person::new(format!("{surface}-{}", account.0.to_lowercase())).ok()
}

/// The account such a name was made from.
fn account_behind(surface: &Surface, person: &Person) -> Option<UserId> {
    let account = person
        .as_str()
        .strip_prefix(surface.as_str())?
        .strip_prefix('-')?;
    let account = UserId(account.to_uppercase());
    (unlisted(surface, &account).as_ref() == Some(person)).then_some(account)
}

impl Hub {
    /// Notes what somebody is granted; whoever judges next sees it.
    fn grant(&self, person: &Person, grant: &Grant) {
        let mut roster = self.roster();
        if let Some(whole) = roster.grant(person, grant) {
            tracing::info!(%person, "the roles that come with a group have changed");
            self.put_in_force(whole);
        }
    }

    /// The configuration without what groups grant.
    fn base(&self) -> Arc<Setup> {
        Arc::clone(&self.roster().base)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chatops::vocabulary::sample::Day;

    #[test]
    fn an_account_and_what_it_is_called_lead_to_each_other() {
        let (slack, other) = (
            Surface::new("slack").unwrap(),
            Surface::new("other").unwrap(),
        );
        let account = UserId("U02BO0001".to_owned());
        let person = unlisted(&slack, &account).unwrap();
        assert_eq!(person.as_str(), "slack-u02bo0001");
        assert_eq!(account_behind(&slack, &person), Some(account));
        assert_eq!(account_behind(&other, &person), None);
        let ana = Person::new("ana").unwrap();
        assert_eq!(account_behind(&slack, &ana), None);
        assert_eq!(unlisted(&slack, &UserId("U 1/x".to_owned())), None);
    }

    #[test]
    fn what_a_group_grants_is_gone_with_it() {
        let settings = shipbell_domain::settings::Settings {
            people: BTreeMap::new(),
            ..(*Day::waiting().world.settings).clone()
        };
        let mut roster = Roster::new(Setup {
            compare_every: None,
            keep_versions: 0,
            settings: Arc::new(settings),
            policies: Vec::new(),
            repositories: BTreeMap::new(),
            sites: BTreeMap::new(),
            identities: BTreeMap::new(),
            groups: BTreeMap::new(),
        });
        let slack = Surface::new("slack").unwrap();
        let account = UserId("U1".to_owned());
        let person = unlisted(&slack, &account).unwrap();
        let grant = |roles: &[&str]| Grant {
            roles: roles.iter().map(|it| Role::new(*it).unwrap()).collect(),
            unlisted: Some((slack.clone(), account.clone(), "Mia".to_owned())),
        };
        let whole = roster.grant(&person, &grant(&["sre"])).unwrap();
        assert_eq!(whole.settings.name_of(&person), "Mia");
        assert_eq!(whole.settings.roles_of(&person).len(), 1);
        assert!(
            whole
                .identities
                .contains_key(&(slack.clone(), account.clone()))
        );
        assert!(roster.grant(&person, &grant(&["sre"])).is_none(), "no news");
        let whole = roster.grant(&person, &grant(&[])).unwrap();
        assert!(whole.settings.people.is_empty() && whole.identities.is_empty());
    }
}
