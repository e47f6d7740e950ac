//! `signoff` and `accept`: how many people of which roles, and whether that can ever be met.

use std::collections::{BTreeMap, BTreeSet};

use shipbell_domain::ids::{Person, Role};
use shipbell_domain::policy::Action;
use shipbell_domain::quorum::Quorum;
use shipbell_domain::settings::Member;

use super::at::{At, Whole};
use super::desk::{Desk, comma};

/// The most people of one role.
const MOST: u32 = 20;

/// Numbers of people by role, as written.
pub(super) type QuorumSection = At<BTreeMap<At<String>, At<Whole<1>>>>;

/// Who there is, and who may ask for a release.
pub(super) struct Electorate {
    people: BTreeMap<Person, BTreeSet<Role>>,
    may_ask: BTreeSet<Person>,
}

impl Electorate {
    pub(super) fn new(
        members: &BTreeMap<Person, Member>,
        allow: &BTreeMap<Action, Vec<Role>>,
    ) -> Self {
        let people = members
            .iter()
            .filter(|(_, member)| !member.roles.is_empty());
        let people: BTreeMap<Person, BTreeSet<Role>> = people
            .map(|(person, member)| (person.clone(), member.roles.clone()))
            .collect();
        let may = |roles: &BTreeSet<Role>| match allow.get(&Action::New) {
            Some(allowed) => allowed.iter().any(|role| roles.contains(role)),
            None => true,
        };
        let may_ask = people.iter().filter(|(_, roles)| may(roles));
        let may_ask = may_ask.map(|(person, _)| person.clone()).collect();
        Self { people, may_ask }
    }

    /// Somebody without whom too few are left, and what is missing then.
    fn indispensable(&self, quorum: &Quorum) -> Option<(Option<&Person>, BTreeMap<Role, u32>)> {
        let missing = quorum.missing(&self.people);
        if !missing.is_empty() {
            return Some((None, missing));
        }
        self.may_ask.iter().find_map(|person| {
            let mut others = self.people.clone();
            others.remove(person);
            let missing = quorum.missing(&others);
            (!missing.is_empty()).then_some((Some(person), missing))
        })
    }
}

pub(super) fn lower(
    section: Option<&QuorumSection>,
    electorate: &Electorate,
    desk: &mut Desk,
) -> Quorum {
    let mut quorum = Quorum::default();
    let Some(section) = section else {
        return quorum;
    };
    let mut known = true;
    for (name, count) in section.iter() {
        known &= !desk.names.open_roles.contains(name.as_str());
        let role = desk.role(name);
        if !(1..=MOST).contains(&count.0) {
            let noted = desk.note(count.span(), format!("{} people cannot be asked", count.0));
            noted.help(format!("write 1 to {MOST}, or leave the role out"));
            known = false;
        } else if let Some(role) = role {
            quorum.0.insert(role, count.0);
        } else {
            known = false;
        }
    }
    if known && let Some((person, missing)) = electorate.indispensable(&quorum) {
        impossible(section, person, &missing, desk);
    }
    quorum
}

fn impossible(
    section: &QuorumSection,
    person: Option<&Person>,
    missing: &BTreeMap<Role, u32>,
    desk: &mut Desk,
) {
    let missing = comma(
        missing
            .iter()
            .map(|(role, count)| format!("{count} {role}")),
    );
    let (message, help) = match person {
        Some(person) => (
            format!("this can never be met when {person} asks for the release"),
            "nobody consents to what they asked for: name one more person in the role, or say under [allow] who may ask: new = [ … ]",
        ),
        None => (
            "this can never be met".to_owned(),
            "everybody counts once: name more people in the role, or ask for fewer",
        ),
    };
    desk.note(section.span(), message)
        .label(format!("{missing} missing"))
        .help(help);
}
